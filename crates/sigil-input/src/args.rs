//! The arguments that name inputs: one struct, so that they mean the same in every tool.

use std::collections::HashSet;
use std::io::{IsTerminal, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono_tz::Tz;
use sigil_event::Sink;
use sigil_store::{Config, Store, StoredSession, escape, home, nearest};

use crate::compressed;
use crate::error::Error;
use crate::follow::Target;
use crate::format::{Format, FormatChoice};
use crate::moment::{self, End};
use crate::opened::{self, Looked};
use crate::operand::{self, Plan};
use crate::read::{self, Options, Outcome};
use crate::source::{Found, Place, Source};
use crate::zone;

/// What to read, as typed.
#[derive(Clone, Debug, Default, clap::Args)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Logs to read: files, directories, or - for standard input; gzip, zstd and tar archives are read in
    /// place. A quoted glob is expanded. Without one: standard input, or the log store if that is a terminal
    /// or -s or -l is given
    #[arg(value_name = "FILE|DIR|-")]
    pub operands: Vec<PathBuf>,

    /// A session of the store; with operands, only that session of them. Repeatable, * globs
    #[arg(short, long = "session", value_name = "ID")]
    pub sessions: Vec<String>,

    /// The log store, read unless there are operands [default: $SIGIL_LOG_PATH, else ~/.sigil/logs]
    #[arg(short, long, value_name = "DIR")]
    pub log_path: Option<PathBuf>,

    /// Format of the lines: auto, sigil, claude, codex, higress or text. On its own, claude or codex reads that
    /// agent's directories
    #[arg(long, value_name = "FORMAT", value_parser = FormatChoice::NAMES, hide_possible_values = true)]
    pub from: Option<String>,

    /// Only events from then on: RFC 3339, a date, or an age such as 7d, 36h, 10m
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub since: Option<String>,

    /// Only events before then; a date includes its day
    #[arg(long, value_name = "T", allow_hyphen_values = true)]
    pub until: Option<String>,

    /// How times are shown and days are cut: an IANA name, utc or local [default: local]
    #[arg(long, value_name = "TZ")]
    pub timezone: Option<String>,

    /// How times without a zone are read [default: local]
    #[arg(long, value_name = "TZ")]
    pub input_timezone: Option<String>,
}

/// Whether a session is wanted, by its id.
pub type SessionTest = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// What to read and follow, which need not exist yet.
pub struct Followed {
    /// In the order in which they were named.
    pub targets: Vec<Target>,
    /// How bytes become events.
    pub options: Options,
    /// How times are shown.
    pub zone: Tz,
    /// First microsecond since 1970 that is wanted.
    pub since_us: Option<i64>,
    /// First microsecond since 1970 that is wanted no more.
    pub until_us: Option<i64>,
    /// Sessions that are wanted of the targets; all if none.
    pub session: Option<SessionTest>,
    met: Met,
}

/// Which of the sessions that are asked for by name have been met.
#[derive(Clone, Debug, Default)]
struct Met(Arc<Vec<(String, AtomicBool)>>);

impl Met {
    fn of(patterns: &[String]) -> Self {
        Self(Arc::new(patterns.iter().map(|pattern| (pattern.clone(), AtomicBool::new(false))).collect()))
    }

    /// The test for these sessions, which notes those that it meets.
    fn noting(&self, test: Option<SessionTest>) -> Option<SessionTest> {
        let (test, met) = (test?, self.clone());
        Some(Arc::new(move |id: &str| {
            let is_wanted = test(id);
            let unmet = met.0.iter().filter(|(_, is_met)| is_wanted && !is_met.load(Ordering::Relaxed));
            for (pattern, is_met) in unmet {
                let is_glob_of = || glob::Pattern::new(pattern).is_ok_and(|glob| glob.matches(id));
                is_met.store(pattern == id || is_glob_of(), Ordering::Relaxed);
            }
            is_wanted
        }))
    }
}

