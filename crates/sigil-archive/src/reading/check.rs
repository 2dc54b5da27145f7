//! Whether an archive is whole: its compression, its members, and the checksums that stand behind them.

use std::io;
use std::path::Path;

use sigil_input::EntryKind;

use super::PIECE;
use super::compare::fill;
use crate::packing::Sum;

/// What an archive that is whole holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Checked {
    pub(crate) files: u64,
    pub(crate) bytes: u64,
}

/// Reads the archive at `path` through.
///
/// # Errors
/// It cannot be read, or is damaged; what is wrong, in the words of a message.
pub(crate) fn check(path: &Path) -> io::Result<Checked> {
    let mut entries = super::entries(path)?;
    let mut checked = Checked::default();
    let mut buffer = vec![0; PIECE];
    let mut sum: Option<(Sum, Vec<u8>)> = None;
    let mut is_empty = true;
    while let Some(entry) = entries.next()? {
        is_empty = false;
        if let Some((sum, name)) = sum.take() {
            // What other programs have packed carries none; gzip's hold for that.
            if entry.comment.as_deref().and_then(|comment| sum.agrees(comment)) == Some(false) {
                return Err(damaged(&format!("{} has another checksum", shown(&name))));
            }
        }
        if !matches!(entry.kind, EntryKind::File | EntryKind::Sparse) {
            continue;
        }
        let mut of_member = Sum::new();
        loop {
            let read = fill(&mut entries, &mut buffer)?;
            if read == 0 {
                break;
            }
            of_member.add(&buffer[..read]);
            checked.bytes += read as u64;
        }
        checked.files += 1;
        sum = Some((of_member, entry.name));
    }
    if !entries.has_end() {
        return Err(damaged(if is_empty { "it holds nothing" } else { "its end is missing" }));
    }
    Ok(checked)
}

fn shown(name: &[u8]) -> String {
    sigil_cli::escape::quoted(&String::from_utf8_lossy(name))
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("damaged archive: {what}"))
}
