//! What a report tells people, before it is known how it will look: a title, sections, and in them pairs,
//! tables, lists and notes. Text, Markdown and HTML are written from the same document.
//!
//! Texts are as the log has them. Whoever writes a document makes them harmless where they go.

mod breakdown;
mod chart;
mod clock;
mod conversation;
mod report;
mod sections;
mod sessions;
mod table;

use sigil_cli::style::Tone;

pub(crate) use breakdown::{EXTRAS, breakdown};
pub(crate) use chart::{Chart, Charts, MOST_COLUMNS, Point, Shape};
pub(crate) use conversation::conversation;
pub(crate) use report::report;
pub(crate) use table::{Column, Table};

/// All of it.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) title: String,
    pub(crate) sections: Vec<Section>,
}

/// A part of it; the one that holds the figures of everything has no heading.
#[derive(Clone, Debug, Default)]
pub(crate) struct Section {
    pub(crate) heading: Option<String>,
    pub(crate) blocks: Vec<Block>,
}

/// What stands in a section.
#[derive(Clone, Debug)]
pub(crate) enum Block {
    Pairs(Vec<Pair>),
    Table(Table),
    List(Vec<String>),
    /// Figures that are drawn, where that can be done.
    Chart(Chart),
    /// A remark on what stands above it.
    Note(String),
    /// What somebody said.
    Said(Said),
}

/// What somebody said, line by line, as far as it is shown.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) label: String,
    pub(crate) lines: Vec<String>,
    /// What is left out.
    pub(crate) rest: Option<String>,
}

/// A figure with its name.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    pub(crate) label: &'static str,
    pub(crate) value: Value,
}

/// What a figure is.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Text(String),
    Toned(Tone, String),
    /// Parts that may be broken into lines between one another.
    List(Vec<String>),
    /// How much of a whole is used, and the word for how good that is.
    Gauge {
        text: String,
        tone: Tone,
        word: &'static str,
        used: u64,
        whole: u64,
    },
}

impl Pair {
    pub(crate) fn new(label: &'static str, text: impl Into<String>) -> Self {
        Self { label, value: Value::Text(text.into()) }
    }

    pub(crate) fn toned(label: &'static str, tone: Tone, text: impl Into<String>) -> Self {
        Self { label, value: Value::Toned(tone, text.into()) }
    }
}

impl Section {
    pub(crate) fn new(heading: impl Into<String>, blocks: Vec<Block>) -> Self {
        Self { heading: Some(heading.into()), blocks }
    }

    /// A section of one table, if that has rows.
    pub(crate) fn of_table(heading: impl Into<String>, table: Table) -> Option<Self> {
        (!table.rows.is_empty()).then(|| Self::new(heading, vec![Block::Table(table)]))
    }
}
