//! Sigil's own execution log (guide 4.2).

use sigil_event::scan::{Scanner, Value};
use sigil_event::{EventRef, Malformed, Parsed, Text};

use super::{Seen, is_claude_type};

/// Whether a key, beside those of the event model, tells [`scan`] anything.
pub(super) fn is_foreign(key: &str) -> bool {
    matches!(key, "type" | "sessionId" | "uuid")
}

/// Scans one object as a Sigil event. Beside it stands the `sessionId` of a line that may be no Sigil
/// line at all.
#[inline]
pub(super) fn scan<'a>(scanner: &mut Scanner<'a>) -> Result<(Parsed<'a>, Seen, Option<Text<'a>>), Malformed> {
    let mut seen = Seen::default();
    let mut session = None;
    let parsed = EventRef::scan(scanner, |key, value| match &*key.decode() {
        "type" => seen.claude_type = is_claude_type(value),
        "sessionId" => {
            seen.claude_key = true;
            session = value.text();
        }
        "uuid" => seen.claude_key = true,
        "message" => seen.claude_key |= matches!(value, Value::Nested(json) if json.starts_with('{')),
        _ => {}
    })?;
    let event = &parsed.event;
    seen.sigil = event.type_name.is_some() || event.component.is_some() || event.tokens.is_some();
    Ok((parsed, seen, session))
}
