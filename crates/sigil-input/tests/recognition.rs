//! What lines are: recognised one by one, by their keys (`FORMATS.md`), or as `--from` says.

use chrono_tz::Tz;
use sigil_event::{Defect, EventRef, Sink, SourceId, Usage};
use sigil_input::source::Owner;
use sigil_input::{Decoder, Disclosure, Format, FormatChoice};

const SIGIL: &str =
    r#"{"session_id":"lead-1","event_type":"step_complete","component":"routing","tokens":50}"#;
const CLAUDE: &str = r#"{"sessionId":"talk","type":"assistant","uuid":"u","message":{"id":"m1","model":"claude-x","usage":{"input_tokens":3,"output_tokens":4}}}"#;
const NEUTRAL: &str = r#"{"type":"file-history-snapshot","messageId":"m","snapshot":{}}"#;

/// Events as `session type component tokens`.
#[derive(Default)]
struct Events {
    seen: Vec<String>,
    times: Vec<Option<String>>,
    messages: Vec<String>,
    defects: Vec<u64>,
}

/// 2026-02-01T12:00:00Z.
const NOW_US: i64 = 1_769_947_200_000_000;

impl Sink for Events {
    fn begin(&mut self, _: SourceId, _: u64) {}

    fn event(&mut self, event: &EventRef<'_>, _: u64) {
        let text = |text: Option<sigil_event::Text<'_>>| {
            text.map_or("-".to_owned(), |text| text.decode().into_owned())
        };
        self.messages.push(text(event.message));
        self.times.push(event.at.map(|at| at.to_string()));
        let tokens = event.tokens.map_or("-".to_owned(), |tokens| tokens.to_string());
        let (session, kind, component) =
            (text(event.session_id), text(event.type_name), text(event.component));
        self.seen.push(format!("{session} {kind} {component} {tokens}"));
    }

    fn defect(&mut self, line: u64, _: Defect) {
        self.defects.push(line);
    }

    fn end(&mut self, _: u64, _: u64) {}
}

fn decode(decoder: &mut Decoder, lines: &[&str]) -> Events {
    let mut events = Events::default();
    for (number, line) in (0..).zip(lines) {
        decoder.line(line.as_bytes(), number * 1000, number, &mut events);
    }
    events
}

#[track_caller]
fn check(choice: FormatChoice, lines: &[&str], expected: &[&str]) {
    let events = decode(&mut Decoder::new(choice, Owner::default(), Tz::UTC), lines);
    assert_eq!(events.seen, expected);
    assert_eq!(events.defects, [] as [u64; 0]);
}

#[test]
fn formats_may_mix_line_by_line() {
    let (sigil, claude) = ("lead-1 step_complete routing 50", "talk token_consumption assistant 7");
    check(
        FormatChoice::Auto,
        &[SIGIL, CLAUDE, SIGIL, CLAUDE, CLAUDE],
        &[sigil, claude, sigil, claude, claude],
    );
    check(FormatChoice::Auto, &[CLAUDE, SIGIL], &[claude, sigil]);
}

#[test]
fn formats_may_mix_on_one_line() {
    let line = format!("{SIGIL}{CLAUDE} {SIGIL}");
    let (sigil, claude) = ("lead-1 step_complete routing 50", "talk token_consumption assistant 7");
    check(FormatChoice::Auto, &[&line], &[sigil, claude, sigil]);
}

