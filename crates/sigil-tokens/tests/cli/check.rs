//! `--check`: an exit status that scripts act upon.

use sigil_testkit::samples::{GuideSession, guide_session, store};

use crate::{Place, event, tool};

/// A session with this budget that has used so many tokens.
fn session(id: &str, budget: u64, tokens: u64) -> String {
    let start = event(id, "session_start", "orchestrator", 0);
    start.replace('}', &format!(",\"metadata\":{{\"budget\":{budget}}}}}"))
        + &event(id, "retry_attempt", "a", tokens)
}

#[test]
fn statuses_change_at_80_and_90_percent() {
    let cases = [
        (0, 0, "fine: s: 0.00%"),
        (7_999, 0, "fine: s: 79.99%"),
        (8_000, 1, "warning: s: 80.00%"),
        (8_500, 1, "warning: s: 85.00%"),
        (8_999, 1, "warning: s: 89.99%"),
        (9_000, 2, "critical: s: 90.00%"),
        (25_000, 2, "critical: s: 250.00%"),
    ];
    for (tokens, status, words) in cases {
        let used = thousands(tokens);
        let words = format!("sigil-tokens: {words} of the budget used ({used} / 10,000)\n");
        tool().arg("--check").stdin(session("s", 10_000, tokens)).stdout("").stderr(words).status(status);
    }
}

/// With thousands apart.
fn thousands(number: u64) -> String {
    if number < 1_000 { number.to_string() } else { format!("{},{:03}", number / 1_000, number % 1_000) }
}

#[test]
fn limits_can_be_given() {
    let check = |args: &[&str], status| {
        let log = session("s", 1_000, 500);
        tool().arg("--check").args(args).stdin(log).stdout("").stderr_contains("50.00%").status(status);
    };
    check(&["--warn-at", "50"], 1);
    check(&["--warn-at", "50.01"], 0);
    check(&["--warn-at", "40", "--critical-at", "50"], 2);
    check(&["--warn-at", "50%", "--critical-at", "50%"], 2);
}

#[test]
fn a_budget_replaces_what_the_log_states() {
    for (budget, status, words) in
        [("600", 1, "(500 / 600)"), ("0.5k", 2, "(500 / 500)"), ("1M", 0, "(500 / 1,000,000)")]
    {
        let log = session("s", 1_000, 500);
        tool()
            .args(["--check", "--budget", budget])
            .stdin(log)
            .stdout("")
            .stderr_contains(words)
            .status(status);
    }
}

#[test]
fn limits_can_be_configured() {
    let place =
        Place::with("c.toml", "[check]\nwarn_at = 10\ncritical_at = 20.5\n[budget]\nsession = 10000\n");
    for (tokens, status) in [(999, 0), (1_000, 1), (2_049, 1), (2_050, 2)] {
        let args = ["--check", "--config", "c.toml"];
        place
            .tool()
            .args(args)
            .stdin(session("s", 1, tokens))
            .stdout("")
            .stderr_contains("s: ")
            .status(status);
    }
    place
        .tool()
        .args(["--check", "--config", "c.toml", "--critical-at", "90"])
        .stdin(session("s", 1, 5_000))
        .stderr_contains("warning: s: 50.00%")
        .status(1);
}

#[test]
fn of_several_sessions_the_worst_decides() {
    let log =
        |tokens| session("a", 1_000, 10) + &session("b", 100, tokens) + &session("c", 1_000_000, 700_000);
    for (tokens, status, words) in [(10, 0, "fine: c: 70.00%"), (80, 1, "warning: b"), (95, 2, "critical: b")]
    {
        tool().arg("--check").stdin(log(tokens)).stdout("").stderr_contains(words).status(status);
    }
}

#[test]
fn a_session_of_the_store_is_checked_by_name() {
    let place = Place::new();
    store(place.path(), &["lead-1", "lead-2"]).unwrap();
    place.file("sessions/hot/execution.jsonl", GuideSession::new("hot").budget(700).to_string());
    let check = |id: &str, status| {
        place.tool().args(["--check", "-l", ".", "-s", id]).stdout("").stderr_contains("used").status(status);
    };
    check("lead-1", 0);
    check("lead-*", 0);
    check("hot", 2);
    check("*", 2);
}

#[test]
fn json_says_it_all_and_names_what_was_checked() {
    let place = Place::with("log.jsonl", session("s", 1_000, 850));
    place
        .tool()
        .args(["--check", "--json", "log.jsonl"])
        .stdout_json(|v| {
            assert_eq!((&v["status"], &v["source"]), (&"warning".into(), &"budget".into()));
            assert_eq!(
                (&v["session_id"], &v["used"], &v["limit"]),
                (&"s".into(), &850.into(), &1_000.into())
            );
            assert_eq!(
                (&v["percent"], &v["warn_at"], &v["critical_at"]),
                (&85.0.into(), &80.0.into(), &90.0.into())
            );
        })
        .stderr("sigil-tokens: warning: s: 85.00% of the budget used (850 / 1,000)\n")
        .status(1);
}

#[test]
fn quiet_leaves_only_the_status() {
    for (tokens, status) in [(1, 0), (80, 1), (90, 2)] {
        tool().args(["--check", "-q"]).stdin(session("s", 100, tokens)).stdout("").status(status);
    }
}

