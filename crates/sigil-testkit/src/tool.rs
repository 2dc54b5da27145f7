//! Running a tool to its end and checking what it did.

use crate::check::{Check, differs, lacks};
use crate::memory;
use crate::output::Output;
use crate::setup::Setup;
use crate::stream::Stream;
use serde_json::Value;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// How long a process may take before it is taken for hanging, and killed. No test comes near it.
const PATIENCE: Duration = Duration::from_secs(120);

/// A tool about to be run, and what is expected of it.
///
/// The environment is cleared to `PATH`, an empty `HOME`, `TZ=UTC` and `LC_ALL=C.UTF-8`. Without
/// [`Tool::stdin`] the tool reads an empty stdin. Unless said otherwise stderr must stay empty;
/// stdout is checked only where it is named. Nothing runs before [`Tool::status`] or [`Tool::run`].
///
/// ```
/// sigil_testkit::Tool::new("sh")
///     .args(["-c", "cat; echo 'sh: done' >&2; exit 3"])
///     .stdin("{\"tokens\":35}\n")
///     .stdout_json(|v| assert_eq!(v["tokens"], 35))
///     .stderr("sh: done\n")
///     .status(3);
/// ```
#[must_use = "nothing runs before .status() or .run()"]
pub struct Tool<'t> {
    setup: Setup,
    stdin: Input,
    head: Option<usize>,
    reduce: Option<Reducer>,
    stdout: Vec<Check<'t>>,
    stderr: Vec<Words>,
    memory: Option<u64>,
}

/// Writes what stdin gets.
type Writer = Box<dyn FnOnce(&mut dyn Write) -> io::Result<()> + Send>;

/// Makes of stdout what is kept of it.
type Reducer = Box<dyn FnOnce(&mut dyn Read) -> Vec<u8> + Send>;

enum Input {
    Empty,
    Bytes(Vec<u8>),
    Written(Writer),
    File(PathBuf),
}

/// An expectation of stderr.
enum Words {
    Exact(String),
    Contain(String),
}

