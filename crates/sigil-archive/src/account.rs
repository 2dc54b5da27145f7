//! What is said of what was done: records as JSON, troubles on standard error, and one line of sums.

use std::collections::BTreeMap;

use anyhow::Result;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sigil_cli::io::Verbosity;
use sigil_cli::surroundings;
use sigil_cli::{Io, Status as Exit, number};
use sigil_store::{code, home};

use crate::record::{Action, Record, Status};

/// How often the same trouble is told in full before the rest are only counted.
const TOLD: usize = 5;

/// Takes records as they come and says what is to be said of them.
pub(crate) struct Account<'a, 'io> {
    io: &'a mut Io<'io>,
    json: bool,
    sums: BTreeMap<(Action, Status), Sum>,
    /// How often each reason was met.
    reasons: BTreeMap<String, usize>,
    bar: ProgressBar,
}

#[derive(Clone, Copy, Debug, Default)]
struct Sum {
    count: u64,
    bytes: u64,
    archive_bytes: u64,
}

impl<'a, 'io> Account<'a, 'io> {
    pub(crate) fn new(io: &'a mut Io<'io>, json: bool) -> Self {
        // Half an archive helps nobody: the work is finished, whoever reads what is said of it.
        io.outlive_reader();
        Self { io, json, sums: BTreeMap::new(), reasons: BTreeMap::new(), bar: ProgressBar::hidden() }
    }

    /// Shows on a terminal how far the work is on `count` things of which each is a `unit` and takes so many `steps`.
    pub(crate) fn expect(&mut self, count: u64, unit: &str, steps: u64) {
        if self.io.verbosity() == Verbosity::Quiet || count == 0 {
            return;
        }
        let bar = ProgressBar::with_draw_target(Some(count * steps), ProgressDrawTarget::stderr());
        let ending = if count == 1 { "" } else { "s" };
        let things = format!("{} {unit}{ending}", number::thousands(count));
        // In a narrow terminal the words matter more.
        let width = surroundings::columns().map_or(31, |columns| columns.saturating_sub(48).clamp(3, 31));
        let template = format!("[{{bar:{width}}}] {{percent}}% of {things}, {{eta}} left{{wide_msg}}");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style.progress_chars("#>."));
        }
        self.bar = bar;
    }

    /// The bar, for those who do the steps.
    pub(crate) fn bar(&self) -> ProgressBar {
        self.bar.clone()
    }

    /// The work is done that [`expect`](Self::expect) announced.
    pub(crate) fn reached(&mut self) {
        std::mem::replace(&mut self.bar, ProgressBar::hidden()).finish_and_clear();
    }

    /// Takes a record.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(crate) fn add(&mut self, record: &Record) -> Result<()> {
        let bar = self.bar.clone();
        bar.suspend(|| self.take(record))
    }

    fn take(&mut self, record: &Record) -> Result<()> {
        let sum = self.sums.entry((record.action, record.status)).or_default();
        sum.count += 1;
        sum.bytes += record.bytes.unwrap_or(0);
        sum.archive_bytes += record.archive_bytes.unwrap_or(0);
        let is_news = record.status != Status::Spared || self.io.verbosity() >= Verbosity::Verbose;
        if self.json && is_news {
            serde_json::to_writer(self.io.stdout(), record)?;
            self.io.stdout().write_all(b"\n")?;
        } else if record.status == Status::Planned && self.io.verbosity() >= Verbosity::Normal {
            writeln!(self.io.stdout(), "{}", plan(record))?;
        }
        let reason = record.reason.as_deref().unwrap_or("no reason is known");
        match record.status {
            Status::Done => {
                let to = record.archive.as_ref().map(|path| format!(": {}", home::shown(path)));
                self.io.note(format!(
                    "{} {}{}",
                    done(record.action),
                    record.subject(),
                    to.unwrap_or_default()
                ));
            }
            Status::Planned => {}
            Status::Spared => self.io.note(format!("{} stays: {reason}", record.subject())),
            Status::Left => self.io.warn(format!("{} stays: {reason}", record.subject())),
            Status::Failed => {
                let (code, cause) = code::split(reason).unwrap_or((code::CONFIGURATION, reason));
                let met = self.reasons.entry(kind(code, cause)).or_default();
                *met += 1;
                if *met <= TOLD {
                    let text =
                        format!("{code}: cannot {} {}: {cause}", verb(record.action), record.subject());
                    self.io.tell([sigil_store::Complaint::Trouble(text)]);
                }
            }
        }
        Ok(())
    }

    /// Says something on standard error that belongs to no record.
    pub(crate) fn warn(&mut self, text: &str) {
        let bar = self.bar.clone();
        bar.suspend(|| self.io.warn(text));
    }

    /// What is written to beside the records.
    pub(crate) fn io(&mut self) -> &mut Io<'io> {
        self.io
    }

    /// Whether anything could not be done.
    pub(crate) fn has_failed(&self) -> bool {
        self.sums.keys().any(|(_, status)| *status == Status::Failed)
    }

    /// Says what it all comes to, and how the run ends. `nothing` is said to a person at a terminal if there was nothing to do.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(crate) fn finish(mut self, nothing: &str) -> Result<Exit> {
        self.reached();
        for (kind, met) in &self.reasons {
            if *met > TOLD {
                let (code, cause) = code::split(kind).unwrap_or((code::CONFIGURATION, kind));
                let text = format!("{code}: {} more could not be done: {cause}", met - TOLD);
                self.io.tell([sigil_store::Complaint::Trouble(text)]);
            }
        }
        let says = !self.json && self.io.verbosity() > Verbosity::Quiet;
        let parts = self.parts();
        if says && !parts.is_empty() {
            writeln!(self.io.stdout(), "{}", parts.join(", "))?;
        } else if says
            && self.io.is_terminal()
            && self.sums.keys().all(|(_, status)| *status == Status::Spared)
        {
            writeln!(self.io.stdout(), "{nothing}")?;
        }
        Ok(if self.has_failed() { Exit::Trouble } else { Exit::Success })
    }

    fn parts(&self) -> Vec<String> {
        let part = |((action, status), sum): (&(Action, Status), &Sum)| {
            let what = counted(*action, sum.count);
            let done = done(*action);
            Some(match status {
                Status::Done => format!("{what} {done}{}", sum.sizes()),
                Status::Planned => format!("{what} would be {done}{}", sum.sizes()),
                Status::Left if sum.count == 1 => format!("{what} left as it is"),
                Status::Left => format!("{what} left as they are"),
                Status::Failed => format!("{what} could not be {done}"),
                Status::Spared => return None,
            })
        };
        self.sums.iter().filter_map(part).collect()
    }
}

