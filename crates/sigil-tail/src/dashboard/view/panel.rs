//! One session on as much of the screen as there is.

use chrono_tz::Tz;
use sigil_cli::number::{percent_of_whole, thousands};
use sigil_cli::{Tone, escape, width};
use sigil_summary::Status;

use super::look::Look;
use super::strip::Strip;
use super::{budget, chart, frame, sections};
use crate::dashboard::figures::Panel;

/// From how many columns on budget and performance stand beside each other.
const TWO_COLUMNS: usize = 72;

/// No frame below this.
const LEAST: (usize, usize) = (24, 5);

/// Up to how many rows the head stands in the frame.
const LOW: usize = 14;

/// Below how many rows in it figures share rows.
const SHORT: usize = 18;

/// The highest chart.
const CHART: usize = 8;

/// How many rows each section gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Plan {
    components: usize,
    budget: usize,
    /// No row if it stands beside the budget.
    performance: usize,
    error: usize,
    events: usize,
}

/// A section's rows within a plan.
type Part = fn(&mut Plan) -> &mut usize;

/// In which order sections give up rows until everything fits, and how many they keep each time.
const STEPS: [(Part, usize); 15] = [
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
    /// As much as there is to tell.
    fn whole(panel: &Panel, budget: usize, is_wide: bool) -> Self {
        let timings = if panel.timings.is_empty() { 1 } else { panel.timings.len() + 1 };
        Self {
            components: panel.components.len(),
            budget: if is_wide { budget.max(timings) } else { budget },
            performance: if is_wide || panel.timings.is_empty() { 0 } else { timings },
            error: usize::from(panel.last_error.is_some()),
            events: panel.recent.len().max(1),
        }
    }

    fn sections(&self) -> impl Iterator<Item = usize> {
        let sections = [self.components, self.budget, self.performance, self.error, self.events];
        sections.into_iter().filter(|rows| *rows > 0)
    }

    /// Rows with the titles above them.
    fn rows(&self) -> usize {
        self.sections().map(|rows| rows + 1).sum()
    }

    fn fit(mut self, rows: usize) -> Self {
        let whole = self;
        for (section, least) in STEPS {
            while self.rows() > rows && *section(&mut self) > least {
                *section(&mut self) -= 1;
            }
        }
        // A section that is gone may have left more than was needed: to those that matter most first.
        for (section, _) in STEPS.into_iter().rev() {
            let mut whole = whole;
            while (1..*section(&mut whole)).contains(section(&mut self)) && self.rows() < rows {
                *section(&mut self) += 1;
            }
        }
        self
    }
}

/// A title, and what stands below it.
struct Section {
    title: Strip,
    rows: Vec<Strip>,
    /// Where its rows are divided, if they are.
    middle: Option<usize>,
}

/// The session of `panel` on `columns` columns and exactly `rows` rows, or as many as it takes.
pub(super) fn panel(panel: &Panel, columns: usize, rows: Option<usize>, zone: Tz, look: Look) -> Vec<Strip> {
    if columns < LEAST.0 || rows.is_some_and(|rows| rows < LEAST.1) {
        return bare(panel, columns, rows.unwrap_or(LEAST.1));
    }
    let is_low = rows.is_some_and(|rows| rows <= LOW);
    let mut out = Vec::new();
    if is_low {
        let (left, right) = sections::short_head(panel, columns);
        out.push(frame::top(left, right, columns));
    } else {
        let title = Strip::default().toned(Tone::Strong, "TOKEN BUDGET STATUS");
        out.push(frame::top(title, Strip::default(), columns));
        out.push(frame::side(sections::head(panel, columns - 4), columns));
    }
    // The lower edge comes last.
    let room = rows.map(|rows| rows.saturating_sub(out.len() + 1));
    let mut parts = parts(panel, columns, room, zone, look);
    let taken: usize = parts.iter().map(|part| part.rows.len() + 1).sum();
    let spare = room.map_or(0, |room| room.saturating_sub(taken));
    // Room above and below, as in the guide, is the first that is added; then a chart.
    let gap = usize::from(spare >= 2 * parts.len());
    let spare = spare - gap * 2 * parts.len();
    if spare > 3 + 2 * gap && panel.course.0.len() > 1 {
        let height = (spare - 1 - 2 * gap).min(CHART);
        let chart = Section {
            title: frame::rule("TOKENS OVER TIME", chart::scale(panel), columns),
            rows: framed(chart::chart(panel, columns - 4, height, look), columns),
            middle: None,
        };
        parts.insert(parts.len().saturating_sub(1), chart);
    }
    let empty = |middle| match middle {
        Some(left) => frame::sides(Strip::default(), Strip::default(), left, columns),
        None => frame::side(Strip::default(), columns),
    };
    let mut middle = None;
    for part in parts {
        out.push(frame::closing(part.title, middle));
        middle = part.middle;
        out.extend((0..gap).map(|_| empty(middle)));
        out.extend(part.rows);
        out.extend((0..gap).map(|_| empty(middle)));
    }
    if let Some(rows) = rows {
        while out.len() + 1 < rows {
            out.push(empty(middle));
        }
    }
    out.push(frame::closing(frame::bottom(columns), middle));
    out
}

