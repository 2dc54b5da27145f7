//! A large store of which little has changed is not looked into, and the report is the same as if it were.

#![expect(clippy::unwrap_used, reason = "a test that cannot write its own logs has failed")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sigil_testkit::Tool;
use sigil_testkit::samples::claude::{Answer, ToolResult, tool_result};
use sigil_testkit::samples::{GuideSession, event};

/// How many sessions there are: enough for several shelves.
const SESSIONS: usize = 330;

/// A store that has settled.
struct Place {
    home: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let place = Self { home: tempfile::tempdir().unwrap() };
        for n in 0..SESSIONS {
            place.write(&format!("session-{n:03}"), &session(n));
        }
        fs::create_dir_all(place.sessions().join("without-a-log")).unwrap();
        settle();
        place
    }

    fn sessions(&self) -> PathBuf {
        self.home.path().join("logs/sessions")
    }

    fn log(&self, id: &str) -> PathBuf {
        self.sessions().join(id).join("execution.jsonl")
    }

    fn write(&self, id: &str, text: &str) {
        fs::create_dir_all(self.sessions().join(id)).unwrap();
        fs::write(self.log(id), text).unwrap();
    }

    fn append(&self, id: &str, text: &str) {
        let log = fs::read_to_string(self.log(id)).unwrap();
        fs::write(self.log(id), log + text).unwrap();
    }

    fn report<'t>(&self, args: &[&str]) -> Tool<'t> {
        let tool = Tool::new(env!("CARGO_BIN_EXE_sigil-report")).env("HOME", self.home.path());
        tool.arg("-l").arg(self.home.path().join("logs")).args(args)
    }

    /// How many directories a run has not looked into, if it says the same as one that reads everything.
    #[track_caller]
    fn known(&self, args: &[&str]) -> usize {
        let cached = self.report(args).arg("-v").run();
        let plain = self.report(args).arg("--no-cache").run();
        assert_eq!(cached.stdout_text(), plain.stdout_text(), "{args:?}");
        assert_eq!(cached.status, plain.status, "{args:?}");
        let said = cached.stderr_text();
        let notes = ["since they were read", "sigil-report: read ", "is not kept for the next run"];
        let is_warning = |line: &&str| !notes.iter().any(|note| line.contains(note));
        let warnings: Vec<_> = said.lines().filter(is_warning).collect();
        assert_eq!(warnings.join("\n"), plain.stderr_text().trim_end(), "{args:?}");
        let words = said.lines().find(|line| line.contains("directories of sessions")).unwrap_or_default();
        words.split_whitespace().find_map(|word| word.parse().ok()).unwrap_or(0)
    }

    /// The files in which it is kept what is known of shelves.
    fn shelves(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.home.path().join(".sigil/state/report")).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "shelves")).collect()
    }
}

/// One of many kinds.
fn session(n: usize) -> String {
    let id = format!("session-{n:03}");
    let guide = GuideSession::new(&id).later(n as i64 % 300);
    match n % 6 {
        0 => guide.stated_total(650 + n as u64 % 3).to_string(),
        1 => guide.running().to_string(),
        2 => {
            let fails = format!(
                "{{\"timestamp\":\"2026-01-12T0{}:00:00Z\",\"session_id\":\"{id}\",\"event_type\":\"step_error\",\
                \"component\":\"planning\",\"message\":\"it failed:\\nTraceback (most recent call last):\\n  File \\\"a.py\\\", line {n}, in f{}\\nValueError: x\"}}\n",
                n % 10,
                n % 4
            );
            guide.to_string() + &fails.repeat(n % 3 + 1)
        }
        3 => guide.to_string() + &event(&id, "retry_attempt", "memory", 0).repeat(n % 4),
        // Without a time.
        4 => event(&id, "token_consumption", &format!("part-{}", n % 9), n as u64 * 100),
        _ => {
            guide.to_string()
                + &event(&id, "budget_exceeded", "reasoning", 0)
                + &event(&id, "session_error", "routing", 9)
        }
    }
}

/// Until what changed just now may be kept.
fn settle() {
    std::thread::sleep(Duration::from_millis(2100));
}

#[test]
fn every_report_is_the_same_from_what_is_known() {
    let place = Place::new();
    let all = SESSIONS + 1;
    assert_eq!(place.known(&[]), 0);
    assert_eq!(place.known(&[]), all);
    for args in [
        &["--sort", "tokens", "--limit", "5"][..],
        &["--sort", "latency", "--reverse", "--min-tokens", "651"],
        &["--stale-after", "100000d"],
        &["--format", "markdown"],
        &["--format", "prometheus"],
        &["--format", "otlp"],
    ] {
        assert_eq!(place.known(args), all, "{args:?}");
    }
    for args in [
        &["--all-errors"][..],
        &["--format", "html"],
        &["--by", "day"],
        &["--by", "session"],
        &["--by", "component,hour", "--json"],
        &["--by", "month,model,event", "--format", "csv"],
        &["--budget", "700"],
        &["--count-all"],
        &["--timezone", "Asia/Kathmandu"],
    ] {
        assert_eq!(place.known(args), 0, "{args:?}");
        assert_eq!(place.known(args), all, "{args:?}");
    }
    // What is told session by session, or hangs on what is not known of each.
    for args in [
        &["--json"][..],
        &["--format", "jsonl"],
        &["--format", "csv"],
        &["--status", "running"],
        &["--by", "error"],
        &["--by", "tool,day"],
        &["--since", "2026-01-12"],
        &["--since", "1d"],
        &["-s", "session-00*"],
    ] {
        assert_eq!(place.known(args), 0, "{args:?}");
        assert_eq!(place.known(args), 0, "{args:?}");
    }
}