impl<'t> Tool<'t> {
    /// The program at `path`; a bare name is looked up in the standard places.
    pub fn new(path: impl AsRef<Path>) -> Tool<'t> {
        let setup = Setup::new(path.as_ref().to_owned());
        Tool {
            setup,
            stdin: Input::Empty,
            head: None,
            reduce: None,
            stdout: Vec::new(),
            stderr: Vec::new(),
            memory: None,
        }
    }

    /// Runs it, and gives the object that it prints.
    ///
    /// # Panics
    /// It prints something else, or on standard error, or does not end with 0.
    #[track_caller]
    pub fn object(self) -> Value {
        let output = self.run();
        assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)));
        serde_json::from_slice(&output.stdout).expect("an object")
    }

    /// Adds an argument.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.setup.args.push(arg.as_ref().to_owned());
        self
    }

    /// Adds arguments.
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.setup.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.setup.env.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Runs in `dir`, so that messages show paths relative to it.
    pub fn current_dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.setup.current_dir = Some(dir.as_ref().to_owned());
        self
    }

    /// Gives `bytes` to stdin through a pipe.
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = Input::Bytes(bytes.into());
        self
    }

    /// Lets `write` write to stdin, through a pipe, as much as memory need not hold at once. A tool that stops
    /// reading makes it fail, which ends it.
    pub fn stdin_written(
        mut self,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()> + Send + 'static,
    ) -> Self {
        self.stdin = Input::Written(Box::new(write));
        self
    }

    /// Opens the file at `path` as stdin, as `< path` does.
    pub fn stdin_file(mut self, path: impl AsRef<Path>) -> Self {
        self.stdin = Input::File(path.as_ref().to_owned());
        self
    }

    /// Closes stdout after `lines` lines, as `| head -n lines` does.
    pub fn head(mut self, lines: usize) -> Self {
        self.head = Some(lines);
        self
    }

    /// Lets `reduce` read stdout as it comes, where it is more than memory should hold: what it makes of it
    /// stands for stdout.
    pub fn stdout_reduced(mut self, reduce: impl FnOnce(&mut dyn Read) -> Vec<u8> + Send + 'static) -> Self {
        self.reduce = Some(Box::new(reduce));
        self
    }

    /// Expects exactly this stdout.
    pub fn stdout(mut self, text: impl Into<String>) -> Self {
        self.stdout.push(Check::Exact(text.into()));
        self
    }

    /// Expects `part` somewhere in stdout.
    pub fn stdout_contains(mut self, part: impl Into<String>) -> Self {
        self.stdout.push(Check::Contains(part.into()));
        self
    }

    /// Expects one JSON value on stdout, and lets `check` look at it.
    pub fn stdout_json(mut self, check: impl FnOnce(&Value) + 't) -> Self {
        self.stdout.push(Check::Json(Box::new(check)));
        self
    }

    /// Expects a JSON value on every line of stdout, and lets `check` look at them.
    pub fn stdout_jsonl(mut self, check: impl FnOnce(&[Value]) + 't) -> Self {
        self.stdout.push(Check::JsonLines(Box::new(check)));
        self
    }

    /// Expects exactly this stderr.
    pub fn stderr(mut self, text: impl Into<String>) -> Self {
        self.stderr.push(Words::Exact(text.into()));
        self
    }

    /// Expects `part` somewhere in stderr.
    pub fn stderr_contains(mut self, part: impl Into<String>) -> Self {
        self.stderr.push(Words::Contain(part.into()));
        self
    }

    /// Expects that the tool never has `bytes` of memory. Where the system does not tell, it is not checked.
    pub fn memory_below(mut self, bytes: u64) -> Self {
        self.memory = Some(bytes);
        self
    }

    /// Runs the tool and checks status, stdout and stderr together.
    ///
    /// # Panics
    ///
    /// When anything is not as expected: all that differs, then all three as they were.
    #[track_caller]
    pub fn status(mut self, expected: i32) {
        let stdout = std::mem::take(&mut self.stdout);
        let mut stderr = std::mem::take(&mut self.stderr);
        if stderr.is_empty() {
            stderr.push(Words::Exact(String::new()));
        }
        let memory = self.memory;
        let command = self.setup.typed();
        let output = self.run();

        let mut misses = Vec::new();
        if output.status.code() != Some(expected) {
            misses.push(format!("status differs: expected {expected}, got {}", output.ending()));
        }
        misses.extend(stdout.into_iter().filter_map(|check| check.miss(&output)));
        misses.extend(stderr.into_iter().filter_map(|words| match words {
            Words::Exact(text) => differs("stderr", &text, &output.stderr_text()),
            Words::Contain(part) => lacks("stderr", &part, &output.stderr_text()),
        }));
        if let (Some(limit), Some(peak)) = (memory, output.peak_bytes.filter(|peak| Some(*peak) >= memory)) {
            misses.push(format!("memory differs: expected less than {limit} bytes, got {peak}"));
        }
        assert!(
            misses.is_empty(),
            "{command}\n{}\n--- status: {}\n--- stdout:\n{}--- stderr:\n{}---",
            misses.join("\n"),
            output.ending(),
            output.stdout_text(),
            output.stderr_text(),
        );
    }

    /// Runs the tool and gives back what it did, unchecked.
    ///
    /// # Panics
    ///
    /// When the tool cannot be started, or hangs.
    #[track_caller]
    pub fn run(self) -> Output {
        let home = empty_home();
        let (stdin, write): (_, Option<Writer>) = match self.stdin {
            Input::Empty => (Stdio::null(), None),
            Input::Bytes(bytes) => (Stdio::piped(), Some(Box::new(move |pipe| pipe.write_all(&bytes)))),
            Input::Written(write) => (Stdio::piped(), Some(write)),
            Input::File(path) => match File::open(&path) {
                Ok(file) => (Stdio::from(file), None),
                Err(error) => panic!("cannot open {} as stdin: {error}", path.display()),
            },
        };
        let mut child = self.setup.spawn(home.path(), stdin);
        let watch = self.memory.map(|_| memory::watch(child.id()));
        let feeder = child.stdin.take().zip(write).map(|(mut pipe, write)| {
            // A tool may stop reading before the end; what that means is the test's to judge.
            thread::spawn(move || drop(write(&mut pipe)))
        });
        let stdout = match self.reduce {
            Some(reduce) => reduced(child.stdout.take(), reduce),
            None => collect(child.stdout.take(), self.head),
        };
        let stderr = collect(child.stderr.take(), None);
        let command = self.setup.typed();
        let mut output = Output {
            peak_bytes: None,
            stdout: awaited(&stdout, &mut child, &command),
            stderr: awaited(&stderr, &mut child, &command),
            status: child.wait().expect("a child that was started can be waited for"),
        };
        if let Some(feeder) = feeder {
            feeder.join().expect("feeding stdin does not panic");
        }
        output.peak_bytes = watch.and_then(|watch| watch.join().ok()).filter(|bytes| *bytes > 0);
        output
    }

    /// Starts the tool with open pipes, to be talked to while it runs.
    ///
    /// # Panics
    ///
    /// When the tool cannot be started.
    #[track_caller]
    pub fn stream(self) -> Stream {
        let home = empty_home();
        let child = self.setup.spawn(home.path(), Stdio::piped());
        Stream::new(child, home, self.setup.typed())
    }
}

fn empty_home() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary directory can be made")
}

/// Reads `pipe` on a thread of its own, to its end or for `lines` lines, then closes it.
pub(crate) fn collect(pipe: Option<impl Read + Send + 'static>, lines: Option<usize>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    let mut pipe = BufReader::new(pipe.expect("the pipe was asked for when the child was started"));
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // An error ends the reading like an end of file: what came before it is what there is.
        match lines {
            None => drop(pipe.read_to_end(&mut bytes)),
            Some(lines) => {
                for _ in 0..lines {
                    drop(pipe.read_until(b'\n', &mut bytes));
                }
            }
        }
        drop(pipe);
        drop(sender.send(bytes));
    });
    receiver
}

/// Lets `reduce` read `pipe` on a thread of its own, and the rest be read after it.
fn reduced(pipe: Option<impl Read + Send + 'static>, reduce: Reducer) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    let mut pipe = BufReader::new(pipe.expect("the pipe was asked for when the child was started"));
    thread::spawn(move || {
        let bytes = reduce(&mut pipe);
        drop(io::copy(&mut pipe, &mut io::sink()));
        drop(sender.send(bytes));
    });
    receiver
}

/// What `collect` gathered, once the pipe is done; a child that keeps it open for ever is killed.
#[track_caller]
pub(crate) fn awaited(bytes: &Receiver<Vec<u8>>, child: &mut Child, command: &str) -> Vec<u8> {
    bytes.recv_timeout(PATIENCE).unwrap_or_else(|_| {
        drop(child.kill());
        drop(child.wait());
        panic!("{command}\ndid not end within {} s and was killed", PATIENCE.as_secs());
    })
}
