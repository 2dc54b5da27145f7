//! The real logrotate, run again and again beside a writer.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use sigil_tests::not_run;

/// Where Debian puts it; it is for root's path.
const PROGRAM: &str = "/usr/sbin/logrotate";

/// How long it rests between two rotations.
const INTERVAL: Duration = Duration::from_millis(200);

/// Whether logrotate is there; without it says so loudly.
pub(crate) fn is_there(test: &str) -> bool {
    let is_there = Path::new(PROGRAM).is_file();
    if !is_there {
        not_run(test, "no logrotate; apt-get install logrotate");
    }
    is_there
}

/// logrotate with a configuration for one log.
#[derive(Clone, Debug)]
pub(crate) struct Logrotate {
    configuration: PathBuf,
    state: PathBuf,
}

impl Logrotate {
    /// Writes, into `dir`, the configuration for `log` with these directives. Nothing is ever deleted.
    pub(crate) fn new(dir: &Path, log: &Path, directives: &[&str]) -> Logrotate {
        let configuration = dir.join("logrotate.conf");
        let directives = directives.join("\n    ");
        let text =
            format!("\"{}\" {{\n    rotate 5000\n    missingok\n    {directives}\n}}\n", log.display());
        fs::write(&configuration, text).expect("a configuration can be written");
        // logrotate ignores one that others may write.
        fs::set_permissions(&configuration, Permissions::from_mode(0o600)).expect("it is ours");
        Logrotate { configuration, state: dir.join("logrotate.state") }
    }

    /// Rotates once; whether it did. It refuses, for one, where the name that it wants is taken.
    pub(crate) fn rotate(&self) -> bool {
        let told = Command::new(PROGRAM)
            .arg("-f")
            .arg("-s")
            .arg(&self.state)
            .arg(&self.configuration)
            .stdin(Stdio::null())
            .output()
            .expect("logrotate starts");
        let words = String::from_utf8_lossy(&told.stderr);
        assert!(told.status.success() || words.contains("already exists"), "logrotate: {words}");
        told.status.success()
    }

    /// Rotates every 200 ms until it is stopped.
    pub(crate) fn again_and_again(self) -> Rotating {
        let (stop, stopped) = mpsc::channel();
        let thread = thread::spawn(move || {
            let mut rotations = 0;
            while stopped.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                rotations += u64::from(self.rotate());
            }
            rotations
        });
        Rotating { stop, thread }
    }
}

/// A logrotate that runs again and again.
pub(crate) struct Rotating {
    stop: Sender<()>,
    thread: JoinHandle<u64>,
}

impl Rotating {
    /// Stops it, and says how often it has rotated. No rotation is under way any more.
    pub(crate) fn stop(self) -> u64 {
        self.stop.send(()).expect("it runs");
        self.thread.join().expect("logrotate does its work")
    }
}
