//! The recipes that keep a store small, each as cron or systemd runs it, and the sample for logrotate.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use sigil_testkit::samples::guide_session;
use sigil_testkit::{Output, Place, Tool, binary};
use sigil_tests::not_run;
use sigil_tests::recipes::{directory, recipe};

const LOGROTATE: &str = "/usr/sbin/logrotate";

/// A home whose `bin` has the tools.
fn home() -> Place {
    let home = Place::new();
    fs::create_dir(home.path().join("bin")).expect("a directory can be made");
    for tool in ["sigil-archive", "sigil-tail", "sigil-tokens"] {
        symlink(binary(tool), home.path().join("bin").join(tool)).expect("a link can be made");
    }
    home
}

/// A program with the environment that cron gives: an empty standard input, and next to nothing else.
fn run(home: &Place, program: &Path, args: &[&str]) -> Output {
    let path = format!("PATH={}:/usr/bin:/bin", home.path().join("bin").display());
    let env =
        [path, format!("HOME={}", home.path().display()), "TZ=UTC".to_owned(), "SHELL=/bin/sh".to_owned()];
    Tool::new("env").arg("-i").args(env).arg(program).args(args).current_dir(home.path()).run()
}

fn run_recipe(home: &Place, name: &str, args: &[&str]) -> Output {
    run(home, &directory().join(name), args)
}

/// Runs what must have nothing to complain of, and gives what it has printed.
#[track_caller]
fn printed(output: &Output) -> String {
    assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)));
    output.stdout_text()
}

/// Makes a file as if nobody had written to it for so many days.
fn aged(home: &Place, name: &str, bytes: impl AsRef<[u8]>, days: u32) -> PathBuf {
    let path = home.file(name, bytes);
    Tool::new("touch").args(["-d", &format!("{days} days ago")]).arg(&path).status(0);
    path
}

/// The date of so many days ago, in the form that `date` takes.
fn date(days: u32, form: &str) -> String {
    let told = Tool::new("date").args(["-d", &format!("{days} days ago"), &format!("+{form}")]).run();
    told.stdout_text().trim().to_owned()
}

/// A session that ended long ago, and was written to last so many days ago.
fn session(home: &Place, id: &str, days: u32) {
    let directory = format!(".sigil/logs/sessions/{id}");
    aged(home, &format!("{directory}/execution.jsonl"), guide_session(id), days);
    aged(home, &format!("{directory}/tokens.json"), "{}\n", days);
}

/// What lies in a directory of the store, or below it: files, by their paths.
fn files(home: &Place, below: &str) -> Vec<String> {
    let root = home.path().join(".sigil/logs").join(below);
    let found = Tool::new("find").arg(&root).args(["-type", "f", "-printf", "%P\n"]).run().stdout_text();
    let mut files: Vec<String> = found.lines().map(str::to_owned).collect();
    files.sort();
    files
}

/// A store with sessions that were written to 30, 10 and 3 days ago.
fn store() -> Place {
    let home = home();
    for (id, days) in [("month", 30), ("old", 10), ("young", 3)] {
        session(&home, id, days);
    }
    home
}

fn names(home: &Place) -> Vec<String> {
    let mut names: Vec<_> =
        files(home, "sessions").iter().map(|path| path.split('/').next().unwrap_or("").to_owned()).collect();
    names.dedup();
    names
}

/// What is archived, without its days, of which there must be only one.
#[track_caller]
fn archived_today(home: &Place) -> Vec<String> {
    let (before, archives, after) = (date(0, "%F"), files(home, "archive"), date(0, "%F"));
    let of_today = |path: &String| {
        let (day, name) = path.split_once('/').unwrap_or_default();
        assert!(day == before || day == after, "{path}");
        name.to_owned()
    };
    archives.iter().map(of_today).collect()
}

#[test]
fn cleanup_sessions_archives_what_is_old_and_has_nothing_to_do_then() {
    let home = store();
    assert!(printed(&run_recipe(&home, "cleanup_sessions.sh", &[])).contains("2 sessions archived"));
    assert_eq!(archived_today(&home), ["month.tar.gz", "old.tar.gz"]);
    assert_eq!(names(&home), ["young"]);
    assert_eq!(printed(&run_recipe(&home, "cleanup_sessions.sh", &[])), "");
    let total = |id: &str| {
        let tokens = home.tool(binary("sigil-tokens")).env("HOME", home.path()).args(["--json", "-s", id]);
        tokens.stdout_json(|v| assert_eq!(v["total_used"], 650)).status(0);
    };
    ["month", "old", "young"].into_iter().for_each(total);
}

