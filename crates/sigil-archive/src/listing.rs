//! What is in the archive, as a table or lines of JSON.

use anyhow::Result;
use chrono::DateTime;
use serde::Serialize;
use sigil_cli::number;
use sigil_cli::table::{Column, Table};

use crate::account::Account;
use crate::cli::Terms;
use crate::pruning::Sized;
use crate::selection::meant;

/// An archive as `list --json` shows it.
#[derive(Serialize)]
struct Listed {
    session_id: String,
    date: String,
    archive: String,
    archive_bytes: u64,
    written: String,
}

/// Shows what is in the archive.
///
/// # Errors
/// The archive cannot be read, or standard output written.
pub(crate) fn list(terms: &Terms, account: &mut Account<'_, '_>) -> Result<()> {
    let archives = Sized::all(meant(terms, &terms.sessions)?);
    let time = |sized: &Sized| {
        let written = DateTime::from_timestamp_micros(sized.written_us).unwrap_or_default();
        written.with_timezone(&terms.zone)
    };
    if terms.json {
        for sized in &archives {
            let listed = Listed {
                session_id: sized.archived.id(),
                date: sized.archived.day.to_string(),
                archive: sized.archived.path.to_string_lossy().into_owned(),
                archive_bytes: sized.bytes,
                written: time(sized).to_rfc3339(),
            };
            serde_json::to_writer(account.io().stdout(), &listed)?;
            account.io().stdout().write_all(b"\n")?;
        }
        return Ok(());
    }
    if archives.is_empty() {
        if account.io().is_terminal() {
            writeln!(account.io().stdout(), "The archive is empty")?;
        }
        return Ok(());
    }
    let columns = [
        Column::left("DATE"),
        Column::left("SESSION").yielding(16),
        Column::right("SIZE"),
        Column::left("WRITTEN"),
    ];
    let mut table = Table::new(columns).within(account.io().columns());
    for sized in &archives {
        let number =
            if sized.archived.copy > 1 { format!(" ~{}", sized.archived.copy) } else { String::new() };
        table.row([
            sized.archived.day.to_string(),
            format!("{}{number}", sized.archived.id()),
            number::size(sized.bytes),
            time(sized).format("%Y-%m-%d %H:%M").to_string(),
        ]);
    }
    let palette = account.io().palette();
    let bytes: u64 = archives.iter().map(|sized| sized.bytes).sum();
    let count = number::thousands(archives.len() as u64);
    let noun = if archives.len() == 1 { "archive" } else { "archives" };
    let text = format!("{}{count} {noun}, {}\n", table.text(palette), number::size(bytes));
    account.io().stdout().write_all(text.as_bytes())?;
    Ok(())
}
