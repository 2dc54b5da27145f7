//! Talking to a tool that is still running.

use crate::output::Output;
use crate::tool::{awaited, collect};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// A running tool: written to in pieces, read line by line with a deadline.
///
/// Made by [`crate::Tool::stream`]. A stream that is dropped kills its process and waits for it.
///
/// ```
/// use std::time::Duration;
/// let mut cat = sigil_testkit::Tool::new("cat").stream();
/// cat.write("one\ntw");
/// cat.expect_line("one", Duration::from_secs(5));
/// cat.write("o\n");
/// cat.expect_line("two", Duration::from_secs(5));
/// assert!(cat.finish().status.success());
/// ```
pub struct Stream {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<Vec<u8>>,
    stderr: Receiver<Vec<u8>>,
    command: String,
    /// Lives as long as the process, whose `HOME` it is.
    _home: TempDir,
}

impl Stream {
    pub(crate) fn new(mut child: Child, home: TempDir, command: String) -> Stream {
        Stream {
            stdin: child.stdin.take(),
            lines: lines_of(child.stdout.take()),
            stderr: collect(child.stderr.take(), None),
            child,
            command,
            _home: home,
        }
    }

    /// The process id, to send a signal to.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Writes `bytes` to the tool's stdin at once; a line may be split over several calls.
    ///
    /// # Panics
    ///
    /// When stdin is closed, by either side.
    #[track_caller]
    pub fn write(&mut self, bytes: impl AsRef<[u8]>) {
        let Some(stdin) = &mut self.stdin else { panic!("{}: stdin is closed already", self.command) };
        if let Err(error) = stdin.write_all(bytes.as_ref()) {
            panic!("{}: cannot write to its stdin: {error}", self.command);
        }
    }

    /// Ends the tool's input.
    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    /// The next line of stdout without its newline, or `None` if it does not come `within` this time
    /// or stdout has ended.
    pub fn next_line(&mut self, within: Duration) -> Option<String> {
        let line = self.lines.recv_timeout(within).ok()?;
        let line = line.strip_suffix(b"\n").unwrap_or(&line);
        Some(String::from_utf8_lossy(line).into_owned())
    }

    /// Expects the next line of stdout `within` this time.
    ///
    /// # Panics
    ///
    /// When it is late, or another one.
    #[track_caller]
    pub fn expect_line(&mut self, expected: &str, within: Duration) {
        match self.next_line(within) {
            Some(line) => assert_eq!(line, expected, "{}", self.command),
            None => panic!("{}: no line within {within:?}; expected {expected:?}", self.command),
        }
    }

    /// Expects that stdout stays silent for this long.
    ///
    /// # Panics
    ///
    /// When a line arrives.
    #[track_caller]
    pub fn expect_silence(&mut self, lasting: Duration) {
        if let Some(line) = self.next_line(lasting) {
            panic!("{}: expected no line for {lasting:?}, got {line:?}", self.command);
        }
    }

    /// Ends the tool's input and waits for the tool; stdout is what no [`Stream::next_line`] took.
    ///
    /// # Panics
    ///
    /// When the tool hangs.
    #[track_caller]
    pub fn finish(mut self) -> Output {
        self.close_stdin();
        let stderr = awaited(&self.stderr, &mut self.child, &self.command);
        let stdout = self.lines.iter().flatten().collect();
        let status = self.child.wait().expect("a child that was started can be waited for");
        Output { stdout, stderr, status, peak_bytes: None }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        // Both fail only when the process has been waited for already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Lines of `pipe` with their newlines, as they arrive.
fn lines_of(pipe: Option<ChildStdout>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    let mut pipe = BufReader::new(pipe.expect("stdout was piped when the child was started"));
    thread::spawn(move || {
        loop {
            let mut line = Vec::new();
            match pipe.read_until(b'\n', &mut line) {
                Ok(0) | Err(_) => return,
                // Reading goes on when nobody listens, lest the tool blocks on a full pipe.
                Ok(_) => drop(sender.send(line)),
            }
        }
    });
    receiver
}