#[test]
fn cleanup_sessions_takes_days_and_options() {
    let home = store();
    assert!(printed(&run_recipe(&home, "cleanup_sessions.sh", &["20"])).contains("1 session archived"));
    assert_eq!(
        (archived_today(&home), names(&home)),
        (vec!["month.tar.gz".to_owned()], vec!["old".to_owned(), "young".to_owned()])
    );
    assert_eq!(printed(&run_recipe(&home, "cleanup_sessions.sh", &["2", "-q", "-s", "young"])), "");
    assert_eq!(names(&home), ["old"]);
    let wrong = run_recipe(&home, "cleanup_sessions.sh", &["many"]);
    assert_eq!((wrong.stdout_text().as_str(), wrong.status.code()), ("", Some(2)));
    assert!(wrong.stderr_text().contains("E010_CONFIG_ERR"), "{}", wrong.stderr_text());
}

#[test]
fn cleanup_sessions_says_first_what_it_would_do() {
    let home = store();
    let before = (names(&home), files(&home, "archive"));
    let plan = printed(&run_recipe(&home, "cleanup_sessions.sh", &["-n"]));
    assert!(plan.contains("month") && plan.contains("old") && !plan.contains("young"), "{plan}");
    assert!(printed(&run_recipe(&home, "cleanup_sessions.sh", &["-n", "2"])).contains("young"));
    assert_eq!((names(&home), files(&home, "archive")), before);
}

#[test]
fn cleanup_does_what_the_guide_says_of_sessions_and_archives() {
    let home = store();
    let (kept, gone) = (date(20, "%F"), date(40, "%F"));
    for day in [&kept, &gone] {
        home.file(&format!(".sigil/logs/archive/{day}/x.tar.gz"), "an archive\n");
    }
    let said = printed(&run_recipe(&home, "cleanup.sh", &[]));
    assert!(said.contains("2 sessions archived") && said.contains("1 archive pruned"), "{said}");
    let archives = files(&home, "archive");
    assert!(archives.contains(&format!("{kept}/x.tar.gz")), "{archives:?}");
    assert!(!archives.iter().any(|path| path.starts_with(&gone)) && archives.len() == 3, "{archives:?}");
}

#[test]
fn cleanup_does_what_the_guide_says_of_errors() {
    let home = home();
    let long_ago = format!(".sigil/logs/error.log-{}", date(120, "%Y%m%d"));
    aged(&home, &long_ago, "long ago\n", 120);
    aged(&home, &format!(".sigil/logs/error.log-{}", date(60, "%Y%m%d")), "not so long ago\n", 60);
    home.file(".sigil/logs/error.log", "just now\n");
    printed(&run_recipe(&home, "cleanup.sh", &[]));
    assert!(!home.path().join(&long_ago).exists());
    let errors =
        Tool::new("sh").args(["-c", "zcat -f .sigil/logs/error.log*"]).current_dir(home.path()).run();
    let errors = errors.stdout_text();
    assert!(errors.contains("just now\n") && errors.contains("not so long ago\n"), "{errors}");
}

#[test]
fn what_has_nothing_to_do_prints_nothing() {
    for store_has in [&[][..], &["young"]] {
        let home = home();
        store_has.iter().for_each(|id| session(&home, id, 3));
        for name in ["cleanup.sh", "cleanup_sessions.sh"] {
            assert_eq!(printed(&run_recipe(&home, name, &[])), "", "{name}");
        }
        for line in cron_lines() {
            assert_eq!(printed(&run(&home, Path::new("/bin/sh"), &["-c", &line])), "", "{line}");
        }
    }
}

/// The commands of the sample for cron.
fn cron_lines() -> Vec<String> {
    let text = recipe("sigil-archive.cron");
    let lines = text.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_digit()));
    let commands: Vec<_> =
        lines.map(|line| line.splitn(6, ' ').last().unwrap_or_default().to_owned()).collect();
    assert!(
        commands.len() > 1 && commands.iter().all(|line| line.starts_with("sigil-archive ")),
        "{commands:?}"
    );
    // For cron a percent sign is the end of the line.
    assert!(!text.contains('%'));
    commands
}

/// Runs every line of the sample for cron.
fn run_cron(home: &Place) {
    for line in cron_lines() {
        printed(&run(home, Path::new("/bin/sh"), &["-c", &line]));
    }
}

#[test]
fn the_lines_for_cron_archive() {
    let home = store();
    run_cron(&home);
    assert_eq!(archived_today(&home), ["month.tar.gz", "old.tar.gz"]);
    assert_eq!(names(&home), ["young"]);
}

#[test]
fn the_lines_for_cron_rotate() {
    let home = home();
    let log = guide_session("young").repeat(12_000);
    assert!(log.len() > 10 << 20);
    aged(&home, ".sigil/logs/sessions/young/execution.jsonl", &log, 3);
    run_cron(&home);
    let parts = files(&home, "sessions");
    assert!(parts.iter().any(|path| path.starts_with("young/execution.jsonl.")), "{parts:?}");
}

