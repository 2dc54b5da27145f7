//! The guide's scripts on these tools, `scripts/recipes/`, each as cron runs it. `push_metrics.sh` is tried beside
//! a Pushgateway, in `monitoring`.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use sigil_testkit::samples::{GuideSession, store};
use sigil_testkit::{Output, Tool, binary};
use sigil_tests::not_run;
use sigil_tests::recipes::directory;
use tempfile::TempDir;

/// A home with a store, and a `bin` with the tool.
struct Home(TempDir);

impl Home {
    fn empty() -> Home {
        let home = Home(tempfile::tempdir().expect("a temporary directory"));
        fs::create_dir(home.path().join("bin")).expect("a directory can be made");
        symlink(binary("sigil-report"), home.path().join("bin/sigil-report")).expect("a link can be made");
        home
    }

    /// Three sessions: one that is complete, one that has failed and used much, one that runs.
    fn new() -> Home {
        let home = Home::empty();
        store(&home.path().join(".sigil/logs"), &["lead-1", "big one", "lead-3"]).expect("a store");
        let failed = "{\"timestamp\":\"2026-01-11T11:00:00\",\"session_id\":\"big one\",\"event_type\":\"step_error\",\
                      \"component\":\"memory\",\"message\":\"API timeout\",\"tokens\":20000}\n\
                      {\"timestamp\":\"2026-01-11T11:00:01\",\"session_id\":\"big one\",\"event_type\":\"session_error\",\
                      \"message\":\"gave up\"}\n";
        home.write("big one", &(GuideSession::new("big one").running().to_string() + failed));
        home.write("lead-3", &GuideSession::new("lead-3").later(5).running().to_string());
        home
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn write(&self, name: &str, log: &str) {
        let path = self.path().join(".sigil/logs/sessions").join(name).join("execution.jsonl");
        fs::write(path, log).expect("the session is there");
    }

    /// A recipe with the environment that cron gives: an empty standard input, and next to nothing else.
    fn run(&self, name: &str, args: &[&str]) -> Output {
        let path = format!("PATH={}:/usr/bin:/bin", self.path().join("bin").display());
        let home = format!("HOME={}", self.path().display());
        let tool = Tool::new("env").args(["-i", &path, &home, "TZ=UTC", "SHELL=/bin/sh"]);
        tool.arg(directory().join(name)).args(args).current_dir(self.path()).run()
    }

    /// The lines that it prints; it must not say anything.
    #[track_caller]
    fn lines(&self, name: &str, args: &[&str]) -> Vec<String> {
        let output = self.run(name, args);
        assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)), "{name}");
        output.stdout_text().lines().map(str::to_owned).collect()
    }
}

/// What a table's rows begin with, without its head.
fn names(lines: &[String]) -> Vec<&str> {
    lines.iter().skip(1).map(|line| line.split("  ").next().unwrap_or_default().trim()).collect()
}

#[test]
fn token_report_has_every_session_the_largest_first() {
    let lines = Home::new().lines("token_report.sh", &[]);
    assert_eq!(names(&lines)[..1], ["big one"]);
    assert_eq!(names(&lines).last(), Some(&"total"));
    assert!(lines[1].contains("20,650") && lines.len() == 5, "{lines:#?}");
    let lines = Home::new().lines("token_report.sh", &["--limit", "1"]);
    assert_eq!(names(&lines)[..2], ["big one", "total"]);
}

#[test]
fn find_expensive_takes_a_threshold() {
    let home = Home::new();
    assert_eq!(names(&home.lines("find_expensive.sh", &[]))[..2], ["big one", "total"]);
    assert_eq!(names(&home.lines("find_expensive.sh", &["0.6k"])).len(), 4);
    assert_eq!(names(&home.lines("find_expensive.sh", &["100k"]))[..1], ["total"]);
    let wrong = home.run("find_expensive.sh", &["many"]);
    assert_eq!((wrong.stdout_text().as_str(), wrong.status.code()), ("", Some(2)));
    assert!(wrong.stderr_text().contains("E010_CONFIG_ERR"), "{}", wrong.stderr_text());
}

#[test]
fn error_summary_says_what_failed_where() {
    let lines = Home::new().lines("error_summary.sh", &[]);
    assert!(
        lines.iter().any(|line| line.contains("memory: API timeout") && line.contains("big one")),
        "{lines:#?}"
    );
    assert!(!lines.iter().any(|line| line.contains("lead-1")), "{lines:#?}");
}

