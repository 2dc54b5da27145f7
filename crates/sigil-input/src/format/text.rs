//! Lines of text, as programs write logs for people: an event each, but for those that go on with the one
//! above.

mod column;
mod cursor;
mod severity;
mod time;
mod trace;
mod words;

#[cfg(test)]
mod tests;

use sigil_event::Written;

use self::severity::Severity;
use self::time::Stamp;
use self::trace::Above;

/// The first line of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Line<'a> {
    /// When, if the line says so.
    pub(super) stamp: Option<Written>,
    /// How bad it is.
    pub(super) severity: Severity,
    /// What it says, without the time if it begins with that.
    pub(super) message: &'a str,
}

/// Reads the lines of one log, in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Reader {
    above: Above,
}

impl Reader {
    /// Reads a line, with the white space that it begins with; none if it goes on with the event above.
    /// Times without a year are of the last year in which they are not after `now_us`.
    pub(super) fn read<'a>(&mut self, line: &'a str, now_us: i64) -> Option<Line<'a>> {
        let line = line.trim_end();
        let stamp = Stamp::find(line, now_us);
        if let Some(above) = self.above.next(line, stamp.as_ref()) {
            self.above = above;
            return None;
        }
        let severity = Severity::of(line, stamp.as_ref());
        self.above = Above::first(line, stamp.as_ref(), severity);
        let behind = stamp.filter(|stamp| stamp.leads).and_then(|stamp| line.get(stamp.end..));
        // Brackets around the time, and what keeps it apart.
        let message = behind.unwrap_or(line).trim_start_matches([' ', '\t', ']', ')', '>', ',', ':', '|']);
        Some(Line { stamp: stamp.map(|stamp| stamp.written), severity, message })
    }
}
