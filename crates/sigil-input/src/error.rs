//! What can go wrong on the way to an event.

use std::io;

/// Why inputs cannot be read. Each text begins with the guide's code (9.1).
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An operand names nothing.
    #[error("E001_SESSION_NF: {name}: no such file or directory")]
    NotFound {
        /// The operand.
        name: String,
    },
    /// The operands hold no such session.
    #[error("E001_SESSION_NF: session {pattern} not found in the input{hint}")]
    SessionNotFound {
        /// What was asked for, in quotes.
        pattern: String,
        /// What may have been meant.
        hint: String,
    },
    /// A session is in the archive, where it is not looked for.
    #[error("E001_SESSION_NF: session {pattern} is archived: {name}")]
    Archived {
        /// What was asked for, in quotes.
        pattern: String,
        /// The archive, or the last one.
        name: String,
    },
    /// A directory holds no log.
    #[error("E001_SESSION_NF: {name}: {why}")]
    Nothing {
        /// The operand.
        name: String,
        /// What is missing.
        why: String,
    },
    /// An operand may not be read.
    #[error("E002_LOG_PERM: {name}: permission denied; check its mode and owner")]
    Permission {
        /// The operand.
        name: String,
    },
    /// Reading failed otherwise.
    #[error("E003_PARSE_FAIL: {name}: {why}")]
    Read {
        /// The source.
        name: String,
        /// The system's words.
        why: String,
    },
    /// An argument means nothing.
    #[error("E010_CONFIG_ERR: {0}")]
    Usage(String),
    /// What another run has said of what it could not read.
    #[error("{0}")]
    Told(String),
    /// The store or the configuration.
    #[error(transparent)]
    Store(#[from] sigil_store::Error),
}

impl Error {
    /// The input that could not be read, by its name, if it is one.
    pub fn input(&self) -> Option<&str> {
        match self {
            Self::NotFound { name } | Self::Permission { name } | Self::Read { name, .. } => Some(name),
            _ => None,
        }
    }

    /// The error that `why` is for the input called `name`.
    pub(crate) fn of_io(name: &str, why: &io::Error) -> Self {
        let name = name.to_owned();
        match why.kind() {
            io::ErrorKind::NotFound => Self::NotFound { name },
            io::ErrorKind::PermissionDenied => Self::Permission { name },
            _ => Self::Read { name, why: sigil_store::cause::of_io(why) },
        }
    }
}
