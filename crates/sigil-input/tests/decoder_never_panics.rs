//! No bytes make a decoder panic, whatever it expects and whatever came before them.

use std::panic::catch_unwind;

use chrono_tz::Tz;
use proptest::prelude::*;
use sigil_event::{Content, Defect, Event, EventRef, Sink, SourceId};
use sigil_input::source::Owner;
use sigil_input::{Decoder, Disclosure, Format, FormatChoice};

/// The largest count that is believed.
const MAX_TOKENS: u64 = 1 << 53;

const CHOICES: [FormatChoice; 6] = [
    FormatChoice::Auto,
    FormatChoice::Only(Format::Sigil),
    FormatChoice::Only(Format::Claude),
    FormatChoice::Only(Format::Codex),
    FormatChoice::Only(Format::Higress),
    FormatChoice::Only(Format::Text),
];

/// Lines in the shapes that real ones have.
const LINES: [&str; 28] = [
    r#"{"timestamp":"2026-02-23T11:40:29.275Z","type":"session_meta","payload":{"id":"t1","forked_from_id":"t0","source":{"subagent":{"thread_spawn":{"parent_thread_id":"t0","depth":1}}},"base_instructions":{"text":"x"}}}"#,
    r#"{"timestamp":"2026-02-23T11:40:30.275Z","type":"turn_context","payload":{"model":"gpt-5.3-codex","effort":"medium"}}"#,
    r#"{"timestamp":"2026-02-23T11:40:31.275Z","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":17203,"cached_input_tokens":3456,"output_tokens":358,"reasoning_output_tokens":193,"total_tokens":17561},"last_token_usage":{"input_tokens":17203,"cached_input_tokens":3456,"output_tokens":358,"reasoning_output_tokens":193},"model_context_window":258400},"rate_limits":null}}"#,
    r#"{"timestamp":"2026-02-23T11:40:32Z","type":"response_item","payload":{"type":"function_call","name":"exec","call_id":"c1","arguments":"{\"cmd\":\"ls\"}"}}"#,
    r#"{"id":"t0","timestamp":"2025-05-01T00:00:00Z","instructions":null,"git":{}}"#,
    r#"{"timestamp":"2026-01-11T10:15:32.123456","session_id":"lead-1","event_type":"step_complete","component":"routing","message":"Intent \"x\" classified","tokens":50,"metadata":{"latency_ms":1200,"intent":"lead","confidence":0.95}}"#,
    r#"{"timestamp": "2026-10-25T02:30:00", "session_id": "lead-1", "event_type": "session_start", "component": "orchestrator", "tokens": 0, "metadata": {"budget": 256000, "usage_id": "u1", "usage": {"input": 3, "output": 4}}}"#,
    r#"{"event_type":"session_complete","tokens":"650","session_id":7,"component":null,"metadata":[]}"#,
    r#"{"parentUuid":null,"isSidechain":false,"sessionId":"s1","type":"assistant","message":{"model":"claude-opus-4-6","id":"msg_1","content":[{"type":"text","text":"caf\u00e9 \ud83d\ude00"},{"type":"tool_use","id":"t1","name":"Bash","input":{}}],"usage":{"input_tokens":3,"cache_creation_input_tokens":100,"cache_read_input_tokens":11000,"cache_creation":{"ephemeral_5m_input_tokens":60,"ephemeral_1h_input_tokens":40},"output_tokens":80}},"requestId":"req_1","uuid":"u-1","timestamp":"2026-02-12T16:02:27.718Z"}"#,
    r#"{"sessionId":"s1","type":"progress","data":{"message":{"type":"assistant","timestamp":"2026-02-12T16:02:27.718Z","message":{"model":"m","id":"msg_2","usage":{"input_tokens":1,"output_tokens":2}},"requestId":"r2","uuid":"u-2"},"type":"agent_progress","agentId":"a1"},"uuid":"u-3","timestamp":"2026-02-12T16:02:28.718Z"}"#,
    r#"{"sessionId":"s1","type":"user","message":{"role":"user","content":[{"tool_use_id":"t1","type":"tool_result","content":"no such file","is_error":true}]},"uuid":"u-4","timestamp":"2026-02-12T16:02:29Z"}"#,
    r#"{"sessionId":"s1","type":"user","message":{"role":"user","content":"hello"},"uuid":"u-5"}"#,
    r#"{"type":"file-history-snapshot","messageId":"m-1","snapshot":{"trackedFileBackups":{}},"isSnapshotUpdate":false}"#,
    r#"{"type":"assistant","message":{"id":"m","model":"<synthetic>","content":"x","usage":{"input_tokens":-1,"output_tokens":1e99,"cache_creation":null}},"isApiErrorMessage":true,"uuid":"u"}"#,
    r#"{"type":"summary","summary":"done","leafUuid":"u-2"}"#,
    r#"{"tokens":9007199254740992}{"tokens":9007199254740993}"#,
    "==> sessions/lead-1/execution.jsonl <==",
    "\u{feff}{\"tokens\":1}\r",
    "2026-01-11 10:15:32 ERROR something else entirely",
    r#"{"ai_log":"{\"session_id\":\"s\",\"model\":\"m\",\"input_token\":9,\"output_token\":\"4\",\"reasoning_tokens\":7,\"input_token_details\":\"{\\\"cached_tokens\\\":3}\",\"question\":\"a@b.example sk-\u003c\",\"reasoning\":\"hm\",\"messages\":[{\"role\":\"user\"}]}","duration":"15","response_code":"503","start_time":"2024-06-18T09:37:14.078Z"}"#,
    r#"{"ai_log":"{\"model\":\"m\",\"total_token\":9}","path":"/a"b","response_code":"200","__time__":"1718703440","input_token_details":"{"cached_tokens":80}"}{"ai_log":"-"}"#,
    r#"{"ai_log":{"model":"m","input_token":-3,"output_token":1e99,"tool_calls":[]},"timestamp":1718703440.5,"model":"n","output_token":"4"}"#,
    r#"2026/01/31 23:29:30 log: [ai_log] attributes to be written: {"model":"m","input_token":20,"llm_service_duration":"7"} thread=2"#,
    "Traceback (most recent call last):",
    "  File \"a.py\", line 1, in b",
    "<34>Oct 25 02:30:00 host app[1]: ValueError: \u{e9}",
    "::1 - - [25/Oct/2026:02:30:00 +0100] \"GET /error HTTP/1.1\" 503 \"-\"",
    "goroutine 1 [running]:",
];

