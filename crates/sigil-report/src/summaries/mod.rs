//! `--write-summaries`: `tokens.json` and `metrics.json` beside each `execution.jsonl`.
//!
//! Each log is read on its own, with all its rotated parts, and tells of the session whose log it is.

mod log;
mod objects;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde::Serialize;
use sigil_breakdown::{cost, json};
use sigil_cli::{Io, Status, escape};
use sigil_input::Inputs;
use sigil_input::source::{Found, Place};
use sigil_store::{Complaint, EXECUTION_LOG, atomic, rotation, threads};
use sigil_summary::Detail;

use crate::terms::Terms;
use log::{Log, Reading};

/// What is done, and under which terms.
pub(crate) struct Task<'a> {
    pub(crate) inputs: &'a Inputs,
    pub(crate) terms: &'a Terms,
    pub(crate) detail: Detail,
    pub(crate) is_strict: bool,
    pub(crate) json: bool,
}

/// What became of the summaries.
#[derive(Clone, Copy, Debug, Default, Serialize)]
struct Tally {
    sessions: u64,
    written: u64,
    unchanged: u64,
    failed: u64,
}

/// Writes the summaries of all logs among the inputs. One that cannot be written does not keep the others from
/// being written.
///
/// # Errors
/// There is no log that summaries belong to, or standard output cannot be written.
pub(crate) fn run(task: &Task<'_>, io: &mut Io<'_>) -> Result<Status> {
    if task.inputs.is_stdin() {
        bail!(
            "--write-summaries writes beside logs, and standard input lies nowhere; name a file or directory, or -s or -l"
        );
    }
    io.outlive_reader();
    let (directories, strangers) = directories(task.inputs);
    let logs: Vec<_> = directories.iter().map(|directory| Log::in_directory(directory)).collect();
    if logs.is_empty() && strangers.iter().all(|stranger| matches!(stranger, Complaint::Note(_))) {
        bail!("no {EXECUTION_LOG} among the inputs; summaries are written beside it only");
    }
    let mut status = io.tell(strangers);
    let ids: Vec<_> = logs.iter().map(|log| log.session_id.clone()).collect();
    task.inputs.check_sessions(&ids)?;
    let is_wanted = |log: &&Log| task.inputs.session.as_ref().is_none_or(|wanted| wanted(&log.session_id));
    let wanted: Vec<_> = logs.iter().filter(is_wanted).collect();
    let done = at_once(&wanted, task.inputs.options.threads, |log, threads| {
        let read = log.read(task, threads);
        let results = objects::files(&read, task.terms).into_iter().flatten();
        let written = results.map(|(name, text)| write(&log.directory, name, &text)).collect();
        Done { read, written }
    });
    let mut tally = Tally::default();
    let (mut unpriced, mut complaints) = (BTreeSet::new(), Vec::new());
    let mut lines = 0;
    for done in done {
        tally.sessions += u64::from(done.read.session().is_some());
        let is_trouble = |complaint: &Complaint| matches!(complaint, Complaint::Trouble(_));
        if done.read.session().is_none() && done.read.complaints.iter().any(is_trouble) {
            tally.failed += 1;
        }
        for written in done.written {
            match written {
                Ok(Written::New) => tally.written += 1,
                Ok(Written::Same) => tally.unchanged += 1,
                Err(why) => {
                    tally.failed += 1;
                    complaints.push(Complaint::Trouble(why.to_string()));
                }
            }
        }
        lines += done.read.resolved.input.lines;
        unpriced.extend(done.read.resolved.unpriced_models.iter().cloned());
        complaints.extend(done.read.complaints);
    }
    io.note(format_args!(
        "read {lines} lines of {} sessions; {} files written, {} unchanged",
        tally.sessions, tally.written, tally.unchanged
    ));
    if io.tell(complaints) == Status::Trouble {
        status = Status::Trouble;
    }
    if let Some(warning) = cost::warning(&Vec::from_iter(unpriced)) {
        io.warn(warning);
    }
    if task.json {
        json::line(&serde_json::json!({ "summaries": tally }), io.stdout())?;
    }
    Ok(status)
}

/// The directories of the logs that summaries belong to, and what is to be said of other inputs.
fn directories(inputs: &Inputs) -> (BTreeSet<PathBuf>, Vec<Complaint>) {
    let (mut directories, mut strangers) = (BTreeSet::new(), Vec::new());
    for source in &inputs.sources {
        let directory = match &source.place {
            Place::File(path) => {
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
                (rotation::split(name).0 == EXECUTION_LOG).then(|| path.parent()).flatten()
            }
            Place::Stdin | Place::Stream(_) | Place::Member(_) => None,
        };
        match directory {
            Some(directory) => {
                directories.insert(directory.to_owned());
            }
            None => {
                let name = escape::for_terminal(&source.name);
                let why = match source.place {
                    Place::Member(_) => "it lies in an archive".to_owned(),
                    _ => format!("it is no {EXECUTION_LOG}"),
                };
                let text = format!("{name}: no summary is written, as {why}");
                strangers.push(match source.found {
                    Found::Named => Complaint::Trouble(format!("E010_CONFIG_ERR: {text}")),
                    Found::Walked => Complaint::Note(text),
                });
            }
        }
    }
    (directories, strangers)
}

struct Done {
    read: Reading,
    written: Vec<Result<Written, sigil_store::Error>>,
}

/// Does `work` on all logs, with as many threads as there are: each takes logs of its own, and the work gets
/// those that are left. What comes of it is in the order of the logs.
fn at_once(logs: &[&Log], threads: usize, work: impl Fn(&Log, usize) -> Done + Sync) -> Vec<Done> {
    let workers = threads.min(logs.len()).max(1);
    threads::map(logs.to_vec(), |log| work(log, threads / workers))
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Written {
    New,
    /// It held that already.
    Same,
}

/// Replaces a file beside the log of `directory`, unless it is what it shall be.
fn write(directory: &Path, name: &str, text: &[u8]) -> Result<Written, sigil_store::Error> {
    let path = directory.join(name);
    // A pipe or device may stand there: only of a file, and one of that size, it can be the same.
    let is_alike =
        fs::symlink_metadata(&path).is_ok_and(|known| known.is_file() && known.len() == text.len() as u64);
    if is_alike && fs::read(&path).is_ok_and(|known| known == text) {
        return Ok(Written::Same);
    }
    let like = rotation::parts(&directory.join(EXECUTION_LOG)).ok().and_then(|parts| parts.last().cloned());
    let like = like.unwrap_or_else(|| directory.join(EXECUTION_LOG));
    atomic::write_like(&path, &like, |out| out.write_all(text))?;
    Ok(Written::New)
}
