//! Any split, any order: the same bytes.

use std::fs;
use std::process::Command;

use sigil_testkit::Shuffle;
use sigil_testkit::samples::GuideSession;

use super::logs;
use super::{make_partial, report, said};

/// What is asked for. Each tells other things apart.
const REPORTS: [&[&str]; 10] = [
    &[],
    &["--json"],
    &["--by", "day,model"],
    &["--by", "hour,component,session", "--json"],
    &["--by", "model", "--count-all"],
    &["--json", "--budget", "90k"],
    &["--format", "csv"],
    &["--format", "jsonl", "--by", "session,day"],
    &["--format", "markdown"],
    &["--format", "prometheus"],
];

#[test]
fn a_thousand_files_over_some_partials_are_one_run() {
    let directory = tempfile::tempdir().unwrap();
    let names = logs::write(directory.path(), 1000);
    let mut dice = Shuffle::new(42);
    let one: Vec<_> =
        REPORTS.iter().map(|flags| said(&report(directory.path()).args(*flags).args(&names).run())).collect();
    assert!(one.iter().all(|(text, ..)| text.len() > 500));
    let mut shuffled = names.clone();
    dice.apply(&mut shuffled);
    assert_eq!(said(&report(directory.path()).args(&shuffled).run()), one[0], "operands in another order");
    for parts in [1, 2 + dice.below(8), 10 + dice.below(10), 20] {
        let mut dealt = vec![Vec::new(); parts];
        names.iter().for_each(|name| dealt[dice.below(parts)].push(name.as_str()));
        let mut partials = Vec::new();
        for (n, operands) in dealt.iter().enumerate().filter(|(_, operands)| !operands.is_empty()) {
            partials.push(format!("{n}.partial"));
            let output = report(directory.path()).arg("--partial").args(operands).run();
            assert_eq!(output.status.code(), Some(0), "{}", output.stderr_text());
            fs::write(directory.path().join(&partials[partials.len() - 1]), output.stdout).unwrap();
        }
        for (flags, expected) in REPORTS.iter().zip(&one) {
            dice.apply(&mut partials);
            let merged = report(directory.path()).args(*flags).arg("--merge").args(&partials).run();
            assert_eq!(&said(&merged), expected, "{flags:?} of {parts} partials");
        }
    }
}

#[test]
fn all_errors_a_span_of_time_and_some_sessions_are_those_of_one_run() {
    let directory = tempfile::tempdir().unwrap();
    let names = logs::write(directory.path(), 120);
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    for flags in [
        &["--all-errors"][..],
        &["--since", "2026-01-12T08:02:00Z", "--until", "2026-01-15"],
        &["-s", "talk-*", "-s", "r1"],
        &["--recompute-cost", "--timezone", "Asia/Kathmandu", "--estimate"],
    ] {
        let whole = said(&report(directory.path()).args(flags).arg("--json").args(&names).run());
        let (one, other) = names.split_at(50);
        make_partial(directory.path(), "one.partial", flags, one);
        make_partial(directory.path(), "other.partial", flags, other);
        let partials = ["other.partial", "one.partial"];
        let merged = report(directory.path()).args(flags).args(["--json", "--merge"]).args(partials).run();
        assert_eq!(said(&merged), whole, "{flags:?}");
    }
}

#[test]
fn a_partial_is_the_same_each_time_and_may_come_from_a_pipe() {
    let directory = tempfile::tempdir().unwrap();
    let names = logs::write(directory.path(), 200);
    let partial = || report(directory.path()).arg("--partial").args(&names).run().stdout;
    let (first, second) = (partial(), partial());
    assert!(first == second, "made twice, it differs");
    let whole = report(directory.path()).args(&names).run();
    let merged = report(directory.path()).args(["--merge", "-"]).stdin(first.clone()).run();
    assert_eq!(said(&merged), said(&whole));
    assert_eq!(said(&report(directory.path()).arg("--merge").stdin(first).run()), said(&whole));
}