#[test]
fn systemd_takes_the_service_and_its_timer() {
    let place = Place::new();
    let service = recipe("sigil-archive.service");
    let program = "/usr/local/bin/sigil-archive";
    let line = service.lines().find_map(|line| line.strip_prefix("ExecStart=")).expect("a command");
    let command: Vec<_> = line.split(' ').collect();
    assert_eq!(command[0], program);
    let service = service.replace(program, &binary("sigil-archive").display().to_string());
    let units = [
        place.file("sigil-archive.service", service),
        place.file("sigil-archive.timer", recipe("sigil-archive.timer")),
    ];
    match Command::new("systemd-analyze").args(["verify", "--man=no"]).args(&units).output() {
        Ok(told) => {
            let words = String::from_utf8_lossy(&told.stderr);
            assert!(told.status.success() && !words.contains("sigil-archive"), "{}: {words}", told.status);
        }
        Err(_) => {
            not_run("systemd_takes_the_service_and_its_timer", "no systemd-analyze; apt-get install systemd")
        }
    }
    // What it starts is something that the tool takes.
    let home = home();
    let logs = home.path().join(".sigil/logs");
    fs::create_dir_all(&logs).expect("a store can be made");
    home.tool(binary("sigil-archive"))
        .args(&command[1..])
        .env("SIGIL_LOG_PATH", logs)
        .stdout("")
        .stderr("")
        .status(0);
}

#[test]
fn logrotate_takes_the_sample_and_all_parts_are_read() {
    if !Path::new(LOGROTATE).is_file() {
        return not_run(
            "logrotate_takes_the_sample_and_all_parts_are_read",
            "no logrotate; apt-get install logrotate",
        );
    }
    let home = home();
    let log = home.file("app/scheduler.log", "");
    let text =
        recipe("logrotate.conf").replace("/var/log/app", &home.path().join("app").display().to_string());
    let sample = home.file("logrotate.conf", text);
    Tool::new("chmod").arg("600").arg(&sample).status(0);
    Tool::new("chmod").arg("755").arg(home.path().join("app")).status(0);
    let logrotate = || Tool::new(LOGROTATE).arg("-s").arg(home.path().join("state"));
    let tried = logrotate().arg("-d").arg(directory().join("logrotate.conf")).run();
    let said = tried.stderr_text() + &tried.stdout_text();
    assert!(tried.status.success() && !said.contains("error:"), "{said}");
    let mut written: u64 = 0;
    for round in 0..6 {
        // Every other one is still too small.
        let count = if round % 2 == 0 { 13_000 } else { 1_000 };
        let lines: String = (written..written + count)
            .map(|number| format!("2026-01-11 10:00:00 INFO step {number:07} of what the scheduler has to do, and the rest of it\n"))
            .collect();
        assert_eq!(lines.len() > 1 << 20, round % 2 == 0, "{}", lines.len());
        let mut all = fs::read(&log).expect("a log");
        all.extend_from_slice(lines.as_bytes());
        fs::write(&log, all).expect("a log can be written");
        written += count;
        logrotate().arg(&sample).stdout("").stderr("").status(0);
    }
    let mut parts: Vec<_> = fs::read_dir(home.path().join("app"))
        .expect("a directory")
        .filter_map(Result::ok)
        .map(|entry| entry.file_name())
        .collect();
    parts.sort();
    assert_eq!(parts, ["scheduler.log", "scheduler.log.1", "scheduler.log.2.gz", "scheduler.log.3.gz"]);
    let is_first_kept = |line: &str| line.contains("INFO step 0000000 ");
    for operands in [&["app/scheduler.log"][..], &["app/scheduler.log*"], &["app"]] {
        let tail = home.tool(binary("sigil-tail")).args(["--once", "-m", "jsonl"]).args(operands).run();
        let text = printed(&tail);
        assert_eq!(text.lines().count() as u64, written, "{operands:?}");
        assert!(text.lines().next().is_some_and(is_first_kept), "{operands:?}");
    }
    let script = "zcat -f app/scheduler.log* | sigil-tokens --estimate --summary --json";
    let tokens = Tool::new("sh")
        .args(["-c", script])
        .env("PATH", format!("{}:/usr/bin:/bin", home.path().join("bin").display()));
    let tokens = tokens.current_dir(home.path()).object();
    assert!(tokens["total_used"].as_u64().is_some_and(|used| used > written), "{tokens}");
    home.tool(binary("sigil-tokens"))
        .args(["--json", "--estimate", "app/scheduler.log*"])
        .stdout_json(|v| assert_eq!(v["total_used"], tokens["total_used"]))
        .status(0);
}