#[test]
fn the_keys_decide_in_any_order_and_with_any_spaces() {
    for line in [
        r#"{ "message" : {"usage" : {"output_tokens" : 7}, "id":"m"} , "type" : "assistant" }"#,
        r#"{"uuid":"u","message":{"usage":{"output_tokens":7}},"t\u0079pe":"assist\u0061nt"}"#,
    ] {
        check(FormatChoice::Auto, &[line], &["- token_consumption assistant 7"]);
    }
    check(FormatChoice::Auto, &[r#"{"tokens":"5"}"#], &["- - - 5"]);
    check(FormatChoice::Auto, &[r#"{"component":"a"}"#], &["- - a -"]);
    check(FormatChoice::Auto, &[r#"{"event_type":"note"}"#], &["- note - -"]);
}

#[test]
fn an_object_of_no_format_decides_nothing() {
    let claude = "talk token_consumption assistant 7";
    check(
        FormatChoice::Auto,
        &[NEUTRAL, CLAUDE, NEUTRAL, SIGIL],
        &[claude, "lead-1 step_complete routing 50"],
    );
    let mut decoder = Decoder::new(FormatChoice::Auto, Owner::default(), Tz::UTC);
    decode(&mut decoder, &[NEUTRAL, NEUTRAL, "{}", r#"{"level":"info"}"#]);
    assert_eq!((decoder.tally().lines, decoder.tally().recognised), (4, 0));
    decode(&mut decoder, &[CLAUDE]);
    assert_eq!((decoder.tally().lines, decoder.tally().recognised), (5, 1));
}

#[test]
fn a_sigil_line_may_have_a_type_and_a_message_of_its_own() {
    let line = r#"{"type":"assistant","event_type":"note","component":"a","message":"text","tokens":5,"session_id":"s"}"#;
    check(FormatChoice::Auto, &[line], &["s note a 5"]);
}

#[test]
fn from_forces_every_line() {
    let sigil = FormatChoice::Only(Format::Sigil);
    let events = decode(&mut Decoder::new(sigil, Owner::default(), Tz::UTC), &[SIGIL, CLAUDE]);
    assert_eq!(events.seen[0], "lead-1 step_complete routing 50");
    assert!(events.seen[1..].iter().all(|event| event.ends_with(" -")), "{:?}", events.seen);
    let claude = FormatChoice::Only(Format::Claude);
    let events = decode(&mut Decoder::new(claude, Owner::default(), Tz::UTC), &[CLAUDE, SIGIL]);
    assert_eq!(events.seen[0], "talk token_consumption assistant 7");
    assert!(events.seen[1..].iter().all(|event| event.ends_with(" -")), "{:?}", events.seen);
}

#[test]
fn claude_lines_become_the_events_that_the_table_names() {
    let cases: [(&str, &[&str]); 10] = [
        (CLAUDE, &["talk token_consumption assistant 7"]),
        (
            r#"{"type":"assistant","sessionId":"s","isSidechain":true,"message":{"id":"m","usage":{"output_tokens":2}}}"#,
            &["s token_consumption subagent 2"],
        ),
        (
            r#"{"type":"progress","sessionId":"s","data":{"type":"agent_progress","message":{"type":"assistant","message":{"id":"m","usage":{"output_tokens":2}}}}}"#,
            &["s token_consumption subagent 2"],
        ),
        (
            r#"{"type":"progress","sessionId":"s","data":{"type":"hook_progress","message":{"type":"assistant","message":{"id":"m","usage":{"output_tokens":2}}}}}"#,
            &["s note claude -"],
        ),
        (
            r#"{"type":"assistant","sessionId":"s","message":{"content":[{"type":"tool_use","name":"Bash"},{"type":"tool_use","name":"Read"}]}}"#,
            &["s tool_call Bash -", "s tool_call Read -"],
        ),
        (r#"{"type":"user","sessionId":"s","message":{"content":"hello"}}"#, &["s user_turn user -"]),
        (
            r#"{"type":"assistant","sessionId":"s","isApiErrorMessage":true,"message":{"model":"<synthetic>","usage":{"output_tokens":0}}}"#,
            &["s step_error assistant 0"],
        ),
        (r#"{"type":"summary","sessionId":"s","summary":"done"}"#, &["s note claude -"]),
        (
            r#"{"type":"assistant","sessionId":"s","message":{"usage":{"input_tokens":1,"output_tokens":2,"cache_creation_input_tokens":4,"cache_read_input_tokens":8}}}"#,
            &["s token_consumption assistant 15"],
        ),
        (
            r#"{"type":"assistant","sessionId":"s","message":{"usage":{"output_tokens":2,"cache_creation_input_tokens":999,"cache_creation":{"ephemeral_5m_input_tokens":4,"ephemeral_1h_input_tokens":8}}}}"#,
            &["s token_consumption assistant 14"],
        ),
    ];
    for (line, expected) in cases {
        let events = decode(&mut Decoder::new(FormatChoice::Auto, Owner::default(), Tz::UTC), &[line]);
        assert_eq!(events.seen, expected, "{line}");
    }
}

/// How the tokens of the answers divide, and what the log says they cost.
#[derive(Default)]
struct Answers(Vec<(Usage, Option<u64>)>);

impl Sink for Answers {
    fn begin(&mut self, _: SourceId, _: u64) {}

    fn event(&mut self, event: &EventRef<'_>, _: u64) {
        self.0.extend(event.metadata.usage.map(|usage| (usage, event.metadata.cost_pico_usd)));
    }

    fn defect(&mut self, _: u64, _: Defect) {}

    fn end(&mut self, _: u64, _: u64) {}
}

#[test]
fn an_hour_in_the_cache_and_a_stated_cost_are_told() {
    let usage = r#""usage":{"cache_creation_input_tokens":12,"cache_creation":{"ephemeral_5m_input_tokens":4,"ephemeral_1h_input_tokens":8}}"#;
    let sigil = r#"{"tokens":12,"metadata":{"cost_usd":0.25,"usage":{"cache_write":12,"cache_write_1h":8}}}"#;
    let claude = |cost| format!(r#"{{"type":"assistant","sessionId":"s",{cost}"message":{{{usage}}}}}"#);
    let mut answers = Answers::default();
    let mut decoder = Decoder::new(FormatChoice::Auto, Owner::default(), Tz::UTC);
    let lines = [claude(r#""costUSD":0.25,"#), sigil.to_owned(), claude(r#""costUSD":-1,"#), claude("")];
    for (number, line) in (0..).zip(&lines) {
        decoder.line(line.as_bytes(), number * 1000, number, &mut answers);
    }
    let usage = Usage { cache_write: 12, cache_write_1h: 8, ..Usage::default() };
    let cost = Some(250_000_000_000);
    assert_eq!(answers.0, [(usage, cost), (usage, cost), (usage, None), (usage, None)]);
}

#[test]
fn a_tools_error_is_the_tools() {
    let call = r#"{"type":"assistant","sessionId":"s","uuid":"1","message":{"content":[{"type":"tool_use","id":"t1","name":"Bash"}]}}"#;
    let result = r#"{"type":"user","sessionId":"s","uuid":"2","message":{"content":[{"type":"tool_result","tool_use_id":"t1","is_error":true,"content":"no"}]}}"#;
    let events = decode(&mut Decoder::new(FormatChoice::Auto, Owner::default(), Tz::UTC), &[call, result]);
    assert!(events.seen.iter().any(|event| event.starts_with("s tool_error ")), "{:?}", events.seen);
}

#[test]
fn an_unusable_count_is_a_defect_and_the_rest_of_the_answer_counts() {
    let line =
        r#"{"type":"assistant","sessionId":"s","message":{"usage":{"input_tokens":-3,"output_tokens":4}}}"#;
    let events = decode(&mut Decoder::new(FormatChoice::Auto, Owner::default(), Tz::UTC), &[SIGIL, line]);
    assert_eq!(events.seen[1], "s token_consumption assistant 4");
    assert_eq!(events.defects, [1]);
}

/// Decodes what a source of that name begins with, in which dates are of the year 2026.
fn decode_all(choice: FormatChoice, name: &str, log: &str) -> Events {
    let mut decoder = Decoder::new(choice, Owner::of(name.as_ref()), Tz::UTC).first_of_all().at(NOW_US);
    let mut events = Events::default();
    decoder.lines(log.as_bytes(), 0, 0, &mut events);
    decoder.finish(&mut events);
    events
}

#[test]
fn what_is_no_object_is_text_until_an_object_is_shown() {
    let log =
        "a: start\nERROR: a\n  more of it\r\n\n{\n  \"b\": 1\n}\nWARN: c\nd\n{\"component\":\"e\"}\nf\n";
    let events = decode_all(FormatChoice::Auto, "x/app.log.1", log);
    let expected = [
        "app log_line app -",
        "app log_error app -",
        "app log_warning app -",
        "app log_line app -",
        "app - e -",
    ];
    assert_eq!(events.seen, expected);
    assert_eq!(events.defects, [10]);
    let events = decode_all(FormatChoice::Auto, "app.jsonl", log);
    assert_eq!(events.seen, ["app - e -"], "the name says that it is JSON");
    let events = decode_all(FormatChoice::Only(Format::Text), "app.jsonl", log);
    assert_eq!((events.seen.len(), events.defects.len()), (6, 0));
    let mut decoder = Decoder::new(FormatChoice::Auto, Owner::default(), Tz::UTC);
    let events = decode(&mut decoder, &["a", "b"]);
    assert_eq!(events.seen.len() + events.defects.len(), 0, "nobody knows what came before");
}

#[test]
fn text_is_redacted_as_events_are() {
    let disclosure = Disclosure { redact: true, ..Disclosure::default() };
    let owner = Owner::of("a.log".as_ref());
    let mut decoder = Decoder::new(FormatChoice::Auto, owner, Tz::UTC).first_of_all().disclosing(disclosure);
    let mut events = Events::default();
    let log = b"error: no mail to ann@example.com\n\tfor bob@example.com\ndone for ann@example.com\n";
    decoder.lines(log, 0, 0, &mut events);
    decoder.finish(&mut events);
    assert_eq!(events.messages.len(), 2);
    assert!(!events.messages.concat().contains("@example.com"), "{:?}", events.messages);
}

#[test]
fn a_gateway_s_lines_are_found_among_text() {
    let log = "2026/01/31 23:29:30 error a\n  more\n\
               2026/01/31 23:29:31 log: [ai_log] attributes to be written: {\"model\":\"m\",\"input_token\":2}\n\
               about ai_log and others\n\
               {\"ai_log\":\"{\\\"model\\\":\\\"m\\\",\\\"input_token\\\":3}\",\"path\":\"/a\"b\"}\nend\n";
    let events = decode_all(FormatChoice::Auto, "a.log", log);
    let expected =
        ["a log_error a -", "(none) step_complete m 2", "a log_line a -", "(none) step_complete m 3"];
    assert_eq!(events.seen, expected);
    assert_eq!(events.defects, [5], "an object was shown");
}

#[test]
fn text_has_the_time_that_it_says() {
    for (line, expected) in [
        ("2026-01-31 23:29:30,747 INFO a", Some("2026-01-31T23:29:30.747000")),
        ("[31/Jan/2026:23:29:30 +0100] a", Some("2026-01-31T23:29:30+01:00")),
        ("Jan 31 23:29:30 host a", Some("2026-01-31T23:29:30")),
        ("Dec 31 23:29:30 host a", Some("2025-12-31T23:29:30")),
        ("a", None),
    ] {
        let events = decode_all(FormatChoice::Auto, "a.log", line);
        assert_eq!(events.times, [expected.map(str::to_owned)], "{line}");
    }
}

#[test]
fn a_line_that_names_no_session_is_its_files() {
    let owner = |path: &str| Owner::of(path.as_ref());
    for (path, session) in [
        ("logs/sessions/lead-1/execution.jsonl", "lead-1"),
        ("logs/sessions/lead-1/execution.jsonl.3.gz", "lead-1"),
        ("logs/sessions/agent%3Amain/execution.jsonl-20260111", "agent:main"),
        ("x/nightly.jsonl", "nightly"),
        ("x/nightly.jsonl.1", "nightly"),
    ] {
        let events =
            decode(&mut Decoder::new(FormatChoice::Auto, owner(path), Tz::UTC), &[r#"{"tokens":5}"#]);
        assert_eq!(events.seen, [format!("{session} - - 5")], "{path}");
    }
}

#[test]
fn a_header_switches_the_owner_only_where_headers_are_followed() {
    let lines =
        ["==> sessions/a/execution.jsonl <==", r#"{"tokens":1}"#, "", "==> b.jsonl <==", r#"{"tokens":2}"#];
    let decoder = || Decoder::new(FormatChoice::Auto, Owner::of("own.jsonl".as_ref()), Tz::UTC);
    let events = decode(&mut decoder().following_headers(), &lines);
    assert_eq!(events.seen, ["a - - 1", "b - - 2"]);
    let events = decode(&mut decoder(), &lines);
    assert_eq!(events.seen, ["own - - 1", "own - - 2"]);
}

#[test]
fn counts_in_an_object_are_some_other_programs() {
    // Once such a line was an event of Sigil's, with a count that is none.
    let line = r#"{"id":"g","type":"gemini","content":"hi","tokens":{"input":3,"output":4}}"#;
    check(FormatChoice::Auto, &[line, SIGIL], &["lead-1 step_complete routing 50"]);
}
