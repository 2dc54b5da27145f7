//! What may be typed and configured, and what is said of what may not.

use sigil_testkit::Place;

use super::{alerts, at_home, line, sigil_alert, told};

#[test]
fn what_makes_no_sense_is_refused() {
    for (args, reason) in [
        (
            &["--interval", "10m"][..],
            "--interval says how often to look at logs and processes; add --watch-logs or --pid",
        ),
        (&["--watch-logs", "[", "--interval", "1s"], "--watch-logs \"[\": "),
        (&["--json", "--format", "report"], "--json and --format report are two forms of one output"),
        (&["--pid", "1", "--interval", "0s"], "--interval 0s would look without a pause"),
        (&["--webhook", "hooks.example.com/secret"], "webhook"),
        (&["--webhook-env", "NO_SUCH_VARIABLE"], "the environment has no NO_SUCH_VARIABLE"),
        (&["--exec", "unbalanced 'quote"], "--exec"),
        (&["--repeat", "often"], "expected an age such as 90s, 10m, 36h or 7d"),
        (&["--webhook-format", "teams"], "invalid value 'teams' for '--webhook-format <FORMAT>'"),
    ] {
        let output = sigil_alert().args(args).run();
        let told = output.stderr_text();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {told}");
        assert!(
            told.starts_with("sigil-alert: E010_CONFIG_ERR: ") && told.contains(reason),
            "{args:?}: {told}"
        );
        assert_eq!(told.lines().count(), 1, "{told}");
        assert!(!told.contains("secret"), "{told}");
    }
}

#[test]
fn what_is_wrong_in_the_configuration_is_said_with_its_place() {
    for (config, reason) in [
        ("[alert]\nrepaet = \"1h\"", "2: unknown key \"alert.repaet\"; did you mean \"alert.repeat\"?"),
        ("[alert]\nrepeat = true", "2: alert.repeat: expected a span of time such as 30s, 10m or 4h"),
        (
            "[alert.rules.log_grwth]\nwarning = 5",
            "1: there is no rule \"log_grwth\"; did you mean \"log_growth\"?",
        ),
        (
            "[alert.rules.error_rate]\nwindwo = 5",
            "2: unknown key \"alert.rules.error_rate.windwo\"; did you mean \"alert.rules.error_rate.window\"?",
        ),
        (
            "[alert.rules.error_rate]\nwarning = \"much\"",
            "2: alert.rules.error_rate.warning: expected a number from 0 in %",
        ),
        (
            "[alert.rules.error_rate]\nlast = 5",
            "2: alert.rules.error_rate.last: the measure error_rate does not go by it",
        ),
        (
            "[alert.rules.error_rate]\ncomponent = \"x\"",
            "2: alert.rules.error_rate.component: the measure error_rate is not about any",
        ),
        (
            "[alert.rules.x]\nmeasure = \"latencies\"",
            "2: alert.rules.x.measure: there is no measure \"latencies\"; did you mean \"latency\"?",
        ),
        (
            "[alert.rules.x]\nmeasure = \"latency\"",
            "1: the rule \"x\" says nothing: set threshold, or warning, error or critical",
        ),
        (
            "[alert.rules.session_budget]\nwarning = 90",
            "2: alert.rules.session_budget.warning: a worse severity begins at a lower figure than a milder one",
        ),
        (
            "[alert.rules.retries]\nseverity = \"bad\"",
            "2: alert.rules.retries.severity: \"bad\" is none of warning, error, critical",
        ),
        ("[alert.rules.retries]\nenabled = 1", "2: alert.rules.retries.enabled: expected true or false"),
        (
            "[alert]\nwebhook_format = \"teams\"",
            "2: alert.webhook_format: expected one of slack, json, alertmanager",
        ),
    ] {
        let place = Place::new();
        let path = place.file("config.toml", config);
        let output = place.tool(env!("CARGO_BIN_EXE_sigil-alert")).arg("--config").arg(&path).run();
        let told = output.stderr_text();
        assert!(
            told.starts_with("sigil-alert: E010_CONFIG_ERR: ")
                && told.contains(&format!("config.toml:{reason}")),
            "{config}: {told}"
        );
        assert_eq!((told.lines().count(), output.status.code()), (1, Some(2)), "{told}");
    }
}

