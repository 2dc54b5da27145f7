//! A session's budget: how much is used, how fast, at what cost (guide 3.1).

use sigil_cli::Tone;
use sigil_cli::number::{cost_of_part, duration, money, percent_of_part, percent_of_whole, thousands};
use sigil_summary::budget::level;

use super::chart;
use super::look::Look;
use super::strip::Strip;
use crate::dashboard::figures::{ContextUse, Panel, tone};

/// Columns of the labels, as in the guide.
const LABEL: usize = 11;

/// When time is short, and when it is very short, in microseconds.
const SOON_US: u64 = 600_000_000;
const VERY_SOON_US: u64 = 60_000_000;

fn labelled(label: &str) -> Strip {
    Strip::of(&format!("{label:<LABEL$}"))
}

/// The rows, those that can be left out last; fewer if rows are short.
pub(super) fn budget(panel: &Panel, columns: usize, is_short: bool, look: Look) -> Vec<Strip> {
    let standing = panel.row.standing;
    let room = columns.saturating_sub(LABEL);
    let mut rows = Vec::new();
    match standing.budget.zip(standing.level()) {
        Some((budget, level)) => {
            let tone = tone(level);
            let figures = format!("{} / {}", thousands(standing.used), thousands(budget));
            let bar = room.saturating_sub(figures.len() + 1).min(40);
            let bar = if bar >= 5 {
                look.bar(standing.used, budget, tone, bar).text(" ")
            } else {
                Strip::default()
            };
            rows.push(labelled("Total:").then(bar).text(&figures));
            let used = labelled("Used:").toned(tone, &percent_of_whole(standing.used, budget));
            let left = thousands(standing.remaining().unwrap_or(0));
            let left = labelled("Remaining:").text(&format!("{left} tokens"));
            if is_short {
                rows.push(used.text(" ").toned(tone, level.as_str()));
            } else {
                rows.extend([used, left, labelled("Status:").toned(tone, level.as_str())]);
            }
        }
        None => rows.push(labelled("Total:").text(&format!("{} tokens", thousands(standing.used)))),
    }
    if panel.estimated > 0 {
        rows.push(labelled("Estimated:").text(&format!("{} of them", thousands(panel.estimated))));
    }
    if let Some(context) = &panel.row.context {
        rows.push(labelled("Context:").then(context_use(context, room, look)));
    }
    rows.push(labelled("Burn rate:").then(burn_rate(panel, room)));
    if let Some(cost) = panel.row.cost {
        let whole = cost_of_part(cost, panel.unpriced);
        let cost = if whole.len() <= room { whole } else { money(cost) };
        rows.push(labelled("Cost:").text(&cost));
    }
    if panel.course.0.len() > 1 {
        rows.push(labelled("Tokens:").then(chart::sparkline(panel, room, look)));
    }
    if let Some(model) = panel.row.context.as_ref().and_then(|context| context.model.as_deref()) {
        rows.push(labelled("Model:").text(model));
    }
    rows
}

fn context_use(context: &ContextUse, room: usize, look: Look) -> Strip {
    let tokens = thousands(context.tokens);
    let Some(window) = context.window else { return Strip::of(&format!("{tokens} tokens")) };
    let percent = format!("({})", percent_of_part(context.tokens, window));
    let tone = tone(level(context.tokens, window));
    let figures = format!("{tokens} / {} ", thousands(window));
    if figures.len() + percent.len() > room {
        return Strip::of(&tokens).text(" ").toned(tone, &percent);
    }
    let bar = room.saturating_sub(figures.len() + percent.len() + 1).min(30);
    let bar = if bar >= 5 { look.bar(context.tokens, window, tone, bar).text(" ") } else { Strip::default() };
    bar.text(&figures).toned(tone, &percent)
}

fn urgency(left_us: u64) -> Tone {
    match left_us {
        us if us < VERY_SOON_US => Tone::Bad,
        us if us < SOON_US => Tone::Warning,
        _ => Tone::Good,
    }
}

/// How fast, and for how long that can go on.
fn burn_rate(panel: &Panel, room: usize) -> Strip {
    let Some(rate) = panel.row.per_minute else { return Strip::default().toned(Tone::Faint, "-") };
    let strip = Strip::of(&format!("{}/min", thousands(rate)));
    let told = match panel.left_us {
        _ if !panel.row.state.is_live() => Strip::default().toned(Tone::Faint, " at the end"),
        Some(0) => Strip::of(", ").toned(Tone::Bad, "used up"),
        Some(us) => Strip::of(", ").toned(urgency(us), &format!("{} left", duration(us))),
        None => Strip::default(),
    };
    if strip.columns() + told.columns() <= room { strip.then(told) } else { strip }
}
