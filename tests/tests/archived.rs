//! Sessions that have been archived, read by every tool: where their archives are named, and by their ids.

use std::fs;
use std::time::Duration;

use sigil_testkit::samples::guide_session;
use sigil_testkit::{Place, Stream, Tool, binary};

/// How long something may take that is sure to come.
const SOON: Duration = Duration::from_secs(60);

const FIRST: &str = "logs/archive/2026-01-10/lead-1.tar.gz";
const SECOND: &str = "logs/archive/2026-01-10/lead-1~2.tar.gz";
const LATER: &str = "logs/archive/2026-01-11/lead-1.tar.gz";
/// How sigil-tail says that it does not read it.
const IS_ARCHIVED: &str = "sigil-tail: E001_SESSION_NF: session \"lead-1\" is archived: ";

/// What tar(1) makes of a session's directory, packed as `archive`.
fn archive(place: &Place, archive: &str, directory: &str, log: &str) {
    let session = place.file(&format!("unpacked/{directory}/execution.jsonl"), log);
    let path = place.file(archive, "");
    Tool::new("tar")
        .arg("-czf")
        .arg(path)
        .arg(directory)
        .current_dir(place.path().join("unpacked"))
        .status(0);
    fs::remove_file(session).expect("it was written just now");
}

fn event(id: &str, second: u32, tokens: u64) -> String {
    format!(
        "{{\"timestamp\":\"2026-01-09T10:00:{second:02}\",\"session_id\":\"{id}\",\"event_type\":\"step_complete\",\
         \"component\":\"routing\",\"message\":\"m\",\"tokens\":{tokens}}}\n"
    )
}

/// A store with one session left in it. Another one was archived three times, each time with other events.
fn store() -> Place {
    let place = Place::new();
    place.file("logs/sessions/live-1/execution.jsonl", event("live-1", 0, 1000));
    archive(&place, LATER, "lead-1", &event("lead-1", 3, 4));
    archive(&place, SECOND, "lead-1", &event("lead-1", 2, 2));
    archive(&place, FIRST, "lead-1", &event("lead-1", 1, 1));
    archive(
        &place,
        "logs/archive/2026-01-10/agent%3Amain.tar.gz",
        "agent%3Amain",
        &event("agent:main", 4, 8),
    );
    place
}

fn tool<'t>(place: &Place, name: &str) -> Tool<'t> {
    place.tool(binary(name)).args(["-l", "logs"])
}

/// What `sigil-tokens` and `sigil-report` add up.
#[track_caller]
fn sums(place: &Place, args: &[&str], used: u64) {
    tool(place, "sigil-tokens")
        .arg("--json")
        .args(args)
        .stdout_json(|v| assert_eq!(v["total_used"], used, "{args:?}"))
        .stderr("")
        .status(0);
    tool(place, "sigil-report")
        .args(["--no-cache", "--by", "session", "--format", "csv"])
        .args(args)
        .stderr("")
        .stdout_reduced(move |csv| {
            let text = std::io::read_to_string(csv).expect("CSV is text");
            let head: Vec<&str> = text.lines().next().unwrap_or_default().split(',').collect();
            let at = head.iter().position(|name| *name == "tokens").expect("a column of tokens");
            let rows = text.lines().skip(1).filter(|row| !row.starts_with("total"));
            let tokens = rows.map(|row| row.split(',').nth(at).unwrap_or_default().parse().unwrap_or(0));
            tokens.sum::<u64>().to_string().into_bytes()
        })
        .stdout(used.to_string())
        .status(0);
}

#[test]
fn an_archive_that_is_named_is_read_by_every_tool() {
    let place = Place::new();
    let log = guide_session("lead-1");
    archive(&place, FIRST, "lead-1", &log);
    sums(&place, &[FIRST], 650);
    let tail = binary("sigil-tail");
    for args in [&["--once", FIRST][..], &[FIRST], &["--until-complete", FIRST]] {
        place.tool(&tail).args(["-m", "jsonl"]).args(args).stdout(&*log).stderr("").status(0);
    }
    let report = place.tool(binary("sigil-report")).args(["--no-cache", FIRST]);
    report.stdout_contains("lead-1").stderr("").status(0);
}