impl Sum {
    fn sizes(&self) -> String {
        match (self.bytes, self.archive_bytes) {
            (0, 0) => String::new(),
            (0, bytes) | (bytes, 0) => format!(" ({})", number::size(bytes)),
            (bytes, archived) => format!(" ({} in {})", number::size(bytes), number::size(archived)),
        }
    }
}

/// What failures have in common that are told once for all: what stands behind the last colon is the cause itself.
fn kind(code: &str, cause: &str) -> String {
    let cause = cause.rsplit(": ").next().unwrap_or(cause);
    format!("{code}: {cause}")
}

fn counted(action: Action, count: u64) -> String {
    let (one, many) = match action {
        Action::Recover | Action::Archive | Action::Copy | Action::Remove => ("session", "sessions"),
        Action::Prune | Action::Restore | Action::Verify => ("archive", "archives"),
        Action::Rotate => ("log", "logs"),
        Action::Compress | Action::Delete => ("rotated part", "rotated parts"),
    };
    format!("{} {}", number::thousands(count), if count == 1 { one } else { many })
}

fn done(action: Action) -> &'static str {
    match action {
        Action::Recover => "recovered",
        Action::Archive => "archived",
        Action::Copy => "copied",
        Action::Remove => "removed, archived before",
        Action::Prune => "pruned",
        Action::Rotate => "rotated",
        Action::Compress => "compressed",
        Action::Delete => "deleted",
        Action::Restore => "restored",
        Action::Verify => "verified",
    }
}

fn verb(action: Action) -> &'static str {
    match action {
        Action::Recover => "recover",
        Action::Archive => "archive",
        Action::Copy => "copy",
        Action::Remove => "remove",
        Action::Prune => "prune",
        Action::Rotate => "rotate",
        Action::Compress => "compress",
        Action::Delete => "delete",
        Action::Restore => "restore",
        Action::Verify => "verify",
    }
}

fn plan(record: &Record) -> String {
    let size = record.bytes.or(record.archive_bytes).map(|bytes| format!(", {}", number::size(bytes)));
    let why = record.reason.as_ref().map(|reason| format!(": {reason}"));
    format!(
        "would {} {}{}{}",
        verb(record.action),
        record.subject(),
        size.unwrap_or_default(),
        why.unwrap_or_default()
    )
}
