//! One session on as much of the screen as there is.

use chrono_tz::Tz;
use sigil_cli::number::{percent_of_whole, thousands};
use sigil_cli::{Tone, escape, width};
use sigil_summary::Status;

use super::look::Look;
use super::strip::Strip;
use super::{frame, sections};
use crate::dashboard::figures::Panel;

/// From how many columns on budget and performance stand beside each other.
const TWO_COLUMNS: usize = 72;

/// Without a frame below this.
const LEAST: (usize, usize) = (24, 5);

/// How many rows each section gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Plan {
    components: usize,
    budget: usize,
    /// No row if it stands beside the budget.
    performance: usize,
    error: usize,
    events: usize,
    is_wide: bool,
}

/// In which order sections give up rows until everything fits, and how many they keep each time.
const STEPS: [(fn(&mut Plan) -> &mut usize, usize); 15] = [
    (|plan| &mut plan.performance, 4),
    (|plan| &mut plan.components, 4),
    (|plan| &mut plan.events, 4),
    (|plan| &mut plan.budget, 6),
    (|plan| &mut plan.performance, 0),
    (|plan| &mut plan.components, 3),
    (|plan| &mut plan.events, 3),
    (|plan| &mut plan.budget, 4),
    (|plan| &mut plan.components, 0),
    (|plan| &mut plan.budget, 2),
    (|plan| &mut plan.events, 2),
    (|plan| &mut plan.error, 0),
    (|plan| &mut plan.events, 0),
    (|plan| &mut plan.budget, 1),
    (|plan| &mut plan.budget, 0),
];

impl Plan {
    /// Rows with the titles above them.
    fn rows(&self) -> usize {
        let sections = [self.components, self.budget, self.performance, self.error, self.events];
        sections.iter().filter(|rows| **rows > 0).map(|rows| rows + 1).sum()
    }

    fn fit(mut self, rows: usize) -> Self {
        for (section, least) in STEPS {
            while self.rows() > rows && *section(&mut self) > least {
                *section(&mut self) -= 1;
            }
        }
        self
    }
}

/// The session of `panel` on `columns` columns and exactly `rows` rows, or as many as it takes.
pub(super) fn panel(panel: &Panel, columns: usize, rows: Option<usize>, zone: Tz, look: Look) -> Vec<Strip> {
    if columns < LEAST.0 || rows.is_some_and(|rows| rows < LEAST.1) {
        return bare(panel, columns, rows.unwrap_or(usize::MAX));
    }
    let inner = columns - 4;
    let is_wide = columns >= TWO_COLUMNS;
    let left = if is_wide { inner * 3 / 5 } else { inner };
    let budget_columns = if is_wide { left - 2 } else { inner };
    let budget = sections::budget(panel, budget_columns, look);
    let timings = if panel.timings.is_empty() { 1 } else { panel.timings.len() + 1 };
    let is_waiting = panel.row.state.status == Status::Waiting;
    let plan = Plan {
        components: panel.components.len(),
        budget: if is_wide { budget.len().max(timings) } else { budget.len() },
        performance: if is_wide || panel.timings.is_empty() { 0 } else { timings },
        error: usize::from(panel.last_error.is_some()),
        events: if is_waiting { 1 } else { panel.recent.len().max(1) },
        is_wide,
    };
    // The edges and the head.
    let plan = rows.map_or(plan, |rows| plan.fit(rows.saturating_sub(3)));
    let plan = if plan.is_wide { plan } else { Plan { budget: plan.budget.min(budget.len()), ..plan } };

    let side = |strip: Strip| frame::side(strip, columns);
    let title = Strip::default().toned(Tone::Strong, "TOKEN BUDGET STATUS");
    let mut out = vec![frame::top(title, Strip::default(), columns), side(sections::head(panel, inner))];
    if plan.components > 0 {
        let told = match panel.components.len() - plan.components {
            0 => Strip::default(),
            more => Strip::default().toned(Tone::Faint, &format!("{more} more")),
        };
        out.push(frame::rule("COMPONENT USAGE", told, columns));
        out.extend(sections::components(panel, plan.components, inner, look).into_iter().map(side));
    }
    if plan.budget > 0 && is_wide {
        out.push(frame::rule_of_two(["BUDGET SUMMARY", "PERFORMANCE"], left, columns));
        let mut timings = sections::performance(panel, plan.budget, inner - left - 1).into_iter();
        let mut budget = budget.into_iter();
        for _ in 0..plan.budget {
            let (first, second) = (budget.next().unwrap_or_default(), timings.next().unwrap_or_default());
            out.push(frame::sides(first, second, left, columns));
        }
    } else if plan.budget > 0 {
        out.push(frame::rule("BUDGET SUMMARY", Strip::default(), columns));
        out.extend(budget.into_iter().take(plan.budget).map(side));
    }
    if plan.performance > 0 {
        out.push(frame::rule("PERFORMANCE", Strip::default(), columns));
        out.extend(sections::performance(panel, plan.performance, inner).into_iter().map(side));
    }
    if let Some(error) = panel.last_error.as_ref().filter(|_| plan.error > 0) {
        out.push(frame::rule("LAST ERROR", Strip::default(), columns));
        out.push(side(sections::event(error, inner, zone)));
    }
    if plan.events > 0 {
        out.push(frame::rule("RECENT EVENTS", Strip::default(), columns));
        if is_waiting {
            out.push(side(Strip::default().toned(Tone::Faint, "Waiting for session to start...")));
        }
        out.extend(sections::events(panel, plan.events, inner, zone).into_iter().map(side));
    }
    if let Some(rows) = rows {
        while out.len() + 1 < rows {
            out.push(side(Strip::default()));
        }
    }
    out.push(frame::bottom(columns));
    out
}

/// What matters most, on next to nothing.
fn bare(panel: &Panel, columns: usize, rows: usize) -> Vec<Strip> {
    let row = &panel.row;
    let id = escape::for_terminal(&row.id);
    let used = thousands(row.standing.used);
    let standing = match row.standing.budget {
        Some(budget) => format!("{used} {}", percent_of_whole(row.standing.used, budget)),
        None => used,
    };
    let lines = [
        Strip::default().toned(row.state.tone(), row.state.word()).text(" ").text(&standing),
        Strip::of(&width::abridged(&id, columns)),
    ];
    let lines = lines.into_iter().chain(std::iter::repeat(Strip::default()));
    lines.take(rows.min(2.max(rows.min(200)))).map(|strip| strip.fitted(columns)).collect()
}
