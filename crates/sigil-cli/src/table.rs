//! Aligned tables of plain text.

use std::borrow::Cow;

use sigil_store::threads;

use crate::escape;
use crate::style::{Palette, Tone};
use crate::width;

/// How many rows a thread lays out in turn.
const AT_ONCE: usize = 1024;

/// What stands between two columns.
const GAP: &str = "  ";

/// To which side a column's cells are pushed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Align {
    Left,
    Right,
}

/// Where a cell that is too wide loses letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    End,
    Middle,
}

/// A column: its heading, alignment and greatest width.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    heading: String,
    align: Align,
    limit: usize,
    cut: Cut,
    /// How narrow it may become so that the table fits.
    least: Option<usize>,
}

impl Column {
    /// A column of texts.
    pub fn left(heading: &str) -> Self {
        let heading = heading.to_owned();
        Self { heading, align: Align::Left, limit: usize::MAX, cut: Cut::End, least: None }
    }

    /// A column of numbers.
    pub fn right(heading: &str) -> Self {
        Self { align: Align::Right, ..Self::left(heading) }
    }

    /// Cuts cells that take more than `columns` columns of the terminal.
    pub fn at_most(self, columns: usize) -> Self {
        Self { limit: columns, ..self }
    }

    /// Cuts cells in the middle and not at the end. For ids, which often differ only at their ends.
    pub fn abridged(self) -> Self {
        Self { cut: Cut::Middle, ..self }
    }

    /// Gives way, down to `columns` columns, when the table is wider than it may be (see [`Table::within`]).
    pub fn yielding(self, columns: usize) -> Self {
        Self { least: Some(columns), ..self }
    }

    /// What stands above it.
    pub fn heading(&self) -> &str {
        &self.heading
    }

    /// Whether it holds numbers: its cells stand at its right edge.
    pub fn is_right(&self) -> bool {
        self.align == Align::Right
    }

    /// A text as it stands in it, escaped and cut, and how many columns of the terminal it takes.
    fn fitted<'a>(&self, text: &'a str, limit: usize) -> (Cow<'a, str>, usize) {
        let text = escape::for_terminal(text);
        let columns = width::columns(&text);
        if columns <= limit {
            return (text, columns);
        }
        let short = match self.cut {
            Cut::End => width::truncated(&text, limit),
            Cut::Middle => width::abridged(&text, limit),
        };
        let columns = width::columns(&short);
        (Cow::Owned(short.into_owned()), columns)
    }
}

/// A cell; any text will do, its control characters are written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    text: String,
    tone: Option<Tone>,
}

impl Cell {
    /// A cell in a tone.
    pub fn toned(tone: Tone, text: impl Into<String>) -> Self {
        Self { text: text.into(), tone: Some(tone) }
    }

    /// Its text, as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its tone, if it has one.
    pub fn tone(&self) -> Option<Tone> {
        self.tone
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self { text: text.into(), tone: None }
    }
}

/// A table that is filled row by row and then laid out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    room: Option<usize>,
}

impl Table {
    /// An empty table. If all headings are empty, it has no line for them.
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new(), room: None }
    }

    /// The columns of the terminal that it should fit into, if there is a terminal. What is too wide for that
    /// is taken from the columns that yield, the last one first.
    pub fn within(self, room: Option<usize>) -> Self {
        Self { room, ..self }
    }

    /// Adds a row. Cells that are missing at its end are empty, and those without a column are left out.
    pub fn row<C: Into<Cell>>(&mut self, cells: impl IntoIterator<Item = C>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    /// Takes the column of that heading away, if there is one.
    pub fn remove(&mut self, heading: &str) {
        let Some(at) = self.columns.iter().position(|column| column.heading == heading) else { return };
        self.columns.remove(at);
        for row in self.rows.iter_mut().filter(|row| row.len() > at) {
            row.remove(at);
        }
    }

    /// Its columns and rows, for what is no plain text.
    pub fn into_parts(self) -> (Vec<Column>, Vec<Vec<Cell>>) {
        (self.columns, self.rows)
    }

    /// Whether it has no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table's lines: headings, then rows, without white space at their ends, each with its line end and behind
    /// `indent`. All cores share very many of them, and hand them out many together.
    pub fn texts(&self, indent: &str, palette: Palette) -> impl Iterator<Item = String> {
        let (headings, widths) = (self.headings(), self.widths());
        let lines = |rows: &[Vec<Cell>]| {
            let mut text = String::new();
            for row in rows {
                text.push_str(indent);
                self.line(row, &widths, palette, &mut text);
                text.push('\n');
            }
            text
        };
        let first = headings.map(|headings| lines(&[headings]));
        first.into_iter().chain(threads::map(self.rows.chunks(AT_ONCE).collect(), lines))
    }

    /// Whether it is not wider than it may be (see [`Table::within`]).
    pub fn fits(&self) -> bool {
        self.room.is_none_or(|room| whole(&self.widths()) <= room)
    }

    fn headings(&self) -> Option<Vec<Cell>> {
        let heading = |column: &Column| Cell::toned(Tone::Strong, column.heading.clone());
        let has_headings = self.columns.iter().any(|column| !column.heading.is_empty());
        has_headings.then(|| self.columns.iter().map(heading).collect())
    }

    /// How wide each column is: there may be very many rows, so each cell is laid out when its line is written.
    fn widths(&self) -> Vec<usize> {
        let natural = |(index, column): (usize, &Column)| self.width(index, column.limit);
        let mut widths: Vec<usize> = self.columns.iter().enumerate().map(natural).collect();
        for (index, column) in self.columns.iter().enumerate().rev() {
            let excess = self.room.map_or(0, |room| whole(&widths).saturating_sub(room));
            if let Some(least) = column.least.filter(|_| excess > 0) {
                let limit = widths[index].saturating_sub(excess).max(least);
                widths[index] = self.width(index, limit);
            }
        }
        widths
    }

    /// How wide a column is whose cells are cut to `limit` columns of the terminal.
    fn width(&self, index: usize, limit: usize) -> usize {
        let column = &self.columns[index];
        let heading = column.fitted(&column.heading, limit).1;
        let widest = |rows: &[Vec<Cell>]| {
            let cells = rows.iter().filter_map(|row| row.get(index));
            cells.map(|cell| column.fitted(&cell.text, limit).1).max().unwrap_or(0)
        };
        let widths = threads::map(self.rows.chunks(AT_ONCE).collect(), widest);
        widths.into_iter().max().unwrap_or(0).max(heading)
    }

    /// The lines as one text, each with its line end.
    pub fn text(&self, palette: Palette) -> String {
        self.texts("", palette).collect()
    }

    /// Writes a row to the end of `line`.
    fn line(&self, row: &[Cell], widths: &[usize], palette: Palette, line: &mut String) {
        // Spaces wait until something follows them.
        let mut spaces = 0;
        let cells = row.iter().map(Some).chain(std::iter::repeat(None));
        for ((column, width), cell) in self.columns.iter().zip(widths).zip(cells) {
            let (text, columns) =
                cell.map_or((Cow::Borrowed(""), 0), |cell| column.fitted(&cell.text, *width));
            let padding = width.saturating_sub(columns);
            if column.align == Align::Right {
                spaces += padding;
            }
            if !text.is_empty() {
                line.extend(std::iter::repeat_n(' ', spaces));
                spaces = 0;
                match cell.and_then(|cell| cell.tone) {
                    Some(tone) => line.push_str(&palette.paint(tone, &text)),
                    None => line.push_str(&text),
                }
            }
            if column.align == Align::Left {
                spaces += padding;
            }
            spaces += GAP.len();
        }
    }
}

