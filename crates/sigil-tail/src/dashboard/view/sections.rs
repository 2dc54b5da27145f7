//! The parts of a session's panel, row by row (guide 3.1): head, components, performance, events.

use chrono_tz::Tz;
use sigil_cli::number::{duration, latency, percent_of_part, thousands};
use sigil_cli::{Tone, escape, width};
use sigil_event::Timestamp;
use sigil_summary::budget::level;
use sigil_summary::{Component, Status};

use super::look::Look;
use super::strip::Strip;
use crate::dashboard::figures::{Panel, tone};
use crate::monitor::RecentEvent;

/// `Routing` for `routing`, as the guide's screen has it.
fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// The session and how it fares, on one row.
pub(super) fn head(panel: &Panel, columns: usize) -> Strip {
    let right = state(panel, columns >= 60);
    let label = if columns >= 50 { "Session: " } else { "" };
    let room = columns.saturating_sub(right.columns() + label.len() + 2);
    let id = escape::for_terminal(&panel.row.id);
    let id = Strip::default().toned(Tone::Strong, &width::abridged(&id, room));
    Strip::of(label).then(id).opposite(right, columns)
}

/// The session, and how it fares, for both ends of a frame's edge.
pub(super) fn short_head(panel: &Panel, columns: usize) -> (Strip, Strip) {
    let right = Strip::default().toned(panel.row.state.tone(), panel.row.state.text());
    let room = columns.saturating_sub(right.columns() + 10);
    let id = escape::for_terminal(&panel.row.id);
    (Strip::default().toned(Tone::Strong, &width::abridged(&id, room)), right)
}

/// Status, time, retries and errors.
fn state(panel: &Panel, is_wide: bool) -> Strip {
    let state = panel.row.state;
    let mut strip = Strip::default();
    if is_wide {
        let counts = [("retry", "retries", panel.counts.retries), ("error", "errors", panel.counts.errors)];
        for (one, many, count) in counts.into_iter().filter(|(.., count)| *count > 0) {
            let tone = if one == "error" { Tone::Bad } else { Tone::Warning };
            let name = if count == 1 { one } else { many };
            strip = strip.toned(tone, &format!("{} {name}", thousands(count))).text("  ");
        }
        if let Some(us) = panel.elapsed_us {
            strip = strip.text(&format!("{}  ", duration(us)));
        }
        strip = strip.text("Status: ");
    }
    strip.toned(state.tone(), state.text())
}

/// Each component against its budget.
pub(super) fn components(panel: &Panel, count: usize, columns: usize, look: Look) -> Vec<Strip> {
    let shown = most_used(&panel.components, count);
    let name_columns = shown.iter().map(|part| width::columns(&part.name)).max().unwrap_or(0);
    let name_columns = name_columns.min(columns / 4).max(4);
    // What has no budget of its own is a part of the session's, else of all that is used.
    let whole =
        |part: &Component| part.allocated.or(panel.row.standing.budget).unwrap_or(panel.row.standing.used);
    let of_budget = |part: &Component| {
        let budget = part.allocated.map_or_else(String::new, |budget| format!(" / {}", thousands(budget)));
        (thousands(part.used), budget, percent_of_part(part.used, whole(part)))
    };
    let texts: Vec<_> = shown.iter().map(|part| of_budget(part)).collect();
    let widest = |of: fn(&(String, String, String)) -> usize| texts.iter().map(of).max().unwrap_or(0);
    let (used, budget, percent) =
        (widest(|text| text.0.len()), widest(|text| text.1.len()), widest(|text| text.2.len()));
    // Where room is short, what it is a part of goes first, then the bar.
    let narrow = name_columns + used + percent + 5;
    let budget = if columns >= narrow + budget + 6 { budget } else { 0 };
    let bar = columns.saturating_sub(narrow + budget).min(60);
    let rows = shown.iter().zip(&texts).map(|(part, text)| {
        let tone = part.allocated.map_or(Tone::Good, |budget| tone(level(part.used, budget)));
        let name = capitalised(&escape::for_terminal(&part.name));
        let name = Strip::of(&width::truncated(&name, name_columns)).fitted(name_columns);
        let of = if budget > 0 { format!("{:<budget$}", text.1) } else { String::new() };
        let percent = format!("{:>1$}", format!("({})", text.2), percent + 2);
        let figures = format!(" {:>used$}{of} ", text.0);
        let bar = if bar >= 6 { look.bar(part.used, whole(part), tone, bar) } else { Strip::default() };
        name.text(" ").then(bar).text(&figures).toned(tone, &percent)
    });
    rows.collect()
}

