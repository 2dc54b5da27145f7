//! Each built-in rule about events: a log that makes it fire, and one that nearly does.

use super::{alerts, line, sigil_alert, told};

/// What is told of `log` by one rule.
#[track_caller]
fn check(rule: &str, log: &str, expected: &[&str]) {
    let all = told(&alerts(sigil_alert().stdin(log)));
    let by_rule: Vec<_> = all.iter().filter_map(|told| told.strip_prefix(&format!("{rule} "))).collect();
    assert_eq!(by_rule, expected, "{rule}: {all:?}");
}

fn each(seconds: impl IntoIterator<Item = u32>, event: &str, more: &str) -> String {
    seconds.into_iter().map(|second| line(second, event, more)).collect()
}

#[test]
fn error_rate_is_of_twenty_events_and_exceeds_ten_percent() {
    // Errors so far apart that they are no burst.
    let log = |errors: u32, others: u32| {
        each((0..others).map(|n| n * 2), "note", "")
            + &each((0..errors).map(|n| 100 + n * 61), "step_error", "")
    };
    check("error_rate", &log(3, 20), &["firing Error"]);
    check("error_rate", &log(2, 18), &[]);
    check("error_rate", &log(3, 16), &[]);
}

#[test]
fn error_rate_is_over_when_it_has_been_well_for_a_while() {
    let bad = each(0..18, "note", "") + &each([20, 90, 160], "step_error", "");
    let soon = bad.clone() + &each(161..400, "note", "");
    check("error_rate", &soon, &["firing Error"]);
    let later = bad + &each((161..1200).step_by(3), "note", "");
    check("error_rate", &later, &["firing Error", "resolved Error"]);
}

#[test]
fn an_error_burst_is_five_in_a_minute() {
    check("error_burst", &each([0, 14, 28, 42, 56], "step_error", ""), &["firing Error"]);
    check("error_burst", &each([0, 15, 30, 45, 60], "step_error", ""), &[]);
    check("error_burst", &each([56, 14, 28, 42, 0], "step_error", ""), &["firing Error"]);
}

#[test]
fn response_time_is_a_mean_of_at_least_five_steps() {
    let steps = |latencies: &[u32]| -> String {
        let one = |(n, ms): (usize, &u32)| {
            line(n as u32, "step_complete", &format!(",\"metadata\":{{\"latency_ms\":{ms}}}"))
        };
        latencies.iter().enumerate().map(one).collect()
    };
    check("response_time", &steps(&[1000, 2000, 3000, 3000, 1001]), &["firing Warning"]);
    check("response_time", &steps(&[1000, 2000, 3000, 3000, 1000]), &[]);
    check("response_time", &steps(&[9000, 9000, 9000, 9000]), &[]);
    // Of twenty steps the oldest is the first to be forgotten.
    check("response_time", &steps(&[[100; 20], [3800; 20]].concat()[..30]), &[]);
    check("response_time", &steps(&[[100; 20], [4000; 20]].concat()[..31]), &["firing Warning"]);
}

#[test]
fn a_budget_tells_its_highest_level_once() {
    let start = line(0, "session_start", ",\"metadata\":{\"budget\":1000}");
    let used = |amounts: &[u32]| -> String {
        let one = |(n, tokens): (usize, &u32)| line(1 + n as u32, "note", &format!(",\"tokens\":{tokens}"));
        start.clone() + &amounts.iter().enumerate().map(one).collect::<String>()
    };
    check("session_budget", &used(&[499]), &[]);
    check(
        "session_budget",
        &used(&[500, 200, 100, 150]),
        &["firing Warning", "firing Error", "firing Critical"],
    );
    check("session_budget", &used(&[950, 10, 10]), &["firing Critical"]);
    let ended = used(&[800]) + &line(9, "session_complete", "");
    check("session_budget", &ended, &["firing Error", "resolved Error"]);
}

#[test]
fn a_budget_counts_once_what_is_restated() {
    let log = line(0, "session_start", ",\"metadata\":{\"budget\":1000}")
        + &line(1, "token_consumption", ",\"component\":\"c\",\"tokens\":300")
        + &line(2, "step_complete", ",\"component\":\"c\",\"tokens\":300")
        + &line(3, "session_error", ",\"tokens\":300");
    check("session_budget", &log, &[]);
    let all = alerts(sigil_alert().arg("--count-all").stdin(log));
    assert_eq!(told(&all)[0], "session_budget firing Warning");
    assert_eq!(all[0]["current_value"], 60.0);
}

