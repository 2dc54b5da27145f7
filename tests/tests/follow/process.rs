//! A program that follows a log, and what comes out of it.

use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use sigil_testkit::binary;

use crate::account::Account;

/// How long nothing may come before a program is taken to have nothing more to say.
const QUIET: Duration = Duration::from_secs(15);

/// A running program whose stdout is read as it comes.
pub(crate) struct Process {
    child: Child,
    shared: Arc<Shared>,
    reader: JoinHandle<()>,
    errors: JoinHandle<String>,
}

#[derive(Default)]
struct Shared {
    account: Mutex<Account>,
    came: Condvar,
}

/// How a program ended, and all that came out of it.
pub(crate) struct Ended {
    pub(crate) account: Account,
    pub(crate) status: ExitStatus,
    pub(crate) stderr: String,
}

/// `sigil-tail -m jsonl`, in an environment that is the same everywhere.
pub(crate) fn sigil_tail(home: &Path) -> Command {
    let mut command = Command::new(binary("sigil-tail"));
    command.env_clear().env("HOME", home).env("TZ", "UTC").env("PATH", "/usr/bin:/bin");
    command.args(["-m", "jsonl"]);
    command
}

/// GNU tail beside it.
pub(crate) fn gnu_tail(log: &Path) -> Command {
    let mut command = Command::new("tail");
    command.args(["-F", "-n", "+1"]).arg(log);
    command
}

impl Process {
    /// Starts it.
    pub(crate) fn start(command: &mut Command) -> Process {
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("a program that follows starts");
        let mut stdout = child.stdout.take().expect("stdout was piped");
        let mut stderr = child.stderr.take().expect("stderr was piped");
        let shared = Arc::new(Shared::default());
        let of_reader = Arc::clone(&shared);
        let reader = thread::spawn(move || {
            let mut buffer = vec![0; 1 << 16];
            while let Ok(read @ 1..) = stdout.read(&mut buffer) {
                of_reader.account().take(&buffer[..read]);
                of_reader.came.notify_all();
            }
        });
        let errors = thread::spawn(move || {
            let mut words = Vec::new();
            // What came before an error is what there is.
            let _ = stderr.read_to_end(&mut words);
            String::from_utf8_lossy(&words).into_owned()
        });
        Process { child, shared, reader, errors }
    }

    /// Waits until what has come is `enough`; whether it is. Gives up when nothing has come for long.
    pub(crate) fn wait_until(&self, enough: impl Fn(&Account) -> bool) -> bool {
        let mut account = self.shared.account();
        let (mut seen, mut since) = (account.received(), Instant::now());
        while !enough(&account) {
            let waited = self.shared.came.wait_timeout(account, Duration::from_millis(100));
            account = waited.unwrap_or_else(PoisonError::into_inner).0;
            if account.received() != seen {
                (seen, since) = (account.received(), Instant::now());
            } else if since.elapsed() > QUIET {
                return false;
            }
        }
        true
    }

    /// Stops it until it may go on.
    pub(crate) fn hold(&self) {
        // It may have ended by itself, which its status tells.
        let _ = kill_process(Pid::from_child(&self.child), Signal::STOP);
    }

    /// Lets it go on.
    pub(crate) fn go_on(&self) {
        let _ = kill_process(Pid::from_child(&self.child), Signal::CONT);
    }

    /// Asks it to end, and waits for that.
    pub(crate) fn terminate(self) -> Ended {
        self.end_with(Signal::TERM)
    }

    /// Ends it where it stands.
    pub(crate) fn kill(self) -> Ended {
        self.end_with(Signal::KILL)
    }

    fn end_with(mut self, signal: Signal) -> Ended {
        let id = Pid::from_child(&self.child);
        // It may have ended by itself, which its status tells.
        let _ = kill_process(id, signal);
        let status = self.child.wait().expect("a child can be waited for");
        self.reader.join().expect("reading does not panic");
        let account = std::mem::take(&mut *self.shared.account());
        Ended { account, status, stderr: self.errors.join().expect("reading does not panic") }
    }
}

impl Ended {
    /// Whether it ended as one that was asked to.
    pub(crate) fn is_by_request(&self) -> bool {
        self.status.success() || self.status.signal() == Some(Signal::TERM.as_raw())
    }
}

impl Shared {
    fn account(&self) -> MutexGuard<'_, Account> {
        self.account.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
