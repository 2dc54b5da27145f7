//! What is to be read, found.

use std::collections::HashSet;
use std::io::Read;
use std::path::PathBuf;
use std::sync::Arc;

use chrono_tz::Tz;
use sigil_event::Sink;
use sigil_store::{Store, StoredSession, escape, home, nearest};

use crate::args::SessionTest;
use crate::compressed;
use crate::error::Error;
use crate::opened::{self, Looked};
use crate::operand::{self, Plan};
use crate::read::{self, Options, Outcome};
use crate::source::{Found, Place, Source};

/// What to read, found.
pub struct Inputs {
    /// In the order of their names, which numbers them.
    pub sources: Vec<Source>,
    /// How bytes become events.
    pub options: Options,
    /// How times are shown and days are cut.
    pub zone: Tz,
    /// First microsecond since 1970 that is wanted.
    pub since_us: Option<i64>,
    /// First microsecond since 1970 that is wanted no more.
    pub until_us: Option<i64>,
    /// Sessions that are wanted of the operands; all if none.
    pub session: Option<SessionTest>,
    pub(crate) wanted: Vec<String>,
    /// Operands that must hold a log.
    pub(crate) holders: Vec<operand::Holder>,
    /// Whether the span of time that is wanted counts back from now.
    pub has_ages: bool,
}

impl Inputs {
    /// The sessions that are wanted of the operands, as they were asked for.
    pub fn wanted_sessions(&self) -> &[String] {
        &self.wanted
    }

    /// By source: the number of the log it is a part of. Parts of one log have one number; what has the same
    /// name as another, as standard inputs of several runs have, is no part of it.
    pub fn logs(&self) -> Vec<u32> {
        let mut logs: Vec<u32> = Vec::with_capacity(self.sources.len());
        for (number, source) in (0..).zip(&self.sources) {
            let before = logs.last().zip(self.sources.get(logs.len().wrapping_sub(1)));
            logs.push(match before {
                Some((log, previous)) if previous.log() == source.log() && previous.name != source.name => {
                    *log
                }
                _ => number,
            });
        }
        logs
    }

    /// By source: the project that its directory is of, where an agent keeps a directory for each.
    pub fn directories(&self) -> Vec<Option<Arc<str>>> {
        let mut known: Option<Arc<str>> = None;
        let directories = self.sources.iter().map(|source| {
            let name = source.project()?;
            if known.as_deref() != Some(name) {
                known = Some(name.into());
            }
            known.clone()
        });
        directories.collect()
    }

    /// Other files, to be read in the same way, whatever their sessions.
    pub fn of_files(&self, files: impl IntoIterator<Item = PathBuf>) -> Self {
        let sources = files.into_iter().map(|path| Source::file(&path, Found::Named)).collect();
        Self {
            sources,
            options: self.options,
            zone: self.zone,
            since_us: self.since_us,
            until_us: self.until_us,
            session: None,
            wanted: Vec::new(),
            has_ages: self.has_ages,
            holders: Vec::new(),
        }
    }

    /// Adds sessions of a store, of which there must be some.
    ///
    /// # Errors
    /// There are none.
    pub fn add_stored(&mut self, store: &Store, sessions: Vec<StoredSession>) -> Result<(), Error> {
        if sessions.is_empty() {
            let name = home::shown(&store.sessions_dir());
            return Err(Error::Nothing { name, why: "no sessions here yet; see --log-path".to_owned() });
        }
        self.sources.extend(Plan::stored(&sessions).sources);
        Ok(())
    }

    /// Whether standard input is all there is.
    pub fn is_stdin(&self) -> bool {
        matches!(self.sources.as_slice(), [Source { place: Place::Stdin, .. }])
    }

