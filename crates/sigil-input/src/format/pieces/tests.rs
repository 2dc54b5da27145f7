//! However lines are handed on, as they stand or decoded, at once or one after the other, the same comes out.

use chrono_tz::Tz;
use proptest::prelude::*;
use sigil_event::{Defect, Event, EventRef, Sink, SourceId};

use super::{Piece, split};
use crate::content::Disclosure;
use crate::format::{Decoder, Format, FormatChoice, LineSink, Tally};
use crate::source::Owner;

/// Lines of all sorts. Most are Sigil's, in the hour that comes twice.
const LINES: [&[u8]; 34] = [
    br#"{"timestamp":"2026-10-25T02:30:00","session_id":"a","event_type":"step_complete","component":"x","message":"m","tokens":5,"metadata":{"latency_ms":3}}"#,
    br#"{"timestamp":"2026-10-25T02:10:00","session_id":"a","event_type":"step_complete","component":"x","message":"\"\u20ac\"","tokens":7,"metadata":{"latency_ms":4}}"#,
    "{\"timestamp\":\"2026-10-25T02:50:00\",\"session_id\":\"b\",\"event_type\":\"step_error\",\"component\":\"y\",\"message\":\"café\",\"tokens\":0,\"metadata\":{\"latency_ms\":1.5}}".as_bytes(),
    br#"{"session_id":"a","event_type":"note","tokens":"12"}"#,
    br#"{"session_id":"a","event_type":"note","tokens":1}"#,
    br#"{"session_id":"a","event_type":"note","tokens":-1}"#,
    br#"{"session_id":"a","event_type":"note","tokens":1.5}"#,
    br#"{"session_id":"a","event_type":"note","tokens":1}{"session_id":"a","event_type":"note","tokens":2}"#,
    br#"{"session_id":"a","event_type":"note","tokens":1} "#,
    br#"{"session_id":"a","event_type":"note","tokens":1} x"#,
    br#" {"session_id":"a","event_type":"note","tokens":1}"#,
    b"{\"session_id\":\"a\",\"event_type\":\"note\",\"tokens\":1}\r",
    b"\xef\xbb\xbf{\"session_id\":\"a\",\"event_type\":\"note\",\"tokens\":1}",
    b"{\"session_id\":\"a\",\"event_type\":\"note\",\"tokens\":1}\0\0",
    b"{\"session_id\":\"\xff\",\"event_type\":\"note\",\"tokens\":1}",
    br#"{"session_id":"a","event_type":"note","tokens":1,"type":"user","uuid":"u"}"#,
    br#"{"session_id":"a","event_type":"note","tokens":1,"ai_log":"-"}"#,
    br#"{"session_id":"a","event_type":"note","tokens":1,"payl\u006fad":{},"type":"x"}"#,
    br#"{"session_id":"a","event_type":"note","event_type":null}"#,
    br#"{"session_id":"a","event_type":"note","tok"#,
    br#"{"session_id":"a","event_type":"no{"session_id":"a","event_type":"note","tokens":1}"#,
    br#"{"component":"c","message":{"a":[1,2]}}"#,
    br#"{"x":1}"#,
    br#"{"x":1,"session_id":"n"}"#,
    b"{}",
    b"",
    b"[1]",
    b"==> b.jsonl <==",
    b"Traceback (most recent call last):",
    br#"{"sessionId":"s1","type":"user","message":{"role":"user","content":"hello"},"uuid":"u-5","timestamp":"2026-02-12T16:02:29Z"}"#,
    br#"{"timestamp":"2026-02-23T11:40:29.275Z","type":"session_meta","payload":{"id":"t1"}}"#,
    br#"{"timestamp":"2026-02-23T11:40:30.275Z","type":"turn_context","payload":{"model":"gpt"}}"#,
    br#"{"timestamp":"2026-02-23T11:40:31.275Z","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":3,"output_tokens":4},"last_token_usage":{"input_tokens":3,"output_tokens":4}}}}"#,
    br#"{"ai_log":"{\"session_id\":\"s\",\"model\":\"m\",\"input_token\":9,\"output_token\":\"4\"}","response_code":"503"}"#,
];

/// Notes all that comes.
#[derive(Clone, Debug, Default, PartialEq)]
struct Notes {
    takes_lines: bool,
    /// Each event on a line.
    out: String,
    /// Where each event stands, and when it was.
    places: Vec<(u64, Option<i64>)>,
    defects: Vec<u64>,
    lines: u64,
}

impl Sink for Notes {
    fn begin(&mut self, _: SourceId, _: u64) {}

    fn event(&mut self, event: &EventRef<'_>, offset: u64) {
        if event.raw.is_empty() {
            self.out += &serde_json::to_string(&Event::from(event)).unwrap();
        } else {
            self.out += event.raw;
        }
        self.out.push('\n');
        self.places.push((offset, event.at.map(|at| at.us)));
    }

    fn defect(&mut self, line: u64, _: Defect) {
        self.defects.push(line);
    }

    fn end(&mut self, _: u64, lines: u64) {
        self.lines = lines;
    }
}

impl<'a> LineSink<'a> for Notes {
    fn takes_lines(&self) -> bool {
        self.takes_lines
    }

    fn lines(&mut self, lines: &'a [u8]) {
        assert!(self.takes_lines && lines.ends_with(b"\n"));
        self.out += std::str::from_utf8(lines).unwrap();
    }
}

