//! Where things are: `~/.sigil`, the store, the configuration, the state directory (guide 4.1).

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::escape::for_terminal;
use crate::{Config, Error};

/// What the environment says about places. Given as a value, so that tests need no environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// The home directory: `$HOME`, or what the user database says.
    pub home: Option<PathBuf>,
    /// `$SIGIL_CONFIG`.
    pub config: Option<OsString>,
    /// `$SIGIL_LOG_PATH`.
    pub log_path: Option<OsString>,
}

impl Environment {
    /// The environment of this process.
    pub fn of_process() -> Self {
        Self {
            home: env::home_dir().filter(|home| home.is_absolute()),
            config: env::var_os("SIGIL_CONFIG"),
            log_path: env::var_os("SIGIL_LOG_PATH"),
        }
    }

    /// `~/.sigil`, which need not exist.
    ///
    /// # Errors
    ///
    /// [`Error::NoHome`].
    pub fn sigil_dir(&self) -> Result<PathBuf, Error> {
        self.home.as_ref().map(|home| home.join(".sigil")).ok_or(Error::NoHome)
    }

    /// The root of the log store: `--log-path` (the `flag`), then `$SIGIL_LOG_PATH`, then the configuration's
    /// `log_path`, then `~/.sigil/logs`. A leading `~/` is the home directory.
    ///
    /// # Errors
    ///
    /// [`Error::NoHome`] if the home directory is needed and not known; [`Error::EmptyLogPath`].
    pub fn store_root(&self, flag: Option<&Path>, config: &Config) -> Result<PathBuf, Error> {
        if let Some(flag) = flag {
            return if flag.as_os_str().is_empty() { Err(Error::EmptyLogPath) } else { self.expand(flag) };
        }
        if let Some(path) = self.log_path.as_ref().filter(|path| !path.is_empty()) {
            return self.expand(Path::new(path));
        }
        match &config.log_path {
            Some(path) => Ok(path.clone()),
            None => Ok(self.sigil_dir()?.join("logs")),
        }
    }

    /// `~/.sigil/state`: checkpoints, alert state, caches.
    ///
    /// # Errors
    ///
    /// [`Error::NoHome`].
    pub fn state_dir(&self) -> Result<PathBuf, Error> {
        Ok(self.sigil_dir()?.join("state"))
    }

    /// `path` with a leading `~/` (or `~` alone) replaced by the home directory.
    ///
    /// # Errors
    ///
    /// [`Error::NoHome`].
    pub fn expand(&self, path: &Path) -> Result<PathBuf, Error> {
        match path.strip_prefix("~") {
            Ok(rest) if rest.as_os_str().is_empty() => self.home.clone().ok_or(Error::NoHome),
            Ok(rest) => Ok(self.home.as_ref().ok_or(Error::NoHome)?.join(rest)),
            Err(_) => Ok(path.to_owned()),
        }
    }
}

/// [`Environment::store_root`] in the environment of this process.
///
/// # Errors
///
/// As there.
pub fn store_root(flag: Option<&Path>, config: &Config) -> Result<PathBuf, Error> {
    Environment::of_process().store_root(flag, config)
}

/// [`Environment::state_dir`] in the environment of this process.
///
/// # Errors
///
/// As there.
pub fn state_dir() -> Result<PathBuf, Error> {
    Environment::of_process().state_dir()
}

/// A path for a message: `~` for the home directory of this process, control characters written out.
pub fn shown(path: &Path) -> String {
    shorten(path, Environment::of_process().home.as_deref())
}

fn shorten(path: &Path, home: Option<&Path>) -> String {
    // A home of `/`, as some daemons have, would put `~` before every path.
    let home = home.filter(|home| home.parent().is_some());
    let text = match home.and_then(|home| path.strip_prefix(home).ok()) {
        Some(rest) if rest.as_os_str().is_empty() => "~".into(),
        Some(rest) => format!("~/{}", rest.display()),
        None => path.display().to_string(),
    };
    for_terminal(&text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment() -> Environment {
        Environment { home: Some("/home/ann".into()), ..Environment::default() }
    }

    #[test]
    fn the_flag_wins_then_the_variable_then_the_configuration() {
        let mut environment = environment();
        let mut config = Config::default();
        let root = |environment: &Environment, flag: Option<&str>, config: &Config| {
            environment.store_root(flag.map(Path::new), config).unwrap()
        };
        assert_eq!(root(&environment, None, &config), Path::new("/home/ann/.sigil/logs"));
        config.log_path = Some("/srv/config".into());
        assert_eq!(root(&environment, None, &config), Path::new("/srv/config"));
        environment.log_path = Some("".into());
        assert_eq!(root(&environment, None, &config), Path::new("/srv/config"));
        environment.log_path = Some("~/variable".into());
        assert_eq!(root(&environment, None, &config), Path::new("/home/ann/variable"));
        assert_eq!(root(&environment, Some("flag"), &config), Path::new("flag"));
        assert_eq!(root(&environment, Some("~/flag"), &config), Path::new("/home/ann/flag"));
    }

    #[test]
    fn an_empty_flag_is_not_the_working_directory() {
        let refused = environment().store_root(Some(Path::new("")), &Config::default()).unwrap_err();
        assert_eq!(refused.to_string(), "E010_CONFIG_ERR: --log-path is empty; give a directory");
    }

    #[test]
    fn without_a_home_only_what_needs_one_fails() {
        let nowhere = Environment::default();
        assert_eq!(nowhere.expand(Path::new("/x")).unwrap(), Path::new("/x"));
        assert_eq!(
            nowhere.state_dir().unwrap_err().to_string(),
            "E010_CONFIG_ERR: home directory is not known; set HOME or give --log-path and --config"
        );
    }

    #[test]
    fn only_the_home_directory_is_a_tilde() {
        let environment = environment();
        assert_eq!(environment.expand(Path::new("~")).unwrap(), Path::new("/home/ann"));
        assert_eq!(environment.expand(Path::new("~bob/x")).unwrap(), Path::new("~bob/x"));
        assert_eq!(environment.state_dir().unwrap(), Path::new("/home/ann/.sigil/state"));
    }

    #[test]
    fn paths_below_the_home_directory_are_shown_short() {
        let short = |path: &str, home: &str| shorten(Path::new(path), Some(Path::new(home)));
        assert_eq!(short("/home/ann/.sigil/logs", "/home/ann"), "~/.sigil/logs");
        assert_eq!(short("/home/ann", "/home/ann"), "~");
        assert_eq!(short("/home/anna/x", "/home/ann"), "/home/anna/x");
        assert_eq!(short("/var/log", "/"), "/var/log");
        assert_eq!(short("/tmp/a\x1b[2J", "/home/ann"), "/tmp/a\\x1b[2J");
    }
}