    /// Looks how streams begin, and waits for that. The members of one that is an archive take its place.
    ///
    /// # Errors
    /// A stream cannot be opened, or an archive cannot be kept for reading.
    pub fn look_into_streams(&mut self) -> Result<(), Error> {
        if self.sources.iter().all(|source| matches!(source.place, Place::File(_) | Place::Member(_))) {
            return Ok(());
        }
        let mut plan = Plan::default();
        // One writer may fill several named pipes, one after the other: each is opened when its turn comes.
        let is_only = self.sources.len() == 1;
        for mut source in self.sources.drain(..) {
            if !is_only && matches!(source.place, Place::Stream(_)) {
                plan.sources.push(source);
                continue;
            }
            let failed = |why: &std::io::Error| Error::of_io(&source.name, why);
            let Some(input) = opened::stream(&source).map_err(|why| failed(&why))? else {
                plan.sources.push(source);
                continue;
            };
            match opened::look(&source.name, input).map_err(|why| failed(&why))? {
                Looked::Log(opened) => {
                    source.opened = Some(opened);
                    plan.sources.push(source);
                }
                Looked::Archive(archive) => plan.add_archive(archive),
            }
        }
        plan.finish();
        self.sources = plan.sources;
        self.holders.append(&mut plan.holders);
        Ok(())
    }

    /// What reads standard input, unpacked if it is compressed.
    ///
    /// # Errors
    /// Its beginning cannot be read.
    pub fn open_stdin(&self) -> std::io::Result<Box<dyn Read + Send>> {
        let stdin = self.sources.iter().find(|source| source.place == Place::Stdin);
        let input = stdin.map(opened::stream).transpose()?.flatten();
        input.map_or_else(|| Ok(Box::new(std::io::empty()) as Box<dyn Read + Send>), compressed::plain)
    }

    /// Reads everything, piece by piece (see [`read::read_all`]).
    pub fn read<S, N, T>(&self, new: N, take: T) -> Outcome
    where
        S: Sink + Send,
        N: Fn() -> S + Sync,
        T: FnMut(S) + Send,
    {
        let mut outcome = read::read_all(&self.sources, &self.options, new, take);
        self.ask_holders(&mut outcome);
        outcome
    }

    /// Reads everything on this thread, one source after the other, into one sink. Before each read, which may
    /// wait, `before_wait` is called.
    ///
    /// # Errors
    /// What `before_wait` returns; it ends the reading.
    pub fn read_in_turn<S, W>(&self, sink: &mut S, before_wait: W) -> std::io::Result<Outcome>
    where
        S: Sink,
        W: FnMut(&mut S) -> std::io::Result<()>,
    {
        let mut outcome = read::read_in_turn(&self.sources, &self.options, sink, before_wait)?;
        self.ask_holders(&mut outcome);
        Ok(outcome)
    }

    /// Notes which operands hold no log although they must.
    pub fn ask_holders(&self, outcome: &mut Outcome) {
        let left_out: HashSet<_> = outcome.left_out.iter().cloned().collect();
        let is_left_out = |source: &&Source| left_out.contains(&source.name);
        for holder in &self.holders {
            let mut held = self.sources.iter().filter(|source| holder.holds(source));
            // Whoever holds files is asked only if all of them may have been left out.
            let is_without = match holder {
                _ if left_out.is_empty() => {
                    matches!(holder, operand::Holder::Archive { .. }) && held.next().is_none()
                }
                _ => held.all(|source| is_left_out(&source)),
            };
            if is_without {
                outcome.errors.push(holder.without_logs());
            }
        }
    }

    /// Checks that every session asked for is among those `found` in the input.
    ///
    /// # Errors
    /// One is not; the error names the nearest that is.
    pub fn check_sessions(&self, found: &[String]) -> Result<(), Error> {
        for wanted in &self.wanted {
            let glob = glob::Pattern::new(wanted).ok();
            let is_wanted = |id: &str| id == wanted || glob.as_ref().is_some_and(|glob| glob.matches(id));
            if !found.iter().any(|id| is_wanted(id)) {
                let near = nearest::closest(wanted, found.iter().map(String::as_str));
                return Err(Error::SessionNotFound {
                    pattern: escape::quoted(wanted),
                    hint: nearest::question(&near),
                });
            }
        }
        Ok(())
    }
}
