//! Where the figures of a report come from: logs, or what other runs have gathered from logs.

use std::path::PathBuf;

use anyhow::Result;
use sigil_breakdown::reading;
use sigil_cli::{Io, Status};
use sigil_input::read::Outcome;
use sigil_summary::Resolved;

use crate::cli::Config;
use crate::partial::{self, Made};

/// Flags about where figures come from; the tool flattens them into its own.
#[derive(clap::Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct GatheringArgs {
    /// Write what was gathered, as lines of JSON that --merge puts together, instead of a report
    #[arg(long, conflicts_with_all = ["merge", "by", "json", "format", "budget", "stale_after", "count_all", "validate", "write_summaries"])]
    partial: bool,

    /// Report on what --partial has written: the operands, - for standard input, are such files and no logs
    #[arg(long, conflicts_with_all = ["from", "log_path", "input_timezone", "validate", "write_summaries"])]
    merge: bool,
}

/// Where figures come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Gathering {
    /// From logs.
    Logs,
    /// From logs, to be written and not to be reported on.
    Partial,
    /// From partials.
    Merge(Vec<PathBuf>),
}

impl GatheringArgs {
    pub(crate) fn resolve(self, operands: &[PathBuf]) -> Gathering {
        match self {
            Self { partial: true, .. } => Gathering::Partial,
            Self { merge: true, .. } if operands.is_empty() => Gathering::Merge(vec![PathBuf::from("-")]),
            Self { merge: true, .. } => Gathering::Merge(operands.to_vec()),
            Self { .. } => Gathering::Logs,
        }
    }

    /// Whether operands are logs.
    pub(crate) fn reads_logs(self) -> bool {
        !self.merge
    }
}

/// What there is to report on.
pub(crate) fn gather(config: &mut Config) -> Result<(Resolved, Outcome)> {
    if let Gathering::Merge(paths) = &config.gathering {
        let made = Made::under(&config.inputs, &config.terms);
        let terms = &config.terms;
        let (whole, outcome) =
            partial::merge(paths, &made, &mut config.inputs, |inputs| terms.whole_detail(inputs))?;
        return Ok((whole.resolve(), outcome));
    }
    Ok(reading::read(&config.inputs, config.detail()))
}

/// Writes what there is to report on.
pub(crate) fn write(config: &Config, io: &mut Io<'_>) -> Result<Status> {
    let detail = config.terms.whole_detail(&config.inputs);
    let (summary, outcome) = reading::gather(&config.inputs, detail);
    let read = summary.read_so_far();
    let status = reading::complain(&config.inputs, &outcome, &read, config.is_strict, io);
    let made = Made::under(&config.inputs, &config.terms);
    partial::write(made, &config.inputs, summary, &outcome, io.stdout())?;
    Ok(status)
}