#[test]
fn rules_are_changed_added_and_switched_off() {
    let place = Place::new();
    place.file(
        ".sigil/config.toml",
        "[alert.rules.memory_latency]\nthreshold = 0.5\nseverity = \"critical\"\naction = \"wait\"\n\
         [alert.rules.session_error]\nenabled = false\n\
         [alert.rules.slow_planning]\nmeasure = \"latency\"\ncomponent = \"plan*\"\nerror = \"1s\"\nsession = \"s\"\n",
    );
    let step = |component: &str| {
        line(
            0,
            "step_complete",
            &format!(",\"component\":\"{component}\",\"metadata\":{{\"latency_ms\":1100}}"),
        )
    };
    let log = step("memory")
        + &step("planning")
        + &step("planning").replace("\"s\"", "\"t\"")
        + &line(1, "session_error", "");
    let all = alerts(at_home(place.path()).stdin(log));
    let expected = ["memory_latency firing Critical", "slow_planning firing Error"];
    let over = ["memory_latency resolved Critical", "slow_planning resolved Error"];
    assert_eq!(told(&all), [expected, over].concat());
    assert_eq!(all[0]["recommended_action"], "wait");
    let rules = at_home(place.path()).args(["rules", "--json"]).run().jsonl().unwrap();
    let rule = |name: &str| rules.iter().find(|rule| rule["rule"] == name).unwrap().clone();
    assert_eq!(
        (&rule("session_error")["enabled"], &rule("slow_planning")["error"]),
        (&false.into(), &1.0.into())
    );
    assert_eq!(
        (&rule("memory_latency")["warning"], &rule("memory_latency")["critical"]),
        (&serde_json::Value::Null, &0.5.into())
    );
    at_home(place.path()).arg("rules").stdout_contains("slow_planning         Error 1.0s").status(0);
}

#[test]
fn only_the_sessions_and_times_that_are_asked_for_are_watched() {
    let place = Place::new();
    let log = place.file(
        "x.jsonl",
        line(0, "session_error", "") + &line(60, "session_error", "").replace("\"s\"", "\"t\""),
    );
    let by = |args: &[&str]| told(&alerts(sigil_alert().args(args).arg(&log))).len();
    assert_eq!((by(&[]), by(&["-s", "t"]), by(&["--since", "2026-01-11T00:00:30Z"])), (2, 1, 1));
    sigil_alert()
        .args(["-s", "u"])
        .arg(&log)
        .stdout("")
        .stderr_contains("E001_SESSION_NF: session \"u\"")
        .status(2);
}

#[test]
fn logs_are_found_as_every_tool_finds_them() {
    let place = Place::new();
    place.file(".sigil/logs/sessions/s/execution.jsonl", line(0, "session_error", ""));
    let all = alerts(at_home(place.path()).args(["-s", "s"]));
    assert_eq!(told(&all), ["session_error firing Error"]);
    at_home(place.path()).arg("no-such-file").stdout("").stderr_contains("E001_SESSION_NF").status(2);
    let strict = at_home(place.path()).arg("--strict").stdin("{\n").stdout("");
    strict.stderr_contains("E003_PARSE_FAIL: skipped 1 malformed line: stdin:1").status(2);
}

#[test]
fn a_reader_that_leaves_does_not_keep_others_from_being_told() {
    let place = Place::new();
    let report = place.path().join("report");
    let log: String =
        (0..20_000).map(|n| line(n, "session_error", "").replace("\"s\"", &format!("\"s{n}\""))).collect();
    let log = place.file("x.jsonl", log);
    let script = format!(
        "{} --exit-code --report {} {} | head -n 1 >/dev/null",
        env!("CARGO_BIN_EXE_sigil-alert"),
        report.display(),
        log.display()
    );
    sigil_testkit::Tool::new("sh").args(["-c", &script]).stderr("").status(0);
    let text = std::fs::read_to_string(report).unwrap();
    assert_eq!(text.matches("## Alert Report").count(), 20_000);
}
