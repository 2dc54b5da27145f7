//! The state file's text.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sigil_store::home;

use crate::error::Error;
use crate::follow::Mark;

/// What the text begins with, so that other versions know what they read.
const VERSION: u32 = 1;

/// A state file: what has been read of every log.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Document {
    version: u32,
    #[serde(default)]
    logs: Vec<LogState>,
}

/// What has been read of one log.
#[derive(Debug, Serialize, Deserialize)]
struct LogState {
    path: PathBuf,
    files: Vec<Mark>,
}

impl Document {
    pub(super) fn of(marks: Vec<(PathBuf, Vec<Mark>)>) -> Self {
        let logs = marks.into_iter().map(|(path, files)| LogState { path, files }).collect();
        Self { version: VERSION, logs }
    }

    /// # Errors
    /// Why it is no state file.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(bytes).map_err(|why| why.to_string())
    }

    /// By log.
    ///
    /// # Errors
    /// It is of another version.
    pub(super) fn marks(self, path: &Path) -> Result<HashMap<PathBuf, Vec<Mark>>, Error> {
        if self.version != VERSION {
            let (name, version) = (home::shown(path), self.version);
            return Err(Error::Usage(format!(
                "state file {name} is of version {version}, and this program knows {VERSION}; give it another file"
            )));
        }
        Ok(self.logs.into_iter().map(|log| (log.path, log.files)).collect())
    }

    pub(super) fn to_json(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }
}
