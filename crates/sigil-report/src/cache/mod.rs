//! What earlier runs have gathered of files that have not changed since, so that a run reads only what has.
//!
//! One file in the state directory holds a record for each log file, of what was gathered under the same
//! ([`Made`](crate::partial::Made)) by the same program. For a report on a large store, another holds what many
//! sessions come to together ([`shelves`]). Nothing depends on them: whatever is missing, damaged, somebody else's
//! or in the way is read from the logs as if there were no cache.

mod known;
mod record;
mod shelves;
mod sink;
mod stamp;
mod store;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

use sigil_event::SourceId;
use sigil_input::read::{self, Outcome};
use sigil_input::{Inputs, Source};
use sigil_store::{Store, StoredSession, home, threads};
use sigil_summary::{Detail, Key, Summary};
use twox_hash::XxHash3_128;

use crate::partial::Made;
use crate::terms::Terms;
use known::Looked;
use record::{Entry, Went};
pub(crate) use shelves::{Known, Shelves};
use sink::BySource;
use stamp::Stamp;
use store::Stored;

/// Less is not worth a cache.
const LEAST_BYTES: u64 = 1 << 20;

/// To open a log takes as long as to read so many bytes.
const OPENING: u64 = 16 << 10;

/// To open a smaller file takes longer than to read it; of a larger one what is kept has to be much less than it.
const SMALL: u64 = 64 << 10;

/// The cache of what is gathered under the same.
#[derive(Debug)]
pub(crate) struct Cache {
    directory: PathBuf,
    /// What all of it depends on.
    under: String,
    now_ns: i64,
}

/// What is new, to be written when the report is out.
#[derive(Debug)]
pub(crate) struct Fresh {
    stored: Stored,
    records: Vec<Vec<u8>>,
}

/// All that there is to report on.
pub(crate) struct Gathered {
    pub(crate) summary: Summary,
    pub(crate) outcome: Outcome,
    pub(crate) fresh: Fresh,
    /// How many files have not been read.
    pub(crate) known: usize,
}

impl Cache {
    /// The cache for `inputs`, gathered as `made` says; none if it is of no use, or has no place.
    pub(crate) fn of(inputs: &Inputs, made: &Made, detail: &Detail) -> Option<Self> {
        // What counts back from now is something else each time.
        if inputs.has_ages {
            return None;
        }
        let directory = home::state_dir().ok()?.join("report");
        let program = std::env::current_exe().ok().and_then(|path| Stamp::of(&path));
        let decoding = (inputs.options.format, inputs.options.input_zone, inputs.options.disclosure);
        // What is the same for all, or already said.
        let (selection, prices, logs, directories) = Default::default();
        let detail = Detail { selection, prices, logs, directories, ..detail.clone() };
        let under = format!("{made:?} {detail:?} {decoding:?} {program:?} {}", env!("CARGO_PKG_VERSION"));
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?;
        Some(Self { directory, under, now_ns: i64::try_from(now.as_nanos()).ok()? })
    }

    /// Where it is kept what also depends on `more`.
    fn path(&self, more: &str, extension: &str) -> PathBuf {
        let under = [&self.under, more].concat();
        self.directory.join(format!("{:032x}.{extension}", XxHash3_128::oneshot(under.as_bytes())))
    }

    /// What of a store need not be looked into for a report by `keys`, and the sessions that must be read. None if
    /// that is of no use.
    pub(crate) fn look(
        &self,
        store: &Store,
        keys: &[Key],
        terms: &Terms,
    ) -> Option<(Shelves, Known, Vec<StoredSession>)> {
        let Terms { budgets, count_all, limits, .. } = terms;
        let root = std::path::absolute(store.root()).ok()?;
        let more = format!("{:?} {keys:?} {budgets:?} {count_all:?} {limits:?}", root);
        Shelves::look(self.path(&more, "shelves"), store, self.now_ns, terms)
    }

