//! One event as a line in the guide's columns (3.2).
//!
//! Numbers and padding are written by hand: this is what `-m stream` spends its time on.

use std::borrow::Cow;

use sigil_cli::style::{Palette, Tone};
use sigil_cli::{escape, width};
use sigil_event::{Text, Timestamp};

use crate::clock::Clock;

/// The guide's widths. Longer texts push what is behind them; on a terminal they are cut.
const COMPONENT: usize = 10;
const MESSAGE: usize = 26;
const TOKENS: usize = 5;
const TOTAL: usize = 6;
/// How wide a session's id is, and on a terminal at most.
const SESSION: usize = 16;
/// How wide a component may be on a terminal.
const WIDEST_COMPONENT: usize = 16;
/// How narrow a message may become before columns give way.
const NARROWEST_MESSAGE: usize = 8;

/// What a line says.
pub(crate) struct Row<'a> {
    pub(crate) at: Option<Timestamp>,
    pub(crate) session: Option<&'a str>,
    pub(crate) component: Option<Text<'a>>,
    pub(crate) message: Option<Text<'a>>,
    pub(crate) added: i64,
    pub(crate) total: u64,
    /// What the event looks like, if it is no ordinary one.
    pub(crate) tone: Option<Tone>,
    /// What the total looks like.
    pub(crate) total_tone: Option<Tone>,
}

/// Writes rows.
pub(crate) struct Rows {
    pub(crate) clock: Clock,
    pub(crate) palette: Palette,
    /// Those of the terminal; elsewhere there is room for everything.
    pub(crate) columns: Option<usize>,
    tail: Vec<u8>,
}

impl Rows {
    pub(crate) fn new(clock: Clock, palette: Palette, columns: Option<usize>) -> Self {
        Self { clock, palette, columns, tail: Vec::new() }
    }

    /// Appends a line.
    #[inline]
    pub(crate) fn write(&mut self, row: &Row<'_>, line: &mut Vec<u8>) {
        let component = row.component.map_or(Cow::Borrowed("-"), harmless);
        let message = row.message.map_or(Cow::Borrowed(""), harmless);
        match self.columns {
            None => self.write_wide(row, &component, &message, line),
            Some(columns) => self.write_within(columns, row, &component, &message, line),
        }
    }

    fn write_wide(&mut self, row: &Row<'_>, component: &str, message: &str, line: &mut Vec<u8>) {
        line.push(b'[');
        self.clock.write(row.at, line);
        line.extend_from_slice(b"] ");
        if let Some(session) = row.session {
            push_padded(line, &harmless_id(session), SESSION);
            line.extend_from_slice(b" | ");
        }
        push_padded(line, component, COMPONENT);
        line.extend_from_slice(b" | ");
        let room = MESSAGE.saturating_sub(columns_of(component).saturating_sub(COMPONENT));
        self.push_toned(line, row.tone, message, room);
        self.push_tokens(line, row);
        self.push_total(line, row);
        line.push(b'\n');
    }

    /// The same on a terminal: the message gives way first, then the total, the tokens and the session.
    fn write_within(
        &mut self,
        columns: usize,
        row: &Row<'_>,
        component: &str,
        message: &str,
        line: &mut Vec<u8>,
    ) {
        let component = width::truncated(component, WIDEST_COMPONENT);
        let component_width = columns_of(&component).max(COMPONENT);
        let session = row.session.map(harmless_id);
        let session = session.as_ref().map(|id| width::abridged(id, SESSION));
        let mut tail = std::mem::take(&mut self.tail);
        let head = "[10:15:32.123] ".len() + component_width + " | ".len();
        let session_width = session.as_ref().map_or(0, |_| SESSION + " | ".len());
        let fits = |head: usize, tail: usize| columns >= head + NARROWEST_MESSAGE + tail;
        let plain = Row { total_tone: None, ..*row };
        tail.clear();
        self.push_tokens(&mut tail, &plain);
        let tokens_end = tail.len();
        self.push_total(&mut tail, &plain);
        let shows_session = session.is_some() && fits(head + session_width, tokens_end);
        let head = if shows_session { head + session_width } else { head };
        let (shows_tokens, shows_total) = (fits(head, tokens_end), fits(head, tail.len()));
        let tail_width = match (shows_tokens, shows_total) {
            (_, true) => tail.len(),
            (true, false) => tokens_end,
            _ => 0,
        };
        self.tail = tail;
        line.push(b'[');
        self.clock.write(row.at, line);
        line.extend_from_slice(b"] ");
        if let Some(session) = session.filter(|_| shows_session) {
            push_padded(line, &session, SESSION);
            line.extend_from_slice(b" | ");
        }
        push_padded(line, &component, COMPONENT);
        line.extend_from_slice(b" | ");
        let message = width::truncated(message, columns.saturating_sub(head + tail_width));
        let wanted = if shows_tokens { MESSAGE.saturating_sub(component_width - COMPONENT) } else { 0 };
        let room = wanted.min(columns.saturating_sub(head + tail_width));
        self.push_toned(line, row.tone, &message, room);
        if shows_tokens {
            self.push_tokens(line, row);
        }
        if shows_total {
            self.push_total(line, row);
        }
        line.push(b'\n');
    }

