//! Gateway access logs: what each form of a line becomes, and what cannot be read.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its own data has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use sigil_event::{Defect, Event, EventRef, Malformed, Sink, SourceId, Usage};
use sigil_input::source::Owner;
use sigil_input::{Decoder, Format, FormatChoice};

/// What came out of some lines.
#[derive(Default)]
struct Events {
    /// `time session type component tokens latency message`.
    seen: Vec<String>,
    usage: Vec<Usage>,
    by_session: BTreeMap<String, u64>,
    defects: Vec<(u64, Defect)>,
    /// As Sigil lines.
    json: Vec<String>,
}

impl Sink for Events {
    fn begin(&mut self, _: SourceId, _: u64) {}

    fn event(&mut self, event: &EventRef<'_>, _: u64) {
        let text = |text: Option<sigil_event::Text<'_>>| {
            text.map_or("-".to_owned(), |text| text.decode().into_owned())
        };
        let at = event.at.map_or("-".to_owned(), |at| at.to_string());
        let tokens = event.tokens.map_or("-".to_owned(), |tokens| tokens.to_string());
        let latency = event.metadata.latency_us.map_or("-".to_owned(), |us| us.to_string());
        let (session, kind) = (text(event.session_id), text(event.type_name));
        let (component, message) = (text(event.component), text(event.message));
        self.seen.push(format!("{at} {session} {kind} {component} {tokens} {latency} {message}"));
        self.usage.extend(event.metadata.usage);
        *self.by_session.entry(session).or_default() += event.tokens.unwrap_or(0);
        self.json.push(serde_json::to_string(&Event::from(event)).unwrap());
        assert_eq!(text(event.metadata.format), "higress");
    }

    fn defect(&mut self, line: u64, defect: Defect) {
        self.defects.push((line, defect));
    }

    fn end(&mut self, _: u64, _: u64) {}
}

/// Adds up tokens of events of any format.
struct Tokens(u64);
impl Sink for Tokens {
    fn begin(&mut self, _: SourceId, _: u64) {}
    fn event(&mut self, event: &EventRef<'_>, _: u64) {
        self.0 += event.tokens.unwrap_or(0);
    }
    fn defect(&mut self, line: u64, _: Defect) {
        panic!("line {line} is fine");
    }
    fn end(&mut self, _: u64, _: u64) {}
}

fn decoder() -> Decoder {
    Decoder::new(FormatChoice::Auto, Owner::of("access.log".as_ref()), Tz::UTC).first_of_all()
}

fn decode_with(decoder: &mut Decoder, text: &str) -> Events {
    let mut events = Events::default();
    decoder.lines(text.as_bytes(), 0, 0, &mut events);
    decoder.finish(&mut events);
    events
}

fn decode(text: &str) -> Events {
    decode_with(&mut decoder(), text)
}

/// A line as the gateway writes it, `ai_log` first.
fn line(ai_log: &str, rest: &str) -> String {
    format!("{{\"ai_log\":{}{rest}}}", serde_json::to_string(ai_log).unwrap())
}

const SMALL: &str = r#"{"session_id":"s","model":"m","input_token":3,"output_token":4}"#;

