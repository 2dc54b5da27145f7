//! For spreadsheets and data frames: RFC 4180, with a header. Rows are those of `jsonl`, without what is a list or
//! a table itself.

use std::io::{self, Write};

use csv::{Terminator, Writer, WriterBuilder};
use serde::Serialize;
use serde_json::Value;
use sigil_breakdown::RowObject;
use sigil_cli::escape;

use super::json::SessionObject;
use crate::report::{Breakdown, Report};

/// How tokens divide, in the middle of both lists.
const USAGE: [&str; 6] = [
    "usage/input",
    "usage/output",
    "usage/reasoning",
    "usage/cache_read",
    "usage/cache_write",
    "usage/cache_write_1h",
];

/// Of a session, by the names of its object, before and behind [`USAGE`]. New ones go to the end.
const SESSION: ([&str; 20], [&str; 4]) = (
    [
        "session_id",
        "status",
        "stale",
        "first",
        "last",
        "duration_seconds",
        "events",
        "steps_completed",
        "steps_failed",
        "retries",
        "errors",
        "total_budget",
        "total_used",
        "total_remaining",
        "utilization_percentage",
        "warning_level",
        "restated_tokens",
        "estimated_tokens",
        "cost_usd",
        "unpriced_tokens",
    ],
    ["context_tokens", "slowest_component", "fastest_component", "average_latency_ms"],
);

/// Of a row, behind its keys, in the same way.
const ROW: ([&str; 4], [&str; 9]) = (
    ["tokens", "restated_tokens", "estimated_tokens", "operations"],
    [
        "cost_usd",
        "unpriced_tokens",
        "sessions",
        "events",
        "errors",
        "calls",
        "first",
        "last",
        "mean_latency_ms",
    ],
);

/// Where the rows go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Values as they are.
    Program,
    /// Values on one line, and none that moves the cursor.
    Terminal,
}

/// Writes a row for each session.
pub(crate) fn report(report: &Report<'_>, reader: Reader, out: &mut dyn Write) -> io::Result<()> {
    let mut table = Table::new([&SESSION.0[..], &USAGE, &SESSION.1].concat(), reader, out)?;
    report
        .sessions
        .iter()
        .try_for_each(|session| table.row(&SessionObject::of(&session, report.sessions)))?;
    table.end()
}

/// Writes a row for each row.
pub(crate) fn breakdown(breakdown: &Breakdown<'_>, reader: Reader, out: &mut dyn Write) -> io::Result<()> {
    let keys = breakdown.rows.keys.iter().map(|key| key.name());
    let mut table = Table::new(keys.chain(ROW.0).chain(USAGE).chain(ROW.1).collect(), reader, out)?;
    RowObject::of(&breakdown.rows).iter().try_for_each(|row| table.row(row))?;
    table.end()
}

/// Rows, each from an object.
struct Table<'a> {
    /// Names of the object's fields; those of an object in it stand behind a slash.
    fields: Vec<&'static str>,
    reader: Reader,
    rows: Writer<&'a mut dyn Write>,
}

impl<'a> Table<'a> {
    fn new(fields: Vec<&'static str>, reader: Reader, out: &'a mut dyn Write) -> io::Result<Self> {
        let mut rows = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
        rows.write_record(fields.iter().map(|field| field.replace('/', "_"))).map_err(cause)?;
        Ok(Self { fields, reader, rows })
    }

    fn row(&mut self, object: &impl Serialize) -> io::Result<()> {
        let object = serde_json::to_value(object)?;
        for field in &self.fields {
            let value = field.split('/').try_fold(&object, |value, name| value.get(name));
            let text = self.text(value.unwrap_or(&Value::Null));
            self.rows.write_field(text).map_err(cause)?;
        }
        self.rows.write_record(None::<&[u8]>).map_err(cause)
    }

    /// As in JSON, without quotes; what is not known is empty.
    fn text(&self, value: &Value) -> String {
        match value {
            Value::Null => String::new(),
            Value::String(text) if self.reader == Reader::Program => text.clone(),
            Value::String(text) => escape::for_terminal(text).into_owned(),
            value => value.to_string(),
        }
    }

    fn end(mut self) -> io::Result<()> {
        self.rows.flush()
    }
}

/// What went wrong, as the output says it: a reader that left must be seen as one.
fn cause(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}