#[test]
fn a_component_has_a_budget_of_its_own() {
    let routing = |tokens: u32| {
        line(0, "token_consumption", &format!(",\"component\":\"routing\",\"tokens\":{tokens}"))
    };
    check("component_budget", &routing(5000), &["firing Warning"]);
    check("component_budget", &routing(4999), &[]);
    let alert = &alerts(sigil_alert().stdin(routing(8000)))[0];
    assert_eq!(
        (&alert["affected_component"], &alert["session_id"], &alert["severity"], &alert["alert_type"]),
        (&"routing".into(), &"s".into(), &"Error".into(), &"Budget".into())
    );
}

#[test]
fn memory_takes_longer_than_five_seconds() {
    let step = |component: &str, ms: u32| {
        let more = format!(",\"component\":\"{component}\",\"metadata\":{{\"latency_ms\":{ms}}}");
        line(0, "step_complete", &more)
    };
    check("memory_latency", &step("memory", 5001), &["firing Warning"]);
    check("memory_latency", &step("memory", 5000), &[]);
    check("memory_latency", &step("planning", 9000), &[]);
    check(
        "memory_latency",
        &(step("memory", 5001) + &step("memory", 10)),
        &["firing Warning", "resolved Warning"],
    );
}

#[test]
fn reasoning_uses_fifteen_thousand_tokens_at_once() {
    let one = |component: &str, tokens: u32| {
        line(0, "step_complete", &format!(",\"component\":\"{component}\",\"tokens\":{tokens}"))
    };
    check("reasoning_tokens", &one("reasoning", 15_000), &["firing Warning"]);
    check("reasoning_tokens", &one("reasoning", 14_999), &[]);
    check("reasoning_tokens", &one("contracts", 15_000), &[]);
}

#[test]
fn retries_count_until_a_step_goes_well() {
    check("retries", &each(0..3, "retry_attempt", ""), &["firing Warning"]);
    let log =
        each(0..2, "retry_attempt", "") + &line(2, "step_complete", "") + &each(3..5, "retry_attempt", "");
    check("retries", &log, &[]);
    let log = each(0..4, "retry_attempt", "") + &line(4, "step_complete", "");
    check("retries", &log, &["firing Warning", "resolved Warning"]);
}

#[test]
fn of_the_error_patterns_the_nearest_is_told() {
    let routing = line(0, "step_complete", ",\"component\":\"routing\"");
    let planning = line(1, "step_complete", ",\"component\":\"planning\"");
    let error = line(2, "session_error", "");
    let exceeded = line(1, "budget_exceeded", "");
    let failed = |log: &[&String]| -> Vec<String> {
        let log: String = log.iter().map(|line| line.as_str()).collect();
        told(&alerts(sigil_alert().stdin(log)))
    };
    assert_eq!(failed(&[&routing, &error]), ["failed_after_routing firing Error"]);
    assert_eq!(failed(&[&routing, &planning, &error]), ["session_error firing Error"]);
    assert_eq!(failed(&[&planning, &exceeded, &error]), ["over_budget firing Error"]);
    assert_eq!(failed(&[&planning, &exceeded, &line(2, "step_error", "")]), ["over_budget firing Error"]);
    assert_eq!(failed(&[&routing, &planning]), [""; 0]);
    let again = line(3, "session_start", "");
    assert_eq!(failed(&[&error, &again]), ["session_error firing Error", "session_error resolved Error"]);
}

#[test]
fn a_session_is_stuck_that_has_said_nothing_for_ten_minutes_of_the_events_time() {
    let start = line(0, "session_start", "");
    let other = |second| line(second, "note", "").replace("\"s\"", "\"t\"");
    check("stuck_session", &(start.clone() + &other(600)), &["firing Warning"]);
    check("stuck_session", &(start.clone() + &other(599)), &[]);
    let log = start.clone() + &other(900) + &line(901, "note", "") + &other(2000);
    check("stuck_session", &log, &["firing Warning", "resolved Warning", "firing Warning"]);
    let ended = start.clone() + &line(1, "session_complete", "") + &other(900);
    check("stuck_session", &ended, &[]);
    // What comes late is no sign of life.
    let late = line(10, "session_start", "") + &other(900) + &line(9, "note", "");
    check("stuck_session", &late, &["firing Warning"]);
    // Agents whose logs tell of no end are not waited for.
    check("stuck_session", &(line(0, "note", "") + &other(3600)), &[]);
}