#[test]
fn every_form_becomes_its_event() {
    let cases = [
        // The line as shipped: strings only, the time in start_time.
        (
            line(SMALL, r#","authority":"a","duration":"1590","response_code":"200","response_flags":"-","start_time":"2024-06-18T09:37:14.078Z","response_code_details":"via_upstream""#),
            "2024-06-18T09:37:14.078000Z s step_complete m 7 1590000 -",
        ),
        // A collector's time comes before the gateway's, and that before the collector's seconds.
        (
            line(SMALL, r#","start_time":"2024-06-18T09:37:14Z","timestamp":"2024-06-18T09:37:20Z","__time__":1718703440"#),
            "2024-06-18T09:37:20Z s step_complete m 7 - -",
        ),
        (line(SMALL, r#","__time__":1718703440"#), "2024-06-18T09:37:20Z s step_complete m 7 - -"),
        (line(SMALL, r#","__time__":"1718703440""#), "2024-06-18T09:37:20Z s step_complete m 7 - -"),
        (
            line(SMALL, r#","timestamp":"18/Jun/2024","start_time":"2024-06-18T09:37:14Z""#),
            "2024-06-18T09:37:14Z s step_complete m 7 - -",
        ),
        // The model's own time is the latency.
        (
            line(r#"{"model":"m","input_token":"3","output_token":"4","llm_service_duration":"20"}"#, r#","duration":"50""#),
            "- (none) step_complete m 7 20000 -",
        ),
        // `ai_log` delivered as an object, details and all.
        (
            r#"{"ai_log":{"session_id":"s","model":"m","input_token":3,"output_token":4,"messages":[{"role":"user"}]},"timestamp":"2024-06-18T09:37:14Z"}"#.to_owned(),
            "2024-06-18T09:37:14Z s step_complete m 7 - -",
        ),
        // Plugins of mid-2024.
        (
            r#"{"authority":"a","model":"m","input_token":"3","output_token":"4","start_time":"2024-06-18T09:37:14Z"}"#.to_owned(),
            "2024-06-18T09:37:14Z (none) step_complete m 7 - -",
        ),
        // Attributes beside `ai_log`.
        (line(r#"{"session_id":"s","model":"m"}"#, r#","input_token":"3","output_token":"4""#), "- s step_complete m 7 - -"),
        // Errors.
        (
            line(SMALL, r#","response_code":"429","response_flags":"-","response_code_details":"via_upstream""#),
            "- s step_error m 7 - HTTP 429: via_upstream",
        ),
        (
            line(r#"{"api":"a@b"}"#, r#","response_code":503,"response_flags":"UF""#),
            "- (none) step_error a@b - - HTTP 503 (UF)",
        ),
        (
            line(r#"{"model":"m","response_type":"error"}"#, r#","response_code":"200""#),
            "- (none) step_error m - - response_type: error",
        ),
        (line(SMALL, r#","response_code":"0","response_flags":"DC""#), "- s step_complete m 7 - -"),
        // An aborted stream.
        (
            line(r#"{"api":"-","chat_round":57,"consumer":"c","question":"\u003cx\u003e"}"#, ""),
            "- (none) step_complete - - - -",
        ),
        (line(r#"{"model":"unknown","api":"a","session_id":"-"}"#, ""), "- (none) step_complete a - - -"),
        (line(r#"{"model":"-","api":"a","session_id":""}"#, ""), "- (none) step_complete a - - -"),
        // Plain text.
        (format!("ai_log:{SMALL}"), "- s step_complete m 7 - -"),
        (
            format!("2026/01/31 23:29:30 proxy_debug_log: [ai-statistics] [nil] [id] [ai_log] attributes to be written: {SMALL}"),
            "2026-01-31T23:29:30 s step_complete m 7 - -",
        ),
        (
            format!("2026-01-31T23:29:30.5Z\tdebug\twasm log: [ai_log] attributes to be written: {SMALL}\tthread=26"),
            "2026-01-31T23:29:30.500000Z s step_complete m 7 - -",
        ),
    ];
    for (line, expected) in cases {
        let events = decode(&line);
        assert_eq!(events.seen, [expected], "{line}");
        assert_eq!(events.defects, [], "{line}");
    }
}

#[test]
fn a_broken_object_around_ai_log_is_recovered() {
    let fields = r#","duration":"1590","path":"PATH","response_code":"503","response_flags":"UF","start_time":"2024-06-18T09:37:14.078Z","user_agent":"AGENT","x_forwarded_for":"-","response_code_details":"upstream_reset""#;
    let expected = "2024-06-18T09:37:14.078000Z s step_error m 7 1590000 HTTP 503 (UF): upstream_reset";
    for broken in
        [r#"a"b"#, r#"""#, r#"say \"hello\" "twice" {"x":"}"#, "tab\there", r"C:\path\", r#"","x":{"#]
    {
        for place in ["PATH", "AGENT"] {
            let line = line(SMALL, &fields.replace(place, broken));
            let events = decode(&line);
            assert_eq!(events.seen, [expected], "{line}");
            assert_eq!(events.defects, [], "{line}");
        }
    }
}

#[test]
fn ai_log_is_found_wherever_it_stands() {
    let broken = r#"{"path":"/a"b","start_time":"2024-06-18T09:37:14Z","ai_log":AI,"response_code":"200"}"#;
    let object = broken.replace("AI", SMALL);
    let string = broken.replace("AI", &serde_json::to_string(SMALL).unwrap());
    let spaced = string.replace("\"ai_log\":", "\"ai_log\" : ");
    let cut = &string[..string.len() - 9];
    let prefixed = format!("2024-06-18T09:37:14Z stdout F {string}");
    for line in [&object, &string, &spaced, cut, &prefixed] {
        let events = decode(line);
        assert_eq!(events.seen, ["2024-06-18T09:37:14Z s step_complete m 7 - -"], "{line}");
        assert_eq!(events.defects, [], "{line}");
    }
}

#[test]
fn maps_beside_ai_log_may_stand_unescaped() {
    let line = line(
        r#"{"session_id":"s","model":"m","input_token":30,"output_token":4}"#,
        r#","input_token_details":"{"cached_tokens":20}","output_token_details":"{"reasoning_tokens":2}""#,
    );
    let events = decode(&line);
    assert_eq!(events.seen, ["- s step_complete m 34 - -"]);
    assert_eq!(
        events.usage,
        [Usage { input: 10, output: 4, reasoning: 2, cache_read: 20, ..Usage::default() }]
    );
    assert_eq!(events.defects, []);
}

#[test]
fn what_is_no_request_to_a_model_is_no_event_and_no_defect() {
    for line in [
        r#"{"ai_log":"-","path":"/","response_code":"500"}"#,
        r#"{"ai_log":"-","path":"/a"b","response_code":"500"}"#,
        r#"{"ai_log":null}"#,
        r#"{"ai_log":""}"#,
        r#"{"model":"-","input_token":"-","output_token":"-","start_time":"2024-06-18T09:37:14Z"}"#,
        "ai_log:-",
    ] {
        let mut decoder = decoder();
        let events = decode_with(&mut decoder, line);
        assert!(events.seen.is_empty() && events.defects.is_empty(), "{line}: {:?}", events.defects);
        assert_eq!(decoder.tally().recognised, 1, "{line}");
    }
}

#[test]
fn what_cannot_be_read_is_malformed_and_still_of_the_format() {
    for (line, why) in [
        (r#"{"ai_log":"no JSON","path":"/"}"#, Malformed::NotAnObject),
        (r#"{"ai_log":"[1]"}"#, Malformed::NotAnObject),
        (r#"{"ai_log":7}"#, Malformed::NotAnObject),
        (r#"{"ai_log":"{\"model\":\"m\""}"#, Malformed::Truncated),
        (r#"{"ai_log":"{} x"}"#, Malformed::TrailingText),
        (r#"{"ai_log":"{\"model\":\"m\",\"quest"#, Malformed::Truncated),
        (r#"{"ai_log":{"model":"m","quest"#, Malformed::Truncated),
        ("ai_log:{\"model\":", Malformed::Truncated),
        ("x [ai_log] attributes to be written: {\"tool_calls\":[...]}", Malformed::Syntax),
    ] {
        let mut decoder = decoder();
        let events = decode_with(&mut decoder, line);
        assert_eq!(events.defects, [(0, why.into())], "{line}");
        assert_eq!(events.seen, [] as [&str; 0], "{line}");
        assert_eq!(decoder.tally().recognised, 1, "{line}");
    }
}

#[test]
fn a_count_that_is_none_is_told_and_the_rest_counts() {
    let events = decode(&line(r#"{"model":"m","input_token":-3,"output_token":4}"#, ""));
    assert_eq!(events.seen, ["- (none) step_complete m 4 - -"]);
    assert_eq!(events.defects, [(0, Defect::Tokens)]);
}

#[test]
fn two_objects_on_one_line_both_count() {
    let whole = line(SMALL, r#","response_code":"200""#);
    let broken = line(SMALL, r#","path":"/a"b","response_code":"500""#);
    let (fine, failed) = ("- s step_complete m 7 - -", "- s step_error m 7 - HTTP 500");
    for (first, second, expected) in [
        (&whole, &whole, [fine, fine]),
        (&whole, &broken, [fine, failed]),
        (&broken, &whole, [failed, fine]),
        (&broken, &broken, [failed, failed]),
    ] {
        let events = decode(&format!("{first}{second}"));
        assert_eq!(events.seen, expected);
        assert_eq!(events.defects, []);
    }
}

#[test]
fn formats_may_mix_and_a_gateways_keys_come_first() {
    let sigil = r#"{"session_id":"lead","event_type":"x","component":"c","tokens":5}"#;
    let odd = r#"{"event_type":"x","tokens":99,"type":"assistant","message":{},"ai_log":{"model":"m","input_token":1}}"#;
    let text = [odd, odd, &line(SMALL, ""), odd].join("\n");
    let events = decode(&text);
    let mine = "- (none) step_complete m 1 - -";
    assert_eq!(events.seen, [mine, mine, "- s step_complete m 7 - -", mine]);

    let claude = r#"{"type":"assistant","uuid":"u","message":{"id":"1","usage":{"output_tokens":11}}}"#;
    let broken = line(SMALL, r#","path":"/a"b""#);
    let text = [sigil, claude, &broken, sigil, &line(SMALL, ""), claude, sigil, odd, claude].join("\n");
    let mut tokens = Tokens(0);
    decoder().lines(text.as_bytes(), 0, 0, &mut tokens);
    assert_eq!(tokens.0, 3 * 5 + 3 * 11 + 2 * 7 + 1);
}

#[test]
fn a_broken_line_behind_text_is_no_text() {
    let mut decoder = decoder();
    let mut tokens = Tokens(0);
    let text = format!("2026-01-31 23:29:30 starting\n{}", line(SMALL, r#","path":"/a"b""#));
    decoder.lines(text.as_bytes(), 0, 0, &mut tokens);
    decoder.finish(&mut tokens);
    assert_eq!(tokens.0, 7);
}

#[test]
fn from_says_what_lines_are() {
    let forced = |format| Decoder::new(FormatChoice::Only(format), Owner::default(), Tz::UTC).first_of_all();
    let broken = line(SMALL, r#","path":"/a"b""#);
    let mut sigil = forced(Format::Sigil);
    let mut events = Events::default();
    sigil.lines(broken.as_bytes(), 0, 0, &mut events);
    assert!(events.seen.is_empty() && events.defects.len() == 1);
    let events = decode_with(&mut forced(Format::Higress), &broken);
    assert_eq!(events.seen.len(), 1);
    assert_eq!(FormatChoice::named("higress").unwrap(), FormatChoice::Only(Format::Higress));
}

/// Where a quote stands anywhere in a line, or the line ends there, nothing that stands in `ai_log` is ever
/// read otherwise than in the whole line.
#[test]
fn damage_outside_ai_log_changes_no_count() {
    let whole = line(SMALL, r#","path":"/a","start_time":"2024-06-18T09:37:14Z""#);
    let end = whole.find("\",\"path\"").unwrap() + 1;
    for at in end..whole.len() {
        for damaged in [whole[..at].to_owned(), format!("{}\"{}", &whole[..at], &whole[at..])] {
            let events = decode(&damaged);
            assert_eq!(events.by_session, BTreeMap::from([("s".to_owned(), 7)]), "{damaged}");
        }
    }
}

/// The directory of samples; none, said loudly, if it is not there.
fn samples(test: &str) -> Option<PathBuf> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/higress");
    if data.is_dir() {
        return Some(data);
    }
    // Past the capture of the test runner, which hides what passing tests print.
    let _ = writeln!(io::stderr(), "NOT RUN: {test}: no ../shared/data/higress beside the repository");
    None
}

fn sums(events: &Events) -> Usage {
    let mut sum = Usage::default();
    events.usage.iter().for_each(|usage| sum += *usage);
    sum
}

#[test]
fn the_first_sample_comes_to_its_figures() {
    let Some(data) = samples("the_first_sample_comes_to_its_figures") else { return };
    let events = decode(&fs::read_to_string(data.join("test_access.log")).unwrap());
    let sum = sums(&events);
    assert_eq!((sum.input, sum.output, events.by_session.len()), (1000, 590, 2));
    assert_eq!(events.by_session.values().sum::<u64>(), 1590);
    assert_eq!(events.defects, []);
    assert!(events.json[0].contains("\"reasoning_estimated\":true"), "{}", events.json[0]);
}

#[test]
fn the_four_samples_come_to_their_figures() {
    let Some(data) = samples("the_four_samples_come_to_their_figures") else { return };
    let events = decode(&fs::read_to_string(data.join("test_access_v2.log")).unwrap());
    let sum = sums(&events);
    assert_eq!((sum.input + sum.cache_read, sum.output, sum.cache_read), (750, 530, 400));
    assert_eq!((sum.reasoning, events.by_session.len()), (500, 2));
    // The reasoning of o1 is larger than its output: it was kept apart and is added.
    assert_eq!(events.by_session.values().sum::<u64>(), 750 + 530 + 500);
    assert_eq!(events.defects, []);
}

#[test]
fn every_other_sample_is_read() {
    let Some(data) = samples("every_other_sample_is_read") else { return };
    let read = |name: &str| decode(&fs::read_to_string(data.join(name)).unwrap());
    let events = read("readme_ai_log_lines.jsonl");
    assert_eq!(
        events.seen,
        [
            "- (none) step_complete qwen-turbo 79 1955000 -",
            "- sess_abc123 step_complete qwen-turbo 79 1955000 -",
            "- (none) step_complete qwen-max 496 19110000 -",
            "- sess_abc123 step_complete deepseek-reasoner - - -",
            "- (none) step_complete gpt-4o 150 2000000 -",
            "- sess_abc123 step_complete deepseek-reasoner - - -",
        ]
    );
    assert_eq!(events.defects, []);
    let events = read("readme_other_forms.log");
    assert_eq!(events.seen, ["- (none) step_complete qwen-max 92 5913000 -"]);
    // `[...]` stands for what the documentation leaves out, and is no JSON.
    assert_eq!(events.defects, [(1, Malformed::Syntax.into())]);
    // Cut off by the terminal that it was copied from.
    let events = read("issue2590_excerpt.log");
    assert_eq!((events.seen.len(), events.defects.len()), (0, 3));
}
