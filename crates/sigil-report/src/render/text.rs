//! For people: the guide's report (8.3), extended.

use std::io::{self, Write};

use chrono_tz::Tz;
use sigil_breakdown::estimate;
use sigil_breakdown::standing::tone;
use sigil_cli::bar::bar;
use sigil_cli::escape;
use sigil_cli::number::{cost_of_part, duration, percent_of_whole, thousands};
use sigil_cli::style::{Palette, Tone};
use sigil_summary::Status;

use super::clock::Clock;
use crate::figures::Figures;
use crate::report::{Report, SessionReport};

/// The guide's rule above and below.
const RULE: &str = "==================================================";
/// Cells of the budget's bar.
const BAR: usize = 20;

/// What a report is shown on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    pub(super) palette: Palette,
    /// The columns of the terminal, if it is one.
    pub(super) columns: Option<usize>,
    pub(super) clock: Clock,
}

/// What each status looks like.
pub(super) fn status_tone(session: &SessionReport<'_>) -> Tone {
    match session.status {
        _ if session.is_stale => Tone::Warning,
        Status::Waiting => Tone::Faint,
        Status::Running => Tone::Strong,
        Status::Complete => Tone::Good,
        Status::Error => Tone::Bad,
    }
}

impl View {
    pub(crate) fn new(palette: Palette, columns: Option<usize>, zone: Tz, report: &Report<'_>) -> Self {
        let clock = Clock::new(zone, report.totals.first, report.totals.last);
        Self { palette, columns, clock }
    }

    /// Writes the report: on one session, on several, or on nothing.
    pub(crate) fn write(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        let title = self.palette.paint(Tone::Strong, "SESSION ANALYSIS REPORT");
        writeln!(out, "{RULE}\n{title}\n{RULE}\n")?;
        match report.sessions.only() {
            Some(session) => {
                let status = self.palette.paint(status_tone(&session), &session.status_text());
                writeln!(out, "Session: {}\nStatus: {status}", escape::for_terminal(session.id))?;
            }
            None if report.sessions.len() == 0 => {
                writeln!(out, "Status: {} (no events)", Status::Waiting.as_str())?;
            }
            None => self.sessions(report.sessions, &report.totals, out)?,
        }
        self.figures(report, out)?;
        self.sections(report, out)?;
        writeln!(out, "\n{RULE}")
    }

    /// A line for each figure that there is.
    fn figures(&self, report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
        let figures = &report.totals;
        writeln!(out, "Total Events: {}", thousands(figures.counts.events))?;
        writeln!(out, "Total Tokens: {}", thousands(figures.standing.used))?;
        if figures.restated > 0 {
            let restated = thousands(figures.restated);
            writeln!(out, "Restated Tokens: {restated} (stated again by totals, counted once)")?;
        }
        if figures.estimated > 0 {
            writeln!(out, "{}", estimate::line(figures.estimated))?;
        }
        let parts = figures.spent.usage.parts().into_iter().filter(|(_, tokens)| *tokens > 0);
        let parts: Vec<_> = parts.map(|(name, tokens)| format!("{} {name}", thousands(tokens))).collect();
        if !parts.is_empty() {
            writeln!(out, "{}", self.filled("Usage: ", &parts))?;
        }
        if let Some(cost) = figures.spent.cost_pico_usd() {
            writeln!(out, "Cost: {}", cost_of_part(cost, figures.spent.unpriced_tokens()))?;
        }
        self.budget(figures, out)?;
        if let Some(SessionReport { context: Some(context), window, .. }) = report.sessions.only() {
            let share = window.map(|window| {
                format!(" ({} of {})", percent_of_whole(context.tokens, window), thousands(window))
            });
            let tokens = thousands(context.tokens);
            writeln!(out, "Context: {tokens} tokens after the last answer{}", share.unwrap_or_default())?;
        }
        if let Some(us) = figures.duration_us {
            let of = if report.sessions.len() > 1 { " (all sessions together)" } else { "" };
            writeln!(out, "Duration: {}{of}", duration(us))?;
        }
        if let Some((first, last)) = figures.first.zip(figures.last) {
            writeln!(out, "Period: {}", self.clock.period(first, last))?;
        }
        let counts = &figures.counts;
        let has_steps = counts.steps_completed + counts.steps_failed + counts.retries > 0;
        if has_steps {
            let (completed, failed) = (thousands(counts.steps_completed), thousands(counts.steps_failed));
            writeln!(out, "Steps: {completed} completed, {failed} failed")?;
            writeln!(out, "Retries: {}", thousands(counts.retries))?;
        }
        Ok(())
    }

    /// A list behind its label, in as many lines as the terminal makes it.
    fn filled(&self, label: &str, parts: &[String]) -> String {
        let mut text = label.to_owned();
        let mut width = label.len();
        for (number, part) in parts.iter().enumerate() {
            // Room for the comma, too.
            if number > 0 && self.columns.is_some_and(|columns| width + part.len() + 3 > columns) {
                text.push_str(",\n");
                text.push_str(&" ".repeat(label.len()));
                width = label.len();
            } else if number > 0 {
                text.push_str(", ");
                width += 2;
            }
            text.push_str(part);
            width += part.len();
        }
        text
    }

    fn budget(&self, figures: &Figures<'_>, out: &mut dyn Write) -> io::Result<()> {
        let Some((budget, level)) = figures.standing.budget.zip(figures.standing.level()) else {
            return Ok(());
        };
        let percent = percent_of_whole(figures.standing.used, budget);
        let level_and_bar = format!("{} {}", level.as_str(), bar(figures.standing.used, budget, BAR));
        let level_and_bar = self.palette.paint(tone(level), &level_and_bar);
        let (used, budget) = (thousands(figures.standing.used), thousands(budget));
        writeln!(out, "Budget: {used} / {budget} ({percent}) {level_and_bar}")
    }
}
