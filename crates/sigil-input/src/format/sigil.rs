//! Sigil's own execution log (guide 4.2).

use sigil_event::scan::Scanner;
use sigil_event::{EventRef, Malformed, Parsed, Text};

use super::Seen;

/// Scans one object as a Sigil event. Beside it stands the `sessionId` of a line that may be no Sigil
/// line at all.
#[inline]
pub(super) fn scan<'a>(scanner: &mut Scanner<'a>) -> Result<(Parsed<'a>, Seen, Option<Text<'a>>), Malformed> {
    let mut seen = Seen::default();
    let (mut session, mut has_nested_tokens) = (None, false);
    let parsed = EventRef::scan(scanner, |key, value| {
        let key = key.decode();
        seen.note(&key, value);
        if key == "sessionId" {
            session = value.text();
        }
        // Other programs keep their counts in an object of that name.
        has_nested_tokens |= key == "tokens";
    })?;
    let event = &parsed.event;
    let has_tokens = event.tokens.is_some() && !has_nested_tokens;
    seen.note_sigil(event.type_name.is_some() || event.component.is_some() || has_tokens);
    Ok((parsed, seen, session))
}