#[test]
fn whatever_changes_is_seen() {
    let place = Place::new();
    place.known(&[]);
    let all = SESSIONS + 1;
    let id = |n: usize| format!("session-{n:03}");
    let changed = |what: &str| {
        let known = place.known(&[]);
        assert!((1..all).contains(&known), "{what}: {known}");
        settle();
        place.known(&[]);
        let directories = fs::read_dir(place.sessions()).unwrap().count();
        assert_eq!(place.known(&[]), directories, "{what}");
    };
    place.append(&id(7), &event(&id(7), "token_consumption", "memory", 12_345));
    changed("a log has grown");
    let log = fs::read_to_string(place.log(&id(12))).unwrap();
    let modified = fs::metadata(place.log(&id(12))).unwrap().modified().unwrap();
    fs::write(place.log(&id(12)), log.replace("routing", "roating")).unwrap();
    fs::File::options().write(true).open(place.log(&id(12))).unwrap().set_modified(modified).unwrap();
    changed("a log has changed and looks as old and as long as before");
    place.write("session-new", &GuideSession::new("session-new").later(3).to_string());
    changed("a session has begun");
    fs::remove_dir_all(place.sessions().join(id(20))).unwrap();
    changed("a session has gone");
    fs::rename(place.sessions().join(id(21)), place.sessions().join("moved")).unwrap();
    changed("a directory has another name");
    let log = fs::read_to_string(place.log(&id(30))).unwrap();
    let (old, new) = log.split_at(log.find('\n').unwrap() + 1);
    fs::write(place.log(&id(30)), new).unwrap();
    fs::write(place.sessions().join(id(30)).join("execution.jsonl.1"), old).unwrap();
    changed("a log was rotated");
    fs::remove_file(place.sessions().join(id(30)).join("execution.jsonl.1")).unwrap();
    changed("a rotated part has gone");
    let part = place.sessions().join(id(31)).join("execution.jsonl.1");
    fs::write(&part, event(&id(31), "token_consumption", "memory", 99)).unwrap();
    fs::File::options().write(true).open(&part).unwrap().set_modified(SystemTime::UNIX_EPOCH).unwrap();
    changed("an old part was put back");
    fs::write(place.log("without-a-log"), GuideSession::new("without-a-log").to_string()).unwrap();
    changed("a log has come into a directory without one");
    let elsewhere = place.home.path().join("elsewhere");
    fs::rename(place.sessions().join(id(40)), &elsewhere).unwrap();
    symlink(&elsewhere, place.sessions().join(id(40))).unwrap();
    changed("a directory is a link");
    fs::write(elsewhere.join("execution.jsonl"), GuideSession::new(&id(40)).stated_total(9).to_string())
        .unwrap();
    changed("what a link points to has changed");
}

#[test]
fn a_log_behind_a_link_is_seen_when_it_comes() {
    let place = Place::new();
    let elsewhere = place.home.path().join("elsewhere.jsonl");
    for (id, name) in [("late", "execution.jsonl"), ("session-050", "execution.jsonl.1")] {
        fs::create_dir_all(place.sessions().join(id)).unwrap();
        symlink(&elsewhere, place.sessions().join(id).join(name)).unwrap();
    }
    settle();
    place.known(&[]);
    assert!(place.known(&[]) > 0);
    fs::write(&elsewhere, event("late", "token_consumption", "memory", 5)).unwrap();
    place.known(&[]);
    settle();
    place.known(&[]);
    place.known(&[]);
}

#[test]
fn what_cannot_be_known_alone_is_read_each_time() {
    let cases = [
        ("a wrong line", "{\"cut off\": \n".to_owned()),
        ("a session of another directory", event("session-200", "token_consumption", "memory", 5)),
        ("text", "2026-01-12 10:00:00 ERROR it failed\n".repeat(3)),
        (
            "a model without a price",
            "{\"ai_log\":\"{\\\"session_id\\\":\\\"session-100\\\",\\\"model\\\":\\\"m\\\",\\\"input_token\\\":3}\"}\n".to_owned(),
        ),
        ("answers, which copies say again", Answer::new("m").usage(10, 20).line()),
    ];
    // Most of the time they wait.
    std::thread::scope(|scope| {
        for (what, text) in &cases {
            scope.spawn(move || {
                let place = Place::new();
                place.append("session-100", text);
                settle();
                for _ in 0..3 {
                    let known = place.known(&[]);
                    assert!(known < SESSIONS + 1, "{what}: {known}");
                }
                // The same comes into a directory that was known.
                place.append("session-101", text);
                for _ in 0..2 {
                    place.known(&[]);
                    place.known(&["--by", "day,component"]);
                    settle();
                }
            });
        }
    });
}

