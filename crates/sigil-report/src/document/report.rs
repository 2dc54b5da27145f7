//! The guide's report (8.3), extended: on one session, on several, or on nothing.

use chrono_tz::Tz;
use sigil_breakdown::estimate;
use sigil_breakdown::standing::tone;
use sigil_cli::number::{cost_of_part, duration, percent_of_whole, thousands};
use sigil_cli::style::Tone;
use sigil_summary::Status;

use super::clock::Clock;
use super::findings::findings;
use super::performance::{input, performance, traces};
use super::sections::{components, errors, latencies, malformed, models};
use super::sessions::sessions;
use super::{Block, Chart, Charts, Document, Pair, Section, Value};
use crate::figures::Figures;
use crate::report::{Report, SessionReport};
use crate::view::State;

/// What each state looks like.
pub(super) fn state_tone(state: State) -> Tone {
    match state {
        State::Stale => Tone::Warning,
        State::Waiting => Tone::Faint,
        State::Running => Tone::Strong,
        State::Complete => Tone::Good,
        State::Error => Tone::Bad,
    }
}

/// The document of a report; times are those of `zone`. What there is nothing to tell of has no section.
pub(crate) fn report(report: &Report<'_>, zone: Tz, charts: Charts) -> Document {
    let clock = Clock::new(zone, report.totals.first, report.totals.last);
    let totals = &report.totals;
    let is_many = report.sessions.len() > 1;
    let figures = Section { heading: None, blocks: vec![Block::Pairs(pairs(report, clock))] };
    let sections = [
        is_many.then(|| sessions(report.sessions, totals, clock)),
        Some(figures),
        charts.course(&report.course),
        charts.before(Section::of_table("Tokens by Component", components(totals)), || {
            Chart::components(totals)
        }),
        charts.before(Section::of_table("Tokens by Model", models(totals)), || Chart::models(totals)),
        charts.before(Section::of_table("Latency by Component", latencies(totals)), || {
            Chart::latencies(totals)
        }),
        performance(&report.going.performance, clock, is_many),
        findings(&report.going.findings, report.sessions.limits(), clock, is_many),
        errors(totals, clock, is_many),
        traces(&report.going.performance),
        malformed(&report.malformed),
    ];
    Document {
        title: "Session Analysis Report".to_owned(),
        sections: sections.into_iter().flatten().collect(),
    }
}

/// A line for each figure that there is.
fn pairs(report: &Report<'_>, clock: Clock) -> Vec<Pair> {
    let figures = &report.totals;
    let session = report.sessions.only();
    let mut pairs = Vec::new();
    match &session {
        Some(session) => {
            pairs.push(Pair::new("Session", session.id));
            pairs.push(Pair::toned("Status", state_tone(session.state), session.state.text()));
        }
        None if report.sessions.len() == 0 && report.is_of_some => {
            pairs.push(Pair::new("Sessions", "none that is asked for"));
            return pairs;
        }
        None if report.sessions.len() == 0 => {
            pairs.push(Pair::new("Status", format!("{} (no events)", Status::Waiting.as_str())));
        }
        None => {}
    }
    pairs.push(Pair::new("Total Events", thousands(figures.counts.events)));
    pairs.push(Pair::new("Total Tokens", thousands(figures.standing.used)));
    if figures.restated > 0 {
        let restated = thousands(figures.restated);
        pairs
            .push(Pair::new("Restated Tokens", format!("{restated} (stated again by totals, counted once)")));
    }
    if figures.estimated > 0 {
        pairs.push(Pair::new(estimate::LABEL, estimate::value(figures.estimated)));
    }
    let parts = figures.spent.usage.parts().into_iter().filter(|(_, tokens)| *tokens > 0);
    let parts: Vec<_> = parts.map(|(name, tokens)| format!("{} {name}", thousands(tokens))).collect();
    if !parts.is_empty() {
        pairs.push(Pair { label: "Usage", value: Value::List(parts) });
    }
    if let Some(cost) = figures.spent.cost_pico_usd() {
        pairs.push(Pair::new("Cost", cost_of_part(cost, figures.spent.unpriced_tokens())));
    }
    pairs.extend(budget(figures));
    pairs.extend(session.and_then(|session| context(&session)));
    if let Some(us) = figures.duration_us {
        let of = if report.sessions.len() > 1 { " (all sessions together)" } else { "" };
        pairs.push(Pair::new("Duration", format!("{}{of}", duration(us))));
    }
    if let Some((first, last)) = figures.first.zip(figures.last) {
        pairs.push(Pair::new("Period", clock.period(first, last)));
    }
    pairs.extend(steps(figures));
    pairs.extend(report.sessions.are_text().then(|| input(report.input)));
    pairs
}

fn budget(figures: &Figures) -> Option<Pair> {
    let (budget, level) = figures.standing.budget.zip(figures.standing.level())?;
    let used = figures.standing.used;
    let percent = percent_of_whole(used, budget);
    let text = format!("{} / {} ({percent})", thousands(used), thousands(budget));
    let value = Value::Gauge { text, tone: tone(level), word: level.as_str(), used, whole: budget };
    Some(Pair { label: "Budget", value })
}

fn context(session: &SessionReport<'_>) -> Option<Pair> {
    let context = session.context?;
    let share = session
        .window
        .map(|window| format!(" ({} of {})", percent_of_whole(context.tokens, window), thousands(window)));
    let tokens = thousands(context.tokens);
    let text = format!("{tokens} tokens after the last answer{}", share.unwrap_or_default());
    Some(Pair::new("Context", text))
}

fn steps(figures: &Figures) -> Vec<Pair> {
    let counts = &figures.counts;
    if counts.steps_completed + counts.steps_failed + counts.retries == 0 {
        return Vec::new();
    }
    let (completed, failed) = (thousands(counts.steps_completed), thousands(counts.steps_failed));
    let steps = Pair::new("Steps", format!("{completed} completed, {failed} failed"));
    vec![steps, Pair::new("Retries", thousands(counts.retries))]
}