#[test]
fn list_sessions_has_those_that_have_not_ended() {
    let home = Home::new();
    let running = home.lines("list_sessions.sh", &[]);
    assert!(running.contains(&"Session: lead-3".to_owned()), "{running:#?}");
    assert!(running.contains(&"Status: RUNNING (stale)".to_owned()), "{running:#?}");
    // The rows of several, with how each fares and when it was heard of last.
    let ended = home.lines("list_sessions.sh", &["complete,error"]);
    let rows = ended.iter().skip_while(|line| !line.contains("STATUS")).map(|line| line.trim().to_owned());
    let rows: Vec<_> = rows.take_while(|line| !line.starts_with("total")).collect();
    assert!(rows[0].contains("LAST EVENT"), "{rows:#?}");
    assert_eq!(names(&rows), ["big one", "lead-1"]);
}

#[test]
fn generate_session_report_makes_a_page() {
    let home = Home::new();
    assert!(home.lines("generate_session_report.sh", &["big one"]).is_empty());
    let page = fs::read_to_string(home.path().join("big one.html")).expect("a page");
    assert!(
        page.starts_with("<!DOCTYPE html>") && page.ends_with("</html>\n") && page.contains("API timeout")
    );
    // A page that cannot be made leaves the one that is there.
    let failed = home.run("generate_session_report.sh", &["gone", "big one.html"]);
    assert_eq!(failed.status.code(), Some(2));
    assert!(failed.stderr_text().contains("E001_SESSION_NF"), "{}", failed.stderr_text());
    assert_eq!(fs::read_to_string(home.path().join("big one.html")).expect("a page"), page);
    let left: Vec<_> = fs::read_dir(home.path()).expect("a home").filter_map(Result::ok).collect();
    assert_eq!(left.iter().filter(|entry| entry.file_name().to_string_lossy().contains("html")).count(), 1);
}

#[test]
fn performance_report_is_a_whole_report() {
    let lines = Home::new().lines("performance_report.sh", &[]);
    let text = lines.join("\n");
    for part in ["Sessions (3):", "Latency by Component:", "SLOWEST", "Errors (2):"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[test]
fn analyze_performance_has_the_slowest_component_first() {
    let lines = Home::new().lines("analyze_performance.sh", &["--limit", "2"]);
    assert_eq!(names(&lines)[..2], ["reasoning", "reasoning"]);
}

#[test]
fn analyze_logs_reads_logs_of_any_kind() {
    let home = Home::new();
    let log = "2026-01-11 10:00:00 INFO start\n2026-01-11 10:00:01 ERROR boom\nTraceback (most recent call last):\n";
    fs::write(home.path().join("a b.log"), log).expect("a log can be written");
    let text = home.lines("analyze_logs.sh", &["a b.log"]).join("\n");
    assert!(text.contains("Errors (1):") && text.contains("ERROR boom"), "{text}");
}

#[test]
fn what_needs_an_argument_says_how_it_is_used() {
    for name in ["analyze_logs.sh", "generate_session_report.sh", "push_metrics.sh"] {
        let output = Home::new().run(name, &[]);
        assert_eq!((output.stdout_text().as_str(), output.status.code()), ("", Some(2)), "{name}");
        assert!(output.stderr_text().contains(&format!("usage: scripts/recipes/{name} ")), "{name}");
    }
}

#[test]
fn a_store_of_nothing_is_told_and_no_report() {
    for name in ["token_report.sh", "find_expensive.sh", "error_summary.sh", "list_sessions.sh"] {
        let output = Home::empty().run(name, &[]);
        assert_eq!((output.stdout_text().as_str(), output.status.code()), ("", Some(2)), "{name}");
        assert!(output.stderr_text().contains("E001_SESSION_NF"), "{name}: {}", output.stderr_text());
    }
}

#[test]
fn shellcheck_has_no_complaint() {
    let mut scripts: Vec<_> = [directory(), directory().join("..")]
        .iter()
        .flat_map(|place| fs::read_dir(place).expect("a directory").filter_map(Result::ok))
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sh"))
        .collect();
    scripts.sort();
    assert!(scripts.len() > 9, "{scripts:?}");
    match Command::new("shellcheck").args(["-s", "sh"]).args(&scripts).output() {
        Ok(told) => {
            let words = String::from_utf8_lossy(&told.stdout);
            assert!(told.status.success() && words.is_empty(), "{}: {words}", told.status);
        }
        Err(_) => not_run("shellcheck_has_no_complaint", "no shellcheck; apt-get install shellcheck"),
    }
}