impl Followed {
    /// Checks that every session that was asked for of the targets has been met.
    ///
    /// # Errors
    /// One has not.
    pub fn check_sessions(&self) -> Result<(), Error> {
        match self.met.0.iter().find(|(_, is_met)| !is_met.load(Ordering::Relaxed)) {
            Some((pattern, _)) => {
                Err(Error::SessionNotFound { pattern: escape::quoted(pattern), hint: String::new() })
            }
            None => Ok(()),
        }
    }
}

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
    wanted: Vec<String>,
    /// Operands that must hold a log.
    holders: Vec<operand::Holder>,
    /// Whether the span of time that is wanted counts back from now.
    pub has_ages: bool,
}

impl InputArgs {
    /// Finds what is meant. `now_us` is what ages count back from.
    ///
    /// # Errors
    /// An operand, session, zone or time does not exist, or cannot be read.
    pub fn resolve(&self, config: &Config, now_us: i64) -> Result<Inputs, Error> {
        let (mut inputs, store) = self.resolve_but_store(config, now_us)?;
        if let Some(store) = store {
            inputs.add_stored(&store, store.sessions()?)?;
        }
        Ok(inputs)
    }

    /// Finds what is meant, and the log store if all of it is meant, which has not been looked into.
    ///
    /// # Errors
    /// Those of [`resolve`](Self::resolve).
    pub fn resolve_but_store(&self, config: &Config, now_us: i64) -> Result<(Inputs, Option<Store>), Error> {
        let Terms { options, zone, since_us, until_us } = self.terms(config, now_us)?;
        let store = self.whole_store(config, options.format)?;
        let plan = if store.is_some() { Plan::default() } else { self.plan(config, options.format)? };
        let is_stored = self.operands.is_empty() && self.owner_alone(options.format).is_none();
        let patterns = if is_stored { Vec::new() } else { self.sessions.clone() };
        let inputs = Inputs {
            sources: plan.sources,
            holders: plan.holders,
            options,
            zone,
            since_us,
            until_us,
            session: session_test(&patterns),
            wanted: patterns,
            has_ages: self.has_ages(),
        };
        Ok((inputs, store))
    }

    /// What is said of times, formats and sessions, for logs that others have read: there is nothing to read here.
    ///
    /// # Errors
    /// A zone or time means nothing.
    pub fn resolve_without_logs(&self, config: &Config, now_us: i64) -> Result<Inputs, Error> {
        let Terms { options, zone, since_us, until_us } = self.terms(config, now_us)?;
        Ok(Inputs {
            sources: Vec::new(),
            holders: Vec::new(),
            options,
            zone,
            since_us,
            until_us,
            session: session_test(&self.sessions),
            wanted: self.sessions.clone(),
            has_ages: self.has_ages(),
        })
    }

    /// Finds what is meant, to be followed: what does not exist yet is waited for. With `all` every session of
    /// the store is meant.
    ///
    /// # Errors
    /// A zone or time means nothing, or it cannot be told where the logs are.
    pub fn follow(&self, config: &Config, now_us: i64, all: bool) -> Result<Followed, Error> {
        let Terms { options, zone, since_us, until_us } = self.terms(config, now_us)?;
        let store = || -> Result<Target, Error> {
            let store = Store::new(home::store_root(self.log_path.as_deref(), config)?);
            Ok(Target::Sessions { store, patterns: if all { Vec::new() } else { self.sessions.clone() } })
        };
        let is_stored = self.operands.is_empty() && self.owner_alone(options.format).is_none();
        let targets = if !is_stored {
            match self.owner_alone(options.format) {
                Some(Format::Codex) => operand::codex_roots().into_iter().map(Target::OwnTree).collect(),
                Some(_) => operand::claude_roots().into_iter().map(Target::OwnTree).collect(),
                None => self.operands.iter().map(|operand| Target::of(operand)).collect(),
            }
        } else if all
            || !self.sessions.is_empty()
            || self.log_path.is_some()
            || std::io::stdin().is_terminal()
        {
            vec![store()?]
        } else {
            vec![Target::Stdin]
        };
        let patterns = if is_stored { Vec::new() } else { self.sessions.clone() };
        let met = Met::of(&patterns);
        let session = met.noting(session_test(&patterns));
        Ok(Followed { targets, options, zone, since_us, until_us, session, met })
    }

