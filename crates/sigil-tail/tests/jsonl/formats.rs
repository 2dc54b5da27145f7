//! Lines of other formats come out as events, in their order among Sigil's.

use serde_json::{Value, json};
use sigil_testkit::samples::claude::{self, Answer};
use sigil_testkit::samples::codex;

use crate::{Place, event};

/// The events that come out of `log`, each with its component or session.
#[track_caller]
fn named(log: &str, args: &[&str]) -> Vec<String> {
    let place = Place::with(log);
    let output = place.tool().arg("log.jsonl").args(args).run();
    assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)));
    let text = output.stdout_text();
    text.lines()
        .map(|line| {
            let value: Value = serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}"));
            let text = |key: &str| value[key].as_str().unwrap_or("-").to_owned();
            format!("{} {} {}", text("event_type"), text("component"), value["tokens"])
        })
        .collect()
}

#[test]
fn sigil_then_claude_then_sigil() {
    let sigil = event("s", "note", "a", 1);
    let answer = Answer::new("msg_1").usage(3, 4).line();
    let user = claude::user("c", "2026-01-11T10:00:00Z", "hello");
    let log = format!("{sigil}{sigil}{user}{answer}{sigil}{sigil}");
    let names = named(&log, &[]);
    let notes = names.iter().filter(|name| *name == "note a 1").count();
    assert_eq!(
        (names.first(), names.last(), notes),
        (Some(&"note a 1".to_owned()), Some(&"note a 1".to_owned()), 4)
    );
    assert!(names.iter().any(|name| name.starts_with("token_consumption assistant ")), "{names:?}");
    assert!(names[2].starts_with("user_turn user"), "{names:?}");
    assert_eq!(named(&log, &["--component", "assistant"]).len(), 1);
}

#[test]
fn a_rollout_between_sigil_lines_holds_nothing_back() {
    let at = "2026-02-23T11:40:29Z";
    let sigil = event("s", "note", "a", 1);
    let rollout = codex::session_meta(at, "t1", None)
        + &codex::turn_context(at, "gpt")
        + &codex::user_message(at, "hello")
        + &codex::token_count(at, [30, 0, 4, 0], [30, 0, 4, 0]);
    let names = named(&format!("{sigil}{rollout}{sigil}"), &[]);
    let counts = names.iter().filter(|name| *name == "token_consumption assistant 34").count();
    assert_eq!(counts, 1, "{names:?}");
    assert_eq!(names.iter().filter(|name| *name == "note a 1").count(), 2, "{names:?}");
}

#[test]
fn requests_of_a_gateway() {
    let ai_log =
        json!({"session_id": "s", "model": "m", "input_token": 30, "output_token": 4, "question": "why?"});
    let line = format!("{{\"ai_log\":{},\"response_code\":\"200\"}}\n", Value::from(ai_log.to_string()));
    let sigil = event("s", "note", "a", 1);
    let log = format!("{sigil}{line}{sigil}");
    assert_eq!(named(&log, &[]), ["note a 1", "step_complete m 34", "note a 1"]);
    let place = Place::with(log);
    let said = |args: &[&str]| place.tool().arg("log.jsonl").args(args).run().stdout_text().contains("why?");
    assert!(!said(&[]));
    assert!(said(&["--content", "text"]));
}

#[test]
fn lines_of_text_and_the_traces_that_belong_to_them() {
    let place = Place::new();
    place
        .file("app.log", "2026-01-11 10:15:32 ERROR failed\n  at x\n  at y\n2026-01-11 10:15:33 INFO fine\n");
    for (args, are_counted) in [(&[][..], false), (&["--estimate"], true)] {
        place
            .tool()
            .arg("app.log")
            .args(args)
            .stdout_jsonl(|lines| {
                let types: Vec<_> = lines.iter().map(|line| line["event_type"].as_str()).collect();
                assert_eq!(types, [Some("log_error"), Some("log_line")]);
                let has_tokens = |line: &Value| line["tokens"].as_u64() > Some(0);
                assert!(lines.iter().all(|line| has_tokens(line) == are_counted), "{lines:?}");
            })
            .status(0);
    }
}

#[test]
fn an_object_that_could_be_anything_is_an_event_only_if_it_names_its_session() {
    let (sigil, named) = (event("s", "note", "a", 1), "{\"x\":1,\"session_id\":\"n\"}\n");
    let place = Place::with(format!("{sigil}{sigil}{{\"x\":1}}\n{named}{sigil}"));
    place.gives(&[], format!("{sigil}{sigil}{named}{sigil}").as_bytes());
    let all = format!("{sigil}{{\"x\":1}}\n");
    Place::with(&all).gives(&["--from", "sigil"], all.as_bytes());
}

#[test]
fn logs_of_several_formats_at_once() {
    let place = Place::with(event("s", "note", "a", 1));
    place.file("b.jsonl", Answer::new("msg_1").usage(3, 4).line());
    place.file("c.log", "2026-01-11 10:15:32 ERROR failed\n");
    place
        .tool()
        .args(["log.jsonl", "b.jsonl", "c.log"])
        .stdout_jsonl(|lines| {
            let mut formats: Vec<_> = lines.iter().map(|line| line["metadata"]["format"].as_str()).collect();
            formats.sort_unstable();
            assert_eq!(formats, [None, Some("claude"), Some("text")]);
        })
        .status(0);
}