#[test]
fn a_session_that_is_not_among_the_others_is_found_in_all_of_its_archives() {
    let place = store();
    sums(&place, &["-s", "lead-1"], 7);
    sums(&place, &["-s", "agent:main"], 8);
    sums(&place, &["-s", "lead-*"], 7);
    sums(&place, &["-s", "lead-1", "-s", "live-1"], 1007);
    sums(&place, &["-s", "lead-*", "-s", "lead-1"], 7);
}

#[test]
fn what_is_archived_does_not_count_where_the_session_is() {
    let place = store();
    sums(&place, &["-s", "l*"], 1000);
    sums(&place, &["-s", "*"], 1000);
    sums(&place, &[], 1000);
    place.file("logs/sessions/lead-1/execution.jsonl", event("lead-1", 5, 16));
    sums(&place, &["-s", "lead-1"], 16);
}

#[test]
fn what_sigil_archive_has_archived_is_found_by_id_each_time_that_it_was() {
    let place = Place::new();
    for (tokens, archives) in [(1, 1), (2, 2), (4, 3)] {
        let log = "logs/sessions/agent%3Amain/execution.jsonl";
        let log = place.file(log, event("agent:main", tokens, tokens.into()));
        Tool::new("touch").args(["-d", "10 days ago"]).arg(&log).status(0);
        tool(&place, "sigil-archive").args(["-q", "--days", "7"]).stdout("").stderr("").status(0);
        assert!(!log.exists());
        let found =
            Tool::new("find").arg(place.path().join("logs/archive")).args(["-name", "agent%3Amain*.tar.gz"]);
        assert_eq!(found.run().stdout_text().lines().count(), archives);
        sums(&place, &["-s", "agent:main"], (0..archives).map(|number| 1 << number).sum());
    }
}

#[test]
fn a_check_finds_an_archived_session() {
    let place = store();
    tool(&place, "sigil-tokens")
        .args(["--check", "-s", "lead-1", "--budget", "8"])
        .stdout("")
        .stderr_contains("lead-1")
        .status(1);
    tool(&place, "sigil-tokens")
        .args(["--check", "-s", "lead-1", "--budget", "7"])
        .stdout("")
        .stderr_contains("critical: lead-1: ")
        .status(2);
}

#[test]
fn one_that_is_nowhere_is_told_with_near_ids_of_archived_ones() {
    let place = store();
    for name in ["sigil-tokens", "sigil-report", "sigil-tail"] {
        let args: &[&str] = if name == "sigil-tail" { &["--once"] } else { &[] };
        tool(&place, name)
            .args(args)
            .args(["-s", "lead-2"])
            .stdout("")
            .stderr_contains("E001_SESSION_NF: session \"lead-2\" not found in ")
            .stderr_contains("logs/sessions; did you mean \"lead-1\"?\n")
            .status(2);
    }
}

#[test]
fn tail_once_gives_the_events_of_all_archives_in_their_order() {
    let place = store();
    let told = event("lead-1", 1, 1) + &event("lead-1", 2, 2) + &event("lead-1", 3, 4);
    for args in [&["-s", "lead-1"][..], &["-s", "lead-*"], &["-s", "lead-1", "-s", "lead-*"]] {
        let tail = tool(&place, "sigil-tail").args(["--once", "-m", "jsonl"]).args(args);
        tail.stdout(&*told).stderr("").status(0);
    }
    let tail = tool(&place, "sigil-tail").args(["--once", "-m", "stream", "-s", "lead-1"]);
    tail.stdout_contains("Session: lead-1").stdout_contains("Total:      7").stderr("").status(0);
}

#[test]
fn many_archives_come_one_behind_the_other_however_large_each_is() {
    let place = Place::new();
    let mut told = String::new();
    let mut names = Vec::new();
    for number in 0..12 {
        let name = format!("logs/archive/2026-01-{:02}/s.tar.gz", 10 + number);
        let count = if number % 2 == 0 { 4000 } else { 1 };
        let log: String = (0..count).map(|tokens| event("s", number, tokens)).collect();
        archive(&place, &name, "s", &log);
        told.push_str(&log);
        names.push(name);
    }
    tool(&place, "sigil-tail").args(["--once", "-m", "jsonl", "-s", "s"]).stdout(&*told).status(0);
    place.tool(binary("sigil-tail")).args(["-m", "jsonl"]).args(names).stdout(&*told).status(0);
}

