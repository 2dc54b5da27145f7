//! A summary as it comes back from a file.

use std::sync::Arc;

use sigil_event::SourceId;
use sigil_summary::{Detail, Piece, Renumbered, Summary};

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Not at all.
    Kept,
    /// As lines of JSON.
    Json,
    /// As bytes that know no names.
    Binary,
}

/// Writes a summary and reads it back, its sources under the numbers that `now` gives them.
pub fn back(summary: Summary, detail: &Arc<Detail>, way: Way, now: Vec<SourceId>) -> Summary {
    let mut read = Summary::new(Arc::clone(detail));
    let mut take = |piece: Piece| read.take_back(piece).unwrap();
    match way {
        Way::Kept => return summary,
        Way::Json => {
            let lines: Vec<_> =
                summary.into_pieces().map(|piece| serde_json::to_string(&piece).unwrap()).collect();
            Renumbered::Each(now)
                .reading(|| lines.iter().for_each(|line| take(serde_json::from_str(line).unwrap())));
        }
        Way::Binary => {
            let bytes = summary.into_pieces().flat_map(|piece| postcard::to_allocvec(&piece).unwrap());
            let bytes: Vec<_> = bytes.collect();
            let mut rest = &bytes[..];
            Renumbered::Each(now).reading(|| {
                while !rest.is_empty() {
                    let (piece, behind) = postcard::take_from_bytes(rest).unwrap();
                    rest = behind;
                    take(piece);
                }
            });
        }
    }
    read
}
