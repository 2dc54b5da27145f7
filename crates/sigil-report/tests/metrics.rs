//! `--format prometheus` and `--format otlp`: the same metrics for two readers.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sigil_testkit::Tool;
use sigil_testkit::samples::claude::Answer;
use sigil_testkit::samples::guide_session;

fn report<'t>() -> Tool<'t> {
    Tool::new(env!("CARGO_BIN_EXE_sigil-report"))
}

fn prometheus(log: impl Into<Vec<u8>>, args: &[&str]) -> String {
    let output = report().args(["-q", "--format", "prometheus"]).args(args).stdin(log).run();
    assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)));
    output.stdout_text()
}

fn otlp(log: impl Into<Vec<u8>>, args: &[&str]) -> Value {
    let output = report().args(["-q", "--format", "otlp"]).args(args).stdin(log).run();
    assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)));
    output.json().expect("one object")
}

/// The metric of that name.
fn metric<'v>(body: &'v Value, name: &str) -> &'v Value {
    let metrics = body["resourceMetrics"][0]["scopeMetrics"][0]["metrics"].as_array().expect("metrics");
    metrics.iter().find(|metric| metric["name"] == name).unwrap_or_else(|| panic!("no {name}"))
}

#[test]
fn the_guide_s_names_have_the_guide_s_figures() {
    let text = prometheus(guide_session("lead-1"), &[]);
    for line in [
        "# TYPE sigil_tokens_total counter\nsigil_tokens_total 650\n",
        "# TYPE sigil_events_total counter\nsigil_events_total 7\n",
        "sigil_session_info{session_id=\"lead-1\"} 1\n",
        "sigil_sessions{status=\"complete\"} 1\n",
        "sigil_budget_tokens 256000\n",
        "sigil_budget_used_ratio 0.0025390625\n",
        "sigil_component_tokens_total{component=\"reasoning\"} 450\n",
        "# TYPE sigil_step_latency_seconds histogram\n",
        "sigil_step_latency_seconds_bucket{component=\"memory\",le=\"1.28\"} 0\n",
        "sigil_step_latency_seconds_bucket{component=\"memory\",le=\"2.56\"} 1\n",
        "sigil_step_latency_seconds_bucket{component=\"memory\",le=\"+Inf\"} 1\n",
        "sigil_step_latency_seconds_sum{component=\"memory\"} 1.5\n",
        "sigil_step_latency_seconds_count{component=\"memory\"} 1\n",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
    assert!(text.ends_with('\n'));
}

#[test]
fn rows_are_series_whose_sum_is_the_total() {
    let text = prometheus(guide_session("lead-1"), &["--by", "session,component"]);
    assert!(text.contains("sigil_tokens_total{session=\"lead-1\",component=\"memory\"} 150\n"), "{text}");
    let values = text.lines().filter(|line| line.starts_with("sigil_tokens_total{"));
    let values = values.map(|line| line.rsplit(' ').next().and_then(|value| value.parse::<u64>().ok()));
    assert_eq!(values.map(|value| value.expect("a number")).sum::<u64>(), 650);
}

/// Each series once, however hostile or many the names are.
#[test]
fn series_are_bounded_and_none_comes_twice() {
    let name = |n: usize| match n {
        0 => "a\\\\\\\"}\\n\\u0000\\u202e{".to_owned(),
        n => format!("{}{n}", "long ".repeat(100)),
    };
    let line = |n: usize| {
        format!(
            "{{\"session_id\":\"{name}{n}\",\"event_type\":\"step_complete\",\"component\":\"{name}\",\"tokens\":{n},\
             \"metadata\":{{\"latency_ms\":{n},\"model\":\"m{n}\",\"usage\":{{\"input\":{n},\"output\":1}}}}}}\n",
            name = name(n)
        )
    };
    let log: String = (0..3_000).map(line).collect();
    for args in [&[][..], &["--by", "session,component,model"]] {
        let text = prometheus(log.clone(), args);
        assert!(text.lines().count() < 7_000, "{} lines", text.lines().count());
        let series: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
        let names: BTreeSet<_> = series.iter().filter_map(|line| line.rsplit_once(' ')).collect();
        let distinct: BTreeSet<_> = names.iter().map(|(name, _)| name).collect();
        assert_eq!(distinct.len(), series.len());
        assert!(text.contains("(other)") && !text.contains(['\0', '\u{202e}']));
        assert!(series.iter().all(|line| line.len() < 1_200));
    }
    let total: u64 = (0..3_000).sum();
    assert!(prometheus(log, &[]).contains(&format!("\nsigil_tokens_total {total}\n")));
}

#[test]
fn otlp_tells_the_same_with_times_of_the_log() {
    let body = otlp(guide_session("lead-1"), &["--timezone", "utc", "--input-timezone", "utc"]);
    let resource = &body["resourceMetrics"][0]["resource"]["attributes"];
    assert_eq!(resource[0], json!({"key": "service.name", "value": {"stringValue": "sigil"}}));
    assert_eq!(resource[1], json!({"key": "session.id", "value": {"stringValue": "lead-1"}}));
    assert_eq!(
        *metric(&body, "sigil.tokens"),
        json!({
            "name": "sigil.tokens", "description": "Tokens that count, each once.", "unit": "{token}",
            "sum": {"aggregationTemporality": 2, "isMonotonic": true, "dataPoints": [{
                "attributes": [], "asInt": "650",
                "startTimeUnixNano": "1768126530923456000", "timeUnixNano": "1768126538789012000",
            }]},
        })
    );
    let latency = &metric(&body, "sigil.step.latency")["histogram"];
    assert_eq!(latency["aggregationTemporality"], 2);
    let memory = latency["dataPoints"].as_array().unwrap().iter();
    let mut memory = memory.filter(|point| point["attributes"][0]["value"]["stringValue"] == "memory");
    let memory = memory.next().unwrap();
    assert_eq!((&memory["count"], &memory["sum"]), (&json!("1"), &json!(1.5)));
    assert_eq!(memory["bucketCounts"].as_array().unwrap().len(), 18);
    assert_eq!(metric(&body, "sigil.sessions")["gauge"]["dataPoints"][0].get("startTimeUnixNano"), None);
}

#[test]
fn tokens_follow_the_conventions_for_generative_ai() {
    let answer =
        |id, input| Answer::new(id).model("claude-opus-4-5").usage(input, 20).cache(100, 1_000).line();
    let log = answer("a", 5) + &answer("b", 7);
    let body = otlp(log.clone(), &[]);
    let usage = metric(&body, "gen_ai.client.token.usage");
    assert_eq!(usage["unit"], "{token}");
    let points = usage["histogram"]["dataPoints"].as_array().unwrap();
    let of = |point: &Value| {
        let attributes = point["attributes"].as_array().unwrap().iter();
        let texts = attributes.map(|one| one["value"]["stringValue"].as_str().unwrap().to_owned());
        (texts.collect::<Vec<_>>().join(" "), point["count"].clone(), point["sum"].clone())
    };
    let expected =
        |kind: &str, sum: f64| (format!("chat anthropic claude-opus-4-5 {kind}"), json!("2"), json!(sum));
    assert_eq!(
        points.iter().map(of).collect::<Vec<_>>(),
        [expected("input", 2212.0), expected("output", 40.0)]
    );
    let text = prometheus(log, &[]);
    assert!(text.contains("gen_ai_token_type=\"input\",le=\"+Inf\"} 2\n"), "{text}");
}

#[test]
fn nothing_and_more_than_all_are_numbers_too() {
    assert!(prometheus("", &[]).contains("\nsigil_tokens_total 0\n"));
    assert_eq!(metric(&otlp("", &[]), "sigil.tokens")["sum"]["dataPoints"][0]["timeUnixNano"], "0");
    assert_eq!(prometheus("", &["--by", "day"]).lines().count(), 3);
    let line = "{\"session_id\":\"s\",\"event_type\":\"note\",\"component\":\"c\",\"tokens\":9007199254740992,\
                \"timestamp\":\"0001-01-01T00:00:00Z\",\"metadata\":{\"latency_ms\":9007199254740,\"model\":\"gpt-5\",\
                \"cost_usd\":1000000,\"usage\":{\"input\":9007199254740992,\"output\":9007199254740992,\
                \"cache_read\":9007199254740992}}}\n";
    let log = line.repeat(3_000);
    assert!(prometheus(log.clone(), &[]).contains("\nsigil_tokens_total 18446744073709551615\n"));
    let body = otlp(log.clone(), &[]);
    assert_eq!(metric(&body, "sigil.tokens")["sum"]["dataPoints"][0]["asInt"], i64::MAX.to_string());
    prometheus(log.clone(), &["--by", "model"]);
    otlp(log, &["--by", "model"]);
}
