//! Which sessions are archived, and what is said of it.

use std::fs::{self, File};
use std::process::{Command, Stdio};
use std::time::SystemTime;

use super::store::{DAY, Store, age, members, names};

#[test]
fn old_sessions_are_archived_and_young_ones_stay() {
    let store = Store::new();
    store.session("old", 8);
    store.session("young", 6);
    let output = store.archive();
    let told = output.stdout_text();
    assert!(told.starts_with("1 session archived (") && told.lines().count() == 1, "{told}");
    assert_eq!(store.live(), ["young"]);
    let archives = store.archives();
    assert_eq!(archives.len(), 1);
    assert!(archives[0].ends_with("old.tar.gz"));
    let files: Vec<_> = members(&archives[0]).into_iter().map(|(name, _)| name).collect();
    assert_eq!(files, ["old/execution.jsonl", "old/tokens.json", "old/"]);
    store.check(&["old".to_owned(), "young".to_owned()], "");
}

#[test]
fn the_age_is_that_of_the_newest_file_and_never_of_the_directory() {
    let store = Store::new();
    let old = store.session("old", 8);
    // Something was in it a moment ago: its time is now.
    File::create(old.join("gone")).unwrap();
    fs::remove_file(old.join("gone")).unwrap();
    let young = store.session("young", 30);
    age(&young.join("tokens.json"), 1);
    File::open(&young).unwrap().set_modified(SystemTime::now() - 30 * DAY).unwrap();
    store.archive();
    assert_eq!(store.live(), ["young"]);
}

#[test]
fn the_age_is_that_of_the_last_event_if_that_is_newer() {
    let store = Store::new();
    let event =
        |at: &str| format!("{{\"timestamp\":\"{at}\",\"event_type\":\"session_complete\",\"tokens\":1}}\n");
    let now = chrono::Utc::now();
    let yesterday = (now - chrono::TimeDelta::days(1)).to_rfc3339();
    store.file("sessions/young/execution.jsonl", event(&yesterday), 30);
    // The clock of a machine that is wrong keeps nothing for ever.
    store.file("sessions/future/execution.jsonl", event("2199-01-01T00:00:00Z"), 30);
    // What a rotation has left behind is newer than an empty log.
    store.file("sessions/rotated/execution.jsonl", "", 30);
    store.file("sessions/rotated/execution.jsonl.1", event(&yesterday), 30);
    // A tail that begins in a line, and a line that is longer than any tail.
    let long = format!(
        "{{\"timestamp\":\"2020-01-01T00:00:00Z\",\"tokens\":1,\"message\":\"{}\"}}\n",
        "x".repeat(9_000_000)
    );
    store.file("sessions/long/execution.jsonl", format!("{long}{}", event(&yesterday)), 30);
    store.file("sessions/longest/execution.jsonl", format!("{}{long}", event(&yesterday)), 30);
    store.archive();
    assert_eq!(store.live(), ["long", "rotated", "young"]);
}

#[test]
fn a_session_that_runs_stays_unless_forced() {
    let store = Store::new();
    store.session("ended", 0);
    let running = "{\"timestamp\":\"2026-01-11T10:15:30Z\",\"event_type\":\"session_start\",\"tokens\":0}\n";
    store.file("sessions/running/execution.jsonl", running, 0);
    store.file("sessions/waiting/execution.jsonl", "", 0);
    store.file("sessions/stale/execution.jsonl", running, 1);
    let output = store.tool().args(["--days", "0"]).run();
    assert_eq!(output.status.code(), Some(0));
    let told = output.stderr_text();
    let lines: Vec<_> = told.lines().collect();
    assert_eq!(lines.len(), 2, "{told}");
    assert!(
        lines[0].starts_with("sigil-archive: session \"running\" stays: it is running, written to "),
        "{told}"
    );
    assert!(lines[0].ends_with("ago; --force archives it"), "{told}");
    assert!(lines[1].starts_with("sigil-archive: session \"waiting\" stays: it has not begun"), "{told}");
    assert_eq!(store.live(), ["running", "waiting"]);
    store.tool().args(["--days", "0", "--force", "-q"]).stdout("").status(0);
    assert_eq!(store.live(), [""; 0]);
}

#[test]
fn a_session_that_a_process_holds_open_always_stays() {
    let store = Store::of(3);
    let log = File::options().append(true).open(store.sessions().join("s-001/execution.jsonl")).unwrap();
    let mut holder = Command::new("sleep").arg("600").stdin(Stdio::from(log)).spawn().unwrap();
    let mut worker =
        Command::new("sleep").arg("600").current_dir(store.sessions().join("s-002")).spawn().unwrap();
    let output = store.tool().arg("--force").run();
    for child in [&mut holder, &mut worker] {
        child.kill().unwrap();
        child.wait().unwrap();
    }
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(
        output.stderr_text(),
        "sigil-archive: session \"s-001\" stays: a process holds it open\n\
         sigil-archive: session \"s-002\" stays: a process holds it open\n"
    );
    assert!(output.stdout_text().ends_with(", 2 sessions left as they are\n"), "{}", output.stdout_text());
    assert_eq!(store.live(), ["s-001", "s-002"]);
    store.archive();
    assert_eq!(store.live(), [""; 0]);
}