    fn push_tokens(&self, line: &mut Vec<u8>, row: &Row<'_>) {
        line.extend_from_slice(b" | ");
        push_number(line, row.added < 0, row.added.unsigned_abs(), TOKENS);
        line.extend_from_slice(b" tokens");
    }

    fn push_total(&self, line: &mut Vec<u8>, row: &Row<'_>) {
        line.extend_from_slice(b" | Total: ");
        match row.total_tone {
            Some(tone) => {
                let mut number = Vec::new();
                push_number(&mut number, false, row.total, TOTAL);
                self.push_toned(line, Some(tone), &String::from_utf8_lossy(&number), 0);
            }
            None => push_number(line, false, row.total, TOTAL),
        }
    }

    /// Appends text in a tone, and spaces up to `room` columns.
    fn push_toned(&self, line: &mut Vec<u8>, tone: Option<Tone>, text: &str, room: usize) {
        match tone.filter(|_| self.palette.is_on()) {
            Some(tone) => {
                line.extend_from_slice(self.palette.paint(tone, text).as_bytes());
                push_spaces(line, room.saturating_sub(columns_of(text)));
            }
            None => push_padded(line, text, room),
        }
    }
}

/// Text from outside on one line of a terminal.
#[inline]
fn harmless(text: Text<'_>) -> Cow<'_, str> {
    match text.as_plain() {
        Some(text) if is_ordinary(text) => Cow::Borrowed(text),
        _ => Cow::Owned(escape::one_line(&text.decode()).into_owned()),
    }
}

#[inline]
fn harmless_id(id: &str) -> Cow<'_, str> {
    if is_ordinary(id) { Cow::Borrowed(id) } else { escape::for_terminal(id) }
}

/// Printable ASCII, and no space that [`escape::one_line`] would take out.
#[inline]
fn is_ordinary(text: &str) -> bool {
    // Without an early way out, so that many bytes are looked at at once.
    let bytes = text.as_bytes();
    let is_printable = bytes.iter().fold(true, |all, byte| all & (b' '..=b'~').contains(byte));
    let behind = bytes.get(1..).unwrap_or(&[]);
    let has_gap = bytes.iter().zip(behind).fold(false, |any, (a, b)| any | ((*a == b' ') & (*b == b' ')));
    is_printable && !has_gap && !text.starts_with(' ') && !text.ends_with(' ')
}

#[inline]
fn columns_of(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { width::columns(text) }
}

#[inline]
fn push_padded(line: &mut Vec<u8>, text: &str, room: usize) {
    line.extend_from_slice(text.as_bytes());
    push_spaces(line, room.saturating_sub(columns_of(text)));
}

#[inline]
fn push_spaces(line: &mut Vec<u8>, count: usize) {
    const SPACES: [u8; 32] = [b' '; 32];
    line.extend_from_slice(&SPACES[..count.min(SPACES.len())]);
}

/// Appends a number with its thousands apart, to the right of `room` columns.
#[inline]
fn push_number(line: &mut Vec<u8>, is_negative: bool, mut number: u64, room: usize) {
    // 20 digits, 6 commas, a sign.
    let mut text = [b' '; 32];
    let mut start = text.len();
    let mut digits = 0;
    loop {
        if digits > 0 && digits % 3 == 0 {
            start -= 1;
            text[start] = b',';
        }
        start -= 1;
        text[start] = b'0' + u8::try_from(number % 10).unwrap_or(0);
        number /= 10;
        digits += 1;
        if number == 0 {
            break;
        }
    }
    if is_negative {
        start -= 1;
        text[start] = b'-';
    }
    line.extend_from_slice(&text[start.min(text.len() - room)..]);
}

#[cfg(test)]
mod tests {
    use chrono_tz::Tz;
    use proptest::prelude::*;
    use sigil_cli::number::thousands;

    use super::*;

    fn row<'a>(component: &'a str, message: &'a str) -> Row<'a> {
        Row {
            at: Some(Timestamp { us: 1_768_126_532_123_456, offset_s: 0, zoned: false }),
            session: None,
            component: Some(Text::plain(component)),
            message: Some(Text::plain(message)),
            added: 50,
            total: 50,
            tone: None,
            total_tone: None,
        }
    }

