//! For programs that read line by line: the objects of the lists in `json`, one a line.

use std::io::{self, Write};

use sigil_breakdown::RowObject;
use sigil_breakdown::json::line;

use super::json::SessionObject;
use crate::report::{Breakdown, Report};

/// Writes a line for each session.
pub(crate) fn report(report: &Report<'_>, out: &mut dyn Write) -> io::Result<()> {
    report.sessions.iter().try_for_each(|session| line(&SessionObject::of(&session, report.sessions), out))
}

/// Writes a line for each row.
pub(crate) fn breakdown(breakdown: &Breakdown<'_>, out: &mut dyn Write) -> io::Result<()> {
    RowObject::of(&breakdown.rows).iter().try_for_each(|row| line(row, out))
}