/// Takes events and looks at every part of them.
#[derive(Default)]
struct Reader {
    events: u64,
    defects: u64,
}

impl Sink for Reader {
    fn begin(&mut self, _: SourceId, _: u64) {}

    fn event(&mut self, event: &EventRef<'_>, _: u64) {
        self.events += 1;
        assert!(serde_json::to_string(&Event::from(event)).is_ok());
        let texts = [event.timestamp, event.session_id, event.type_name, event.component, event.message];
        let metadata = &event.metadata;
        let more = [metadata.model, metadata.usage_id, metadata.usage_part, metadata.format];
        for text in texts.into_iter().chain(more).flatten() {
            let _ = text.decode();
        }
        if metadata.usage.is_none() {
            assert!(event.tokens.is_none_or(|tokens| tokens <= MAX_TOKENS));
        }
        if let Some(at) = event.at {
            let _ = (at.to_string(), at.civil(Tz::Europe__Berlin), at.offset_in(Tz::Asia__Kathmandu));
        }
    }

    fn defect(&mut self, _: u64, _: Defect) {
        self.defects += 1;
    }

    fn end(&mut self, _: u64, _: u64) {}
}

/// Feeds lines to a fresh decoder for each choice of format.
fn decode<'a>(lines: impl Iterator<Item = &'a [u8]> + Clone) -> [(u64, u64); CHOICES.len()] {
    CHOICES.map(|choice| {
        let mut decoder = Decoder::new(choice, Owner::default(), Tz::Europe__Berlin).following_headers();
        decoder = decoder.first_of_all().disclosing(Disclosure { content: Content::Full, redact: true });
        let mut reader = Reader::default();
        let mut offset = 0;
        for (number, line) in (0..).zip(lines.clone()) {
            decoder.line(line, offset, number, &mut reader);
            offset += line.len() as u64 + 1;
        }
        decoder.finish(&mut reader);
        let tally = decoder.tally();
        assert!(tally.lines <= lines.clone().count() as u64);
        (reader.events, reader.defects)
    })
}

