//! The figures of ccusage, a program that many use for the same question, against ours: equal by day and
//! model, but for what `PARITY.md` lists and explains. Where ccusage or the transcripts are missing the
//! tests say so and pass.

mod ccusage;
mod costs;
mod made_up;
mod ours;
mod samples;

use std::collections::BTreeMap;

/// Input, output, cache write, cache read.
type Tokens = [u64; 4];

/// What a day and a model come to.
type Key = (String, String);

/// What one of the programs says of the same transcripts.
#[derive(Debug, Default)]
struct Figures {
    tokens: BTreeMap<Key, Tokens>,
    /// How many answers that are; ccusage does not tell.
    answers: BTreeMap<Key, u64>,
    /// In USD; of rows whose cost is not known there is none.
    costs: BTreeMap<Key, f64>,
}

/// What was compared, and what came of it.
const PARITY: &str = include_str!("../../PARITY.md");

/// The cells of the rows of the table under a heading of `PARITY.md`, without the table's own head.
fn table(heading: &str) -> Vec<Vec<String>> {
    let section = PARITY.split("\n## ").find(|section| section.starts_with(heading));
    let section = section.unwrap_or_else(|| panic!("PARITY.md has no section {heading:?}"));
    let rows = section.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let cells = |row: &str| row.split(" | ").map(|cell| cell.trim().to_owned()).collect();
    // Behind the head stands `|---|`, which is no row.
    rows.skip(1).map(cells).collect()
}