    /// Whether a span of time is asked for that counts back from now.
    fn has_ages(&self) -> bool {
        let ends = [&self.since, &self.until];
        ends.into_iter().flatten().any(|text| moment::Age::parse(text).is_ok())
    }

    /// What is said of formats and times.
    fn terms(&self, config: &Config, now_us: i64) -> Result<Terms, Error> {
        let zone = |flag: &Option<String>, key: &str, configured: &Option<String>| match (flag, configured) {
            (Some(name), _) => zone::named(name),
            (None, Some(name)) => zone::named(name).map_err(|why| of_config(&why, config, key)),
            (None, None) => Ok(zone::local()),
        };
        let display = zone(&self.timezone, "timezone", &config.timezone)?;
        let format = self.from.as_deref().map_or(Ok(FormatChoice::Auto), FormatChoice::named)?;
        let moment = |text: &Option<String>, end| {
            text.as_ref().map(|text| moment::parse(text, end, display, now_us)).transpose()
        };
        let (since_us, until_us) = (moment(&self.since, End::Since)?, moment(&self.until, End::Until)?);
        if let (Some(since), Some(until)) = (since_us, until_us)
            && since >= until
        {
            return Err(Error::Usage("--since is not before --until; nothing can lie between".to_owned()));
        }
        let input_zone = zone(&self.input_timezone, "input_timezone", &config.input_timezone)?;
        let options = Options { now_us, ..Options::new(format, input_zone) };
        Ok(Terms { options, zone: display, since_us, until_us })
    }

    fn plan(&self, config: &Config, format: FormatChoice) -> Result<Plan, Error> {
        if !self.operands.is_empty() {
            return operand::find(&self.operands);
        }
        match self.owner_alone(format) {
            Some(Format::Claude) => return operand::claude_directories(),
            Some(Format::Codex) => return operand::codex_directories(),
            _ => {}
        }
        if self.sessions.is_empty() { Ok(Plan::stdin()) } else { self.stored(config) }
    }

    /// The log store, if all of it is meant.
    fn whole_store(&self, config: &Config, format: FormatChoice) -> Result<Option<Store>, Error> {
        let is_another =
            !self.operands.is_empty() || !self.sessions.is_empty() || self.owner_alone(format).is_some();
        if is_another || self.log_path.is_none() && !std::io::stdin().is_terminal() {
            return Ok(None);
        }
        Ok(Some(Store::new(home::store_root(self.log_path.as_deref(), config)?)))
    }

    /// Whose logs to read, if that is said and not which: an agent with directories of its own.
    fn owner_alone(&self, format: FormatChoice) -> Option<Format> {
        match format {
            FormatChoice::Only(owner @ (Format::Claude | Format::Codex))
                if self.operands.is_empty() && self.log_path.is_none() =>
            {
                Some(owner)
            }
            _ => None,
        }
    }

    fn stored(&self, config: &Config) -> Result<Plan, Error> {
        let store = Store::new(home::store_root(self.log_path.as_deref(), config)?);
        let found = self.sessions.iter().map(|pattern| store.find(pattern));
        let sessions: Vec<_> = found.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        Ok(Plan::stored(&sessions))
    }
}

/// What is said of formats and times.
struct Terms {
    options: Options,
    zone: Tz,
    since_us: Option<i64>,
    until_us: Option<i64>,
}

/// An error about a key of the configuration.
fn of_config(why: &Error, config: &Config, key: &str) -> Error {
    match (why, &config.file) {
        (Error::Usage(text), Some(file)) => Error::Usage(format!("{}: {key}: {text}", home::shown(file))),
        _ => Error::Usage(format!("{key}: {why}")),
    }
}

fn session_test(patterns: &[String]) -> Option<SessionTest> {
    if patterns.is_empty() {
        return None;
    }
    // What is no glob can still be an id.
    let globs: Vec<_> = patterns.iter().filter_map(|pattern| glob::Pattern::new(pattern).ok()).collect();
    let names = patterns.to_vec();
    Some(Arc::new(move |id: &str| {
        names.iter().any(|name| name == id) || globs.iter().any(|glob| glob.matches(id))
    }))
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