#[test]
fn a_session_that_is_begun_again_under_its_id_is_watched_again() {
    let other = |second| line(second, "note", "").replace("\"s\"", "\"t\"");
    let log = line(0, "session_start", "")
        + &line(10, "session_complete", "")
        + &other(1200)
        + &line(1210, "session_start", "")
        + &other(5000);
    check("stuck_session", &log, &["firing Warning"]);
}

#[test]
fn silence_grows_worse_at_each_level_and_when_it_has_lasted() {
    let place = sigil_testkit::Place::new();
    place.file(
        ".sigil/config.toml",
        "[alert.rules.stuck_session]\nwarning = \"10m\"\nerror = \"30m\"\ncritical = \"1h\"\n\
         [alert.rules.held]\nmeasure = \"silence\"\nwarning = \"10m\"\nfor = \"5m\"\n",
    );
    let log: String = line(0, "session_start", "")
        + &(1..300).map(|n| line(n * 30, "note", "").replace("\"s\"", "\"t\"")).collect::<String>();
    for repeat in ["4h", "0s"] {
        let all = alerts(super::at_home(place.path()).args(["--repeat", repeat]).stdin(log.clone()));
        let expected = [
            "stuck_session firing Warning",
            "held firing Warning",
            "stuck_session firing Error",
            "stuck_session firing Critical",
        ];
        assert_eq!(told(&all), expected);
        let times: Vec<_> =
            all.iter().map(|alert| alert["timestamp"].as_str().unwrap()[11..16].to_owned()).collect();
        assert_eq!(times, ["00:10", "00:15", "00:30", "01:00"]);
    }
}

#[test]
fn of_very_many_sessions_what_fired_is_over_when_they_are_forgotten() {
    let log: String = (0..30_000u32)
        .map(|n| each([n / 10, n / 10, n / 10], "retry_attempt", "").replace("\"s\"", &format!("\"s{n}\"")))
        .collect();
    let all = told(&alerts(sigil_alert().stdin(log)));
    let count = |word: &str| all.iter().filter(|told| **told == format!("retries {word} Warning")).count();
    assert_eq!(count("firing"), 30_000);
    assert!((10_000..20_000).contains(&count("resolved")), "{}", count("resolved"));
}

#[test]
fn errors_without_a_time_happen_when_they_are_read() {
    let place = sigil_testkit::Place::new();
    place.file(".sigil/config.toml", "[alert.rules.error_burst]\nwindow = \"1s\"\nerror = 2\n");
    let mut alert = super::at_home(place.path()).stream();
    let untimed = "{\"session_id\":\"s\",\"event_type\":\"step_error\"}\n";
    for _ in 0..3 {
        alert.write(untimed);
        std::thread::sleep(std::time::Duration::from_millis(1200));
    }
    alert.write(line(0, "note", ""));
    assert_eq!(alert.finish().stdout_text(), "");
}

#[test]
fn ids_of_any_length_are_told_apart_and_cut() {
    let long = |end: &str| format!("{}{end}", "x".repeat(1 << 20));
    let log: String = ["a", "b"]
        .map(|end| line(0, "session_error", "").replace("\"s\"", &format!("\"{}\"", long(end))))
        .concat();
    let all = alerts(sigil_alert().stdin(log));
    assert_eq!(all.len(), 2);
    assert_ne!(all[0]["fingerprint"], all[1]["fingerprint"]);
    assert!(all[0]["session_id"].as_str().unwrap().len() < 600);
}

#[test]
fn a_long_session_runs_for_four_hours() {
    let run = |second| line(0, "session_start", "") + &line(second, "note", "");
    check("long_session", &run(4 * 3600), &["firing Warning"]);
    check("long_session", &run(4 * 3600 - 1), &[]);
    check(
        "long_session",
        &(run(4 * 3600) + &line(4 * 3600 + 1, "session_complete", "")),
        &["firing Warning", "resolved Warning"],
    );
}

#[test]
fn malformed_lines_are_more_than_one_percent_and_at_least_three() {
    let lines = |malformed: usize, others: u32| each(0..others, "note", "") + &"{\n".repeat(malformed);
    let check = |log: String, expected: &[&str]| {
        let output = sigil_alert().arg("-q").stdin(log).run();
        assert_eq!(told(&output.jsonl().unwrap()), expected);
    };
    check(lines(3, 200), &["malformed_lines firing Warning"]);
    check(lines(2, 3), &[]);
    check(lines(3, 297), &[]);
}

