//! Sigil's own execution log (guide 4.2).

use sigil_event::scan::Scanner;
use sigil_event::{EventRef, Malformed, Parsed, Text};

use super::Seen;

/// Scans one object as a Sigil event. Beside it stands the `sessionId` of a line that may be no Sigil
/// line at all.
#[inline]
pub(super) fn scan<'a>(scanner: &mut Scanner<'a>) -> Result<(Parsed<'a>, Seen, Option<Text<'a>>), Malformed> {
    let mut seen = Seen::default();
    let mut session = None;
    let parsed = EventRef::scan(scanner, |key, value| {
        let key = key.decode();
        seen.note(&key, value);
        if key == "sessionId" {
            session = value.text();
        }
    })?;
    let event = &parsed.event;
    seen.note_sigil(event.type_name.is_some() || event.component.is_some() || event.tokens.is_some());
    Ok((parsed, seen, session))
}
