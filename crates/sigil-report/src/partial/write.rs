//! Writing a partial.

use std::io::{self, Write};

use serde::Serialize;
use sigil_input::Inputs;
use sigil_input::read::Outcome;
use sigil_summary::{SHAPE, Summary};
use twox_hash::XxHash3_128;

use super::Made;
use super::document::{End, FORMAT, First, Header, LastLine, SourceLine, WentLine};

/// Writes what was gathered of `inputs`.
pub(crate) fn write(
    made: Made,
    inputs: &Inputs,
    summary: Summary,
    outcome: &Outcome,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut lines = Lines { out, hash: XxHash3_128::new(), count: 0, line: Vec::new() };
    let header = Header {
        format: FORMAT,
        shape: SHAPE,
        program: concat!("sigil-report ", env!("CARGO_PKG_VERSION")).to_owned(),
        made,
        sources: u32::try_from(inputs.sources.len()).unwrap_or(u32::MAX),
    };
    lines.add(&First { sigil_partial: header })?;
    for source in &inputs.sources {
        lines.add(&SourceLine::from(source))?;
    }
    lines.add(&WentLine::from(outcome))?;
    for piece in summary.into_pieces() {
        lines.add(&piece)?;
    }
    let end = End { lines: lines.count, xxh3: format!("{:032x}", lines.hash.finish_128()) };
    lines.add(&LastLine { end })
}

/// Lines that are counted and hashed as they are written.
struct Lines<'a> {
    out: &'a mut dyn Write,
    hash: XxHash3_128,
    count: u64,
    line: Vec<u8>,
}

impl Lines<'_> {
    fn add(&mut self, value: &impl Serialize) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, value)?;
        self.line.push(b'\n');
        self.hash.write(&self.line);
        self.count += 1;
        self.out.write_all(&self.line)
    }
}
