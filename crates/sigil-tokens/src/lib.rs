//! What a stream of events has cost so far: running lines, a summary, a table, or a check.
//!
//! [`run`] wires input to ledger to output; `totals` and `check` compute, `render` shows.
#![forbid(unsafe_code)]

mod check;
mod cli;
mod render;
mod stream;
mod totals;

use std::sync::Arc;

use anyhow::{Result, bail};
use clap::CommandFactory;
use sigil_breakdown::reading;
use sigil_cli::{Io, Status};
use sigil_summary::{Detail, Rows};

use check::State;
pub use cli::Args;
use cli::{Config, Output};

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
    if config.output == Output::Running && config.inputs.is_stdin() {
        return stream::run(&config, io);
    }
    let (resolved, outcome) = reading::read(&config.inputs, config.detail());
    let status = reading::complain(&config.inputs, &outcome, &resolved, config.is_strict, io);
    config.inputs.check_sessions(&resolved.known_ids)?;
    if resolved.sessions.is_empty() && !outcome.errors.is_empty() && !config.output.is_check() {
        // Nothing could be read: a sum of nothing would only look like an answer.
        return Ok(status);
    }
    let totals = totals::Totals::of(&resolved, &config.budgets, config.count_all);
    match &config.output {
        Output::Running | Output::Summary if config.json => render::json::summary(&totals, io.stdout())?,
        Output::Running | Output::Summary => {
            let palette = io.palette();
            render::text::summary(&totals, palette, io.stdout())?;
        }
        Output::Table(keys) => {
            let rows = Rows::of(&resolved, keys, config.count_all);
            if config.json {
                render::json::rows(&totals, &rows, io.stdout())?;
            } else {
                let table =
                    sigil_breakdown::table(&rows, &[], config.inputs.zone, io.columns()).text(io.palette());
                io.stdout().write_all(table.as_bytes())?;
            }
        }
        Output::Check(thresholds) => {
            let verdict = check::check(&resolved, &config, *thresholds)?;
            if verdict.state < State::Critical {
                // What could not be read may be what matters; of what was read nothing can become less.
                if status != Status::Success || !outcome.unrecognised.is_empty() {
                    return Ok(Status::Code(1));
                }
                // An empty log is a session that has not begun. An empty pipe may be a writer that failed.
                let is_empty = resolved.input.lines == 0 && !config.inputs.is_stdin();
                if resolved.sessions.is_empty() && !is_empty {
                    bail!("E001_SESSION_NF: cannot tell: the input holds no event that is asked for");
                }
            }
            if config.json {
                render::json::verdict(&verdict, io.stdout())?;
            }
            io.warn(render::text::verdict(&verdict));
            return Ok(Status::Code(verdict.state.status()));
        }
    }
    Ok(status)
}

impl Config {
    /// Neither a check nor the lines of a stream for programs tell a cost.
    fn shows_cost(&self) -> bool {
        match self.output {
            Output::Check(_) => false,
            Output::Running => !(self.json && self.inputs.is_stdin()),
            Output::Summary | Output::Table(_) => true,
        }
    }

    fn detail(&self) -> Detail {
        let keys = if let Output::Table(keys) = &self.output { keys.as_slice() } else { &[] };
        let detail = Detail {
            prices: self.shows_cost().then(|| Arc::clone(&self.prices)),
            stated_costs: self.stated_costs,
            ..reading::detail(&self.inputs)
        };
        detail.with_rows_by(keys, self.inputs.zone)
    }
}
