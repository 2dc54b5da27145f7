//! Sessions below each other.

use chrono_tz::Tz;
use sigil_cli::number::{duration, money, percent_of_part, percent_of_whole, thousands};
use sigil_cli::{Tone, escape, width};
use sigil_summary::budget::level;

use super::look::Look;
use super::sections::civil;
use super::strip::Strip;
use super::{Shown, frame};
use crate::dashboard::choice::Order;
use crate::dashboard::figures::{Row, Totals, tone};

/// Below so many columns room is short.
const NARROW: usize = 60;

/// The columns that an id should have.
const ID: usize = 16;

/// What a column shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Column {
    Status,
    Tokens,
    Used,
    Bar,
    Cost,
    Rate,
    Last,
}

impl Column {
    /// In the order in which they stand.
    const ALL: [Self; 7] =
        [Self::Status, Self::Tokens, Self::Bar, Self::Used, Self::Cost, Self::Rate, Self::Last];
    /// In the order in which they are worth their room.
    const RANKED: [Self; 7] =
        [Self::Status, Self::Used, Self::Tokens, Self::Last, Self::Cost, Self::Rate, Self::Bar];

    fn title(self) -> &'static str {
        match self {
            Self::Status => "STATUS",
            Self::Tokens => "TOKENS",
            Self::Used => "USED",
            Self::Bar => "",
            Self::Cost => "COST",
            Self::Rate => "PER MIN",
            Self::Last => "LAST",
        }
    }

    fn columns(self) -> usize {
        match self {
            Self::Status => 8,
            Self::Tokens => 9,
            Self::Used | Self::Cost | Self::Rate => 8,
            Self::Bar | Self::Last => 10,
        }
    }

    fn cell(self, row: &Row, shown: &Shown<'_>, look: Look) -> Strip {
        let (text, tone) = match self {
            Self::Status => return Strip::default().toned(row.state.tone(), row.state.word()).fitted(8),
            Self::Bar => return bar(row, look),
            Self::Tokens => (short(row.standing.used), None),
            Self::Used => used(row),
            Self::Cost => (row.cost.map_or_else(String::new, money), None),
            Self::Rate => {
                let rate = row.per_minute.filter(|_| row.state.is_live());
                (rate.map_or_else(String::new, short), None)
            }
            Self::Last => (last(row, shown.now_us, shown.zone), Some(Tone::Faint)),
        };
        let strip = match tone {
            Some(tone) => Strip::default().toned(tone, &text),
            None => Strip::of(&text),
        };
        Strip::default().opposite(strip, self.columns())
    }
}

/// `1,234,567`, and `12.3M` where that would take more room.
fn short(number: u64) -> String {
    match number as f64 {
        _ if number < 10_000_000 => thousands(number),
        float if number < 1_000_000_000 => format!("{:.1}M", float / 1e6),
        float => format!("{:.1}G", float / 1e9),
    }
}

/// The share of the budget; where there is none, that of the context.
fn used(row: &Row) -> (String, Option<Tone>) {
    if let Some((budget, level)) = row.standing.budget.zip(row.standing.level()) {
        return (percent_of_whole(row.standing.used, budget), Some(tone(level)));
    }
    match row.context.as_ref().and_then(|context| Some((context.tokens, context.window?))) {
        Some((tokens, window)) => {
            (format!("{}c", percent_of_part(tokens, window)), Some(tone(level(tokens, window))))
        }
        None => (String::new(), None),
    }
}

fn bar(row: &Row, look: Look) -> Strip {
    let context = || row.context.as_ref().and_then(|context| Some((context.tokens, context.window?)));
    let share = row.standing.budget.map(|budget| (row.standing.used, budget)).or_else(context);
    match share {
        Some((used, whole)) => look.bar(used, whole, tone(level(used, whole)), Column::Bar.columns()),
        None => Strip::default().fitted(Column::Bar.columns()),
    }
}

/// When the last event was: how long ago, on which time of the day, or on which day.
fn last(row: &Row, now_us: i64, zone: Tz) -> String {
    const HOUR: i64 = 3_600_000_000;
    let Some(last_us) = row.last_us else { return String::new() };
    let (now, last) = (civil(now_us, zone), civil(last_us, zone));
    match now_us.saturating_sub(last_us).max(0) {
        age if age < HOUR => {
            let text = duration(age.unsigned_abs());
            // Tenths of seconds flicker.
            let (number, rest) = text.split_once('.').unwrap_or((&text, ""));
            if rest.is_empty() { text } else { format!("{number}s") }
        }
        _ if now.date() == last.date() => last.format("%H:%M").to_string(),
        _ => last.format("%Y-%m-%d").to_string(),
    }
}