/// The columns that a whole line takes.
fn whole(widths: &[usize]) -> usize {
    widths.iter().sum::<usize>() + GAP.len() * widths.len().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(table: &Table) -> Vec<String> {
        table.text(Palette::PLAIN).lines().map(str::to_owned).collect()
    }

    #[test]
    fn columns_are_aligned() {
        let mut table =
            Table::new([Column::left("COMPONENT"), Column::right("TOKENS"), Column::left("NOTE")]);
        table.row(["routing", "50", "fine"]);
        table.row(["reasoning", "15,000", ""]);
        assert_eq!(
            table.text(Palette::PLAIN),
            "COMPONENT  TOKENS  NOTE\n\
             routing        50  fine\n\
             reasoning  15,000\n"
        );
    }

    #[test]
    fn wide_letters_are_counted_as_they_are_shown() {
        let mut table = Table::new([Column::left("NAME"), Column::right("N")]);
        table.row(["日本語", "1"]);
        table.row(["abc", "2"]);
        assert_eq!(lines(&table), ["NAME    N", "日本語  1", "abc     2"]);
    }

    #[test]
    fn hostile_text_cannot_break_a_row() {
        let mut table = Table::new([Column::left(""), Column::left("")]);
        table.row(["a\n\x1b[2J", "b"]);
        table.row(["c", "d"]);
        assert_eq!(lines(&table), ["a\\n\\x1b[2J  b", "c           d"]);
    }

    #[test]
    fn long_cells_are_cut_and_odd_rows_fit() {
        let mut table = Table::new([Column::left("MESSAGE").at_most(8), Column::right("N")]);
        table.row(["Intent classified", "1", "no column"]);
        table.row(["short"]);
        assert_eq!(lines(&table), ["MESSAGE  N", "Intent…  1", "short"]);
    }

    #[test]
    fn a_column_gives_way_to_the_terminal() {
        let table = |room| {
            let columns = [Column::left("SESSION").abridged().yielding(6), Column::right("TOKENS")];
            let mut table = Table::new(columns).within(room);
            table.row(["lead-analysis-7", "650"]);
            lines(&table)
        };
        assert_eq!(table(None), ["SESSION          TOKENS", "lead-analysis-7     650"]);
        assert_eq!(table(Some(23)), table(None));
        assert_eq!(table(Some(18)), ["SESSION     TOKENS", "lead-…is-7     650"]);
        assert_eq!(table(Some(5)), ["SES…ON  TOKENS", "lea…-7     650"]);
        let both = |room| {
            let columns = [Column::left("").yielding(3), Column::left("").yielding(3)];
            let mut table = Table::new(columns).within(Some(room));
            table.row(["component", "message"]);
            (lines(&table).concat(), table.fits())
        };
        assert_eq!(both(16), ("component  mess…".to_owned(), true));
        assert_eq!(both(10), ("comp…  me…".to_owned(), true));
        assert_eq!(both(7), ("co…  me…".to_owned(), false));
    }

    #[test]
    fn colours_do_not_count_as_width() {
        let mut table = Table::new([Column::left("A"), Column::right("B")]);
        table.row([Cell::toned(Tone::Bad, "x"), "10".into()]);
        assert_eq!(
            table.text(Palette::COLORED).lines().collect::<Vec<_>>(),
            ["\x1b[1mA\x1b[0m   \x1b[1mB\x1b[0m", "\x1b[31mx\x1b[0m  10"]
        );
        assert_eq!(lines(&table), ["A   B", "x  10"]);
    }

    #[test]
    fn without_rows_only_headings_are_left() {
        let table = Table::new([Column::left("A")]);
        assert!(table.is_empty());
        assert_eq!(lines(&table), ["A"]);
        assert_eq!(lines(&Table::new([])), [] as [String; 0]);
    }
}
