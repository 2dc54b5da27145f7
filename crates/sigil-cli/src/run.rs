//! The frame around every tool: arguments in, exit status out.
//!
//! The only place that parses arguments, buffers and flushes standard output, turns a broken pipe into quiet
//! success, prints errors and picks the exit status.

use std::env;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::os::fd::AsFd;
use std::panic;
use std::path::Path;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{FromArgMatches, Parser};
use sigil_store::code;

use crate::args::OutputArgs;
use crate::io::{Io, line};
use crate::status::Status;
use crate::surroundings::Surroundings;
use crate::{failure, usage};

/// What goes to standard output at a time; as much as a pipe holds.
const BUFFER_BYTES: usize = 64 * 1024;

/// Runs a tool on this process's arguments and channels. `run` gets the parsed arguments; what it returns
/// decides the exit status, and its errors are printed on one line and exit 2.
pub fn run_tool<A, F>(name: &'static str, run: F) -> ExitCode
where
    A: Parser,
    F: FnOnce(A, &mut Io<'_>) -> anyhow::Result<Status>,
{
    Tool::new(name).run(run)
}

/// A tool whose frame is not quite the usual one.
#[derive(Clone, Copy, Debug)]
pub struct Tool {
    name: &'static str,
    verdict_flag: Option<&'static str>,
}

impl Tool {
    /// A tool called `name`, which stands before all its messages.
    pub fn new(name: &'static str) -> Self {
        Self { name, verdict_flag: None }
    }

    /// Names the flag, such as `--check`, with which the exit status is a verdict that scripts act upon.
    ///
    /// With it on the command line every error exits 1, wrong arguments and crashes too, so that none of them
    /// looks like the gravest verdict; and a reader that leaves does not change the verdict.
    pub fn verdict_flag(self, flag: &'static str) -> Self {
        Self { verdict_flag: Some(flag), ..self }
    }

    /// Runs the tool on this process's arguments and channels.
    pub fn run<A, F>(self, run: F) -> ExitCode
    where
        A: Parser,
        F: FnOnce(A, &mut Io<'_>) -> anyhow::Result<Status>,
    {
        let argv: Vec<OsString> = env::args_os().collect();
        report_panics(self.name, self.failed(&argv));
        let mut stdout = BufWriter::with_capacity(BUFFER_BYTES, standard_output());
        let mut stderr = io::stderr();
        let mut io = Io::new(self.name, &mut stdout, &mut stderr, Surroundings::of_process());
        self.run_with(&argv, &mut io, run).into()
    }

    /// Runs the tool on the given arguments, the first of which is the program's name, and channels.
    ///
    /// The channels are set by the flags of [`OutputArgs`], if the tool has them.
    pub fn run_with<A, F>(&self, argv: &[OsString], io: &mut Io<'_>, run: F) -> Status
    where
        A: Parser,
        F: FnOnce(A, &mut Io<'_>) -> anyhow::Result<Status>,
    {
        let failed = self.failed(argv);
        if self.is_verdict(argv) {
            io.outlive_reader();
        }
        let args = match parse::<A>(self.name, argv, io) {
            Ok(args) => args,
            Err(error) => return self.answer(error, failed, io),
        };
        let result = run(args, io);
        let flushed = io.stdout().flush();
        match (result, flushed) {
            (Ok(status), Ok(())) => status,
            // The work is done, only nobody wants to read the end of it.
            (Ok(status), Err(error)) if error.kind() == io::ErrorKind::BrokenPipe => status,
            (Ok(_), Err(error)) => complain(&error.into(), failed, io),
            // A verdict that was not reached is none, whoever left.
            (Err(error), _) if failure::is_broken_pipe(&error) && !self.is_verdict(argv) => Status::Success,
            (Err(error), _) => complain(&error, failed, io),
        }
    }

    /// Prints help and version on standard output, and what is wrong with the arguments on standard error.
    fn answer(&self, error: clap::Error, failed: Status, io: &mut Io<'_>) -> Status {
        if !matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
            io.complain(&usage::describe(error, self.name));
            return failed;
        }
        let text = error.render();
        let text = if io.palette().is_on() { text.ansi().to_string() } else { text.to_string() };
        match io.stdout().write_all(text.as_bytes()).and_then(|()| io.stdout().flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => complain(&error.into(), failed, io),
            _ => Status::Success,
        }
    }

    fn is_verdict(&self, argv: &[OsString]) -> bool {
        let mut flags = argv.iter().take_while(|arg| *arg != "--");
        self.verdict_flag.is_some_and(|flag| flags.any(|arg| arg == flag))
    }

    /// How errors end the tool.
    fn failed(&self, argv: &[OsString]) -> Status {
        if self.is_verdict(argv) { Status::Negative } else { Status::Trouble }
    }
}

fn parse<A: Parser>(name: &'static str, argv: &[OsString], io: &mut Io<'_>) -> Result<A, clap::Error> {
    // Scripts add flags to those of an alias: the last one holds.
    let mut command = A::command().bin_name(name).args_override_self(true);
    let matches = command.try_get_matches_from_mut(argv)?;
    // A tool without these flags has none of them.
    if matches.try_contains_id("quiet").is_ok() {
        io.apply(&OutputArgs::from_arg_matches(&matches)?);
    }
    A::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

fn complain(error: &anyhow::Error, failed: Status, io: &mut Io<'_>) -> Status {
    io.complain(&failure::describe(error));
    failed
}

/// Standard output without the line buffer that the standard library puts around it.
fn standard_output() -> Box<dyn Write> {
    let stdout = io::stdout();
    match stdout.as_fd().try_clone_to_owned() {
        Ok(descriptor) => Box::new(File::from(descriptor)),
        Err(_) => Box::new(stdout.lock()),
    }
}

/// Makes a defect end the tool like every other error: one line and a status that scripts know.
fn report_panics(name: &'static str, failed: Status) {
    let default = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        let payload = info.payload();
        let message = payload.downcast_ref::<&str>().copied();
        let message = message.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let file = info.location().and_then(|place| Path::new(place.file()).file_name()?.to_str());
        let text = format!(
            "{}: internal error in {}:{}: {}",
            code::COMPONENT_FAILED,
            file.unwrap_or("unknown"),
            info.location().map_or(0, panic::Location::line),
            message.unwrap_or("no message")
        );
        let _ = io::stderr().write_all(line(name, &text).as_bytes());
        if env::var_os("RUST_BACKTRACE").is_some_and(|wanted| wanted != "0") {
            default(info);
        }
        leave(failed);
    }));
}

#[expect(clippy::exit, reason = "after a panic there is no way back to main")]
fn leave(status: Status) {
    std::process::exit(status.code().into());
}

#[cfg(test)]
mod tests;
