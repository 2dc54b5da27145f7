//! `sigil-archive rotate` and `--error-log-days` as processes, one subject per file. Here stands what they share.

mod compression;
mod concurrent;
mod copytruncate;
mod dry;
mod error_log;
mod keep;
mod killed;
mod logrotate;
mod named;
mod refused;
mod room;
mod store;

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::ops::Deref;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use flate2::read::MultiGzDecoder;
use sigil_store::rotation;
use sigil_testkit::{self as testkit, Tool};

/// Where the tool is.
const BINARY: &str = env!("CARGO_BIN_EXE_sigil-archive");

/// A place for logs, from which the tool is run.
struct Place(testkit::Place);

impl Deref for Place {
    type Target = testkit::Place;

    fn deref(&self) -> &testkit::Place {
        &self.0
    }
}

impl Place {
    fn new() -> Self {
        Self(testkit::Place::new())
    }

    /// The tool, on this place as a store, with logs that are larger than 1 KiB being too large.
    fn rotate<'t>(&self) -> Tool<'t> {
        self.0.tool(BINARY).args(["rotate", "-l", ".", "--max-size", "1KiB"])
    }

    /// What is in a directory, hidden files too.
    fn names(&self, directory: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path().join(directory)).expect("a directory");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        let mut names: Vec<_> = names.map(|name: OsString| name.to_string_lossy().into_owned()).collect();
        names.retain(|name| name != ".sigil-archive.lock");
        names.sort();
        names
    }

    /// What a file holds, unpacked.
    fn text(&self, name: &str) -> String {
        text(&self.path().join(name))
    }

    /// All lines of a log that readers find, oldest first.
    fn lines(&self, log: &str) -> Vec<String> {
        let parts = rotation::parts(&self.path().join(log)).expect("a directory");
        parts.iter().flat_map(|part| text(part).lines().map(str::to_owned).collect::<Vec<_>>()).collect()
    }

    /// The same in order.
    fn sorted(&self, log: &str) -> Vec<String> {
        let mut lines = self.lines(log);
        lines.sort();
        lines
    }
}

fn text(path: &Path) -> String {
    let bytes = fs::read(path).expect("a file");
    let is_packed = path.as_os_str().as_bytes().ends_with(b".gz");
    if !is_packed {
        return String::from_utf8(bytes).expect("text");
    }
    let mut text = String::new();
    MultiGzDecoder::new(&bytes[..]).read_to_string(&mut text).expect("gzip of text");
    text
}

/// More than 1 KiB of lines, all of which begin with `name`.
fn much(name: &str) -> String {
    (0..100).map(|line| format!("{name} {line:010}\n")).collect()
}

/// A process that holds a file open.
struct Holder(Child);

impl Holder {
    fn of(path: &Path) -> Self {
        let file = File::open(path).expect("a file");
        let mut sleep = Command::new("sleep");
        Self(sleep.arg("600").stdin(Stdio::from(file)).stdout(Stdio::null()).spawn().expect("sleep starts"))
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Says that a test was not run and why, past the capture of the test runner.
fn not_run(why: &str) {
    // Without a standard error nobody is there to be told.
    let _ = writeln!(io::stderr(), "NOT RUN: {why}");
}
