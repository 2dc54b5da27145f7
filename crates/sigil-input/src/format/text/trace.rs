//! Which lines belong to the one above: stack traces, and what else runs over several lines.

use super::severity::{Level, Severity};
use super::time::Stamp;

/// What stands above a line, as far as it tells whether the line goes on with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Above {
    /// No event: there is nothing to go on with.
    #[default]
    Nothing,
    /// The first line of an event.
    First { is_stamped: bool, is_error: bool },
    /// The first line of a Rust panic. Its message is in the next.
    Panic,
    /// Python's frames. The name of an exception, at the beginning of a line, ends them.
    Python,
    /// Python's word that another traceback comes.
    Chain,
    /// A goroutine's frames, whose functions stand at the beginning of a line.
    Goroutine,
    /// Anything else that is not the first line of an event.
    Rest,
}

impl Above {
    /// What stands above the next line, `line` being the first of an event.
    pub(super) fn first(line: &str, stamp: Option<&Stamp>, severity: Severity) -> Self {
        let is_error = severity == Severity::Error;
        if is_error && line.starts_with(TRACEBACK) {
            Self::Python
        } else if is_error && line.starts_with("thread '") && line.ends_with(':') {
            Self::Panic
        } else if is_goroutine(line) {
            Self::Goroutine
        } else {
            Self::First { is_stamped: stamp.is_some_and(|stamp| stamp.leads), is_error }
        }
    }

    /// What stands above the next line if `line` goes on with the event above; none if it begins one. What
    /// begins with a time always does.
    pub(super) fn next(self, line: &str, stamp: Option<&Stamp>) -> Option<Self> {
        let bytes = line.as_bytes();
        let Some(&first) = bytes.first() else { return Some(self) };
        if self == Self::Nothing || stamp.is_some_and(|stamp| stamp.leads) {
            return None;
        }
        if first.is_ascii_whitespace() || matches!(first, b'}' | b')' | b']') || matches!(line, "{" | "[") {
            return Some(if matches!(self, Self::Python | Self::Goroutine) { self } else { Self::Rest });
        }
        match first {
            // Of its own it is what ended the program, whatever stands above.
            b'T' if line.starts_with(TRACEBACK) => {
                let is_told = matches!(self, Self::Chain | Self::First { is_error: true, .. });
                return is_told.then_some(Self::Python);
            }
            b'T' | b'D' if CHAINS.iter().any(|chain| line.starts_with(chain)) => return Some(Self::Chain),
            b'C' if line.starts_with("Caused by:") => return Some(Self::Rest),
            b'S' if line.starts_with("Suppressed:") => return Some(Self::Rest),
            b's' if line.starts_with("stack backtrace:") => return Some(Self::Rest),
            b'.' if is_rest_of_frames(line) => return Some(Self::Rest),
            b'g' if is_goroutine(line) => return Some(Self::Goroutine),
            _ => {}
        }
        match self {
            Self::Panic => Some(Self::Rest),
            Self::Python => is_exception(bytes).then_some(Self::Rest),
            Self::Goroutine if is_call(line) => Some(self),
            Self::Goroutine => line.starts_with("exit status ").then_some(Self::Rest),
            // Log4j writes what was thrown below the line that tells of it.
            Self::First { is_stamped: true, .. } | Self::First { is_error: true, .. }
                if is_thrown(bytes) || line.starts_with("[signal SIG") =>
            {
                Some(Self::Rest)
            }
            Self::Rest if line.starts_with("note: ") => Some(self),
            _ => None,
        }
    }
}

const TRACEBACK: &str = "Traceback (most recent call last):";
const CHAINS: [&str; 2] = [
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
];

/// `... 12 more`, `... 3 common frames omitted`.
fn is_rest_of_frames(line: &str) -> bool {
    line.strip_prefix("... ").is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_digit()))
}

/// `goroutine 1 [running]:`
fn is_goroutine(line: &str) -> bool {
    let state =
        line.strip_prefix("goroutine ").map(|rest| rest.trim_start_matches(|c: char| c.is_ascii_digit()));
    state.is_some_and(|state| state.starts_with(" [") && state.ends_with("]:"))
}

/// A function in a goroutine's frames: `main.run(0xc000012345, ...)`, `created by main.main in goroutine 1`.
fn is_call(line: &str) -> bool {
    let name = line.split('(').next().unwrap_or("");
    line.starts_with("created by ")
        || (line.ends_with(')') && name.len() < line.len() && name.contains('.') && !name.contains(' '))
}

/// A name that may have points in it, alone or before a colon.
fn name(line: &[u8]) -> Option<&[u8]> {
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.$".contains(byte);
    let end = line.iter().position(|byte| !is_of_name(byte)).unwrap_or(line.len());
    let is_alone = matches!(line.get(end..)?, [] | [b':'] | [b':', b' ', ..]);
    line.get(..end).filter(|name| is_alone && name.first().is_some_and(|byte| !byte.is_ascii_digit()))
}

/// What ends a Python traceback: `ValueError: no such thing`, `KeyboardInterrupt`.
fn is_exception(line: &[u8]) -> bool {
    name(line).is_some_and(|name| !name.is_empty() && Level::named(name).is_none())
}

/// What begins a Java stack trace: `java.lang.NullPointerException: no such thing`.
fn is_thrown(line: &[u8]) -> bool {
    name(line).is_some_and(|name| {
        let has_package = name.contains(&b'.');
        has_package && [&b"Exception"[..], b"Error", b"Throwable"].iter().any(|kind| name.ends_with(kind))
    })
}
