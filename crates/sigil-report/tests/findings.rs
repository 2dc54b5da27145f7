//! `sigil-report`: what it finds in sessions, and how fast they went.

#![expect(clippy::unwrap_used, reason = "a test whose report is no object has failed")]

use serde_json::{Value, json};
use sigil_testkit::Tool;
use sigil_testkit::samples::guide_session;

fn report<'t>() -> Tool<'t> {
    Tool::new(env!("CARGO_BIN_EXE_sigil-report"))
}

#[track_caller]
fn object(log: impl Into<Vec<u8>>, args: &[&str]) -> Value {
    report().args(args).arg("--json").stdin(log).object()
}

/// A session of events, a second between them: `type component tokens latency_ms`, `-` for none.
fn session(id: &str, minute: u32, events: &[&str]) -> String {
    let line = |(second, event): (usize, &&str)| {
        let mut words = event.split(' ');
        let mut field = |name: &str, quote: &str| match words.next() {
            None | Some("-") => String::new(),
            Some(word) => format!(",\"{name}\":{quote}{word}{quote}"),
        };
        let head = field("event_type", "\"") + &field("component", "\"") + &field("tokens", "");
        let latency = field("latency_ms", "").trim_start_matches(',').to_owned();
        format!(
            "{{\"timestamp\":\"2026-01-11T10:{minute:02}:{second:02}\",\"session_id\":\"{id}\"{head},\"metadata\":{{{latency}}}}}\n"
        )
    };
    events.iter().enumerate().map(line).collect()
}

/// What is found, by name: how often, and the figures and offsets of the evidence.
fn found(report: &Value) -> Vec<(String, u64)> {
    let findings = report["totals"]["findings"].as_array().unwrap().iter();
    findings.map(|f| (f["finding"].as_str().unwrap().to_owned(), f["count"].as_u64().unwrap())).collect()
}

#[track_caller]
fn check(id: &str, events: &[&str], expected: &[(&str, u64)]) {
    let expected: Vec<_> = expected.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
    assert_eq!(found(&object(session(id, 0, events), &[])), expected, "{id}: {events:?}");
}

#[test]
fn the_guide_s_session_is_healthy() {
    let report = object(guide_session("lead-1"), &[]);
    assert_eq!(
        found(&report),
        [("sequential".to_owned(), 5), ("low_usage".to_owned(), 5), ("steady_latency".to_owned(), 1)]
    );
    assert_eq!(report["sessions"][0]["findings"], report["totals"]["findings"]);
    let low = &report["totals"]["findings"][1];
    assert_eq!((&low["severity"], &low["action"]), (&json!("healthy"), &Value::Null));
    assert_eq!(
        low["evidence"][1],
        json!({"timestamp": "2026-01-11T10:15:33.456789", "component": "memory", "tokens": 150, "file": "stdin", "offset": 447})
    );
}

#[test]
fn every_pattern_of_the_guide_is_found_and_nothing_near_it() {
    const IN_ORDER: [&str; 2] = ["step_complete routing 5", "step_complete memory 5"];
    check("lead-1", &["step_complete memory 5", "step_complete routing 5"], &[("low_usage", 2)]);
    check("lead-1", &IN_ORDER, &[("sequential", 2), ("low_usage", 2)]);
    check("lead-1", &["step_complete routing 1001", "step_complete memory 5"], &[("sequential", 2)]);
    check("lead-1", &["step_complete routing - 2999"], &[("steady_latency", 1)]);
    check("lead-1", &["step_complete routing - 3000"], &[]);
    // Very many tokens of reasoning, as a step or as consumption, which are not told twice.
    check("lead-1", &["step_complete reasoning 15000"], &[("heavy_reasoning", 1), ("low_usage", 1)]);
    check("lead-1", &["step_complete reasoning 14999"], &[("low_usage", 1)]);
    check("lead-1", &["token_consumption reasoning 16000"], &[("heavy_reasoning", 1)]);
    check(
        "lead-1",
        &["token_consumption reasoning 16000", "step_complete reasoning 16000"],
        &[("heavy_reasoning", 1)],
    );
    check("lead-1", &["step_complete planning 15000"], &[]);
    check("lead-1", &["retry_attempt memory"], &[]);
    check("lead-1", &["retry_attempt memory", "retry_attempt memory"], &[("retries", 2)]);
    check("lead-1", &["step_complete memory - 5000"], &[]);
    check("lead-1", &["step_complete memory - 5001"], &[("slow_memory", 1)]);
    check("lead-1", &["step_complete planning - 5001"], &[]);
    check("lead-1", &["step_complete routing", "session_error"], &[("failed_after_routing", 1)]);
    check("lead-1", &["step_complete routing", "note", "session_error"], &[("failed_after_routing", 1)]);
    check("lead-1", &["step_complete routing", "step_start memory", "session_error"], &[("sequential", 2)]);
    check("lead-1", &["step_complete routing", "session_complete", "session_error"], &[]);
    check("lead-1", &["budget_warning", "budget_exceeded", "step_error reasoning"], &[("over_budget", 1)]);
    check("lead-1", &["budget_warning", "budget_exceeded", "step_complete reasoning"], &[]);
    check("lead-1", &["step_error reasoning", "budget_exceeded"], &[]);
    check("lead-1", &["session_start", "session_complete", "session_start"], &[("reused_id", 2)]);
}

#[test]
fn names_are_judged_of_sigil_s_own_sessions_only() {
    check("test1", &["note"], &[("generic_name", 1)]);
    check("asdf", &["note"], &[("meaningless_name", 1)]);
    check(&"lead-".repeat(20), &["note"], &[("long_name", 1)]);
    check("019c8a4c-ed82-79a1-aa28-7738fc5ab61a", &["note"], &[]);
    let transcript = r#"{"type":"user","sessionId":"test","uuid":"1","timestamp":"2026-01-11T10:00:00Z","message":{"role":"user","content":"hi"}}"#;
    assert_eq!(found(&object(format!("{transcript}\n"), &[])), []);
}