#[test]
fn an_empty_log_is_fine() {
    let place = Place::with("execution.jsonl", "");
    place.tool().args(["--check", "execution.jsonl"]).stdout("").stderr_contains("fine").status(0);
}

/// A pipe whose writer could not even begin brings nothing either.
#[test]
fn an_empty_pipe_cannot_be_told() {
    let words = "sigil-tokens: E001_SESSION_NF: cannot tell: the input holds no event that is asked for\n";
    tool().arg("--check").stdout("").stderr(words).status(1);
}

#[test]
fn what_is_restated_does_not_alarm() {
    let log = GuideSession::new("s").budget(1_000).stated_total(650).to_string();
    tool().arg("--check").stdin(log.clone()).stderr_contains("fine: s: 65.00%").status(0);
    tool().args(["--check", "--count-all"]).stdin(log).stderr_contains("critical: s: 130.00%").status(2);
}

#[test]
fn a_session_that_is_not_there_exits_1_and_says_so() {
    let place = Place::new();
    store(place.path(), &["lead-10"]).unwrap();
    place
        .tool()
        .args(["--check", "-l", ".", "-s", "lead-1"])
        .stdout("")
        .stderr("sigil-tokens: E001_SESSION_NF: session \"lead-1\" not found in ./sessions; did you mean \"lead-10\"?\n")
        .status(1);
    place
        .tool()
        .args(["--check", "sessions/lead-10", "-s", "x"])
        .stdout("")
        .stderr("sigil-tokens: E001_SESSION_NF: session \"x\" not found in the input\n")
        .status(1);
}

#[test]
fn a_missing_file_exits_1() {
    Place::new()
        .tool()
        .args(["--check", "nope.jsonl"])
        .stdout("")
        .stderr("sigil-tokens: E001_SESSION_NF: nope.jsonl: no such file or directory\n")
        .status(1);
}

#[test]
fn wrong_arguments_exit_1() {
    let cases: [(&[&str], &str); 8] = [
        (&["--cheque"], "unexpected argument '--cheque'"),
        (&["--budget", "12x"], "\"12x\" is not a number of tokens"),
        (&["--warn-at", "lots"], "expected a percentage such as 80"),
        (&["--warn-at", "95"], "critical at 90 % would come before the warning at 95 %"),
        (&["--by", "day"], "cannot be used with"),
        (&["--summary"], "cannot be used with"),
        (&["--timezone", "Mars/Base"], "time zone \"Mars/Base\" is not known"),
        (&["--config", "missing.toml"], "cannot read config file missing.toml"),
    ];
    for (args, words) in cases {
        for args in [[&["--check"], args].concat(), [args, &["--check"]].concat()] {
            let output = Place::new().tool().args(&args).stdin(guide_session("s")).run();
            let stderr = output.stderr_text();
            assert_eq!(output.status.code(), Some(1), "{args:?}: {stderr}");
            assert!(output.stdout.is_empty(), "{args:?}");
            assert!(
                stderr.starts_with("sigil-tokens: E010_CONFIG_ERR: ") && stderr.contains(words),
                "{args:?}: {stderr}"
            );
            assert_eq!(stderr.matches('\n').count(), 1, "{args:?}: {stderr}");
        }
    }
}

#[test]
fn limits_without_check_are_a_mistake() {
    tool()
        .args(["--warn-at", "50"])
        .stdout("")
        .stderr("sigil-tokens: E010_CONFIG_ERR: --warn-at and --critical-at say when --check complains; add --check\n")
        .status(2);
}

#[test]
fn malformed_lines_are_told_and_only_strict_makes_it_impossible_to_tell() {
    let log = session("s", 100, 10) + "not json\n";
    let words = "sigil-tokens: E003_PARSE_FAIL: skipped 1 malformed line: stdin:3\n";
    tool()
        .arg("--check")
        .stdin(log.clone())
        .stdout("")
        .stderr(format!("{words}sigil-tokens: fine: s: 10.00% of the budget used (10 / 100)\n"))
        .status(0);
    tool().args(["--check", "--strict"]).stdin(log).stdout("").stderr_contains(words).status(1);
}

#[test]
fn a_file_of_which_nothing_is_known_cannot_be_told() {
    let place = Place::with("notes.txt", "just some words\n");
    let words = "sigil-tokens: E010_CONFIG_ERR: cannot tell: no answer of a main chain is in the input\n";
    place.tool().args(["--check", "notes.txt"]).stdout("").stderr(words).status(1);
    let place = Place::with("notes.json", "[\"just some words\"]\n");
    place.tool().args(["--check", "notes.json"]).stdout("").stderr_contains("notes.json").status(1);
}

#[test]
fn a_file_that_breaks_off_cannot_be_told_unless_what_is_there_is_critical_already() {
    for (sessions, status) in [(5, 1), (8, 1), (9, 2), (100, 2)] {
        let mut bytes = crate::gzipped(session("s", 100, 10).repeat(sessions).as_bytes());
        bytes.truncate(bytes.len() - 8);
        let place = Place::with("log.jsonl.gz", bytes);
        let check = place.tool().args(["--check", "log.jsonl.gz"]).stdout("");
        check.stderr_contains("log.jsonl.gz: unexpected end of file").status(status);
    }
}

#[test]
fn strict_does_not_hide_a_critical_session() {
    let log = session("s", 100, 95) + "more\n";
    tool().args(["--check", "--strict"]).stdin(log).stderr_contains("critical: s: 95.00%").status(2);
}
