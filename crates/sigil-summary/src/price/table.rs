//! The price table: a line for each model, found by the names that logs use.
//!
//! `name, max_input_tokens`, then for each tier `input, output, reasoning, cache_read, cache_write,
//! cache_write_1h` in 10^-12 USD per token, the tokens above which it holds before each tier but the
//! first, all with tabs between. What is not published is left empty; lines that begin with `#` are notes.
//!
//! A name without a provider belongs to whoever made the model. Names with one (`groq/…`) are what others
//! charge for it; only a log that names them, too, gets their price.

use std::collections::HashMap;
use std::sync::OnceLock;

use foldhash::fast::RandomState;

use super::name;
use super::rates::{Rates, Tier};

/// One model.
#[derive(Clone, Debug)]
pub struct Row {
    name: Box<str>,
    fields: Box<str>,
}

/// Prices by the names of models.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: Vec<Row>,
    index: OnceLock<Index>,
}

type Names = HashMap<String, usize, RandomState>;

/// The numbers of rows, by name.
#[derive(Clone, Debug, Default)]
struct Index {
    exact: Names,
    /// By the bare names of those that belong to whoever made them.
    bare: Names,
    /// Both, by folded names.
    folded: Names,
    folded_bare: Names,
}

/// Numbers of a tier in the table.
const FIELDS: usize = 6;

impl Table {
    /// Reads a table. Lines that are none of it are left out.
    pub fn parse(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let rows = lines.filter_map(|line| line.split_once('\t'));
        let rows = rows.map(|(name, fields)| Row { name: name.into(), fields: fields.into() });
        Self { rows: rows.collect(), index: OnceLock::new() }
    }

    /// The row of a model: the one of exactly this name, else the one without provider and date, else the
    /// same again whatever the case.
    pub fn find(&self, model: &str) -> Option<&Row> {
        let index = self.index.get_or_init(|| Index::of(&self.rows));
        let forms = name::forms(model);
        let plain = forms.iter().find_map(|form| index.exact.get(*form));
        let found = plain.or_else(|| index.bare.get(name::bare(model))).or_else(|| {
            let folded = forms.iter().find_map(|form| index.folded.get(&name::folded(form)));
            folded.or_else(|| index.folded_bare.get(&name::folded(name::bare(model))))
        });
        self.rows.get(*found?)
    }

    /// How many models it knows.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether it knows none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

impl Index {
    fn of(rows: &[Row]) -> Self {
        let mut index = Self::default();
        for (number, Row { name, .. }) in rows.iter().enumerate() {
            index.exact.insert(name.to_string(), number);
            index.folded.entry(name::folded(name)).or_insert(number);
            if name::without_provider(name) != &**name {
                continue;
            }
            // Of several dates of one model the one without a date stands for it, then the newest.
            let bare = name::bare(name);
            let rank = |number: &usize| {
                let name = rows.get(*number).map_or("", |row| &row.name);
                (name == bare, name.to_owned())
            };
            for (names, bare) in
                [(&mut index.bare, bare.to_owned()), (&mut index.folded_bare, name::folded(bare))]
            {
                names
                    .entry(bare)
                    .and_modify(|known| {
                        if rank(known) < rank(&number) {
                            *known = number;
                        }
                    })
                    .or_insert(number);
            }
        }
        index
    }
}

impl Row {
    fn fields(&self) -> impl Iterator<Item = Option<u64>> {
        self.fields.split('\t').map(|field| field.parse().ok())
    }

    /// The most tokens that its input may have.
    pub fn context_window(&self) -> Option<u64> {
        self.fields().next()?
    }

    /// What it costs. What is not published falls back on what is: reasoning on output, tokens read from
    /// or written to a cache on the price of input, an hour in the cache on minutes, and in the tier of a
    /// longer prompt on the first one's price for the same.
    pub fn rates(&self) -> Rates {
        let fields: Vec<_> = self.fields().skip(1).collect();
        let at = |index: usize| fields.get(index).copied().flatten();
        let tier = |from: usize, first: Option<usize>| {
            let own = |n: usize| at(from + n);
            let or_first = |n: usize| own(n).or(first.and_then(|first| at(first + n)));
            let input = or_first(0).unwrap_or(0);
            let output = or_first(1).unwrap_or(0);
            let cache_write = or_first(4).unwrap_or(input);
            Tier {
                input,
                output,
                reasoning: own(2).unwrap_or(output),
                cache_read: or_first(3).unwrap_or(input),
                cache_write,
                cache_write_1h: or_first(5).unwrap_or(cache_write),
            }
        };
        let starts = (FIELDS..fields.len()).step_by(FIELDS + 1);
        let above = starts.filter_map(|start| Some((at(start)?, tier(start + 1, Some(0)))));
        Rates::tiered(tier(0, None), above.collect())
    }
}
