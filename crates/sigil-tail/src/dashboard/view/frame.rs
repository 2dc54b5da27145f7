//! Lines around and between what is shown.

use sigil_cli::Tone;

use super::strip::Strip;

/// A line from edge to edge: `left`, a title if there is one, something at the right, `right`.
fn line(left: &str, title: Strip, right_text: Strip, right: &str, columns: usize) -> Strip {
    let faint = |text: &str| Strip::default().toned(Tone::Faint, text);
    let Some(inner) = columns.checked_sub(2) else { return Strip::default().fitted(columns) };
    let spaced =
        |strip: Strip| if strip.columns() == 0 { strip } else { Strip::of(" ").then(strip).text(" ") };
    let (title, right_text) = (spaced(title), spaced(right_text));
    // The line shows at both ends if it can.
    let room = inner.saturating_sub(2);
    let right_text = if right_text.columns() + 8 > room { Strip::default() } else { right_text };
    let title_room = room.saturating_sub(right_text.columns());
    let title = if title.columns() > title_room { title.fitted(title_room) } else { title };
    let gap = inner.saturating_sub(1 + title.columns() + right_text.columns() + 1);
    faint(left)
        .then(faint("─"))
        .then(title)
        .then(faint(&"─".repeat(gap)))
        .then(right_text)
        .then(faint("─"))
        .then(faint(right))
        .fitted(columns)
}

/// The upper edge.
pub(crate) fn top(title: Strip, right: Strip, columns: usize) -> Strip {
    line("┌", title, right, "┐", columns)
}

/// The lower edge.
pub(crate) fn bottom(columns: usize) -> Strip {
    line("└", Strip::default(), Strip::default(), "┘", columns)
}

/// A line between two sections.
pub(crate) fn rule(title: &str, right: Strip, columns: usize) -> Strip {
    line("├", Strip::default().toned(Tone::Strong, title), right, "┤", columns)
}

/// A line between two sections, of which the lower ones stand beside each other, the left one on `left` columns.
pub(crate) fn rule_of_two(titles: [&str; 2], left: usize, columns: usize) -> Strip {
    let strong = |text: &str| Strip::default().toned(Tone::Strong, text);
    let none = Strip::default;
    let right = columns.saturating_sub(left + 1);
    let mut first = line("├", strong(titles[0]), none(), "┬", left + 2);
    // The corner belongs to both.
    let corner = first.pieces.pop();
    let mut second = line("┬", strong(titles[1]), none(), "┤", right);
    second.pieces.drain(..usize::from(!second.pieces.is_empty()));
    first.pieces.extend(corner);
    first.then(second).fitted(columns)
}

/// The line, ending what was divided above it at column `left + 1`.
pub(crate) fn closing(mut strip: Strip, left: Option<usize>) -> Strip {
    let Some(left) = left else { return strip };
    let mut at = left + 1;
    for piece in &mut strip.pieces {
        if at < piece.columns {
            // A title may stand there.
            if let Some((byte, '─')) = piece.text.char_indices().nth(at) {
                piece.text.replace_range(byte..byte + '─'.len_utf8(), "┴");
            }
            break;
        }
        at -= piece.columns;
    }
    strip
}

/// A row between the edges.
pub(crate) fn side(strip: Strip, columns: usize) -> Strip {
    let Some(inner) = columns.checked_sub(4) else { return strip.fitted(columns) };
    let edge = |text: &str| Strip::default().toned(Tone::Faint, text);
    edge("│ ").then(strip.fitted(inner)).then(edge(" │"))
}

/// The selected row between the edges.
pub(crate) fn marked(strip: Strip, columns: usize) -> Strip {
    let Some(inner) = columns.checked_sub(4) else { return strip.fitted(columns) };
    let edge = |text: &str| Strip::default().toned(Tone::Faint, text);
    edge("│").then(Strip::of("▸").then(strip.fitted(inner)).marked()).then(edge(" │"))
}

/// A row of two strips between the edges, the left one on `left` columns with its margins.
pub(crate) fn sides(first: Strip, second: Strip, left: usize, columns: usize) -> Strip {
    let faint = |text: &str| Strip::default().toned(Tone::Faint, text);
    let right = columns.saturating_sub(left + 3);
    faint("│ ")
        .then(first.fitted(left.saturating_sub(2)))
        .then(faint(" │ "))
        .then(second.fitted(right.saturating_sub(2)))
        .then(faint(" │"))
        .fitted(columns)
}