#[test]
fn tail_shows_an_archived_session_and_waits_for_more_of_it() {
    let place = Place::new();
    archive(&place, FIRST, "lead-1", &event("lead-1", 1, 1));
    let mut tail = tool(&place, "sigil-tail").args(["-v", "-m", "jsonl", "-s", "lead-1"]).stream();
    tail.expect_line(event("lead-1", 1, 1).trim_end(), SOON);
    place.file("logs/sessions/lead-1/execution.jsonl", event("lead-1", 2, 2));
    tail.expect_line(event("lead-1", 2, 2).trim_end(), SOON);
    let said = stopped(tail);
    assert!(said.starts_with(IS_ARCHIVED) && said.ends_with(&format!("{FIRST}; waiting for it\n")), "{said}");
}

#[test]
fn an_archived_session_that_is_complete_is_complete() {
    let place = Place::new();
    archive(&place, FIRST, "lead-1", &guide_session("lead-1"));
    tool(&place, "sigil-tail")
        .args(["-m", "stream", "--until-complete", "-s", "lead-1"])
        .stdout_contains("EXECUTION COMPLETE")
        .stderr("")
        .status(0);
}

#[test]
fn a_glob_that_is_followed_means_what_is_to_come() {
    let place = Place::new();
    archive(&place, FIRST, "lead-1", &event("lead-1", 1, 1));
    let mut tail = tool(&place, "sigil-tail").args(["-m", "jsonl", "-s", "lead-*"]).stream();
    tail.expect_silence(Duration::from_millis(300));
    place.file("logs/sessions/lead-2/execution.jsonl", event("lead-2", 2, 2));
    tail.expect_line(event("lead-2", 2, 2).trim_end(), SOON);
    assert_eq!(stopped(tail), "");
}

#[test]
fn a_run_with_a_state_file_is_told_where_the_session_is_and_reads_nothing_twice() {
    let place = Place::new();
    place.file("logs/sessions/lead-1/execution.jsonl", event("lead-1", 1, 1));
    let run =
        || tool(&place, "sigil-tail").args(["--once", "--state", "state", "-m", "jsonl", "-s", "lead-1"]);
    run().stdout(event("lead-1", 1, 1)).stderr("").status(0);
    fs::remove_dir_all(place.path().join("logs/sessions/lead-1")).expect("it is there");
    archive(&place, FIRST, "lead-1", &event("lead-1", 1, 1));
    run().stdout("").stderr_contains(IS_ARCHIVED).stderr_contains(format!("{FIRST}\n")).status(2);
}

#[test]
fn no_summary_is_written_of_what_lies_in_an_archive() {
    let place = store();
    tool(&place, "sigil-report")
        .args(["--write-summaries", "-s", "agent:main"])
        .stdout("")
        .stderr_contains("agent%3Amain/execution.jsonl: no summary is written, as it lies in an archive\n")
        .status(2);
}

#[test]
fn a_damaged_archive_is_named() {
    let place = Place::new();
    archive(&place, FIRST, "lead-1", &event("lead-1", 1, 1).repeat(2000));
    let path = place.path().join(FIRST);
    let bytes = fs::read(&path).expect("an archive");
    place.file(FIRST, &bytes[..bytes.len() - 12]);
    let named = format!("E003_PARSE_FAIL: {FIRST}");
    for (name, args) in
        [("sigil-tokens", &["--json"][..]), ("sigil-report", &["--no-cache"]), ("sigil-tail", &["--once"])]
    {
        tool(&place, name).args(args).args(["-s", "lead-1"]).stderr_contains(&*named).status(2);
    }
    place.file(FIRST, "not an archive\n");
    for name in ["sigil-tokens", "sigil-report", "sigil-tail"] {
        let args: &[&str] = if name == "sigil-tail" { &["--once"] } else { &[] };
        tool(&place, name).args(args).args(["-s", "lead-1"]).stdout("").stderr_contains(&*named).status(2);
    }
}

/// Ends it, and gives what it has said.
fn stopped(tail: Stream) -> String {
    Tool::new("kill").arg(tail.id().to_string()).status(0);
    tail.finish().stderr_text()
}
