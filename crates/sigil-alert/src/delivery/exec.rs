//! One program that is started for one alert.

use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{MemfdFlags, OFlags, fcntl_getfl, fcntl_setfl, memfd_create};
use rustix::process::{Pid, Signal, kill_process_group};
use sigil_cli::number;
use sigil_store::{cause, code};

use super::answer::{Answer, Trouble, excerpt};
use crate::alert::Alert;

/// How often it is looked at whether a program has ended, unless it closes its standard error sooner.
const PAUSE: Duration = Duration::from_millis(20);
/// How much of the end of what a program says is kept.
const KEPT_BYTES: usize = 4 << 10;
/// So often a program may fail before it is the alert that is to blame, and others get their turn.
const PATIENCE: u32 = 3;

/// A program, ready to be started.
pub(super) struct Program {
    pub(super) argv: Vec<String>,
    pub(super) time_limit: Duration,
    pub(super) hidden: Vec<String>,
}

/// How a program ended.
enum End {
    Exit(ExitStatus),
    TimeLimit,
    Stopped,
}

impl Program {
    /// Runs it with an alert on its standard input, one line of JSON. `attempts` have failed before.
    pub(super) fn deliver(&self, alert: &Alert, attempts: u32, is_stopped: &dyn Fn() -> bool) -> Answer {
        let mut said = Vec::new();
        let what = match self.run(alert, &mut said, is_stopped) {
            Ok(End::Stopped) => return Answer::Abandoned,
            Ok(End::Exit(status)) if status.success() => return Answer::Delivered,
            Ok(End::Exit(status)) => match (status.code(), status.signal()) {
                (Some(code), _) => format!("fails (exit status {code}{})", last_line(&said)),
                (None, signal) => format!("is killed (signal {}{})", signal.unwrap_or(0), last_line(&said)),
            },
            Ok(End::TimeLimit) => {
                let limit = number::duration(u64::try_from(self.time_limit.as_micros()).unwrap_or(u64::MAX));
                format!("is not done after {limit} and is killed{}", last_line(&said))
            }
            Err(why) => {
                return Answer::Failed(Trouble::configuration(format!(
                    "cannot be started ({}): check the command",
                    cause::of_io(&why)
                )));
            }
        };
        let trouble = Trouble { code: code::COMPONENT_FAILED, what };
        if attempts < PATIENCE { Answer::Failed(trouble) } else { Answer::Refused(trouble) }
    }

    fn run(&self, alert: &Alert, said: &mut Vec<u8>, is_stopped: &dyn Fn() -> bool) -> io::Result<End> {
        let Some((program, args)) = self.argv.split_first() else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let mut command = Command::new(program);
        command.args(args).stdin(input(alert)?).stdout(Stdio::null()).stderr(Stdio::piped());
        // A group of its own, so that all that it starts can be killed with it.
        command.process_group(0);
        for name in &self.hidden {
            command.env_remove(name);
        }
        let mut child = command.spawn()?;
        let end = self.watch(&mut child, said, is_stopped);
        if !matches!(end, Ok(End::Exit(_))) {
            // Until it has been waited for, its id is its own.
            let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
            let _ = child.wait();
        }
        end
    }

    fn watch(&self, child: &mut Child, said: &mut Vec<u8>, is_stopped: &dyn Fn() -> bool) -> io::Result<End> {
        let begun = Instant::now();
        let mut stderr = child.stderr.take();
        if let Some(stderr) = &stderr {
            fcntl_setfl(stderr, fcntl_getfl(stderr)? | OFlags::NONBLOCK)?;
        }
        loop {
            let status = child.try_wait()?;
            if let Some(open) = &mut stderr
                && read(open, said) == Some(0)
            {
                stderr = None;
            }
            if let Some(status) = status {
                return Ok(End::Exit(status));
            }
            if is_stopped() {
                return Ok(End::Stopped);
            }
            if begun.elapsed() >= self.time_limit {
                return Ok(End::TimeLimit);
            }
            match &stderr {
                Some(open) => {
                    let pause = Timespec::try_from(PAUSE).map_err(io::Error::other)?;
                    // An interrupted pause is a short one.
                    let _ = poll(&mut [PollFd::new(open, PollFlags::IN)], Some(&pause));
                }
                None => thread::sleep(PAUSE.min(begun.elapsed() / 8).max(Duration::from_micros(200))),
            }
        }
    }
}

/// The alert as a file in memory: it does not matter when the program reads it, how much of it, or whether at all.
fn input(alert: &Alert) -> io::Result<File> {
    let mut file = File::from(memfd_create(c"alert", MemfdFlags::CLOEXEC)?);
    let mut line = serde_json::to_vec(alert)?;
    line.push(b'\n');
    file.write_all(&line)?;
    file.rewind()?;
    Ok(file)
}

/// Reads once what there is and keeps the end; how much it was, or none if there is nothing now.
fn read(stderr: &mut ChildStderr, said: &mut Vec<u8>) -> Option<usize> {
    let mut buffer = [0; 64 << 10];
    let count = match stderr.read(&mut buffer) {
        Ok(count) => count,
        Err(why) if matches!(why.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted) => {
            return None;
        }
        // Nothing more is to be learned from it.
        Err(_) => 0,
    };
    said.extend_from_slice(&buffer[..count]);
    said.drain(..said.len().saturating_sub(KEPT_BYTES));
    Some(count)
}

/// The last line that is not empty, in quotes behind a colon.
fn last_line(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let line = said.lines().rev().find(|line| !line.trim().is_empty());
    line.map_or_else(String::new, |line| format!(": {}", excerpt(line)))
}
