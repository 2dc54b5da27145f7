//! What can go wrong with the store, in one line each, beginning with the guide's code (9.1).

use std::io;
use std::path::PathBuf;

use crate::escape::{for_terminal, quoted};
use crate::home::shown;
use crate::{cause, code, nearest};

/// An error of the store. Its text is what users read: code, what was expected, what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No session has this id, or matches this pattern.
    #[error(
        "{}: session {} not found in {}{}",
        code::SESSION_NOT_FOUND, quoted(.pattern), shown(.sessions_dir), nearest::question(.suggestions)
    )]
    SessionNotFound {
        /// What was asked for.
        pattern: String,
        /// Where it was looked for.
        sessions_dir: PathBuf,
        /// The ids that come closest, best first; may be empty.
        suggestions: Vec<String>,
    },

    /// The id could not be that of a session.
    #[error("{}: session id {} {reason}", code::CONFIGURATION, quoted(.id))]
    SessionId {
        /// The id as it was given.
        id: String,
        /// What is wrong with it.
        reason: &'static str,
    },

    /// The pattern is not a glob.
    #[error("{}: session pattern {} is not a glob: {}", code::CONFIGURATION, quoted(.pattern), reason.to_lowercase())]
    Pattern {
        /// The pattern as it was given.
        pattern: String,
        /// What the glob library says.
        reason: &'static str,
    },

    /// The configuration says something wrong.
    #[error("{}: {}:{line}: {}", code::CONFIGURATION, shown(.file), for_terminal(.text))]
    Config {
        /// The configuration file.
        file: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong, and what would be right.
        text: String,
    },

    /// The configuration cannot be read.
    #[error("{}: cannot read config file {}: {}", code::CONFIGURATION, shown(.file), cause::of_io(.source))]
    ConfigUnreadable {
        /// The configuration file.
        file: PathBuf,
        /// Why not.
        source: io::Error,
    },

    /// The operating system refused something; the code follows from what it said.
    #[error("{}: cannot {action} {}: {}", code::of_io(.source), shown(.path), cause::of_io(.source))]
    Io {
        /// What was tried: `read`, `write`, `create`.
        action: &'static str,
        /// With which file or directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },

    /// `~` is needed, and nothing says where it is.
    #[error("{}: home directory is not known; set HOME or give --log-path and --config", code::CONFIGURATION)]
    NoHome,

    /// The store's directory was given as an empty text.
    #[error("{}: --log-path is empty; give a directory", code::CONFIGURATION)]
    EmptyLogPath,
}
