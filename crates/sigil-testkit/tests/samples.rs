//! The samples are what their descriptions say.

use serde_json::Value;
use sigil_testkit::samples::claude::{self, Answer, ToolResult};
use sigil_testkit::samples::{GuideSession, guide_session, spaced, store};

fn values(lines: &str) -> Vec<Value> {
    assert!(lines.ends_with('\n'));
    lines.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

#[test]
fn the_guides_session_adds_up_to_650() {
    let log = values(&guide_session("lead \"1\""));
    let kinds: Vec<_> = log.iter().map(|event| event["event_type"].as_str().unwrap()).collect();
    assert_eq!(kinds.first(), Some(&"session_start"));
    assert_eq!(kinds.last(), Some(&"session_complete"));
    assert_eq!(log.iter().map(|event| event["tokens"].as_u64().unwrap()).sum::<u64>(), 650);
    assert_eq!(log.iter().filter_map(|event| event["metadata"]["latency_ms"].as_u64()).sum::<u64>(), 4980);
    assert_eq!(log[0]["metadata"]["budget"], 256_000);
    assert_eq!(log[1]["timestamp"], "2026-01-11T10:15:32.123456");
    assert_eq!(log[6]["timestamp"], "2026-01-11T10:15:38.789012");
    assert!(log.iter().all(|event| event["session_id"] == "lead \"1\""));
}

#[test]
fn a_session_can_state_its_total_run_on_and_start_later() {
    let log = values(&GuideSession::new("s").stated_total(650).budget(1000).later(60 * 24).to_string());
    assert_eq!(log[6]["tokens"], 650);
    assert_eq!(log[0]["metadata"]["budget"], 1000);
    assert_eq!(log[0]["timestamp"], "2026-01-12T10:15:30.923456");
    assert_eq!(values(&GuideSession::new("s").running().to_string()).len(), 6);
}

#[test]
fn a_store_has_a_directory_for_each_session() {
    let dir = tempfile::tempdir().unwrap();
    let paths = store(dir.path(), &["lead-1", "lead-2"]).unwrap();
    assert_eq!(paths[1], dir.path().join("sessions/lead-2/execution.jsonl"));
    let second = std::fs::read_to_string(&paths[1]).unwrap();
    assert_eq!(second, GuideSession::new("lead-2").later(1).to_string());
}

#[test]
fn an_answer_carries_its_usage_wherever_it_stands() {
    let answer =
        Answer::new("msg_1").request("req_1").usage(3, 80).cache(100, 20).cache_1h(7).text("hi\u{1b}");
    let line = &values(&answer.line())[0];
    let inner = &values(&answer.progress_line())[0]["data"]["message"];
    assert_eq!(line["type"], "assistant");
    for holder in [line, inner] {
        assert_eq!(holder["requestId"], "req_1");
        assert_eq!(holder["message"]["id"], "msg_1");
        let usage = &holder["message"]["usage"];
        assert_eq!(usage["cache_creation_input_tokens"], 107);
        assert_eq!(usage["cache_creation"]["ephemeral_1h_input_tokens"], 7);
        assert_eq!(usage["output_tokens"], 80);
    }
    let flat = &values(&answer.clone().without_cache_parts().side_chain().line())[0];
    assert_eq!(flat["message"]["usage"]["cache_creation"], Value::Null);
    assert_eq!(flat["isSidechain"], true);
    assert_eq!(values(&Answer::nameless().line())[0]["message"]["id"], Value::Null);
    assert_eq!(values(&Answer::api_error("e", "API Error: 500").line())[0]["isApiErrorMessage"], true);
}

#[test]
fn snapshots_differ_in_their_output_only() {
    let log = values(&Answer::new("msg_1").usage(3, 0).tool_use("toolu_1", "Bash").snapshots(&[1, 9, 80]));
    let outputs: Vec<_> = log.iter().map(|line| line["message"]["usage"]["output_tokens"].clone()).collect();
    assert_eq!(outputs, [1, 9, 80]);
    assert_eq!(log[2]["message"]["content"][0]["name"], "Bash");
}

#[test]
fn the_other_kinds_of_lines_are_json_of_their_type() {
    let at = "2026-02-12T16:02:25.284Z";
    let lines = [
        (claude::user("s", at, "do \"it\""), "user"),
        (claude::tool_result("s", at, "toolu_1", ToolResult::Failed("no such file")), "user"),
        (claude::tool_result("s", at, "toolu_1", ToolResult::Done("ok")), "user"),
        (claude::hook_progress("s", at), "progress"),
        (claude::system("s", at), "system"),
        (claude::queue_operation("s", at), "queue-operation"),
        (claude::summary("all done"), "summary"),
        (claude::file_history_snapshot(), "file-history-snapshot"),
    ];
    for (line, kind) in lines {
        assert_eq!(values(&line)[0]["type"], kind, "{line}");
        assert_eq!(values(&spaced(&line)), values(&line));
    }
}
