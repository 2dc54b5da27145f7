//! What happened in a log: sessions, tokens, time, errors.
//!
//! [`run`] wires input to output: `gathering` has logs read into a summary, or finds in the `cache` what they hold;
//! `digest` draws from the sessions what a report needs of them (`brief`, `totals`), put together from shares;
//! `figures`, `performance`, `findings` and `course` make of it what is told, which together is the `report`;
//! `document` says it to people and `metrics` to monitoring, `render` writes it.
#![forbid(unsafe_code)]

mod brief;
mod cache;
mod cli;
mod conversation;
mod course;
mod digest;
mod document;
mod figures;
mod findings;
mod format;
mod gathering;
mod metrics;
mod modes;
mod output;
mod partial;
mod performance;
mod render;
mod report;
mod summaries;
mod terms;
mod totals;
mod validation;
mod view;
mod waiting;

use anyhow::Result;
use clap::CommandFactory;
use sigil_breakdown::reading;
use sigil_cli::{Io, Status};
use sigil_summary::{Bucket, Detail, Selection};

pub use cli::Args;
use cli::Config;
use digest::Digest;
use format::Format;
use gathering::{Gathered, Gathering};
use modes::Mode;
use summaries::Task;
use validation::Form;

/// The tool's arguments, for man pages and completions.
pub fn command() -> clap::Command {
    Args::command()
}

/// Runs the tool.
///
/// # Errors
/// What users did wrong or cannot be read; each text begins with the guide's code.
pub fn run(args: Args, io: &mut Io<'_>) -> Result<Status> {
    let mut config = args.resolve(chrono::Utc::now().timestamp_micros())?;
    io.prefer_color(config.color);
    config.inputs.look_into_streams()?;
    match config.mode {
        Mode::Report if config.gathering == Gathering::Partial => gathering::write(&config, io),
        Mode::Report => whole_report(&mut config, io),
        Mode::Validation => {
            let form = match config.format {
                Format::Json => Form::Object,
                Format::Jsonl => Form::Lines,
                _ => Form::Text,
            };
            Ok(validation::run(&config.inputs, form, config.verdict, io)?)
        }
        Mode::Conversation(depth) => conversation::run(&config, config.detail(), depth, io),
        Mode::Summaries => summaries::run(&config.summaries(), io),
    }
}

fn whole_report(config: &mut Config, io: &mut Io<'_>) -> Result<Status> {
    let Gathered { summary, outcome, known, new } = gathering::gather(config, io)?;
    let mut resolved = summary.resolve();
    // Before the report, as its reader may leave before its end.
    let status = reading::complain(&config.inputs, &outcome, &resolved, config.is_strict, io);
    config.inputs.check_sessions(&resolved.known_ids)?;
    if resolved.sessions.is_empty() && known.briefs.is_empty() && !outcome.errors.is_empty() {
        // Nothing could be read: a report of nothing would only look like an answer.
        return Ok(status);
    }
    if config.gathering == Gathering::Logs {
        waiting::add(&mut resolved, &config.inputs);
    }
    config.view.select(&mut resolved, &config.terms);
    let keys = config.view.by.as_deref();
    let mut digest = known;
    digest.merge(Digest::of(&resolved.sessions, keys.unwrap_or_default(), &config.terms), &config.terms);
    match keys {
        Some(keys) => {
            let groups = std::mem::take(&mut digest.groups);
            output::breakdown(config, &resolved, &digest, groups, keys, io)?;
        }
        None => output::report(config, &resolved, &digest, io)?,
    }
    new.keep(config, &resolved, &outcome, io)?;
    // The process ends here, and gives back at once what would take its time session by session.
    std::mem::forget((resolved, digest));
    Ok(status)
}

impl Config {
    fn summaries(&self) -> Task<'_> {
        // A log is told of as a whole.
        let detail = Detail { errors: 0, selection: Selection::default(), ..self.detail() };
        let (is_strict, json) = (self.is_strict, self.format == Format::Json);
        Task { inputs: &self.inputs, terms: &self.terms, detail, is_strict, json }
    }

    fn detail(&self) -> Detail {
        let detail = self.terms.detail(&self.inputs);
        match &self.view.by {
            // What rows do not show need not be kept.
            Some(keys) => detail.with_rows_by(keys, self.inputs.zone).with_tallies(keys),
            None => Detail {
                // What a page draws over time.
                bucket: (self.format == Format::Html).then(|| Bucket::new(self.drawn_by, self.inputs.zone)),
                ..self.terms.report_detail(&self.inputs)
            },
        }
    }
}

#[cfg(test)]
mod tests;