#[test]
fn from_cron_nothing_is_said_when_there_is_nothing_to_do() {
    let store = Store::new();
    store.session("young", 1);
    let env = ["-i", "PATH=/usr/bin:/bin"];
    let home = format!("HOME={}", store.root().display());
    let tool = env!("CARGO_BIN_EXE_sigil-archive");
    let cron = || {
        sigil_testkit::Tool::new("env").args(env).args([
            home.as_str(),
            tool,
            "--days",
            "7",
            "--prune-days",
            "30",
        ])
    };
    cron().stdout("").status(0);
    assert!(!store.root().join(".sigil").exists(), "a store that is not there is not made");
    fs::create_dir_all(store.root().join(".sigil/logs")).unwrap();
    fs::rename(store.sessions(), store.root().join(".sigil/logs/sessions")).unwrap();
    cron().stdout("").status(0);
    assert_eq!(names(&store.root().join(".sigil/logs")), [".sigil-archive.lock", "sessions"]);
    age(&store.root().join(".sigil/logs/sessions/young/execution.jsonl"), 9);
    age(&store.root().join(".sigil/logs/sessions/young/tokens.json"), 9);
    cron().stdout_contains("1 session archived").status(0);
}

#[test]
fn a_dry_run_touches_nothing() {
    let store = Store::of(2);
    store.file("archive/2020-01-01/x.tar.gz", "x", 0);
    // What a run has left that was killed is touched no more than the rest.
    store.file("sessions/s-000/.sigil-rotate-1-0.tmp", "half", 9);
    store.file("sessions/.gone-x/execution.jsonl", "x", 9);
    let output = store.tool().args(["-n", "--prune-days", "30"]).run();
    let told = output.stderr_text();
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.ends_with("that was removing it, and no archive holds all of it\n"), "{told}");
    let told = output.stdout_text();
    assert!(told.contains("would archive session \"s-000\""), "{told}");
    assert!(told.contains("would prune session \"x\", 1 B: it is "), "{told}");
    assert!(told.lines().last().unwrap().contains("2 sessions would be archived"), "{told}");
    assert_eq!(store.live(), [".gone-x", "s-000", "s-001"]);
    assert_eq!(names(&store.sessions().join("s-000")).len(), 3);
    assert_eq!(names(store.root()), ["archive", "sessions"]);
    assert_eq!(store.archives().len(), 1);
}

#[test]
fn with_json_every_action_has_a_line() {
    let store = Store::of(2);
    store.session("young", 1);
    let quiet = store.tool().args(["--json", "-n"]).run().jsonl().unwrap();
    assert_eq!(quiet.len(), 2, "what stays as it should is no news");
    let output = store.tool().args(["--json", "-v"]).run();
    let lines = output.jsonl().unwrap();
    let archived: Vec<_> = lines.iter().filter(|line| line["status"] == "done").collect();
    assert_eq!(archived.len(), 2);
    for (line, id) in archived.iter().zip(["s-000", "s-001"]) {
        assert_eq!((line["action"].as_str(), line["session_id"].as_str()), (Some("archive"), Some(id)));
        assert_eq!(line["files"], 2);
        let archive = line["archive"].as_str().unwrap();
        assert_eq!(line["archive_bytes"], fs::metadata(archive).unwrap().len());
    }
    let spared = lines.iter().find(|line| line["status"] == "spared").unwrap();
    assert_eq!(spared["session_id"], "young");
    assert!(spared["reason"].as_str().unwrap().ends_with("old, and --days is 7"));
}

#[test]
fn only_the_sessions_that_are_asked_for_are_archived() {
    let store = Store::of(3);
    store.session("young", 1);
    store
        .tool()
        .args(["-s", "young"])
        .stdout("1 session left as it is\n")
        .stderr_contains("session \"young\" stays: it is 1d 00h old, and --days is 7")
        .status(0);
    store.tool().args(["-s", "s-00[01]", "-q"]).stdout("").status(0);
    assert_eq!(store.live(), ["s-002", "young"]);
    store
        .tool()
        .args(["-s", "s-003"])
        .stderr_contains("E001_SESSION_NF: session \"s-003\" not found in ")
        .stderr_contains("did you mean \"s-002\"?")
        .status(2);
}

