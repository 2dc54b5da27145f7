//! Lines without a whole object around `ai_log`.
//!
//! The gateway prints its line as text: quotes in a path or a user agent, and maps among the keys, stand
//! there unescaped. `ai_log` itself is escaped by its plugin. What matters beside it is looked for by name.
//! Some logs hold the object bare, behind `ai_log:` or behind the words of the plugin's own log.

use std::sync::LazyLock;

use memchr::memmem;
use sigil_event::Text;
use sigil_event::scan::Scanner;

use super::{AiLog, Line};

/// What the plugin writes before the object into its own log.
const WRITTEN: &str = "[ai_log] attributes to be written:";

/// What is looked for beside `ai_log`.
const KEYS: [&str; 17] = [
    "timestamp",
    "start_time",
    "__time__",
    "response_code",
    "response_flags",
    "response_code_details",
    "duration",
    "session_id",
    "model",
    "api",
    "response_type",
    "llm_service_duration",
    "input_token",
    "output_token",
    "total_token",
    "reasoning_tokens",
    "cached_tokens",
];

/// How many places are tried as that of `ai_log`: a path may hold these letters, too.
const PLACES: usize = 4;

/// Whether [`recover`] may find something in `text`: nearly never, at nearly no cost.
pub(in crate::format) fn may_hold(text: &str) -> bool {
    static NAME: LazyLock<memmem::Finder<'static>> = LazyLock::new(|| memmem::Finder::new("ai_log"));
    NAME.find(text.as_bytes()).is_some()
}

/// Reads what can be read of `text` if it is of this format, though no whole object: the line, and how many
/// bytes of `text` it takes; another may follow.
pub(in crate::format) fn recover(text: &str) -> Option<(Line<'_>, usize)> {
    memmem::find(text.as_bytes(), b"ai_log")?;
    if let Some(object) = text.strip_prefix("ai_log:").filter(|text| begins_value(text)) {
        let line = Line { ai_log: ai_log(object), ..Line::default() };
        return Some((line, text.len()));
    }
    if text.starts_with('{') {
        return recover_object(text);
    }
    let written = memmem::find(text.as_bytes(), WRITTEN.as_bytes());
    let object = written.and_then(|at| text.get(at + WRITTEN.len()..));
    if let Some(object) = object.filter(|text| begins_value(text)) {
        let line = Line { ai_log: ai_log(object), times: first_words(text), ..Line::default() };
        return Some((line, text.len()));
    }
    recover_object(text)
}

/// Whether what follows could have been written by a plugin, and not by somebody who writes about it.
fn begins_value(text: &str) -> bool {
    let text = text.trim();
    text == "-" || ["{\"", "{}", "\"{"].iter().any(|begin| text.starts_with(begin))
}

/// Reads an object that stands bare in a line. What follows it, such as a thread's number, is no part of it.
fn ai_log(text: &str) -> AiLog<'_> {
    if text.trim() == "-" {
        return AiLog::NoRequest;
    }
    AiLog::scan(&mut Scanner::new(text)).unwrap_or_else(AiLog::Malformed)
}

/// The times that a log may begin its lines with: a date and a time, or both in one word.
fn first_words(text: &str) -> [Option<Text<'_>>; 3] {
    let mut spaces = text.match_indices([' ', '\t']).map(|(at, _)| at);
    let (first, second) = (spaces.next(), spaces.next());
    let up_to = |end: Option<usize>| Some(Text::plain(text.get(..end?)?));
    [up_to(second), up_to(first), None]
}

fn recover_object(text: &str) -> Option<(Line<'_>, usize)> {
    let mut torn = None;
    for (at, value) in values(text, "ai_log").take(PLACES) {
        let rest = text.get(value..).unwrap_or("");
        let mut scanner = Scanner::new(rest);
        match AiLog::scan(&mut scanner) {
            Ok(ai_log) => {
                let behind = value + scanner.position();
                let (before, behind_text) = (text.get(..at)?, text.get(behind..)?);
                // Every value of such a line is a string, or a number at most.
                let seam = memmem::find(behind_text.as_bytes(), b"}{\"").map(|seam| behind + seam + 1);
                let end = seam.unwrap_or(text.len());
                let mut line = Line { ai_log, ..Line::default() };
                line.look_around(before, text.get(behind..end)?);
                return Some((line, end));
            }
            Err(why) => torn = torn.or(Some(why)),
        }
    }
    torn.map(|why| (Line { ai_log: AiLog::Malformed(why), ..Line::default() }, text.len()))
}

impl<'a> Line<'a> {
    /// Takes what matters from the texts before and behind `ai_log`.
    fn look_around(&mut self, before: &'a str, behind: &'a str) {
        for key in KEYS {
            for text in [before, behind] {
                let found = values(text, key).find_map(|(_, value)| {
                    let rest = text.get(value..)?;
                    let is_simple = rest.starts_with(|first: char| first == '"' || first.is_ascii_digit());
                    let mut scanner = Scanner::new(rest);
                    (is_simple && scanner.skip().is_ok() && ends(scanner.rest())).then_some(rest)
                });
                if let Some(rest) = found {
                    // It has just been read.
                    let _ = self.field(key, &mut Scanner::new(rest));
                    break;
                }
            }
        }
    }
}

/// Whether a value ends where `rest` begins.
fn ends(rest: &str) -> bool {
    rest.is_empty() || rest.starts_with([',', '}', ' '])
}

/// The places where `key` stands as one, and where its value begins.
fn values<'t>(text: &'t str, key: &'t str) -> impl Iterator<Item = (usize, usize)> + 't {
    let places = memmem::find_iter(text.as_bytes(), key.as_bytes());
    // The iterator borrows the key, not the finder that it builds.
    places.filter_map(move |at| {
        let before = text.get(..at)?.strip_suffix('"')?;
        if !before.trim_end().ends_with(['{', ',']) {
            return None;
        }
        let behind = text.get(at + key.len()..)?.strip_prefix('"')?.trim_start().strip_prefix(':')?;
        Some((before.len(), text.len() - behind.trim_start().len()))
    })
}
