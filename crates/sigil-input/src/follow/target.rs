//! What is followed: logs by name, patterns, directories, sessions of a store.

use std::path::PathBuf;

use sigil_store::{EXECUTION_LOG, SessionId, Store};

use crate::error::Error;

/// Something to follow.
#[derive(Clone, Debug)]
pub enum Target {
    /// A log by name, which need not exist yet.
    Log(PathBuf),
    /// The logs that a glob matches.
    Glob(String),
    /// The logs in a directory and below.
    Tree(PathBuf),
    /// Sessions of a store: those that one of the patterns means, all if there are none.
    Sessions {
        /// The store.
        store: Store,
        /// Ids or globs.
        patterns: Vec<String>,
    },
    /// Standard input.
    Stdin,
    /// A named pipe or device.
    Stream(PathBuf),
}

impl Target {
    /// The logs there are.
    pub(super) fn find(&self) -> Result<Vec<PathBuf>, Error> {
        Ok(match self {
            Self::Log(path) => vec![path.clone()],
            Self::Sessions { store, patterns } if patterns.is_empty() => {
                let sessions = store.sessions()?;
                sessions.into_iter().map(|session| session.dir.join(EXECUTION_LOG)).collect()
            }
            Self::Sessions { store, patterns } => {
                let ids = patterns.iter().filter_map(|id| SessionId::new(id).ok());
                ids.map(|id| store.session_dir(&id).join(EXECUTION_LOG)).collect()
            }
            Self::Glob(_) | Self::Tree(_) | Self::Stdin | Self::Stream(_) => Vec::new(),
        })
    }
}