/// A change to a line: at a place, take some bytes away and put others there.
type Change = (prop::sample::Index, usize, Vec<u8>);

fn change() -> impl Strategy<Value = Change> {
    let piece = prop_oneof![
        2 => proptest::collection::vec(any::<u8>(), 0..4),
        1 => prop::sample::select(vec![
            "null", "-1", "1e999", "{", "}", "[", "]", "\"", "\\", "\\u", "\\ud800", ":", ",", "\0", "\r", "true", "{}", "[]",
            "\"tokens\":", "\"type\":\"assistant\",", "\"message\":{", "99999999999999999999999999", "0x10", "}{",
        ]).prop_map(|text| text.as_bytes().to_vec()),
    ];
    (any::<prop::sample::Index>(), 0_usize..12, piece)
}

fn changed(line: &str, changes: &[Change]) -> Vec<u8> {
    let mut bytes = line.as_bytes().to_vec();
    for (at, taken, put) in changes {
        let at = at.index(bytes.len() + 1);
        let end = (at + taken).min(bytes.len());
        bytes.splice(at..end, put.iter().copied());
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn on_random_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        decode(bytes.split(|byte| *byte == b'\n'));
    }

    #[test]
    fn on_bytes_of_json(text in "[{}\\[\\]\",:0-9eE+\\-.a-u\\\\ ]{0,120}") {
        decode(std::iter::once(text.as_bytes()));
        let object = format!("{{\"type\":\"assistant\",\"uuid\":{text}}}");
        decode(std::iter::once(object.as_bytes()));
    }

    #[test]
    fn on_damaged_lines(lines in proptest::collection::vec(
        (prop::sample::select(LINES.to_vec()), proptest::collection::vec(change(), 0..4)), 1..8,
    )) {
        let lines: Vec<_> = lines.iter().map(|(line, changes)| changed(line, changes)).collect();
        decode(lines.iter().map(Vec::as_slice));
    }

    #[test]
    fn on_lines_cut_anywhere_and_joined(
        first in prop::sample::select(LINES.to_vec()),
        second in prop::sample::select(LINES.to_vec()),
        cuts in any::<[prop::sample::Index; 2]>(),
    ) {
        let (first, second) = (first.as_bytes(), second.as_bytes());
        let mut line = first[..cuts[0].index(first.len() + 1)].to_vec();
        line.extend_from_slice(&second[cuts[1].index(second.len() + 1)..]);
        decode(std::iter::once(line.as_slice()));
    }
}

#[test]
fn whole_lines_are_decoded_without_a_defect_as_far_as_they_have_none() {
    for line in &LINES[..8] {
        let [(events, defects), ..] = decode(std::iter::once(line.as_bytes()));
        assert_eq!(defects, 0, "{line}");
        assert!(events > 0 || line.contains("file-history-snapshot"), "{line}");
    }
}

#[test]
fn on_nesting_without_end() {
    // On a thread of the usual size: a decoder that calls itself for every level would end the process.
    const DEPTH: usize = 200_000;
    let shapes = [
        ("[", "]"),
        ("{\"a\":", "}"),
        ("{\"data\":{\"type\":\"agent_progress\",\"message\":", "}}"),
        ("{\"message\":{\"content\":[", "]}}"),
        ("{\"metadata\":{\"usage\":", "}}"),
    ];
    for (open, close) in shapes {
        for prefix in [
            "{\"type\":\"progress\",\"uuid\":\"u\",\"data\":",
            "{\"tokens\":5,\"metadata\":",
            "{\"message\":",
            "",
        ] {
            let cut = prefix.to_owned() + &open.repeat(DEPTH);
            let whole = format!("{cut}1{}{}", close.repeat(DEPTH), if prefix.is_empty() { "" } else { "}" });
            for line in [cut, whole] {
                let decoded = catch_unwind(|| decode(std::iter::once(line.as_bytes())));
                assert!(decoded.is_ok(), "{prefix}{open}…");
            }
        }
    }
}
