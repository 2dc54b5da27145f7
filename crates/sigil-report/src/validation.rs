//! `--validate`: every line that is wrong, in the order of inputs and lines, as it is met.
//!
//! Nothing is kept of a line that was told: a log of nothing but wrong lines takes no more memory than a good one.

use std::io::{self, Write};

use serde::Serialize;
use sigil_breakdown::json;
use sigil_cli::{Io, Status, escape};
use sigil_event::{Defect, EventRef, Sink, SourceId};
use sigil_input::{Inputs, Malformed, Source};

/// How a wrong line is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// `FILE:LINE: why`.
    Text,
    /// One object that holds them all.
    Object,
    /// An object for each.
    Lines,
}

/// How wrong lines bear on the exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// `--exit-code`: they are the negative answer that was asked for.
    pub(crate) is_asked: bool,
    /// `--strict`: they are trouble.
    pub(crate) is_strict: bool,
}

/// Tells all wrong lines of `inputs`.
///
/// # Errors
/// Standard output cannot be written.
pub(crate) fn run(inputs: &Inputs, form: Form, verdict: Verdict, io: &mut Io<'_>) -> io::Result<Status> {
    if verdict.is_asked {
        io.outlive_reader();
    }
    let (out, _) = io.channels();
    let mut told =
        Telling { sources: &inputs.sources, form, out, source: 0, tally: Tally::default(), failed: None };
    told.begin_all();
    let outcome = inputs.read_in_turn(&mut told, Telling::before_wait)?;
    let tally = told.finish()?;
    let (wrong, lines, sources) = (tally.wrong, tally.lines, inputs.sources.len());
    io.note(format_args!("read {lines} lines of {sources} inputs, {wrong} of them malformed"));
    // The lines themselves stand on standard output.
    let status = io.tell(inputs.complaints(&outcome, &Malformed::default(), verdict.is_strict));
    Ok(match status {
        Status::Success if wrong > 0 && verdict.is_strict => Status::Trouble,
        Status::Success if wrong > 0 && verdict.is_asked => Status::Negative,
        other => other,
    })
}

#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    wrong: u64,
    lines: u64,
    /// The last wrong line of the source, from 0: one that is wrong twice is one wrong line.
    last: Option<u64>,
}

struct Telling<'a> {
    sources: &'a [Source],
    form: Form,
    out: &'a mut dyn Write,
    source: u32,
    tally: Tally,
    failed: Option<io::Error>,
}

#[derive(Serialize)]
struct LineObject<'a> {
    file: &'a str,
    line: u64,
    why: &'a str,
}

impl Telling<'_> {
    fn begin_all(&mut self) {
        if self.form == Form::Object {
            self.attempt(|out| out.write_all(b"{\"malformed\":{\"lines\":["));
        }
    }

    /// What was told is handed on before anybody waits; where that fails nothing more is to be read.
    fn before_wait(&mut self) -> io::Result<()> {
        self.attempt(|out| out.flush());
        self.failed.take().map_or(Ok(()), Err)
    }

    fn finish(mut self) -> io::Result<Tally> {
        if self.form == Form::Object {
            let count = self.tally.wrong;
            self.attempt(|out| writeln!(out, "],\"count\":{count}}}}}"));
        }
        self.failed.map_or(Ok(self.tally), Err)
    }

    fn attempt(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        if self.failed.is_none() {
            self.failed = write(self.out).err();
        }
    }

    fn tell(&mut self, line: u64, defect: Defect) {
        let file = self.sources.get(self.source as usize).map_or("", |source| source.name.as_str());
        let (form, is_first, line) = (self.form, self.tally.wrong == 1, line + 1);
        let why = defect.to_string();
        self.attempt(|out| match form {
            Form::Text => writeln!(out, "{}:{line}: {why}", escape::for_terminal(file)),
            Form::Lines => json::line(&LineObject { file, line, why: &why }, out),
            Form::Object => {
                out.write_all(if is_first { b"" } else { b"," })?;
                Ok(serde_json::to_writer(out, &LineObject { file, line, why: &why })?)
            }
        });
    }
}

impl Sink for Telling<'_> {
    fn begin(&mut self, source: SourceId, _: u64) {
        self.source = source.0;
        self.tally.last = None;
    }

    fn event(&mut self, _: &EventRef<'_>, _: u64) {}

    fn defect(&mut self, line: u64, defect: Defect) {
        if self.tally.last.replace(line) != Some(line) {
            self.tally.wrong += 1;
            self.tell(line, defect);
        }
    }

    fn end(&mut self, _: u64, lines: u64) {
        self.tally.lines += lines;
    }
}
