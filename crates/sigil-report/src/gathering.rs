//! Where the figures of a report come from: logs, or what other runs have gathered from logs.

use std::path::PathBuf;

use anyhow::Result;
use sigil_breakdown::reading;
use sigil_cli::{Io, Status};
use sigil_input::read::Outcome;
use sigil_summary::{Detail, Summary};

use crate::cache::{self, Cache, Fresh};
use crate::cli::Config;
use crate::partial::{self, Made};

/// Flags about where figures come from; the tool flattens them into its own.
#[derive(clap::Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct GatheringArgs {
    /// Write what was gathered, as lines of JSON that --merge puts together, instead of a report
    #[arg(long, conflicts_with_all = ["merge", "by", "sort", "reverse", "limit", "min_tokens", "status", "json", "format", "budget", "stale_after", "count_all", "validate", "write_summaries", "conversation"])]
    partial: bool,

    /// Report on what --partial has written: the operands, - for standard input, are such files and no logs
    #[arg(long, conflicts_with_all = ["from", "log_path", "input_timezone", "validate", "write_summaries", "conversation"])]
    merge: bool,

    /// Read every log anew, and keep nothing for the next run
    #[arg(long)]
    no_cache: bool,
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

    /// Whether what was read is kept for the next run, and what was kept is used.
    pub(crate) fn uses_cache(self) -> bool {
        !self.no_cache
    }

    /// Whether operands are logs.
    pub(crate) fn reads_logs(self) -> bool {
        !self.merge
    }
}

/// What there is to report on.
pub(crate) struct Gathered {
    pub(crate) summary: Summary,
    pub(crate) outcome: Outcome,
    /// What the cache does not know yet.
    pub(crate) fresh: Option<Fresh>,
}

/// Gathers what there is to report on.
pub(crate) fn gather(config: &mut Config, io: &mut Io<'_>) -> Result<Gathered> {
    if let Gathering::Merge(paths) = &config.gathering {
        let made = Made::under(&config.inputs, &config.terms);
        let terms = &config.terms;
        let (summary, outcome) =
            partial::merge(paths, &made, &mut config.inputs, |inputs| terms.whole_detail(inputs))?;
        return Ok(Gathered { summary, outcome, fresh: None });
    }
    Ok(of_logs(config, io, config.detail()))
}

/// Gathers from logs, or from what is known of them.
fn of_logs(config: &Config, io: &mut Io<'_>, detail: Detail) -> Gathered {
    let Config { inputs, terms, .. } = config;
    let cache =
        if config.uses_cache { Cache::of(inputs, &Made::under(inputs, terms), &detail) } else { None };
    let gathered = cache.and_then(|cache| cache.gather(inputs, &detail));
    match gathered {
        Some(cache::Gathered { summary, outcome, fresh, known }) => {
            io.note(format_args!(
                "{known} of {} inputs have not changed since they were read",
                inputs.sources.len()
            ));
            Gathered { summary, outcome, fresh: Some(fresh) }
        }
        None => {
            let (summary, outcome) = reading::gather(inputs, detail);
            Gathered { summary, outcome, fresh: None }
        }
    }
}

/// Keeps what the cache does not know yet, when the report is out.
pub(crate) fn keep(fresh: Option<Fresh>, io: &mut Io<'_>) -> Result<()> {
    if let Some(fresh) = fresh {
        io.stdout().flush()?;
        if let Err(why) = fresh.write() {
            io.note(format_args!("what was read is not kept for the next run: {why}"));
        }
    }
    Ok(())
}

/// Writes what there is to report on.
pub(crate) fn write(config: &Config, io: &mut Io<'_>) -> Result<Status> {
    let detail = config.terms.whole_detail(&config.inputs);
    let Gathered { summary, outcome, fresh } = of_logs(config, io, detail);
    let read = summary.read_so_far();
    let status = reading::complain(&config.inputs, &outcome, &read, config.is_strict, io);
    let made = Made::under(&config.inputs, &config.terms);
    partial::write(made, &config.inputs, summary, &outcome, io.stdout())?;
    keep(fresh, io)?;
    Ok(status)
}
