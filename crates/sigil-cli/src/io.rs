//! What a tool writes to: data to standard output, all else to standard error.
//!
//! Standard input is not here; the crate that reads logs opens it.

use std::fmt::Display;
use std::io::Write;

use sigil_store::Complaint;

use crate::args::OutputArgs;
use crate::color::{self, Color};
use crate::escape;
use crate::output::{Output, Reader};
use crate::status::Status;
use crate::style::Palette;
use crate::surroundings::Surroundings;

/// How much a tool says on standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verbosity {
    /// `-q`: errors only.
    Quiet,
    /// Warnings too.
    #[default]
    Normal,
    /// `-v`: what is being done, too.
    Verbose,
}

/// The channels of a running tool.
pub struct Io<'a> {
    stdout: Output<'a>,
    voice: Voice<'a>,
    surroundings: Surroundings,
    color: Option<Color>,
}

/// What is said on standard error.
pub struct Voice<'a> {
    name: &'a str,
    stderr: &'a mut dyn Write,
    verbosity: Verbosity,
}

impl<'a> Io<'a> {
    /// Channels for the tool called `name`.
    ///
    /// `stdout` should be buffered; `stderr` is written a line at a time.
    pub fn new(
        name: &'a str,
        stdout: &'a mut dyn Write,
        stderr: &'a mut dyn Write,
        surroundings: Surroundings,
    ) -> Self {
        let verbosity = if surroundings.is_debug { Verbosity::Verbose } else { Verbosity::Normal };
        let voice = Voice { name, stderr, verbosity };
        Self { stdout: Output::new(stdout), voice, surroundings, color: None }
    }

    /// Channels that end in memory: no terminal, no colour, normal verbosity.
    pub fn for_test(name: &'a str, stdout: &'a mut dyn Write, stderr: &'a mut dyn Write) -> Self {
        Self::new(name, stdout, stderr, Surroundings::default())
    }

    /// Follows the flags that every tool has: `--color`, `-q`, `-v`.
    pub fn apply(&mut self, args: &OutputArgs) {
        self.color = args.color;
        if args.quiet {
            self.voice.verbosity = Verbosity::Quiet;
        } else if args.verbose {
            self.voice.verbosity = Verbosity::Verbose;
        }
    }

    /// Takes the configuration's `color` if no flag said anything.
    pub fn prefer_color(&mut self, configured: Option<Color>) {
        self.color = self.color.or(configured);
    }

    /// From now on a closed pipe is no reason to stop: what is written goes nowhere, and the tool finishes
    /// its work and keeps its status.
    pub fn outlive_reader(&mut self) {
        self.stdout.reader = Reader::Optional;
    }

    /// Standard output.
    ///
    /// To be flushed before waiting for input. A reader that leaves makes writing fail with a broken pipe,
    /// which is to be passed up: it ends the tool quietly.
    pub fn stdout(&mut self) -> &mut dyn Write {
        &mut self.stdout
    }

    /// Standard output and standard error at once, for what writes to one while the other may be needed.
    pub fn channels(&mut self) -> (&mut dyn Write, &mut Voice<'a>) {
        (&mut self.stdout, &mut self.voice)
    }

    /// Whether standard output is a terminal.
    pub fn is_terminal(&self) -> bool {
        self.surroundings.is_terminal
    }

    /// Whether what was written to standard output can be written anew: it is a terminal that moves its cursor.
    pub fn can_rewrite(&self) -> bool {
        self.surroundings.is_terminal && !self.surroundings.is_dumb
    }

    /// The columns that text on standard output should fit into: those of the terminal. Elsewhere text has
    /// all the room it needs.
    pub fn columns(&self) -> Option<usize> {
        self.surroundings.columns
    }

    /// Whether the locale has letters for lines and blocks.
    pub fn is_utf8(&self) -> bool {
        self.surroundings.is_utf8
    }

    /// How much is said on standard error.
    pub fn verbosity(&self) -> Verbosity {
        self.voice.verbosity
    }

    /// The colours for standard output, or none.
    pub fn palette(&self) -> Palette {
        let choice = self.color.unwrap_or_default();
        if color::is_on(choice, &self.surroundings) { Palette::COLORED } else { Palette::PLAIN }
    }

