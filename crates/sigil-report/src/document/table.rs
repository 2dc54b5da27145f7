//! Tables of a document.

use sigil_cli::table::{self, Cell};

/// A column: its name, and how it is laid out where it is plain text.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    /// What it is called where plain text has no heading.
    name: Option<&'static str>,
    pub(crate) layout: table::Column,
}

/// Rows under the names of their columns. A row may be shorter than the table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Vec<Cell>>,
    /// What all rows come to.
    pub(crate) total: Option<Vec<Cell>>,
    /// The headings of columns that a terminal which is too narrow does without, first the first.
    pub(crate) dispensable: Vec<&'static str>,
}

impl Column {
    /// A column that has a name and no heading: what stands in it says what it is.
    pub(crate) fn named(name: &'static str, layout: table::Column) -> Self {
        Self { name: Some(name), layout }
    }

    /// What it is called.
    pub(crate) fn name(&self) -> &str {
        self.name.unwrap_or(self.layout.heading())
    }
}

impl From<table::Column> for Column {
    fn from(layout: table::Column) -> Self {
        Self { name: None, layout }
    }
}

impl Table {
    pub(crate) fn new<C: Into<Column>>(columns: impl IntoIterator<Item = C>) -> Self {
        Self {
            columns: columns.into_iter().map(Into::into).collect(),
            rows: Vec::new(),
            total: None,
            dispensable: Vec::new(),
        }
    }

    /// Adds a row.
    pub(crate) fn row<C: Into<Cell>>(&mut self, cells: impl IntoIterator<Item = C>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }
}
