//! What of conversations leaves a decoder.

use chrono_tz::Tz;
use sigil_event::{Content, Defect, EventRef, Sink, SourceId};
use sigil_input::source::Owner;
use sigil_input::{Decoder, Disclosure, FormatChoice};

const TALK: &str = r#"{"ai_log":{"session_id":"ann@example.com","model":"m","input_token":3,"question":"ann@example.com?","answer":"yes","messages":["ann\u0040example.com"],"tool_calls":[]},"response_code":"401","response_code_details":"token=abcdef1"}"#;
const SIGIL: &str = r#"{"session_id":"lead","event_type":"retry","component":"routing","message":"login with password=\"hunter2\" failed","tokens":5,"user":"ann\u0040example.com"}"#;

/// What came out, in words.
#[derive(Default)]
struct Words {
    raw: Vec<String>,
    message: Vec<String>,
    /// Question and messages.
    said: Vec<(String, String)>,
    tokens: u64,
    session: String,
}

impl Sink for Words {
    fn begin(&mut self, _: SourceId, _: u64) {}

    fn event(&mut self, event: &EventRef<'_>, _: u64) {
        self.raw.push(event.raw.to_owned());
        self.message.extend(event.message.map(|text| text.to_string()));
        self.tokens += event.tokens.unwrap_or(0);
        self.session = event.session_id.map(|text| text.to_string()).unwrap_or_default();
        let words = event.metadata.conversation;
        self.said.extend(words.map(|words| {
            let question = words.question.map(|text| text.to_string()).unwrap_or_default();
            (question, words.messages.unwrap_or("").to_owned())
        }));
    }

    fn defect(&mut self, line: u64, _: Defect) {
        panic!("line {line} is fine");
    }

    fn end(&mut self, _: u64, _: u64) {}
}

fn decode(line: &str, content: Content, redact: bool) -> Words {
    let decoder = Decoder::new(FormatChoice::Auto, Owner::default(), Tz::UTC).first_of_all();
    let mut words = Words::default();
    decoder.disclosing(Disclosure { content, redact }).line(line.as_bytes(), 0, 0, &mut words);
    words
}

#[test]
fn nothing_leaves_unasked() {
    for redact in [false, true] {
        let words = decode(TALK, Content::None, redact);
        assert_eq!((words.said, words.tokens), (Vec::new(), 3));
    }
}

#[test]
fn what_was_asked_for_leaves_and_no_more() {
    let asked = |content, redact| decode(TALK, content, redact).said;
    let question = "ann@example.com?".to_owned();
    assert_eq!(asked(Content::Text, false), [(question.clone(), String::new())]);
    assert_eq!(asked(Content::Full, false), [(question, r#"["ann\u0040example.com"]"#.to_owned())]);
    let redacted = "[redacted:email]?".to_owned();
    assert_eq!(asked(Content::Text, true), [(redacted.clone(), String::new())]);
    assert_eq!(asked(Content::Full, true), [(redacted, r#"["[redacted:email]"]"#.to_owned())]);
}

#[test]
fn messages_and_lines_are_redacted_too_and_sessions_stay_what_they_are() {
    assert_eq!(decode(TALK, Content::None, false).message, ["HTTP 401: token=abcdef1"]);
    let words = decode(TALK, Content::None, true);
    assert_eq!(words.message, ["HTTP 401: token=[redacted:key]"]);
    assert_eq!(words.session, "ann@example.com");
    let words = decode(SIGIL, Content::None, true);
    assert_eq!(words.message, ["login with password=\"[redacted:key]\" failed"]);
    assert_eq!(
        words.raw,
        [SIGIL.replace("hunter2", "[redacted:key]").replace(r"ann\u0040example.com", "[redacted:email]")]
    );
    assert_eq!(decode(SIGIL, Content::Full, false).raw, [SIGIL]);
}