/// As many components as there is room for: those with most tokens, in the order in which they stand.
fn most_used(components: &[Component], count: usize) -> Vec<&Component> {
    let mut order: Vec<_> = (0..components.len()).collect();
    order.sort_by_key(|index| (u64::MAX - components[*index].used, *index));
    order.truncate(count);
    order.sort_unstable();
    order.into_iter().map(|index| &components[index]).collect()
}

/// How long each component's steps took.
pub(super) fn performance(panel: &Panel, count: usize, columns: usize) -> Vec<Strip> {
    if panel.timings.is_empty() || count == 0 {
        let text = if panel.row.state.status == Status::Waiting { "" } else { "No latencies yet" };
        return vec![Strip::default().toned(Tone::Faint, text)];
    }
    let mut order: Vec<_> = (0..panel.timings.len()).collect();
    order.sort_by_key(|index| {
        (!panel.timings[*index].is_slowest, u64::MAX - panel.timings[*index].latency.total_us())
    });
    // One row is for the total.
    order.truncate(count.saturating_sub(1).max(1));
    order.sort_unstable();
    let shown: Vec<_> = order.into_iter().map(|index| &panel.timings[index]).collect();
    let name = |text: &str| capitalised(&escape::for_terminal(text)) + ":";
    let label = shown.iter().map(|timing| width::columns(&name(&timing.component))).max().unwrap_or(0);
    let label = label.max("Total:".len()).min(columns / 2) + 1;
    let row = |text: &str, us: u64| {
        Strip::of(&width::truncated(text, label - 1)).fitted(label).text(&format!("{:>6}", latency(us)))
    };
    let mut rows: Vec<_> = shown
        .iter()
        .map(|timing| {
            let strip = row(&name(&timing.component), timing.latency.mean_us());
            let times = match timing.latency.count() {
                1 => String::new(),
                count => format!(" x {}", thousands(count)),
            };
            let strip = if timing.is_slowest { strip.toned(Tone::Warning, " (SLOWEST)") } else { strip };
            strip.toned(Tone::Faint, &times)
        })
        .collect();
    if count > rows.len() {
        rows.push(row("Total:", panel.total_us));
    }
    rows
}

/// The last events, the oldest first.
pub(super) fn events(panel: &Panel, count: usize, columns: usize, zone: Tz) -> Vec<Strip> {
    let skipped = panel.recent.len().saturating_sub(count);
    panel.recent.iter().skip(skipped).map(|event| self::event(event, columns, zone)).collect()
}

/// One event.
pub(super) fn event(event: &RecentEvent, columns: usize, zone: Tz) -> Strip {
    let tokens = match event.tokens {
        0 => Strip::default(),
        gained @ 1.. => Strip::of(&format!("+{}", thousands(gained.unsigned_abs()))),
        lost => Strip::of(&format!("-{}", thousands(lost.unsigned_abs()))),
    };
    let time = clock(event.at_us, zone);
    let component = escape::one_line(&event.component);
    let colon = if component.is_empty() || event.text.is_empty() { "" } else { ": " };
    let text = escape::one_line(&event.text);
    let strip = Strip::default()
        .toned(Tone::Faint, &format!("[{time}] "))
        .toned(Tone::Strong, &component)
        .text(colon);
    let strip = if event.is_error { strip.toned(Tone::Bad, &text) } else { strip.text(&text) };
    strip.opposite(tokens, columns)
}

/// A time of day.
pub(super) fn clock(at_us: Option<i64>, zone: Tz) -> String {
    match at_us {
        Some(us) => civil(us, zone).format("%H:%M:%S").to_string(),
        None => "--:--:--".to_owned(),
    }
}

/// A point in time on the zone's clocks.
pub(super) fn civil(us: i64, zone: Tz) -> chrono::NaiveDateTime {
    Timestamp { us, offset_s: 0, zoned: true }.civil(zone)
}
