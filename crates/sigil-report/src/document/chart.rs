//! What can be drawn: figures beside each other, and figures over time. They stand in tables, too, or can be had
//! with `--by`; where nothing is drawn they are left out.

use sigil_cli::number::{fine_latency, money, thousands};

use sigil_summary::Rows;

use super::{Block, Section};
use crate::course::Course;
use crate::figures::Figures;

/// How many bars stand below each other.
const MOST_BARS: usize = 20;
/// How many columns stand beside each other: the days of a year find room.
pub(crate) const MOST_COLUMNS: usize = 370;

/// Whether a document has charts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Charts {
    Drawn,
    LeftOut,
}

/// Figures that are drawn.
#[derive(Clone, Debug)]
pub(crate) struct Chart {
    pub(crate) title: String,
    pub(crate) shape: Shape,
    pub(crate) points: Vec<Point>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// One below the other, each with its name.
    Bars,
    /// One beside the other, from the first time to the last.
    Columns,
}

/// A figure.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    pub(crate) label: String,
    pub(crate) value: f64,
    /// A greater one that goes with it.
    pub(crate) beyond: Option<f64>,
    /// What they are in words.
    pub(crate) text: String,
}

impl Charts {
    /// The chart before its table, if charts are drawn and there is anything to compare.
    pub(super) fn before(self, section: Option<Section>, chart: impl FnOnce() -> Chart) -> Option<Section> {
        let mut section = section?;
        section.blocks.splice(0..0, self.block(chart));
        Some(section)
    }

    fn block(self, chart: impl FnOnce() -> Chart) -> Option<Block> {
        let chart = (self == Self::Drawn).then(chart)?;
        let drawn = chart.points.iter().filter(|point| point.value > 0.0).count();
        (drawn > 1).then_some(Block::Chart(chart))
    }

    /// Tokens and cost over time.
    pub(super) fn course(self, course: &Course) -> Option<Section> {
        let tokens = self.block(|| Chart {
            title: format!("Tokens by {}", course.grain),
            shape: Shape::Columns,
            points: course.points(|at| Some((at.tokens as f64, format!("{} tokens", thousands(at.tokens))))),
        });
        let cost = self.block(|| Chart {
            title: format!("Cost by {}", course.grain),
            shape: Shape::Columns,
            points: course.points(|at| at.cost_pico_usd.map(|cost| (cost as f64, money(cost)))),
        });
        let blocks: Vec<_> = [tokens, cost].into_iter().flatten().collect();
        (!blocks.is_empty()).then(|| Section::new("Over Time", blocks))
    }
}

impl Chart {
    fn bars(title: &str, points: impl Iterator<Item = Point>) -> Self {
        let mut points: Vec<_> = points.collect();
        points.sort_by(|a, b| b.value.total_cmp(&a.value));
        points.truncate(MOST_BARS);
        Self { title: title.to_owned(), shape: Shape::Bars, points }
    }

    pub(super) fn components(figures: &Figures) -> Self {
        let parts = figures.components.iter().filter(|part| part.used > 0);
        let points = parts.map(|part| Point::of(&part.name, part.used as f64, thousands(part.used)));
        Self::bars("Tokens by component", points)
    }

    /// By cost, or by tokens where no cost is known.
    pub(super) fn models(figures: &Figures) -> Self {
        if figures.spent.cost_pico_usd().is_none() {
            let points = figures.models.iter();
            let points = points.map(|model| {
                Point::of(&model.name, model.spent.tokens as f64, thousands(model.spent.tokens))
            });
            return Self::bars("Tokens by model", points);
        }
        let costs = figures.models.iter().filter_map(|model| {
            model.spent.cost_pico_usd().map(|cost| Point::of(&model.name, cost as f64, money(cost)))
        });
        Self::bars("Cost by model", costs)
    }

    pub(super) fn latencies(figures: &Figures) -> Self {
        let points = figures.latencies.iter().map(|part| {
            let (mean, high) = (part.latency.mean_us(), part.latency.percentile_us(95));
            let text = format!("{} / {}", fine_latency(mean), fine_latency(high));
            Point { beyond: Some(high as f64), ..Point::of(&part.component, mean as f64, text) }
        });
        Self::bars("Latency by component: mean / 95th percentile", points)
    }

    /// The rows of a breakdown: over time if that is what tells them apart, and nothing else does.
    pub(super) fn rows(title: &str, rows: &Rows) -> Self {
        let points = rows.rows.iter().map(|row| {
            let tokens = row.sums.amounts.tokens(rows.count_all);
            Point::of(&row.names.join(", "), tokens as f64, thousands(tokens))
        });
        let is_time = rows.keys.len() == 1 && rows.keys.iter().all(|key| key.grain().is_some());
        if !is_time {
            return Self::bars(title, points);
        }
        let points = points.skip(rows.rows.len().saturating_sub(MOST_COLUMNS)).collect();
        Self { title: title.to_owned(), shape: Shape::Columns, points }
    }
}

impl Point {
    pub(super) fn of(label: &str, value: f64, text: String) -> Self {
        Self { label: label.to_owned(), value, beyond: None, text }
    }
}
