//! Logs as the tests need them: small, readable, the same bytes every time.
//!
//! Every maker gives whole lines, each with its newline, so that they can be joined as they are.

pub mod claude;
pub mod codex;
mod guide;

pub use guide::{GuideSession, guide_session, store};

use serde_json::ser::{Formatter, Serializer};
use std::io;

/// `text` as a JSON string, with its quotes.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The same lines with a space after every `:` and `,`, as some writers leave them.
///
/// Keys come out in alphabetical order.
///
/// # Panics
///
/// When a line is not JSON.
pub fn spaced(lines: &str) -> String {
    let mut out = Vec::new();
    for line in lines.lines() {
        let value: serde_json::Value = serde_json::from_str(line).expect("sample lines are JSON");
        let mut serializer = Serializer::with_formatter(&mut out, Spaced);
        serde::Serialize::serialize(&value, &mut serializer).expect("memory takes every write");
        out.push(b'\n');
    }
    String::from_utf8(out).expect("JSON is UTF-8")
}

struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        out.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        out.write_all(if first { b"" } else { b", " })
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }
}

/// A line of a log: an event of `session` in `component` with `tokens`, without a time.
pub fn event(session: &str, event_type: &str, component: &str, tokens: u64) -> String {
    format!(
        "{{\"session_id\":\"{session}\",\"event_type\":\"{event_type}\",\"component\":\"{component}\",\"tokens\":{tokens}}}\n"
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn spaces_follow_colons_and_commas() {
        assert_eq!(super::spaced("{\"a\":[1,2],\"b\":{}}\n"), "{\"a\": [1, 2], \"b\": {}}\n");
    }
}
