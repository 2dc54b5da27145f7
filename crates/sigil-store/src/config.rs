//! The configuration file: what may stand in it, where it is, what it means.
//!
//! Everything is optional. What is wrong is said with file, line and key, so that a typing error is not a
//! setting that silently does nothing.

mod document;
mod keys;

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::Error;
use crate::home::Environment;

/// What the configuration file says; everything that it does not say is `None` or empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// The file it was read from, if there was one.
    pub file: Option<PathBuf>,
    /// `log_path`: the log store. `~/` is expanded; a relative one is below the file's directory.
    pub log_path: Option<PathBuf>,
    /// `timezone`: how times are shown; an IANA name, `utc` or `local`, not checked here.
    pub timezone: Option<String>,
    /// `input_timezone`: how times without a zone are read; not checked here.
    pub input_timezone: Option<String>,
    /// `color`: when output is coloured.
    pub color: Option<Color>,
    /// `[budget]`: how many tokens may be used.
    pub budget: Budget,
    /// `[check]`: where `--check` begins to complain.
    pub check: Check,
    /// `[findings]`: from where on a report finds something worth saying.
    pub findings: Findings,
    /// `[alert]`: what `sigil-alert` watches for and whom it tells; what it means is for that tool to say.
    pub alert: Alerting,
    /// `[prices."NAME"]`: what tokens of a model cost, by its name.
    pub prices: BTreeMap<String, Price>,
}

/// When output is coloured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// On a terminal, unless the environment says otherwise.
    #[default]
    Auto,
    /// In pipes and files too.
    Always,
    /// Nowhere.
    Never,
}

impl Color {
    /// The names, in the order in which help shows them.
    pub const NAMES: [&'static str; 3] = ["auto", "always", "never"];

    /// The one that has this name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "auto" => Some(Self::Auto),
            "always" => Some(Self::Always),
            "never" => Some(Self::Never),
            _ => None,
        }
    }
}

/// Budgets in tokens. The defaults are not here but with whoever knows what they are for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// `session`: for a whole session.
    pub session: Option<u64>,
    /// `[budget.components]`: by the component's name.
    pub components: BTreeMap<String, u64>,
}

/// Thresholds of `--check` in percent of the budget; they may exceed 100.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Check {
    /// `warn_at`: from here on it warns.
    pub warn_at: Option<f64>,
    /// `critical_at`: from here on it is critical; not below `warn_at`.
    pub critical_at: Option<f64>,
}

/// From where on something is much, or little.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Findings {
    /// `reasoning_tokens`: tokens of one operation of `reasoning` that are very many.
    pub reasoning_tokens: Option<u64>,
    /// `memory_latency_ms`: a step of `memory` that takes longer takes very long.
    pub memory_latency_ms: Option<u64>,
    /// `steady_latency_ms`: what no step of a steady session reaches.
    pub steady_latency_ms: Option<u64>,
    /// `retries`: so many are worth a warning.
    pub retries: Option<u64>,
    /// `low_usage_percent`: the part of its budget that no component of a thrifty session exceeds.
    pub low_usage_percent: Option<f64>,
    /// `name_length`: characters that a session's id should stay under.
    pub name_length: Option<u64>,
}

/// What is said about alerts, as it stands there: keys are known, values are as they were written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Alerting {
    /// `[alert]`.
    pub settings: Vec<Setting>,
    /// `[alert.rules.NAME]`, in the order of the file.
    pub rules: Vec<RuleSettings>,
}

/// One `[alert.rules.NAME]`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RuleSettings {
    /// The name.
    pub name: String,
    /// The line on which it begins.
    pub line: usize,
    /// What it sets.
    pub settings: Vec<Setting>,
}

/// One `key = value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting {
    /// The key, without the tables around it.
    pub key: String,
    /// The key with the tables around it.
    pub path: String,
    /// The line on which it stands.
    pub line: usize,
    /// The value.
    pub value: SettingValue,
}

/// A value that is to be understood later.
#[derive(Clone, Debug, PartialEq)]
pub enum SettingValue {
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(String),
}

impl Alerting {
    /// The keys of `[alert]` beside `rules`.
    pub const KEYS: [&'static str; 9] = [
        "repeat",
        "interval",
        "state",
        "webhook_env",
        "webhook_file",
        "webhook_format",
        "exec",
        "exec_timeout",
        "report",
    ];
    /// The keys of `[alert.rules.NAME]`.
    pub const RULE_KEYS: [&'static str; 16] = [
        "enabled",
        "measure",
        "threshold",
        "severity",
        "warning",
        "error",
        "critical",
        "window",
        "last",
        "at_least",
        "for",
        "keep",
        "session",
        "component",
        "file",
        "action",
    ];
}

/// What a model costs and can hold. In the file prices are in USD per million tokens; here they are in
/// 10^-12 USD per token. What is left out is for whoever knows what is published.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Price {
    /// `input`: uncached input.
    pub input: Option<u64>,
    /// `output`.
    pub output: Option<u64>,
    /// `cache_read`: read from a cache.
    pub cache_read: Option<u64>,
    /// `cache_write`: written to a cache for minutes.
    pub cache_write: Option<u64>,
    /// `cache_write_1h`: written to a cache for an hour.
    pub cache_write_1h: Option<u64>,
    /// `context_window`: how many tokens the model can hold in mind at once.
    pub context_window: Option<u64>,
}

impl Config {
    /// Reads the configuration file: the `explicit` one (`--config`), else `$SIGIL_CONFIG`, else
    /// `~/.sigil/config.toml`. Only the last may be missing.
    ///
    /// # Errors
    ///
    /// [`Error::ConfigUnreadable`] if it cannot be read, [`Error::Config`] if it says something wrong.
    pub fn load(explicit: Option<&Path>) -> Result<Self, Error> {
        Self::load_in(explicit, &Environment::of_process())
    }

    /// [`load`](Self::load) in a given environment.
    ///
    /// # Errors
    ///
    /// As there.
    pub fn load_in(explicit: Option<&Path>, environment: &Environment) -> Result<Self, Error> {
        let variable = environment.config.as_ref().filter(|path| !path.is_empty());
        if let Some(file) = explicit.or(variable.map(Path::new)) {
            let file = environment.expand(file)?;
            let bytes = fs::read(&file).map_err(|source| unreadable(&file, source))?;
            return Self::parse(&file, &bytes, environment);
        }
        let Ok(directory) = environment.sigil_dir() else { return Ok(Self::default()) };
        let file = directory.join("config.toml");
        match fs::read(&file) {
            Ok(bytes) => Self::parse(&file, &bytes, environment),
            Err(error) if is_missing(&error) => Ok(Self::default()),
            Err(error) => Err(unreadable(&file, error)),
        }
    }

    fn parse(file: &Path, bytes: &[u8], environment: &Environment) -> Result<Self, Error> {
        let mut config = match str::from_utf8(bytes) {
            Ok(text) => keys::read(&document::Document::new(file, text), environment)?,
            Err(error) => {
                let line = document::line_at(bytes, error.valid_up_to());
                return Err(Error::Config {
                    file: file.to_owned(),
                    line,
                    text: "not valid UTF-8".to_owned(),
                });
            }
        };
        config.file = Some(file.to_owned());
        Ok(config)
    }
}

fn unreadable(file: &Path, source: io::Error) -> Error {
    Error::ConfigUnreadable { file: file.to_owned(), source }
}

fn is_missing(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests;