/// Which columns there is something for, and room; first of all the one that the list is sorted by.
fn columns_for(rows: &[Row], order: Order, columns: usize) -> Vec<Column> {
    let sorted_by = match order {
        Order::Tokens => Some(Column::Tokens),
        Order::Cost => Some(Column::Cost),
        Order::Rate => Some(Column::Rate),
        Order::Status | Order::Id => None,
    };
    let mut left = columns.saturating_sub(ID);
    let mut chosen = Vec::new();
    let is_filled = |column: &Column| match column {
        Column::Cost => rows.iter().any(|row| row.cost.is_some()),
        Column::Rate => rows.iter().any(|row| row.state.is_live()),
        _ => true,
    };
    let ranked = Column::RANKED.into_iter().filter(|column| sorted_by != Some(*column));
    for column in sorted_by.into_iter().chain(ranked).filter(is_filled) {
        if left > column.columns() {
            left -= column.columns() + 1;
            chosen.push(column);
        } else {
            break;
        }
    }
    Column::ALL.into_iter().filter(|column| chosen.contains(column)).collect()
}

/// How many sessions are shown on so many rows.
pub(crate) fn page(rows: usize) -> usize {
    rows.saturating_sub(4).max(1)
}

/// The list on `columns` columns and exactly `rows` rows, or as many as it takes.
pub(super) fn list(shown: &Shown<'_>, columns: usize, rows: Option<usize>, look: Look) -> Vec<Strip> {
    let inner = columns.saturating_sub(4);
    let chosen = columns_for(shown.rows, shown.choice.order, inner);
    let taken: usize = chosen.iter().map(|column| column.columns() + 1).sum();
    let id_columns = inner.saturating_sub(taken);
    let title = Strip::default().toned(Tone::Strong, "SESSIONS");
    let order = Strip::default().toned(Tone::Faint, &format!("by {}", shown.choice.order.name()));
    let mut out = vec![frame::top(title, order, columns), frame::side(totals(shown.totals, inner), columns)];

    let mut heading = Strip::default().toned(Tone::Faint, "ID").fitted(id_columns);
    for column in &chosen {
        let text = Strip::default().toned(Tone::Faint, column.title());
        let text = if *column == Column::Status {
            text.fitted(column.columns())
        } else {
            Strip::default().opposite(text, column.columns())
        };
        heading = heading.text(" ").then(text);
    }
    out.push(frame::side(heading, columns));

    let fitting = rows.map_or(shown.rows.len(), page);
    let index = shown.choice.index(shown.rows);
    // As far down as it must be for the selected one to be seen, with what comes behind it if that fits.
    let first = (index + 1 + fitting / 2).min(shown.rows.len()).saturating_sub(fitting).min(index);
    for (number, row) in shown.rows.iter().enumerate().skip(first).take(fitting) {
        let id = escape::for_terminal(&row.id);
        let mut strip = Strip::of(&width::abridged(&id, id_columns)).fitted(id_columns);
        for column in &chosen {
            strip = strip.text(" ").then(column.cell(row, shown, look));
        }
        let is_selected = number == index && rows.is_some();
        out.push(if is_selected { frame::marked(strip, columns) } else { frame::side(strip, columns) });
    }
    if shown.rows.is_empty() {
        let text = if shown.totals.sessions == 0 {
            "Waiting for sessions..."
        } else {
            "No session matches the filter."
        };
        out.push(frame::side(Strip::default().toned(Tone::Faint, text), columns));
    }
    if let Some(rows) = rows {
        while out.len() + 1 < rows {
            out.push(frame::side(Strip::default(), columns));
        }
        out.truncate(rows.saturating_sub(1));
    }
    out.push(frame::bottom(columns));
    out
}

/// What all come to, as much of it as there is room for.
fn totals(totals: &Totals, columns: usize) -> Strip {
    // On a narrow list large numbers are short, as in its columns.
    let number = if columns < NARROW { short } else { thousands };
    let sessions = if totals.sessions == 1 { "session" } else { "sessions" };
    let mut strip = Strip::of(&format!("{} {sessions}", thousands(totals.sessions as u64)));
    let mut parts = vec![(None, format!("{} running", thousands(totals.live as u64)))];
    if totals.failed > 0 {
        parts.push((Some(Tone::Bad), format!("{} failed", thousands(totals.failed as u64))));
    }
    parts.push((Some(Tone::Strong), format!("{} tokens", number(totals.tokens))));
    parts.extend(totals.cost.map(|cost| (None, money(cost))));
    if totals.per_minute > 0 {
        parts.push((None, format!("{}/min", number(totals.per_minute))));
    }
    for (tone, text) in parts {
        if strip.columns() + text.len() + 2 <= columns {
            strip = strip.text(", ");
            strip = tone.map_or_else(|| strip.clone().text(&text), |tone| strip.clone().toned(tone, &text));
        }
    }
    strip
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_short() {
        for (number, text) in
            [(0, "0"), (9_999_999, "9,999,999"), (139_010_444, "139.0M"), (u64::MAX, "18446744073.7G")]
        {
            assert_eq!(short(number), text);
        }
    }
}