#[test]
fn standard_inputs_of_several_runs_are_several_logs() {
    let directory = tempfile::tempdir().unwrap();
    let session = |id: &str| sigil_testkit::samples::guide_session(id);
    for name in ["one", "other"] {
        let made = report(directory.path()).args(["--partial", "-"]).stdin(session(name)).run();
        fs::write(directory.path().join(name), made.stdout).unwrap();
    }
    let merged = |operands: [&str; 2]| said(&report(directory.path()).arg("--merge").args(operands).run());
    let both = merged(["one", "other"]);
    assert_eq!(both, merged(["other", "one"]));
    assert!(both.0.contains("1,300"), "{}", both.0);
    report(directory.path())
        .args(["--merge", "one", "./one"])
        .stderr("sigil-report: E010_CONFIG_ERR: one and ./one are the same partial and would count twice; leave one of them out\n")
        .status(2);
}

#[test]
fn partials_of_nothing_merge() {
    let directory = tempfile::tempdir().unwrap();
    for name in ["one", "other"] {
        let made = report(directory.path()).args(["--partial", "-"]).run();
        fs::write(directory.path().join(name), made.stdout).unwrap();
    }
    let nothing = said(&report(directory.path()).args(["--json", "-"]).run());
    let merged = said(&report(directory.path()).args(["--json", "--merge", "one", "other"]).run());
    assert_eq!(merged, nothing);
}

#[test]
fn logs_of_one_name_come_from_several_machines_or_directories() {
    let home = tempfile::tempdir().unwrap();
    for host in ["east", "west"] {
        let directory = home.path().join(host);
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join("execution.jsonl"), GuideSession::new(host).to_string()).unwrap();
        make_partial(&directory, &format!("../{host}.partial"), &[], &["execution.jsonl"]);
    }
    let merged = |operands: &[&str]| {
        let report = report(home.path()).arg("--merge").args(operands).run();
        assert!(report.status.success(), "{}", report.stderr_text());
        report.stdout_text()
    };
    let both = merged(&["east.partial", "west.partial"]);
    assert!(both.contains("Sessions (2)") && both.contains("Total Tokens: 1,300\n"), "{both}");
    assert_eq!(merged(&["west.partial", "east.partial"]), both);
}

#[test]
fn partials_may_be_compressed_and_stand_one_behind_the_other() {
    let home = tempfile::tempdir().unwrap();
    for id in ["a", "b", "c"] {
        fs::write(home.path().join(id), GuideSession::new(id).to_string()).unwrap();
        make_partial(home.path(), &format!("{id}.partial"), &[], &[id]);
    }
    let once = report(home.path()).arg("--no-cache").args(["a", "b", "c"]).run().stdout_text();
    let bytes = |id: &str| fs::read(home.path().join(format!("{id}.partial"))).unwrap();
    let joined = [bytes("c"), bytes("a")].concat();
    fs::write(home.path().join("joined"), &joined).unwrap();
    let merge = |operands: &[&str]| report(home.path()).arg("--merge").args(operands);
    merge(&["b.partial", "joined"]).stdout(once.clone()).status(0);
    merge(&["b.partial", "-"]).stdin(joined.clone()).stdout(once.clone()).status(0);
    let gzip = |name: &str| {
        let output = Command::new("gzip").arg("-c").arg(home.path().join(name)).output().unwrap();
        assert!(output.status.success());
        output.stdout
    };
    fs::write(home.path().join("b.gz"), gzip("b.partial")).unwrap();
    merge(&["b.gz", "-"]).stdin(gzip("joined")).stdout(once).status(0);
    let torn = [bytes("c"), bytes("a")[..200].to_vec(), b"\n".to_vec()].concat();
    merge(&["-"]).stdin(torn).stderr_contains("E003_PARSE_FAIL: stdin, partial 2:").status(2);
}