    fn shown(row: &Row<'_>, palette: Palette, columns: Option<usize>) -> String {
        let mut line = Vec::new();
        Rows::new(Clock::new(Tz::UTC), palette, columns).write(row, &mut line);
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn a_line_is_the_guide_s() {
        let line = "[10:15:32.123] routing    | Intent classified          |    50 tokens | Total:     50\n";
        assert_eq!(shown(&row("routing", "Intent classified"), Palette::PLAIN, None), line);
        assert_eq!(shown(&row("routing", "Intent classified"), Palette::COLORED, Some(120)), line);
    }

    #[test]
    fn what_is_longer_pushes_the_rest_and_a_component_takes_from_its_message() {
        let text = shown(&row("orchestrator", "Starting"), Palette::PLAIN, None);
        let line = "[10:15:32.123] orchestrator | Starting                 |    50 tokens | Total:     50\n";
        assert_eq!(text, line);
        let long = "x".repeat(40);
        let text = shown(&row("routing", &long), Palette::PLAIN, None);
        assert_eq!(text, format!("[10:15:32.123] routing    | {long} |    50 tokens | Total:     50\n"));
    }

    #[test]
    fn on_a_terminal_the_message_gives_way_then_the_total_then_the_rest() {
        let long = "a message that is rather long for a terminal";
        let shown = |columns| shown(&row("routing", long), Palette::PLAIN, Some(columns));
        insta::assert_snapshot!([120, 80, 60, 40, 20].map(shown).concat(), @r"
        [10:15:32.123] routing    | a message that is rather long for a terminal |    50 tokens | Total:     50
        [10:15:32.123] routing    | a message that is ra… |    50 tokens | Total:     50
        [10:15:32.123] routing    | a message that i… |    50 tokens
        [10:15:32.123] routing    | a message t…
        [10:15:32.123] routing    |
        ");
    }

    #[test]
    fn several_sessions_are_told_apart() {
        let row = Row { session: Some("agent:main:discord:1"), ..row("routing", "Intent classified") };
        let lines = [None, Some(120), Some(90), Some(50)].map(|columns| shown(&row, Palette::PLAIN, columns));
        insta::assert_snapshot!(lines.concat(), @r"
        [10:15:32.123] agent:main:discord:1 | routing    | Intent classified          |    50 tokens | Total:     50
        [10:15:32.123] agent:ma…scord:1 | routing    | Intent classified          |    50 tokens | Total:     50
        [10:15:32.123] agent:ma…scord:1 | routing    | Intent clas… |    50 tokens | Total:     50
        [10:15:32.123] routing    | Intent classified
        ");
    }

    #[test]
    fn tones_are_put_around_the_words_alone() {
        let row = Row { tone: Some(Tone::Bad), total_tone: Some(Tone::Warning), ..row("routing", "No") };
        insta::assert_snapshot!(shown(&row, Palette::COLORED, None).escape_debug().to_string(), @r"[10:15:32.123] routing    | \u{1b}[31mNo\u{1b}[0m                         |    50 tokens | Total: \u{1b}[33m    50\u{1b}[0m\n");
        assert!(!shown(&row, Palette::PLAIN, None).contains('\x1b'));
    }

    #[test]
    fn hostile_words_are_harmless() {
        let text = shown(&row("rou\x1b[2Jting", "a\n\u{202e}b"), Palette::COLORED, Some(200));
        assert!(text.contains("rou\\x1b[2Jting") && text.contains("a \\u{202e}b"), "{text}");
    }

    proptest! {
        #[test]
        fn numbers_are_those_of_everywhere(number in any::<u64>(), is_negative in any::<bool>(), room in 0_usize..12) {
            let mut line = Vec::new();
            push_number(&mut line, is_negative, number, room);
            let sign = if is_negative { "-" } else { "" };
            let expected = format!("{:>room$}", format!("{sign}{}", thousands(number)));
            prop_assert_eq!(String::from_utf8(line).unwrap(), expected);
        }

        #[test]
        fn no_line_is_wider_than_the_terminal(
            component in "\\PC{0,20}", message in "\\PC{0,60}", session in proptest::option::of("\\PC{0,30}"),
            total in any::<u64>(), columns in 40_usize..200,
        ) {
            let row = Row { session: session.as_deref(), total, ..row(&component, &message) };
            let line = shown(&row, Palette::PLAIN, Some(columns));
            prop_assert!(width::columns(line.trim_end_matches('\n')) <= columns, "{line}");
        }

        #[test]
        fn the_quick_way_is_the_same(text in "[ -~é\u{1b}]{0,12}") {
            if is_ordinary(&text) {
                prop_assert_eq!(escape::one_line(&text), text.as_str());
            }
        }
    }
}
