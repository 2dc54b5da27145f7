//! Where the figures of a report come from: logs, or what other runs have gathered from logs.

use std::collections::HashSet;
use std::path::PathBuf;

use anyhow::Result;
use sigil_breakdown::reading;
use sigil_cli::{Io, Status};
use sigil_input::read::Outcome;
use sigil_store::Store;
use sigil_summary::{Detail, Resolved, SessionSummary, Summary};

use crate::cache::{self, Cache, Fresh, Shelves};
use crate::cli::Config;
use crate::digest::Digest;
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
    /// What is known of sessions that were not read.
    pub(crate) known: Digest,
    /// What the cache does not know yet.
    pub(crate) new: New,
}

/// What the cache does not know yet.
#[derive(Default)]
pub(crate) struct New {
    /// Of single files.
    fresh: Option<Fresh>,
    /// Of what many sessions come to together.
    shelves: Option<Shelves>,
}

/// Gathers what there is to report on.
pub(crate) fn gather(config: &mut Config, io: &mut Io<'_>) -> Result<Gathered> {
    if let Gathering::Merge(paths) = &config.gathering {
        let made = Made::under(&config.inputs, &config.terms);
        let terms = &config.terms;
        let (summary, outcome) =
            partial::merge(paths, &made, &mut config.inputs, |inputs| terms.whole_detail(inputs))?;
        return Ok(Gathered { summary, outcome, known: Digest::default(), new: New::default() });
    }
    match config.store.take() {
        Some(store) => of_store(config, &store, io),
        None => Ok(of_logs(config, io, config.detail())),
    }
}

/// Gathers from a whole store what is not known of its sessions together.
fn of_store(config: &mut Config, store: &Store, io: &mut Io<'_>) -> Result<Gathered> {
    let Config { inputs, terms, .. } = &*config;
    let keys = config.view.by.as_deref().unwrap_or_default();
    let cache = Cache::of(inputs, &Made::under(inputs, terms), &config.detail());
    let looked = cache.and_then(|cache| cache.look(store, keys, terms));
    let Some((shelves, known, sessions)) = looked else {
        config.inputs.add_stored(store, store.sessions()?)?;
        return Ok(of_logs(config, io, config.detail()));
    };
    if known.directories == 0 || !sessions.is_empty() {
        config.inputs.add_stored(store, sessions)?;
    }
    let gathered = of_logs(config, io, config.detail());
    let is_separate = gathered.summary.is_of_separate_logs();
    let is_of_many = count(&known.digest, &gathered.summary).is_some_and(|sessions| sessions > 1);
    if known.directories == 0 {
        // Nothing was known, so all was read.
        let shelves = Some(shelves).filter(|_| is_separate && is_of_many);
        return Ok(Gathered { new: New { shelves, ..gathered.new }, ..gathered });
    }
    if !is_separate || !is_of_many {
        shelves.forget();
        config.inputs.sources.clear();
        config.inputs.add_stored(store, store.sessions()?)?;
        return Ok(of_logs(config, io, config.detail()));
    }
    let directories = known.directories;
    io.note(format_args!("{directories} directories of sessions have not changed since they were read"));
    let new = New { shelves: Some(shelves), ..gathered.new };
    Ok(Gathered { known: known.digest, new, ..gathered })
}

/// How many sessions there are in what is known and in what was read; none if one is in both, or twice in what is
/// known, as only where directories hold sessions of other names.
fn count(known: &Digest, read: &Summary) -> Option<usize> {
    let mut ids = HashSet::new();
    let known = known.briefs.iter().map(|brief| &*brief.id);
    known.chain(read.ids()).all(|id| ids.insert(id)).then_some(ids.len())
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
            let new = New { fresh: Some(fresh), shelves: None };
            Gathered { summary, outcome, known: Digest::default(), new }
        }
        None => {
            let (summary, outcome) = reading::gather(inputs, detail);
            Gathered { summary, outcome, known: Digest::default(), new: New::default() }
        }
    }
}

impl New {
    /// Keeps what the cache does not know yet, when the report is out.
    pub(crate) fn keep(
        self,
        config: &Config,
        resolved: &Resolved,
        outcome: &Outcome,
        io: &mut Io<'_>,
    ) -> Result<()> {
        io.stdout().flush()?;
        let Config { inputs, terms, view, .. } = config;
        let keys = view.by.as_deref().unwrap_or_default();
        let digest = |sessions: &[&SessionSummary]| Digest::of_share(sessions.iter().copied(), keys, terms);
        let fresh = self.fresh.map(Fresh::write);
        // Of a model without a price it is to be said each time that it has none.
        let shelves = self.shelves.filter(|_| resolved.unpriced_models.is_empty());
        let shelves = shelves.map(|shelves| shelves.add(resolved, &inputs.sources, outcome, digest));
        for why in fresh.into_iter().chain(shelves).filter_map(Result::err) {
            io.note(format_args!("what was read is not kept for the next run: {why}"));
        }
        Ok(())
    }
}

/// Writes what there is to report on.
pub(crate) fn write(config: &Config, io: &mut Io<'_>) -> Result<Status> {
    let detail = config.terms.whole_detail(&config.inputs);
    let Gathered { summary, outcome, new, .. } = of_logs(config, io, detail);
    let read = summary.read_so_far();
    let status = reading::complain(&config.inputs, &outcome, &read, config.is_strict, io);
    let made = Made::under(&config.inputs, &config.terms);
    partial::write(made, &config.inputs, summary, &outcome, io.stdout())?;
    new.keep(config, &read, &outcome, io)?;
    Ok(status)
}