    /// See [`Voice::warn`].
    pub fn warn(&mut self, text: impl Display) {
        self.voice.warn(text);
    }

    /// See [`Voice::note`].
    pub fn note(&mut self, text: impl Display) {
        self.voice.note(text);
    }

    /// See [`Voice::tell`].
    pub fn tell(&mut self, complaints: impl IntoIterator<Item = Complaint>) -> Status {
        self.voice.tell(complaints)
    }

    /// Says on one line of standard error what went wrong, whatever the verbosity.
    pub(crate) fn complain(&mut self, text: &str) {
        self.voice.say(text);
    }
}

impl Voice<'_> {
    /// Says on one line of standard error that something is not as it should be, unless `-q`. `text` begins
    /// with a code: `E003_PARSE_FAIL: skipped 1 malformed line: stdin:2`.
    pub fn warn(&mut self, text: impl Display) {
        if self.verbosity >= Verbosity::Normal {
            self.say(&text.to_string());
        }
    }

    /// Says on one line of standard error what is being done, with `-v`.
    pub fn note(&mut self, text: impl Display) {
        if self.verbosity >= Verbosity::Verbose {
            self.say(&text.to_string());
        }
    }

    /// Says what libraries have to say, each as loud as it is, and how the run has ended for it.
    pub fn tell(&mut self, complaints: impl IntoIterator<Item = Complaint>) -> Status {
        let mut status = Status::Success;
        for complaint in complaints {
            match complaint {
                Complaint::Note(text) => self.note(text),
                Complaint::Warning(text) => self.warn(text),
                Complaint::Trouble(text) => {
                    self.say(&text);
                    status = Status::Trouble;
                }
            }
        }
        status
    }

    fn say(&mut self, text: &str) {
        let line = line(self.name, text);
        // If nobody can be told, there is nobody to tell that.
        let _ = self.stderr.write_all(line.as_bytes()).and_then(|()| self.stderr.flush());
    }
}

/// A line of standard error: the tool's name and a text, with control characters written out.
pub(crate) fn line(name: &str, text: &str) -> String {
    format!("{name}: {}\n", escape::for_terminal(text.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands on standard error after all three kinds of messages.
    fn said(args: &OutputArgs, surroundings: Surroundings) -> String {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut io = Io::new("sigil-x", &mut out, &mut err, surroundings);
        io.apply(args);
        io.complain("error");
        io.warn("warning");
        io.note("note");
        String::from_utf8(err).unwrap()
    }

    #[test]
    fn flags_decide_what_is_said() {
        let pipe = Surroundings::default();
        let debug = Surroundings { is_debug: true, ..pipe };
        let normal = OutputArgs::default();
        let quiet = OutputArgs { quiet: true, ..OutputArgs::default() };
        let verbose = OutputArgs { verbose: true, ..OutputArgs::default() };
        let everything = "sigil-x: error\nsigil-x: warning\nsigil-x: note\n";
        assert_eq!(said(&normal, pipe), "sigil-x: error\nsigil-x: warning\n");
        assert_eq!(said(&quiet, pipe), "sigil-x: error\n");
        assert_eq!(said(&verbose, pipe), everything);
        assert_eq!(said(&normal, debug), everything);
        assert_eq!(said(&quiet, debug), "sigil-x: error\n");
    }

    #[test]
    fn a_message_is_one_line() {
        assert_eq!(line("sigil-x", "a\n\x1b[31mb\n"), "sigil-x: a\\n\\x1b[31mb\n");
    }

    #[test]
    fn a_flag_is_stronger_than_the_configuration() {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut io = Io::for_test("sigil-x", &mut out, &mut err);
        assert!(!io.palette().is_on());
        io.prefer_color(Some(Color::Always));
        assert!(io.palette().is_on());
        io.apply(&OutputArgs { color: Some(Color::Never), ..OutputArgs::default() });
        io.prefer_color(Some(Color::Always));
        assert!(!io.palette().is_on());
        assert!(!io.is_terminal());
        assert_eq!(io.columns(), None);
        assert_eq!(io.verbosity(), Verbosity::Normal);
    }
}
