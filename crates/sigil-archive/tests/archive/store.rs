//! A store of sessions as old as is wanted, and where each of its events is.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, SystemTime};

use flate2::read::MultiGzDecoder;
use sigil_testkit::{Output, Place, Tool};

use super::sigil_archive;

pub(crate) const DAY: Duration = Duration::from_secs(86_400);

/// A store that is gone when the test is over.
pub(crate) struct Store {
    pub(crate) place: Place,
}

impl Store {
    pub(crate) fn new() -> Self {
        Self { place: Place::new() }
    }

    /// One with so many sessions of two files each, ten days old.
    pub(crate) fn of(sessions: usize) -> Self {
        let store = Self::new();
        for number in 0..sessions {
            store.session(&format!("s-{number:03}"), 10);
        }
        store
    }

    pub(crate) fn root(&self) -> &Path {
        self.place.path()
    }

    pub(crate) fn sessions(&self) -> PathBuf {
        self.root().join("sessions")
    }

    /// A session with a log of three events that no other has, and its summary.
    pub(crate) fn session(&self, id: &str, days: u32) -> PathBuf {
        self.file(&format!("sessions/{id}/execution.jsonl"), log(id), days);
        self.file(&format!("sessions/{id}/tokens.json"), "{}\n", days);
        self.sessions().join(id)
    }

    /// A file that was changed so many days ago.
    pub(crate) fn file(&self, name: &str, text: impl AsRef<[u8]>, days: u32) -> PathBuf {
        let path = self.place.file(name, text);
        age(&path, days);
        path
    }

    /// The tool on this store.
    pub(crate) fn tool<'t>(&self) -> Tool<'t> {
        sigil_archive().arg("-l").arg(self.root())
    }

    /// Archives all that is seven days old, which has to go well.
    pub(crate) fn archive(&self) -> Output {
        let output = self.tool().run();
        assert_eq!(output.status.code(), Some(0), "{}", output.stderr_text());
        output
    }

    /// The tool on this store, told nothing, as a process of its own.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sigil-archive"));
        command.args(args).arg("-l").arg(self.root()).env("HOME", self.root());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Runs the tool, which has to be killed at a point.
    #[track_caller]
    pub(crate) fn killed_at(&self, args: &[&str], at: &str) {
        let status = self.command(args).env("SIGIL_ARCHIVE_KILL_AT", at).status().unwrap();
        assert!(!status.success(), "not killed at {at}");
    }

    /// Runs the tool until it stops at a point.
    pub(crate) fn stopped_at(&self, args: &[&str], at: &str) -> Child {
        let child = self.command(args).env("SIGIL_ARCHIVE_STOP_AT", at).spawn().unwrap();
        let stat = format!("/proc/{}/stat", child.id());
        while !fs::read_to_string(&stat).unwrap().contains(") T ") {
            thread::yield_now();
        }
        child
    }

    /// The ids of the sessions that are not archived.
    pub(crate) fn live(&self) -> Vec<String> {
        names(&self.sessions())
    }

    /// The archives, by path.
    pub(crate) fn archives(&self) -> Vec<PathBuf> {
        let days =
            names(&self.root().join("archive")).into_iter().map(|day| self.root().join("archive").join(day));
        days.flat_map(|day| names(&day).into_iter().map(move |name| day.join(name))).collect()
    }

    /// How often each line of an execution log stands in the store, archived or not.
    pub(crate) fn events(&self) -> BTreeMap<String, usize> {
        let mut events = BTreeMap::new();
        let mut count = |text: &str| {
            for line in text.lines() {
                *events.entry(line.to_owned()).or_default() += 1;
            }
        };
        for id in names(&self.sessions()) {
            let session = self.sessions().join(id);
            for name in names(&session).iter().filter(|name| name.starts_with("execution.jsonl")) {
                count(&fs::read_to_string(session.join(name)).unwrap());
            }
        }
        for archive in self.archives() {
            for (name, bytes) in members(&archive) {
                if name.contains("execution.jsonl") {
                    count(std::str::from_utf8(&bytes).unwrap());
                }
            }
        }
        events
    }

    /// Checks that the events of those sessions are there, each in one place, and that nothing unfinished lies about.
    pub(crate) fn check(&self, ids: &[String], told: &str) {
        self.check_with(&ids.iter().map(String::as_str).collect::<Vec<_>>(), &[], told);
        self.check_hidden(told);
    }

    /// Checks that there are the events of those sessions and so many others, each in one place.
    #[track_caller]
    pub(crate) fn check_with(&self, ids: &[&str], more: &[&str], told: &str) {
        let logs = ids.iter().flat_map(|id| log(id).lines().map(str::to_owned).collect::<Vec<_>>());
        let more = more.iter().map(|line| (*line).to_owned());
        let expected: BTreeMap<_, _> = logs.chain(more).map(|line| (line, 1)).collect();
        assert_eq!(self.events(), expected, "{told}");
    }

    /// Checks that nothing unfinished lies about.
    pub(crate) fn check_hidden(&self, told: &str) {
        assert_eq!(hidden(self.root()), [""; 0], "{told}");
    }
}

/// The log of a session.
pub(crate) fn log(id: &str) -> String {
    ["session_start", "step_complete", "session_complete"]
        .iter()
        .enumerate()
        .map(|(at, kind)| {
            format!("{{\"timestamp\":\"2026-01-11T10:15:3{at}Z\",\"session_id\":\"{id}\",\"event_type\":\"{kind}\",\"tokens\":{at}}}\n")
        })
        .collect()
}

/// Lets a process go on that was stopped, to its end; whether that was a good one.
pub(crate) fn goes_on(mut child: Child) -> bool {
    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, rustix::process::Signal::CONT).unwrap();
    child.wait().unwrap().success()
}

pub(crate) fn age(path: &Path, days: u32) {
    File::options().append(true).open(path).unwrap().set_modified(SystemTime::now() - days * DAY).unwrap();
}

/// What a directory holds; nothing if it is not there.
pub(crate) fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).into_iter().flatten();
    let mut names: Vec<_> =
        entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The files in an archive and their bytes.
pub(crate) fn members(archive: &Path) -> Vec<(String, Vec<u8>)> {
    let mut archive = tar::Archive::new(MultiGzDecoder::new(File::open(archive).unwrap()));
    let read = |entry: std::io::Result<tar::Entry<'_, _>>| {
        let mut entry = entry.unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        (entry.path().unwrap().to_string_lossy().into_owned(), bytes)
    };
    archive.entries().unwrap().map(read).collect()
}

/// Everything hidden in a store but its lock.
fn hidden(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut directories = vec![root.to_owned()];
    while let Some(directory) = directories.pop() {
        for name in names(&directory) {
            let path = directory.join(&name);
            if name.starts_with('.') && name != ".sigil-archive.lock" {
                found.push(path.display().to_string());
            } else if path.is_dir() && !path.is_symlink() {
                directories.push(path);
            }
        }
    }
    found
}