    /// Gathers all of `inputs` that it does not know, and adds what it does. None if the inputs are not worth it.
    pub(crate) fn gather(self, inputs: &Inputs, detail: &Detail) -> Option<Gathered> {
        let stamps = stamp::all(&inputs.sources);
        let size: u64 = stamps.iter().flatten().map(|stamp| stamp.size).sum();
        let path = self.path("", "cache");
        let to_read = size + inputs.sources.len() as u64 * OPENING;
        // It can take longer to look for a few logs in a large cache than to read them.
        if size < LEAST_BYTES || to_read < fs::metadata(&path).map_or(0, |found| found.len()) {
            return None;
        }
        let detail = Arc::new(detail.clone());
        let stored = Stored::read(path);
        let looked = Looked::of(inputs, &stamps, &stored);
        let found = known::read(looked.logs, &detail);
        let mut missing = looked.missing;
        let mut summary = Summary::new(Arc::clone(&detail));
        let mut went = Vec::new();
        for part in found {
            summary.merge(part.summary);
            went.extend(part.went);
            missing.extend(part.damaged);
        }
        missing.sort_unstable();
        let known = went.len();
        let mut apart: HashMap<SourceId, (bool, Summary)> = HashMap::new();
        let mut outcome = Outcome::default();
        if !missing.is_empty() {
            let new = || BySource::new(Arc::clone(&detail));
            outcome = read::read_some(&inputs.sources, &missing, &inputs.options, new, |part| {
                for (source, has_text, part) in part.done {
                    let (known_text, whole) =
                        apart.entry(source).or_insert_with(|| (false, Summary::new(Arc::clone(&detail))));
                    *known_text |= has_text;
                    whole.merge(part);
                }
            });
        }
        let new =
            Unstored { inputs, stamps: &stamps, keys: &looked.keys, now_ns: self.now_ns, apart: &apart };
        let records = new.records(&missing, &outcome);
        // Text may mean something else tomorrow, so nobody merges it before it is known whether to keep it.
        let mut read: Vec<_> = apart.into_iter().collect();
        read.sort_unstable_by_key(|(source, _)| *source);
        read.into_iter().for_each(|(_, (_, part))| summary.merge(part));
        add(&mut outcome, went, &inputs.sources);
        inputs.ask_holders(&mut outcome);
        Some(Gathered { summary, outcome, fresh: Fresh { stored, records }, known })
    }
}

impl Fresh {
    /// Writes what is new. That it cannot is no trouble; the words say why.
    pub(crate) fn write(self) -> Result<(), String> {
        if self.records.is_empty() { Ok(()) } else { self.stored.add(self.records) }
    }
}

/// What was read and is to be stored, as far as it may be.
struct Unstored<'a> {
    inputs: &'a Inputs,
    stamps: &'a [Option<Stamp>],
    keys: &'a [u128],
    now_ns: i64,
    apart: &'a HashMap<SourceId, (bool, Summary)>,
}

impl Unstored<'_> {
    fn records(&self, missing: &[SourceId], outcome: &Outcome) -> Vec<Vec<u8>> {
        let failed: HashSet<_> = outcome.errors.iter().filter_map(|why| why.input()).collect();
        let left_out: HashSet<_> = outcome.left_out.iter().map(String::as_str).collect();
        let unrecognised: HashSet<_> = outcome.unrecognised.iter().map(String::as_str).collect();
        let ids = missing.iter().copied().filter(|id| {
            let name = self.source(*id).map(|source| source.name.as_str());
            name.is_some_and(|name| !failed.contains(name))
        });
        let records = threads::map(ids.collect(), |id| {
            let source = self.source(id)?;
            let name = source.name.as_str();
            let went = if left_out.contains(name) {
                Went::LeftOut
            } else if unrecognised.contains(name) {
                Went::Unrecognised
            } else {
                Went::Read
            };
            self.record(id, source, went)
        });
        records.into_iter().flatten().collect()
    }

    fn source(&self, id: SourceId) -> Option<&Source> {
        self.inputs.sources.get(id.0 as usize)
    }

    fn record(&self, id: SourceId, source: &Source, went: Went) -> Option<Vec<u8>> {
        let place = id.0 as usize;
        let (stamp, key) = (self.stamps.get(place).copied().flatten()?, *self.keys.get(place)?);
        let path = source.path()?;
        // What changes at this moment may change once more without looking different.
        if !stamp.is_settled(self.now_ns) || Stamp::of(path) != Some(stamp) {
            return None;
        }
        let summary = match self.apart.get(&id) {
            // A date without a year means another year some day.
            Some((true, _)) => return None,
            Some((false, summary)) => Some(summary),
            None => None,
        };
        let record = Entry { path: std::path::absolute(path).ok()?, went, key, stamp }.encode(summary)?;
        (stamp.size < SMALL || record.len() as u64 <= stamp.size / 2).then_some(record)
    }
}

/// Adds how the reading of known files went, when it did, in the order in which one run would tell.
fn add(outcome: &mut Outcome, known: Vec<(SourceId, Went)>, sources: &[Source]) {
    let name = |id: SourceId| sources.get(id.0 as usize).map(|source| source.name.clone());
    for (id, went) in known {
        match went {
            Went::Read => {}
            Went::LeftOut => outcome.left_out.extend(name(id)),
            Went::Unrecognised => outcome.unrecognised.extend(name(id)),
        }
    }
    let lists = [&mut outcome.left_out, &mut outcome.unrecognised];
    if lists.iter().all(|list| list.len() < 2) {
        return;
    }
    let order: HashMap<&str, _> = sources
        .iter()
        .enumerate()
        .map(|(place, source)| (source.name.as_str(), (!source.is_lasting(), place)))
        .collect();
    for list in lists {
        list.sort_by_key(|name| order.get(name.as_str()).copied());
    }
}
