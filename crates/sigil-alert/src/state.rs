//! What is kept between runs: a file that is locked while a run works with it, and replaced as a whole.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use serde::{Deserialize, Serialize};
use sigil_store::{Lock, atomic, cause, code, home};

use crate::checks::Seen;
use crate::delivery::Outbox;
use crate::rules::Rules;
use crate::sessions::Sessions;

/// The version of the file's shape. Files of later ones are left alone.
const VERSION: u32 = 1;

/// How long a run waits for the one before it to end.
const WAIT: Duration = Duration::from_secs(10);

/// What is kept.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Kept {
    version: u32,
    /// The names of the rules, by whose numbers the rest calls them.
    rules: Vec<String>,
    pub(crate) sessions: Sessions,
    pub(crate) seen: Seen,
    pub(crate) outbox: Outbox,
}

/// As [`Kept`], of what is at hand.
#[derive(Serialize)]
struct Keeping<'a> {
    version: u32,
    rules: Vec<&'a str>,
    sessions: &'a Sessions,
    seen: &'a Seen,
    outbox: &'a Outbox,
}

#[derive(Deserialize)]
struct OnlyVersion {
    version: u32,
}

/// The state file, locked.
#[derive(Debug)]
pub(crate) struct State {
    path: PathBuf,
    #[expect(dead_code, reason = "it holds as long as it lives")]
    lock: Lock,
}

impl State {
    /// Locks the file and reads what an earlier run has kept, if there was one.
    ///
    /// # Errors
    /// Another run works with it, it cannot be read or written, or it is not what this tool writes. It stays as it is.
    pub(crate) fn open(path: &Path) -> Result<(Self, Option<Kept>)> {
        let shown = home::shown(path);
        // Where it is a link, what it leads to is replaced, and not the link.
        let real = fs::canonicalize(path).ok();
        let path = real.as_deref().unwrap_or(path);
        if let Some(directory) = path.parent().filter(|directory| !directory.as_os_str().is_empty()) {
            atomic::create_dir(directory)?;
        }
        let lock_path = beside(path);
        let refused = |why: &io::Error| {
            anyhow!("{}: cannot lock the state {shown}: {}", code::of_io(why), cause::of_io(why))
        };
        let lock = match Lock::acquire(&lock_path, WAIT).map_err(|why| refused(&why))? {
            Ok(lock) => lock,
            Err(holder) => {
                let who = holder.process.map_or_else(String::new, |id| format!(" (process {id})"));
                bail!(
                    "E010_CONFIG_ERR: another sigil-alert{who} works with the state {shown}; give each its own --state"
                );
            }
        };
        let state = Self { path: path.to_owned(), lock };
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok((state, None)),
            Err(why) => {
                bail!("{}: cannot read the state {shown}: {}", code::of_io(&why), cause::of_io(&why))
            }
        };
        let kept = read(&bytes).with_context(|| format!("the state {shown}"));
        kept.map(|kept| (state, Some(kept)))
    }

    /// Keeps what there is now.
    ///
    /// # Errors
    /// It cannot be written; what was kept before stays.
    pub(crate) fn save(&self, bytes: &[u8]) -> Result<()> {
        atomic::write(&self.path, |file| file.write_all(bytes))?;
        Ok(())
    }
}

/// What is to be kept, as it is written.
pub(crate) fn bytes(rules: &Rules, sessions: &Sessions, seen: &Seen, outbox: &Outbox) -> Result<Vec<u8>> {
    let names = rules.all().iter().map(|rule| &*rule.name).collect();
    let keeping = Keeping { version: VERSION, rules: names, sessions, seen, outbox };
    let mut bytes = serde_json::to_vec(&keeping)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// A lock of its own: the file itself is replaced.
fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    path.with_file_name(name)
}

fn read(bytes: &[u8]) -> Result<Kept> {
    let version = serde_json::from_slice::<OnlyVersion>(bytes).map_err(|why| not_ours(&why))?.version;
    if version > VERSION {
        bail!(
            "E010_CONFIG_ERR: was written by a newer sigil-alert (version {version}, this one knows {VERSION}); use \
             that one, or give another --state"
        );
    }
    serde_json::from_slice(bytes).map_err(|why| not_ours(&why))
}

fn not_ours(why: &serde_json::Error) -> anyhow::Error {
    anyhow!(
        "E003_PARSE_FAIL: line {}: is no state of sigil-alert, or damaged; move it away to start anew",
        why.line()
    )
}

impl Kept {
    /// The rules' names at that time.
    pub(crate) fn rules(&self) -> &[String] {
        &self.rules
    }
}