#[test]
fn what_another_log_tells_of_an_error_is_told() {
    let place = Place::new();
    let result = ToolResult::Failed("it failed");
    place.append("session-104", &tool_result("session-104", "2026-01-10T10:00:00.000Z", "t1", result));
    settle();
    place.known(&["--all-errors"]);
    assert_eq!(place.known(&["--all-errors"]), SESSIONS + 1);
    place.write(
        "session-call",
        &Answer::new("m").usage(1, 1).session("session-call").tool_use("t1", "Bash").line(),
    );
    assert_eq!(place.known(&["--all-errors"]), 0);
    assert!(place.report(&["--all-errors"]).run().stdout_text().contains("[Bash]"));
}

#[test]
fn one_session_or_none_among_many_directories_is_told_of_as_ever() {
    let place = Place { home: tempfile::tempdir().unwrap() };
    for n in 0..300 {
        fs::create_dir_all(place.sessions().join(format!("d{n}"))).unwrap();
    }
    settle();
    assert_eq!(place.known(&[]), 0);
    assert_eq!(place.known(&[]), 0);
    place.write("d7", &GuideSession::new("d7").to_string());
    settle();
    for _ in 0..3 {
        place.known(&[]);
        place.known(&["--by", "session"]);
    }
}

#[test]
fn whatever_has_become_of_the_file_the_report_is_right() {
    let place = Place::new();
    place.known(&[]);
    let all = SESSIONS + 1;
    assert_eq!(place.known(&[]), all);
    let path = place.shelves().pop().unwrap();
    let whole = fs::read(&path).unwrap();
    let check = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let known = place.known(&[]);
        assert_eq!(place.known(&[]), all, "it is mended");
        known
    };
    for bytes in
        [&b""[..], b"\n", b"no shelves at all, and longer than the head of one", &whole[..8], &whole[..20]]
    {
        assert_eq!(check(bytes), 0);
    }
    for n in 1..12 {
        assert!(check(&whole[..whole.len() * n / 12]) < all);
        let mut torn = whole.clone();
        torn[8 + (whole.len() - 8) * n / 12] ^= 1 << (n % 8);
        assert!(check(&torn) < all, "{n}");
    }
    assert_eq!(check(&[&whole[..], b"\x20\0\0\0 and then nothing"].concat()), all);
    // Records of shelves that were written twice: the last counts.
    assert_eq!(check(&[&whole[..], &whole[8..]].concat()), all);
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(place.known(&[]), 0);
    assert_eq!(place.known(&[]), 0);
}

#[test]
fn the_file_does_not_grow_for_ever() {
    let place = Place::new();
    place.known(&[]);
    let path = place.shelves().pop().unwrap();
    let length = |path: &Path| fs::metadata(path).unwrap().len();
    let once = length(&path);
    let mut longest = 0;
    for round in 0..6 {
        // One session of most shelves.
        for n in (0..SESSIONS).step_by(30) {
            place.append(&format!("session-{n:03}"), &event(&format!("session-{n:03}"), "note", "c", round));
        }
        settle();
        place.known(&["--stale-after", "1d"]);
        longest = longest.max(length(&path));
    }
    assert!(longest <= 2 * once + (1 << 16), "{longest} bytes, {once} at first");
    assert_eq!(place.known(&[]), SESSIONS + 1);
}

#[test]
fn several_runs_at_once_are_right() {
    let place = Place::new();
    let plain = place.report(&["--no-cache"]).run().stdout_text();
    std::thread::scope(|scope| {
        for n in 0..6 {
            let (place, plain) = (&place, &plain);
            scope.spawn(move || {
                for round in 0..4 {
                    if (n + round) % 5 == 0 {
                        let _ = fs::remove_dir_all(place.home.path().join(".sigil"));
                    }
                    assert_eq!(place.report(&[]).run().stdout_text(), *plain);
                }
            });
        }
    });
    place.known(&[]);
    assert_eq!(place.known(&[]), SESSIONS + 1);
}

#[test]
fn a_page_on_a_short_time_is_the_same_from_what_is_known() {
    let place = Place { home: tempfile::tempdir().unwrap() };
    for n in 0..SESSIONS {
        let id = format!("s{n}");
        place.write(&id, &GuideSession::new(&id).to_string());
    }
    settle();
    assert_eq!(place.known(&["--format", "html"]), 0);
    assert_eq!(place.known(&["--format", "html"]), SESSIONS);
}