#[test]
fn what_is_much_is_for_the_configuration_to_say() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("config.toml");
    std::fs::write(
        &config,
        "[findings]\nmemory_latency_ms = 100\nretries = 1\nsteady_latency_ms = 50\nname_length = 5\n",
    )
    .unwrap();
    let args = ["--config", config.to_str().unwrap()];
    let log = session("lead-1", 0, &["retry_attempt memory", "step_complete memory - 200"]);
    let names: Vec<_> = found(&object(log.clone(), &args)).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["retries", "slow_memory", "long_name"]);
    std::fs::write(&config, "[findings]\nmemory_latency = 100\n").unwrap();
    report()
        .args(args)
        .stdin(log)
        .stdout("")
        .stderr_contains("config.toml:2: unknown key \"findings.memory_latency\"; did you mean \"findings.memory_latency_ms\"?")
        .status(2);
}

#[test]
fn findings_of_many_sessions_are_summed_with_examples() {
    let slow = ["step_complete memory - 6000", "step_complete memory - 9000"];
    let log: String = (0..5).map(|n| session(&format!("lead-{n}"), n, &slow)).collect();
    let report = object(log.clone(), &[]);
    let finding = &report["totals"]["findings"][0];
    assert_eq!(
        (&finding["finding"], &finding["count"], &finding["sessions"]),
        (&json!("slow_memory"), &json!(10), &json!(5))
    );
    assert_eq!(finding["examples"], json!(["lead-0", "lead-1", "lead-2"]));
    assert_eq!(finding["evidence"][0]["latency_ms"], 6000.0);
    assert_eq!(finding["seen"], "10 steps longer than 5.0s, up to 9.0s");
    self::report()
        .stdin(log)
        .stdout_contains("  WARNING  Slow memory  10 steps longer than 5.0s, up to 9.0s, first at 01-11 10:00:00  5 sessions: lead-0, lead-1, lead-2, …\n")
        .stdout_contains("To do: retrieve fewer results, and ask narrower queries.\n")
        .status(0);
}

#[test]
fn the_latest_session_is_told_beside_the_earlier_ones_if_those_have_three_steps() {
    let step = |ms: u32| format!("step_complete memory - {ms}");
    let of = |n: u32, ms: &[u32]| {
        let steps: Vec<_> = ms.iter().map(|ms| step(*ms)).collect();
        session(&format!("lead-{n}"), n, &steps.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let log = of(3, &[2000]) + &of(1, &[1000, 1200]) + &of(2, &[800]);
    let report = object(log.clone(), &["--limit", "1"]);
    assert_eq!(
        report["totals"]["performance"]["trends"],
        json!([{"component": "memory", "session_id": "lead-3", "mean_ms": 2000.0, "earlier_mean_ms": 1000.0, "earlier_steps": 3, "change_percent": 100.0}])
    );
    self::report()
        .stdin(log)
        .stdout_contains("  memory     lead-3          2.0s     1.0s      3  +100.0%\n")
        .status(0);
    let few = object(of(3, &[2000]) + &of(1, &[1000, 1200]), &[]);
    assert_eq!(few["totals"]["performance"]["trends"], json!([]));
}

#[test]
fn gaps_are_those_of_each_session_in_the_order_of_its_log() {
    let at = |session: &str, second: u32| {
        format!(
            "{{\"timestamp\":\"2026-01-11T10:00:{second:02}\",\"session_id\":\"{session}\",\"component\":\"c{second}\",\"tokens\":1}}\n"
        )
    };
    let log = at("lead-a", 1) + &at("lead-b", 2) + &at("lead-a", 11) + &at("lead-b", 1) + &at("lead-b", 4);
    let report = object(log, &[]);
    let gaps = &report["totals"]["performance"]["gaps"];
    assert_eq!(
        (&gaps["count"], &gaps["longest_ms"], &gaps["mean_ms"]),
        (&json!(2), &json!(10_000.0), &json!(6_500.0))
    );
    assert_eq!(gaps["longest"]["session_id"], "lead-a");
    assert_eq!(gaps["longest"]["after"]["component"], "c1");
    assert_eq!(report["totals"]["performance"]["tokens_per_minute"], 23.08);
}

#[test]
fn stack_traces_are_grouped_by_their_frames_and_logs_of_text_have_their_size() {
    let dir = tempfile::tempdir().unwrap();
    let trace = |line: u32, id: u32| {
        format!(
            "2026-01-31 10:00:0{id} ERROR request {id} failed\njava.io.IOException: gone\n\tat a.B.read(B.java:{line})\n\tat a.C.run(C.java:{line})\n"
        )
    };
    let log = trace(1, 1) + &trace(2, 2) + "2026-01-31 10:00:09 ERROR no trace\n";
    std::fs::write(dir.path().join("app.log"), &log).unwrap();
    let output = report().arg("--json").arg(dir.path()).run();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let performance = &report["totals"]["performance"];
    assert_eq!(performance["stack_traces"], 2);
    let first = &performance["traces"][0];
    assert_eq!(
        (&first["name"], &first["count"]),
        (&json!("java.io.IOException: a.B.read < a.C.run"), &json!(2))
    );
    assert_eq!(first["first"]["offset"], 0);
    assert_eq!(report["input"], json!({"files": 1, "bytes": log.len(), "lines": 9}));
    self::report().arg(dir.path()).stdout_contains("\nLogs: 1 file, 9 lines, ").status(0);
}
