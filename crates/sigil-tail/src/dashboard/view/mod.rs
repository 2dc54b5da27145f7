//! The screen as rows of text: what stands where, for every size.
//!
//! Everything is laid out as [`Strip`]s, whether it is then drawn on a terminal or printed.

mod budget;
mod chart;
mod frame;
mod help;
pub(crate) mod list;
mod look;
mod panel;
mod sections;
mod strip;

use chrono_tz::Tz;
use sigil_cli::Tone;
use sigil_cli::number::thousands;

use super::choice::Choice;
use super::figures::{Panel, Row, Totals};
pub(crate) use look::Look;
pub(crate) use strip::{Piece, Strip};

/// From how many columns on list and panel stand beside each other.
const WIDE: usize = 120;

/// Everything that is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown<'a> {
    /// The sessions that pass the filter, in order.
    pub(crate) rows: &'a [Row],
    pub(crate) totals: &'a Totals,
    /// The selected session; nothing if there is none.
    pub(crate) panel: Option<&'a Panel>,
    pub(crate) choice: &'a Choice,
    pub(crate) now_us: i64,
    pub(crate) zone: Tz,
}

/// Which parts of the screen there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parts {
    List,
    Panel,
    Both { list: usize },
}

impl Shown<'_> {
    fn parts(&self, columns: usize) -> Parts {
        let is_one = self.totals.sessions <= 1;
        match self.panel {
            None if is_one && self.choice.filter.is_empty() => Parts::Panel,
            None => Parts::List,
            Some(_) if is_one || self.choice.is_open => Parts::Panel,
            Some(_) if columns >= WIDE => Parts::Both { list: (columns * 2 / 5).min(76) },
            Some(_) => Parts::List,
        }
    }
}

/// The whole screen: exactly `rows` rows of `columns` columns.
pub(crate) fn screen(shown: &Shown<'_>, columns: usize, rows: usize, look: Look) -> Vec<Strip> {
    let Some(body) = rows.checked_sub(1) else { return Vec::new() };
    let mut out =
        if shown.choice.shows_help { help::help(columns, body) } else { main(shown, columns, body, look) };
    out.truncate(body);
    out.resize_with(body, || Strip::default().fitted(columns));
    out.push(foot(shown, columns));
    out
}

fn main(shown: &Shown<'_>, columns: usize, rows: usize, look: Look) -> Vec<Strip> {
    match (shown.parts(columns), shown.panel) {
        (Parts::Panel, Some(panel)) => panel::panel(panel, columns, Some(rows), shown.zone, look),
        (Parts::Both { list }, Some(panel)) => {
            let left = list::list(shown, list, Some(rows), look);
            let right = panel::panel(panel, columns - list, Some(rows), shown.zone, look);
            let both = left.into_iter().zip(right);
            both.map(|(left, right)| left.then(right)).collect()
        }
        _ => list::list(shown, columns, Some(rows), look),
    }
}

/// The last row: what can be pressed, or what is being typed.
fn foot(shown: &Shown<'_>, columns: usize) -> Strip {
    let choice = shown.choice;
    if choice.is_typing {
        return Strip::of(" /").toned(Tone::Strong, &choice.filter).text("_").fitted(columns);
    }
    let mut right = Strip::default();
    if shown.totals.malformed > 0 {
        let lines = if shown.totals.malformed == 1 { "line" } else { "lines" };
        let text = format!("{} malformed {lines} ", thousands(shown.totals.malformed));
        right = right.toned(Tone::Warning, &text);
    }
    let keys: &[(&str, &str)] = match shown.parts(columns) {
        _ if choice.shows_help => &[("any key", "back"), ("q", "quit")],
        Parts::Panel if shown.totals.sessions <= 1 => &[("q", "quit"), ("?", "help")],
        Parts::Panel => &[("q", "quit"), ("?", "help"), ("Esc", "list"), ("j/k", "next, previous")],
        _ => &[
            ("q", "quit"),
            ("?", "help"),
            ("j/k", "move"),
            ("Enter", "open"),
            ("/", "filter"),
            ("s", "sort"),
        ],
    };
    let mut strip = Strip::default();
    for (key, what) in keys {
        strip = strip.text(" ").toned(Tone::Strong, key).toned(Tone::Faint, &format!(" {what} "));
    }
    if !choice.filter.is_empty() {
        strip = strip.toned(Tone::Warning, &format!(" filter: {}", choice.filter));
    }
    strip.opposite(right, columns)
}

/// As many rows as it takes: the one session there is, else the list.
pub(crate) fn text(shown: &Shown<'_>, columns: usize, look: Look) -> Vec<Strip> {
    match shown.panel {
        Some(panel) => panel::panel(panel, columns, None, shown.zone, look),
        None => list::list(shown, columns, None, look),
    }
}