impl Notes {
    /// These, and those of the piece behind.
    fn then(mut self, later: Self) -> Self {
        self.out += &later.out;
        self.places.extend(later.places);
        self.defects.extend(later.defects.iter().map(|line| self.lines + line));
        self.lines += later.lines;
        self
    }

    /// What must not depend on how lines are handed on.
    fn of_lines(self) -> Self {
        Self { places: Vec::new(), takes_lines: false, ..self }
    }
}

fn decoder(choice: FormatChoice) -> Decoder {
    Decoder::new(choice, Owner::default(), Tz::Europe__Berlin).first_of_all()
}

/// One to which objects have been shown.
fn warm(choice: FormatChoice) -> Decoder {
    let mut decoder = decoder(choice);
    decoder.lines(LINES[4], 0, 0, &mut Notes::default());
    decoder
}

/// Line by line.
fn plainly(bytes: &[u8], choice: FormatChoice) -> (Notes, Tally) {
    let mut decoder = warm(choice);
    let mut notes = Notes::default();
    notes.lines = decoder.lines(bytes, 100, 0, &mut notes);
    decoder.finish(&mut notes);
    (notes, decoder.tally())
}

/// In pieces that end behind the lines that `cuts` give.
fn in_pieces(bytes: &[u8], cuts: &[usize], choice: FormatChoice, takes_lines: bool) -> (Notes, Tally) {
    let mut decoder = warm(choice);
    let mut ends: Vec<_> =
        bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1).collect();
    let cuts: std::collections::BTreeSet<_> =
        cuts.iter().filter_map(|cut| ends.get(cut % ends.len().max(1))).copied().collect();
    ends = cuts.into_iter().chain([bytes.len()]).collect();
    let mut pieces = Vec::new();
    let mut start = 0;
    for end in ends {
        pieces.push(Piece { start, bytes: &bytes[start..end] });
        start = end;
    }
    let new = || Notes { takes_lines, ..Notes::default() };
    let sinks = decoder.at_once(&pieces, SourceId(0), 100, 3, new);
    let mut notes = sinks.into_iter().fold(new(), Notes::then);
    decoder.finish(&mut notes);
    (notes, decoder.tally())
}

fn log() -> impl Strategy<Value = Vec<u8>> {
    // One line in three is any, the others are those that a log of Sigil's is full of.
    let line = prop_oneof![2 => 0..5usize, 1 => 0..LINES.len()];
    let change = proptest::option::weighted(0.1, (any::<prop::sample::Index>(), any::<u8>()));
    let lines = prop::collection::vec((line, change), 0..40);
    (lines, any::<bool>()).prop_map(|(lines, is_whole)| {
        let mut bytes = Vec::new();
        for (number, change) in lines {
            let mut line = LINES[number].to_vec();
            if let Some((at, byte)) = change.filter(|_| !line.is_empty()) {
                let at = at.index(line.len());
                line[at] = byte;
            }
            bytes.extend(line);
            bytes.push(b'\n');
        }
        if is_whole {
            bytes.pop();
        }
        bytes
    })
}

fn choice() -> impl Strategy<Value = FormatChoice> {
    prop_oneof![
        4 => Just(FormatChoice::Auto),
        1 => Just(FormatChoice::Only(Format::Sigil)),
        1 => Just(FormatChoice::Only(Format::Claude)),
        1 => Just(FormatChoice::Only(Format::Codex)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn it_does_not_matter_how_lines_are_handed_on(
        bytes in log(),
        choice in choice(),
        cuts in prop::collection::vec(0..40usize, 0..4),
    ) {
        let (decoded, tally) = plainly(&bytes, choice);
        for cuts in [&[][..], &cuts] {
            let (notes, counted) = in_pieces(&bytes, cuts, choice, false);
            prop_assert_eq!(&notes, &decoded, "{:?}", cuts);
            prop_assert_eq!(counted, tally);
            let (notes, counted) = in_pieces(&bytes, cuts, choice, true);
            let (notes, decoded) = (notes.of_lines(), decoded.clone().of_lines());
            prop_assert_eq!(&notes, &decoded, "{:?}", cuts);
            prop_assert_eq!(counted, tally);
        }
    }

    #[test]
    fn pieces_are_whole_lines_and_all_of_them(bytes in log(), most in 1..5usize) {
        let pieces = split(&bytes, most);
        prop_assert!(pieces.len() <= most);
        let mut at = 0;
        for piece in &pieces {
            prop_assert_eq!(piece.start, at);
            at += piece.bytes.len();
            prop_assert!(piece.bytes.ends_with(b"\n") || at == bytes.len());
        }
        prop_assert_eq!(at, bytes.len());
    }
}

#[test]
fn lines_of_a_known_shape_come_as_they_stand_unless_they_are_redacted() {
    let bytes = [LINES[0], b"\n", LINES[1], b"\n", LINES[2], b"\n"].concat();
    let notes = |disclosure: Disclosure, takes_lines: bool| {
        let mut notes = Notes { takes_lines, ..Notes::default() };
        let mut decoder = decoder(FormatChoice::Auto).disclosing(disclosure);
        decoder.pass(&bytes, 0, 0, &mut notes);
        (notes.places.len(), notes.out.as_bytes() == bytes)
    };
    let redact = Disclosure { redact: true, ..Disclosure::default() };
    assert_eq!(notes(Disclosure::default(), true), (1, true));
    assert_eq!(notes(Disclosure::default(), false), (3, true));
    assert_eq!(notes(redact, true), (3, true));
}
