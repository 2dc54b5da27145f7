//! Sections about how fast it went: throughput and gaps, trends, stack traces.

use sigil_cli::number::{fine_latency, size, thousands};
use sigil_cli::style::Tone;
use sigil_cli::table::{self, Cell};
use sigil_summary::Input;

use super::clock::Clock;
use super::{Block, Pair, Section, Table};
use crate::performance::{Gap, Performance};

/// How wide a trace's name may be, and how narrow it may become on a terminal.
const WIDEST_TRACE: usize = 160;
const NARROWEST: usize = 20;
/// From how many percent on a change is worth a colour.
const NOTABLE_PERCENT: f64 = 25.0;

/// Throughput, gaps and trends.
pub(super) fn performance(performance: &Performance, clock: Clock, is_many: bool) -> Option<Section> {
    let mut lines = Vec::new();
    let rates = [("events", performance.events_per_minute), ("tokens", performance.tokens_per_minute)];
    let rates = rates.into_iter().filter_map(|(name, rate)| Some(format!("{} {name}/min", rounded(rate?))));
    let rates: Vec<_> = rates.collect();
    if !rates.is_empty() {
        lines.push(format!("Throughput: {}", rates.join(", ")));
    }
    if let Some(Gap { session_id, after }) = &performance.longest_gap {
        let gaps = &performance.gaps;
        let of = if is_many { format!(" in {session_id}") } else { String::new() };
        let component = after.component.as_deref().map_or(String::new(), |name| format!(" after {name}"));
        let at = after.at.map_or(String::new(), |at| format!(" at {}", clock.second(at)));
        let text = format!(
            "Gaps: {} between events, p95 {}, longest {}{component}{at}{of}",
            thousands(gaps.count()),
            fine_latency(gaps.percentile_us(95)),
            fine_latency(after.value)
        );
        lines.push(text);
    }
    let trends = trends(performance);
    let has_trends = !trends.rows.is_empty();
    let blocks = (!lines.is_empty()).then_some(Block::List(lines)).into_iter();
    let blocks: Vec<_> = blocks.chain(has_trends.then_some(Block::Table(trends))).collect();
    (!blocks.is_empty()).then(|| Section::new("Performance", blocks))
}

fn trends(performance: &Performance) -> Table {
    let name = |heading| table::Column::left(heading).at_most(32).yielding(12);
    let figure = |heading| table::Column::right(heading);
    let mut table = Table::new([
        name("COMPONENT"),
        name("LATEST SESSION").abridged(),
        figure("MEAN"),
        figure("EARLIER"),
        figure("STEPS"),
        figure("CHANGE"),
    ]);
    table.dispensable = vec!["STEPS", "LATEST SESSION"];
    for trend in &performance.trends {
        let change = trend.change_percent().map_or(Cell::from("-"), |percent| {
            let tone = match percent {
                _ if percent >= NOTABLE_PERCENT => Tone::Bad,
                _ if percent <= -NOTABLE_PERCENT => Tone::Good,
                _ => Tone::Faint,
            };
            Cell::toned(tone, format!("{percent:+.1}%"))
        });
        table.row([
            Cell::from(&*trend.component),
            (&*trend.session_id).into(),
            fine_latency(trend.latest.mean_us()).into(),
            fine_latency(trend.earlier.mean_us()).into(),
            thousands(trend.earlier.count).into(),
            change,
        ]);
    }
    table
}

/// The kinds of stack traces, the most frequent first.
pub(super) fn traces(performance: &Performance) -> Option<Section> {
    let name = table::Column::left("TRACE").at_most(WIDEST_TRACE).yielding(NARROWEST);
    let mut table = Table::new([table::Column::right("COUNT"), name]);
    for trace in &performance.traces {
        table.row([thousands(trace.count), trace.name.to_string()]);
    }
    let mut section = Section::of_table(format!("Stack traces ({})", thousands(performance.traced)), table)?;
    let named: u64 = performance.traces.iter().map(|trace| trace.count).sum();
    if named < performance.traced {
        let more = thousands(performance.traced - named);
        section.blocks.push(Block::Note(format!("… {more} more of other kinds")));
    }
    Some(section)
}

/// What was read, where it is logs of text.
pub(super) fn input(input: Input) -> Pair {
    let files = if input.files == 1 { "file" } else { "files" };
    let text = format!(
        "{} {files}, {} lines, {}",
        thousands(input.files),
        thousands(input.lines),
        size(input.bytes)
    );
    Pair::new("Logs", text)
}

/// One decimal of small figures, none of large ones.
fn rounded(figure: f64) -> String {
    if figure < 100.0 { format!("{figure:.1}") } else { thousands(figure.round() as u64) }
}
