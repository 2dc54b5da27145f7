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
    #[serde(with = "any_path")]
    path: PathBuf,
    files: Vec<Mark>,
}

/// What every version has.
#[derive(Debug, Deserialize)]
struct Version {
    version: u32,
}

impl Document {
    pub(super) fn of(marks: Vec<(PathBuf, Vec<Mark>)>) -> Self {
        let logs = marks.into_iter().map(|(path, files)| LogState { path, files }).collect();
        Self { version: VERSION, logs }
    }

    /// The document in the file at `path`; none if it holds nothing. `Err` is why it is no state file.
    ///
    /// # Errors
    /// It is of another version.
    pub(super) fn parse(bytes: &[u8], path: &Path) -> Result<Result<Option<Self>, String>, Error> {
        if bytes.is_empty() {
            return Ok(Ok(None));
        }
        match serde_json::from_slice(bytes) {
            Ok(Version { version: VERSION }) => {}
            Ok(Version { version }) => {
                let name = home::shown(path);
                return Err(Error::Usage(format!(
                    "state file {name} is of version {version}, and this program knows {VERSION}; \
                     give it another file"
                )));
            }
            Err(why) => return Ok(Err(why.to_string())),
        }
        Ok(serde_json::from_slice(bytes).map(Some).map_err(|why: serde_json::Error| why.to_string()))
    }

    /// By log. Those whose directories are gone are forgotten.
    pub(super) fn marks(self) -> HashMap<PathBuf, Vec<Mark>> {
        let is_there = |log: &LogState| log.path.parent().is_some_and(Path::is_dir);
        self.logs.into_iter().filter(is_there).map(|log| (log.path, log.files)).collect()
    }

    pub(super) fn to_json(&self) -> std::io::Result<Vec<u8>> {
        let mut bytes = serde_json::to_vec(self)?;
        bytes.push(b'\n');
        Ok(bytes)
    }
}

/// A path as text, or as a list of its bytes if it is none.
mod any_path {
    use std::ffi::OsString;
    use std::os::unix::ffi::{OsStrExt, OsStringExt};
    use std::path::{Path, PathBuf};

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Text(String),
        Bytes(Vec<u8>),
    }

    pub(super) fn serialize<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
        match path.to_str() {
            Some(text) => serializer.serialize_str(text),
            None => path.as_os_str().as_bytes().serialize(serializer),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
        Ok(match Written::deserialize(deserializer)? {
            Written::Text(text) => text.into(),
            Written::Bytes(bytes) => OsString::from_vec(bytes).into(),
        })
    }
}