#[test]
fn events_out_of_order_do_not_make_an_alert_flap() {
    let start = line(0, "session_start", ",\"metadata\":{\"budget\":100}");
    let late = |second| line(second, "note", "");
    let mut log = start + &line(50, "note", ",\"tokens\":60");
    for second in [3, 49, 1, 50, 2] {
        log += &late(second);
    }
    check("session_budget", &log, &["firing Warning"]);
    // A time in the far future is a broken clock, and neither ends nor stalls anything.
    let future = line(60, "note", "").replace("2026-", "9026-");
    let more = line(61, "note", ",\"tokens\":25");
    check("session_budget", &(log + &future + &more), &["firing Warning", "firing Error"]);
}

#[test]
fn nothing_is_over_before_it_began() {
    let log = line(0, "session_start", "")
        + &line(1200, "step_start", "").replace("\"s\"", "\"t\"")
        + &line(300, "session_complete", "");
    let all = alerts(sigil_alert().stdin(log));
    assert_eq!(told(&all), ["stuck_session firing Warning", "stuck_session resolved Warning"]);
    assert_eq!(all[1]["timestamp"], all[0]["timestamp"]);
}

#[test]
fn lines_that_tell_no_time_are_told_of_at_the_clock_s() {
    let output = sigil_alert().arg("-q").stdin("{\n".repeat(5) + &line(0, "note", "")).run();
    let all = output.jsonl().unwrap();
    assert_eq!(told(&all), ["malformed_lines firing Warning"]);
    assert!(all[0]["timestamp"].as_str().unwrap() > "2026-01-12", "{}", all[0]);
}

#[test]
fn a_tool_call_of_an_agent_that_failed_is_no_failure_of_the_session() {
    let call = |n: u32| {
        format!(
            "{{\"type\":\"user\",\"sessionId\":\"c\",\"uuid\":\"{n}\",\"timestamp\":\"2026-01-11T00:00:{n:02}Z\",\"message\":{{\"role\":\"user\",\
             \"content\":[{{\"type\":\"tool_result\",\"tool_use_id\":\"t{n}\",\"is_error\":true,\"content\":\"no such file\"}}]}}}}\n"
        )
    };
    let log: String = (0..30).map(call).collect();
    assert_eq!(told(&alerts(sigil_alert().stdin(log))), [""; 0]);
}

#[test]
fn what_still_fires_is_told_again_after_repeat() {
    let step = |second| {
        line(second, "step_complete", ",\"component\":\"memory\",\"metadata\":{\"latency_ms\":6000}")
    };
    let log: String = [0, 30, 60, 90, 120, 121].map(step).concat();
    let count = |repeat: &str| {
        let all = told(&alerts(sigil_alert().args(["--repeat", repeat]).stdin(log.clone())));
        all.iter().filter(|told| *told == "memory_latency firing Warning").count()
    };
    assert_eq!((count("1m"), count("4h"), count("0s")), (3, 1, 1));
}

#[test]
fn an_alert_has_the_documented_shape() {
    let log = line(5, "step_complete", ",\"component\":\"memory\",\"metadata\":{\"latency_ms\":6250}");
    let output = sigil_alert().stdin(log).run();
    insta::assert_snapshot!(output.stdout_text().replace("\",\"", "\",\n\""), @r#"
    {"timestamp":"2026-01-11T00:00:05Z",
    "alert_type":"Performance",
    "severity":"Warning",
    "status":"firing",
    "affected_component":"memory",
    "session_id":"s",
    "rule":"memory_latency",
    "message":"memory of session s: a step took 6.3s (limit 5.0s)",
    "current_value":6.25,"threshold":5.0,"unit":"s",
    "recommended_action":"Limit RAG results, optimize queries",
    "fingerprint":"5a00db13b4ba9918",
    "starts_at":"2026-01-11T00:00:05Z"}
    "#);
}

#[test]
fn empty_input_says_nothing() {
    sigil_alert().stdin("").stdout("").stderr("").status(0);
    sigil_alert().arg("--exit-code").stdin("").stdout("").status(0);
}

#[test]
fn exit_code_is_1_if_anything_fired() {
    let log = line(0, "session_error", "");
    sigil_alert().arg("--exit-code").stdin(log.clone()).stdout_contains("session_error").status(1);
    sigil_alert().stdin(log).stdout_contains("session_error").status(0);
}
