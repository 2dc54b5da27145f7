//! Which lines are text, and what becomes of them.

use sigil_event::Sink;
use sigil_event::scan::Scanner;

use super::{Decoder, Format, FormatChoice, hand_on, higress, text};
use crate::line;

impl Decoder {
    /// Whether a line is text, if that can be told.
    pub(super) fn is_text(&self, line: &str) -> Option<bool> {
        match (self.choice, self.has_object) {
            (FormatChoice::Only(format), _) => Some(format == Format::Text),
            (FormatChoice::Auto, Some(true)) => Some(false),
            (FormatChoice::Auto, _) if !self.takes_text || self.owner.is_json => Some(false),
            // Text may hold anything between its lines, once it has begun.
            (FormatChoice::Auto, Some(false)) if line.starts_with('{') => {
                let has_begun = self.log.as_ref().is_some_and(|log| log.has_begun());
                Some(has_begun && !shows_object(line))
            }
            (FormatChoice::Auto, Some(false)) => Some(true),
            (FormatChoice::Auto, None) => (line.starts_with('{') && shows_object(line)).then_some(false),
        }
    }

    pub(super) fn text(&mut self, line: &str, offset: u64, sink: &mut impl Sink) {
        if !self.takes_text {
            return;
        }
        let Some(mut log) = self.log.take() else {
            self.lacks_carry = true;
            return;
        };
        self.tally.recognised += 1;
        let Self { clock, owner, now_us, disclosure, estimates, is_live, .. } = self;
        let reading = text::Reading { now_us: *now_us, estimates: *estimates, is_live: *is_live };
        log.read(line, offset, reading, clock, &mut |entry| {
            hand_on(entry.event(owner), *disclosure, entry.offset, sink);
        });
        self.log = Some(log);
    }

    /// What a gateway's plugin writes into a log of text.
    #[cold]
    pub(super) fn gateway_line(
        &mut self,
        line: &str,
        bytes: &[u8],
        offset: u64,
        number: u64,
        sink: &mut impl Sink,
    ) {
        let Some((line, _)) = self.recover(line) else {
            return self.text(&line::as_written(bytes), offset, sink);
        };
        self.finish_text(sink);
        let estimates = self.estimates;
        if let Some(defect) = line.events(estimates, &mut |event| self.emit(event, offset, sink)) {
            sink.defect(number, defect);
        }
    }

    /// Hands on the last event of a log of text.
    pub(super) fn finish_text(&mut self, sink: &mut impl Sink) {
        let Self { log, owner, disclosure, .. } = self;
        if let Some(log) = log {
            log.flush(&mut |entry| hand_on(entry.event(owner), *disclosure, entry.offset, sink));
        }
    }
}

/// Whether a line begins with a whole object, or with what is left of a gateway's.
fn shows_object(line: &str) -> bool {
    Scanner::new(line).object(|_, scanner| scanner.skip()).is_ok()
        || (higress::may_hold(line) && higress::recover(line).is_some())
}