#[test]
fn an_archive_of_the_same_name_is_never_replaced() {
    let store = Store::of(1);
    store.archive();
    let first = fs::read(&store.archives()[0]).unwrap();
    // The id is used again, with other events.
    let other = "{\"timestamp\":\"2026-01-12T10:15:30Z\",\"session_id\":\"s-000\",\"event_type\":\"x\",\"tokens\":9}\n";
    store.file("sessions/s-000/execution.jsonl", other, 9);
    store.archive();
    let archives = store.archives();
    assert_eq!(
        archives.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect::<Vec<_>>(),
        ["s-000.tar.gz", "s-000~2.tar.gz"]
    );
    assert_eq!(fs::read(&archives[0]).unwrap(), first);
    assert_eq!(members(&archives[1])[0].1, other.as_bytes());
}

#[test]
fn of_a_session_that_any_day_has_already_only_the_source_goes() {
    let store = Store::of(2);
    store.archive();
    let day = store.archives()[0].parent().unwrap().to_owned();
    fs::rename(&day, day.with_file_name("2026-01-10")).unwrap();
    store.tool().args(["restore", "s-000", "-q"]).status(0);
    store.tool().args(["restore", "s-001", "-q"]).status(0);
    let log = store.sessions().join("s-001/execution.jsonl");
    fs::write(&log, "{\"tokens\":1}\n").unwrap();
    age(&log, 9);
    let told = store.archive().stdout_text();
    assert!(
        told.contains("1 session archived (") && told.contains("1 session removed, archived before ("),
        "{told}"
    );
    assert_eq!((store.live().len(), store.archives().len()), (0, 3));
}

#[test]
fn a_store_that_was_named_has_to_be_there() {
    let store = Store::new();
    let missing = store.root().join("missing");
    for args in [&[][..], &["list"], &["prune", "--days", "1"], &["verify"], &["rotate"]] {
        let tool = super::sigil_archive().arg("-l").arg(&missing).args(args);
        tool.stderr_contains("E001_SESSION_NF: there is no log store at ").status(2);
    }
    assert!(!missing.exists());
}

#[test]
fn no_number_of_days_is_too_large() {
    let store = Store::of(1);
    for days in ["106751992", "999999999", "4294967295"] {
        store.tool().args(["--days", days]).stdout("").status(0);
        store.tool().args(["--prune-days", days, "-n", "--days", days]).stdout("").status(0);
    }
    assert_eq!(store.live(), ["s-000"]);
}

#[test]
fn a_name_that_leaves_no_room_is_refused_before_anything_is_done() {
    let store = Store::new();
    let (fits, does_not) = ("f".repeat(248), "n".repeat(249));
    store.session(&fits, 9);
    store.session(&does_not, 9);
    store
        .tool()
        .stderr_contains("its name is longer than 248 bytes, which leaves no room for .tar.gz")
        .status(2);
    assert_eq!(store.live(), [does_not]);
    store.tool().args(["restore", &fits, "-q"]).status(0);
}

#[test]
fn a_session_that_was_killed_while_its_log_was_compressed_has_each_part_once() {
    let store = Store::of(1);
    let rotate = || store.tool().args(["rotate", "--max-size", "1B", "-q"]);
    rotate().status(0);
    let log = store.sessions().join("s-000/execution.jsonl");
    fs::write(&log, "{\"tokens\":1}\n").unwrap();
    let killed = Command::new(env!("CARGO_BIN_EXE_sigil-archive"))
        .args(["rotate", "--max-size", "1B", "-q", "-l"])
        .arg(store.root())
        .env("SIGIL_ARCHIVE_KILL_AT", "compressed-named:1")
        .status()
        .unwrap();
    assert!(!killed.success());
    for name in names(&log.with_file_name("")) {
        age(&log.with_file_name(name), 9);
    }
    store.archive();
    let files: Vec<_> = members(&store.archives()[0]).into_iter().map(|(name, _)| name).collect();
    let parts = ["execution.jsonl", "execution.jsonl.1", "execution.jsonl.2.gz", "tokens.json", ""];
    assert_eq!(files, parts.map(|name| format!("s-000/{name}")));
}

#[test]
fn a_day_that_is_a_link_holds_no_archive() {
    let store = Store::of(1);
    let elsewhere = Store::new();
    fs::create_dir(store.root().join("archive")).unwrap();
    let today = chrono::Utc::now().date_naive();
    for day in [today, today + chrono::TimeDelta::days(1)] {
        std::os::unix::fs::symlink(elsewhere.root(), store.root().join("archive").join(day.to_string()))
            .unwrap();
    }
    store.tool().stderr_contains(" is a link; archives are kept in a directory of that name").status(2);
    assert_eq!((store.live().len(), names(elsewhere.root()).len()), (1, 0));
}