fn framed(rows: Vec<Strip>, columns: usize) -> Vec<Strip> {
    rows.into_iter().map(|strip| frame::side(strip, columns)).collect()
}

/// The sections that there is room for.
fn parts(panel: &Panel, columns: usize, room: Option<usize>, zone: Tz, look: Look) -> Vec<Section> {
    let inner = columns - 4;
    let is_wide = columns >= TWO_COLUMNS;
    let is_short = room.is_some_and(|room| room < SHORT);
    let left = if is_wide { inner * 11 / 20 } else { inner };
    let budget = budget::budget(panel, if is_wide { left - 2 } else { inner }, is_short, look);
    let plan = Plan::whole(panel, budget.len(), is_wide);
    let plan = room.map_or(plan, |room| plan.fit(room));
    let titled = |title: &str, rows: Vec<Strip>| Section {
        title: frame::rule(title, Strip::default(), columns),
        rows: framed(rows, columns),
        middle: None,
    };
    let mut parts = Vec::new();
    if plan.components > 0 {
        let told = match panel.components.len() - plan.components {
            0 => Strip::default(),
            more => Strip::default().toned(Tone::Faint, &format!("{more} more")),
        };
        let rows = sections::components(panel, plan.components, inner, look);
        let title = frame::rule("COMPONENT USAGE", told, columns);
        parts.push(Section { title, rows: framed(rows, columns), middle: None });
    }
    if plan.budget > 0 && is_wide {
        let mut timings = sections::performance(panel, plan.budget, inner - left - 1).into_iter();
        let mut budget = budget.into_iter();
        let mut row = || (budget.next().unwrap_or_default(), timings.next().unwrap_or_default());
        let rows = (0..plan.budget).map(|_| {
            let (first, second) = row();
            frame::sides(first, second, left, columns)
        });
        let title = frame::rule_of_two(["BUDGET SUMMARY", "PERFORMANCE"], left, columns);
        parts.push(Section { title, rows: rows.collect(), middle: Some(left) });
    } else if plan.budget > 0 {
        parts.push(titled("BUDGET SUMMARY", budget.into_iter().take(plan.budget).collect()));
    }
    if plan.performance > 0 {
        parts.push(titled("PERFORMANCE", sections::performance(panel, plan.performance, inner)));
    }
    if let Some(error) = panel.last_error.as_ref().filter(|_| plan.error > 0) {
        parts.push(titled("LAST ERROR", vec![sections::event(error, inner, zone)]));
    }
    if plan.events > 0 {
        let rows = if panel.row.state.status == Status::Waiting {
            vec![Strip::default().toned(Tone::Faint, "Waiting for session to start...")]
        } else {
            sections::events(panel, plan.events, inner, zone)
        };
        parts.push(titled("RECENT EVENTS", rows));
    }
    parts
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
    lines.take(rows).map(|strip| strip.fitted(columns)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_plan_fits_wherever_anything_does(parts in proptest::array::uniform5(0usize..20), rows in 0usize..60) {
            let [components, budget, performance, error, events] = parts;
            let plan = Plan { components, budget, performance, error: error.min(1), events };
            let fitted = plan.fit(rows);
            prop_assert!(fitted.rows() <= rows);
            if plan.rows() <= rows {
                prop_assert_eq!(fitted, plan);
            }
        }
    }
}
