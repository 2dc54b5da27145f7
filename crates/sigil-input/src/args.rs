//! The arguments that name inputs: one struct, so that they mean the same in every tool.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono_tz::Tz;
use sigil_store::{Config, Kept, Store, escape, home};

use crate::error::Error;
use crate::follow::{Archives, Target};
use crate::format::{Format, FormatChoice};
use crate::inputs::Inputs;
use crate::moment::{self, End};
use crate::operand::{self, Plan};
use crate::read::Options;
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
    /// the store is meant. `archives` says which sessions are looked for in the store's archive.
    ///
    /// # Errors
    /// A zone or time means nothing, or it cannot be told where the logs are.
    pub fn follow(
        &self,
        config: &Config,
        now_us: i64,
        all: bool,
        archives: Archives,
    ) -> Result<Followed, Error> {
        let Terms { options, zone, since_us, until_us } = self.terms(config, now_us)?;
        let store = || -> Result<Vec<Target>, Error> {
            let store = Store::new(home::store_root(self.log_path.as_deref(), config)?);
            Ok(Target::of_store(store, if all { &[] } else { &self.sessions }, archives))
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
            store()?
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
        if !self.operands.is_empty() || self.owner_alone(format).is_some() {
            return Ok(None);
        }
        let is_meant = match self.sessions.as_slice() {
            [] => self.log_path.is_some() || std::io::stdin().is_terminal(),
            patterns => patterns.iter().all(|pattern| pattern == "*"),
        };
        if !is_meant {
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
        let (mut sessions, mut archives) = (Vec::new(), Vec::new());
        for pattern in &self.sessions {
            match store.find_kept(pattern)? {
                Kept::InSessions(found) => sessions.extend(found),
                Kept::InArchive(found) => archives.extend(found),
            }
        }
        let mut plan = Plan::stored(&sessions);
        plan.add_archived(&archives)?;
        Ok(plan)
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
