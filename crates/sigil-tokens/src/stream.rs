//! Standard input as it comes: a line for each event that has tokens, then the summary.

use std::io::{self, Write};
use std::sync::Arc;

use anyhow::Result;
use sigil_breakdown::json::{line, percentage};
use sigil_breakdown::reading;
use sigil_cli::{Io, Status, escape};
use sigil_event::{Defect, EventRef, Sink, SourceId};
use sigil_input::read::{Outcome, read_stream};
use sigil_summary::Running;
use sigil_summary::budget::{self, percent_used};

use crate::cli::Config;
use crate::render;
use crate::render::json::RunningObject;
use crate::totals::Totals;

/// Runs until the input ends.
pub(crate) fn run(config: &Config, io: &mut Io<'_>) -> Result<Status> {
    let running = Running::new(Arc::new(config.detail()), config.count_all, config.budgets.clone());
    let mut lines = Lines { running, json: config.json, out: io.stdout(), result: Ok(()) };
    let mut outcome = Outcome::default();
    for source in &config.inputs.sources {
        let mut decoder = config.inputs.options.decoder(source).first_of_all().live();
        let read = match config.inputs.open_stdin() {
            Ok(input) => read_stream(input, SourceId(0), &mut decoder, &mut lines, Lines::flush)?,
            Err(why) => Err(why),
        };
        outcome.note(source, decoder.tally(), read);
    }
    let resolved = lines.running.into_summary().resolve();
    let status = reading::complain(&config.inputs, &outcome, &resolved, config.is_strict, io);
    config.inputs.check_sessions(&resolved.known_ids)?;
    let is_unread = resolved.sessions.is_empty() && !outcome.errors.is_empty();
    if !config.json && !is_unread {
        let palette = io.palette();
        let totals = Totals::of(&resolved, &config.budgets, config.count_all);
        render::text::summary(&totals, palette, io.stdout())?;
    }
    Ok(status)
}

/// Writes a line for each event.
struct Lines<'a> {
    running: Running,
    json: bool,
    out: &'a mut dyn Write,
    /// The first thing that went wrong with writing, for the next flush to tell.
    result: io::Result<()>,
}

impl Lines<'_> {
    fn flush(&mut self) -> io::Result<()> {
        std::mem::replace(&mut self.result, Ok(()))?;
        self.out.flush()
    }

    fn write(&mut self, event: &EventRef<'_>, added: i64) -> io::Result<()> {
        let total = self.running.total();
        if self.json {
            let budget = self.running.budget();
            let object = RunningObject {
                timestamp: event.timestamp.map(|text| text.decode()),
                session_id: event.session_id.map(|text| text.decode()),
                component: event.component.map(|text| text.decode()),
                tokens: added,
                total,
                budget,
                percent: budget.map(|budget| percentage(percent_used(total, budget))),
                level: budget.map(|budget| budget::level(total, budget).as_str()),
                is_estimated: event.estimated_tokens().is_some(),
                metadata: event.metadata.conversation,
            };
            return line(&object, self.out);
        }
        // The guide's recipe (8.2) to the letter. It has no line for an event that names no component,
        // though its tokens count.
        match event.component {
            Some(component) => {
                let component = component.decode();
                let mark = if event.estimated_tokens().is_some() { ", estimated" } else { "" };
                writeln!(self.out, "{}: {added} (Total: {total}{mark})", escape::for_terminal(&component))
            }
            None => Ok(()),
        }
    }
}

impl Sink for Lines<'_> {
    fn begin(&mut self, source: SourceId, start: u64) {
        self.running.begin(source, start);
    }

    fn event(&mut self, event: &EventRef<'_>, offset: u64) {
        let added = self.running.add(event, offset);
        // An estimate that does not count is as good as none.
        let has_tokens =
            |added: i64| event.stated_tokens().is_some() || (event.tokens.is_some() && added != 0);
        if let Some(added) = added.filter(|added| has_tokens(*added))
            && self.result.is_ok()
        {
            self.result = self.write(event, added);
        }
    }

    fn defect(&mut self, line: u64, defect: Defect) {
        self.running.defect(line, defect);
    }

    fn end(&mut self, end: u64, lines: u64) {
        self.running.end(end, lines);
    }
}
