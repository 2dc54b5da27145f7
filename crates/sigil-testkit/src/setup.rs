//! How a process is started: program, arguments, and an environment that is the same everywhere.

use crate::binary::missing;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Where real programs beside a tool are looked up.
const PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// What to start.
pub(crate) struct Setup {
    pub(crate) program: PathBuf,
    pub(crate) args: Vec<OsString>,
    pub(crate) env: Vec<(OsString, OsString)>,
    pub(crate) current_dir: Option<PathBuf>,
}

impl Setup {
    pub(crate) fn new(program: PathBuf) -> Setup {
        Setup { program, args: Vec::new(), env: Vec::new(), current_dir: None }
    }

    /// Starts the program with stdout and stderr piped.
    ///
    /// Nothing of the caller's environment gets through: a developer's own `~/.sigil`, time zone or
    /// `NO_COLOR` must not decide whether a test passes.
    #[track_caller]
    pub(crate) fn spawn(&self, home: &Path, stdin: Stdio) -> Child {
        let mut command = Command::new(&self.program);
        command
            .args(&self.args)
            .env_clear()
            .env("PATH", PATH)
            .env("HOME", home)
            .env("TZ", "UTC")
            .env("LC_ALL", "C.UTF-8")
            .envs(self.env.iter().map(|(name, value)| (name, value)))
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(dir) = &self.current_dir {
            command.current_dir(dir);
        }
        match command.spawn() {
            Ok(child) => child,
            Err(error) if error.kind() == ErrorKind::NotFound && !self.program.exists() => {
                panic!("{}", self.not_found())
            }
            Err(error) => panic!("cannot start {}: {error}", self.program.display()),
        }
    }

    fn not_found(&self) -> String {
        if self.program.components().count() > 1 {
            missing(&self.program)
        } else {
            format!("{} is not installed: not in {PATH}", self.program.display())
        }
    }

    /// The command as one would type it, for messages.
    pub(crate) fn typed(&self) -> String {
        let program = self.program.file_name().unwrap_or(self.program.as_os_str());
        let mut line = program.to_string_lossy().into_owned();
        for arg in &self.args {
            let arg = arg.to_string_lossy();
            let plain = !arg.is_empty() && !arg.contains(|c: char| c.is_whitespace() || "'\"*?$".contains(c));
            line.push(' ');
            line.push_str(&if plain { arg.into_owned() } else { format!("{arg:?}") });
        }
        line
    }
}
