//! Which keys there are.

use sigil_cli::Tone;

use super::frame;
use super::strip::Strip;

const KEYS: [(&str, &str); 13] = [
    ("j, k, arrows", "move through the sessions"),
    ("g, G", "to the first, to the last"),
    ("PgUp, PgDn", "a page up, a page down"),
    ("Enter", "open the selected session"),
    ("Esc", "back to the list; drop the filter"),
    ("/", "show only sessions with this text"),
    ("s", "sort by status, tokens, cost, rate, id"),
    ("Ctrl-L", "draw the screen again"),
    ("?", "this help"),
    ("Ctrl-Z", "back to the shell until fg"),
    ("q, Ctrl-C", "quit"),
    ("STALE", "running, but silent for --stale-after"),
    ("12.3%c", "of the model's context, not of a budget"),
];

/// The keys on `columns` columns and exactly `rows` rows.
pub(super) fn help(columns: usize, rows: usize) -> Vec<Strip> {
    let title = Strip::default().toned(Tone::Strong, "KEYS");
    let mut out = vec![frame::top(title, Strip::default(), columns)];
    for (keys, what) in KEYS {
        let strip = Strip::default().toned(Tone::Strong, &format!("{keys:<13}")).text(what);
        out.push(frame::side(strip, columns));
    }
    while out.len() + 1 < rows {
        out.push(frame::side(Strip::default(), columns));
    }
    out.truncate(rows.saturating_sub(1));
    out.push(frame::bottom(columns));
    out
}
