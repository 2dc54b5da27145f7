//! A TOML document whose values know their key and line, so that whatever is wrong with one can be said.
//!
//! Knows types and places, but no key.

use std::path::Path;

use toml::de::{DeTable, DeValue};

use super::SettingValue;
use crate::escape::quoted;
use crate::quantity::{self, BadQuantity};
use crate::{Error, nearest};

/// The highest price that is believed, in USD per million tokens: a dollar a token.
const MAX_PRICE_USD: f64 = 1e6;
/// A millionth of a dollar, which a dollar per million tokens is for one, in 10^-12 USD.
const PICO_PER_MICRO: f64 = 1e6;

/// A configuration file and its text.
pub(super) struct Document<'a> {
    file: &'a Path,
    text: &'a str,
}

/// One `key = value` or `[key]`.
pub(super) struct Entry<'a> {
    document: &'a Document<'a>,
    /// The dotted keys of the tables around it, with a dot at the end; empty at the top.
    prefix: String,
    key: &'a str,
    /// Where the key stands in the text, in bytes.
    offset: usize,
    value: &'a DeValue<'a>,
}

impl<'a> Document<'a> {
    pub(super) fn new(file: &'a Path, text: &'a str) -> Self {
        Self { file, text }
    }

    pub(super) fn parse(&self) -> Result<DeTable<'a>, Error> {
        match DeTable::parse(self.text) {
            Ok(table) => Ok(table.into_inner()),
            Err(error) => {
                let span = error.span().unwrap_or_default();
                let text = match (error.message(), self.text.get(span.clone())) {
                    ("duplicate key", Some(key)) => format!("duplicate key {}", quoted(key)),
                    (message, _) => message.to_owned(),
                };
                Err(self.error(span.start, text))
            }
        }
    }

    /// The entries of a table of this document, in the order in which they stand in the file. `prefix` is
    /// what stands before their keys in messages.
    pub(super) fn entries(&'a self, prefix: &str, table: &'a DeTable<'a>) -> Vec<Entry<'a>> {
        let entry = |(key, value): (&'a toml::Spanned<_>, &'a toml::Spanned<_>)| Entry {
            document: self,
            prefix: prefix.to_owned(),
            key: AsRef::<std::borrow::Cow<'a, str>>::as_ref(key),
            offset: key.span().start,
            value: value.as_ref(),
        };
        let mut entries: Vec<_> = table.iter().map(entry).collect();
        entries.sort_by_key(|entry| entry.offset);
        entries
    }

    fn error(&self, offset: usize, text: String) -> Error {
        Error::Config { file: self.file.to_owned(), line: line_at(self.text.as_bytes(), offset), text }
    }

    /// The directory that relative paths in the file start from.
    pub(super) fn directory(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new(""))
    }
}

impl<'a> Entry<'a> {
    pub(super) fn key(&self) -> &'a str {
        self.key
    }

    /// The entries of a table.
    pub(super) fn table(&self) -> Result<Vec<Entry<'a>>, Error> {
        match self.value {
            DeValue::Table(table) => Ok(self.document.entries(&format!("{}.", self.path()), table)),
            _ => Err(self.expected("a table")),
        }
    }

    pub(super) fn string(&self) -> Result<&'a str, Error> {
        match self.value {
            DeValue::String(text) => Ok(text),
            _ => Err(self.expected("a string")),
        }
    }

    /// One of a few words, as `choose` maps them.
    pub(super) fn choice<T>(&self, names: &[&str], choose: impl Fn(&str) -> Option<T>) -> Result<T, Error> {
        let name = self.string()?;
        choose(name).ok_or_else(|| {
            let near = nearest::closest(name, names.iter().copied());
            let hint = if near.is_empty() { one_of(names) } else { nearest::question(&near) };
            self.wrong(&format!("{} is not known{hint}", quoted(name)))
        })
    }

    /// A number of tokens: an integer, or a string that [`quantity::parse_tokens`] reads.
    pub(super) fn tokens(&self) -> Result<u64, Error> {
        let tokens = match self.value {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix())
                .map_err(|_| BadQuantity(number.to_string())),
            DeValue::String(text) => quantity::parse_tokens(text),
            _ => return Err(self.expected("a number of tokens, such as 256000 or \"256k\"")),
        };
        tokens.map_err(|error| self.wrong(&error.to_string()))
    }

    /// A whole number from 0 upwards.
    pub(super) fn whole(&self) -> Result<u64, Error> {
        let text = self.number("a whole number, such as 5000")?;
        text.parse().map_err(|_| self.wrong(&format!("{} is not a whole number from 0", quoted(text))))
    }

    /// USD per million tokens, as 10^-12 USD per token.
    pub(super) fn price(&self) -> Result<u64, Error> {
        let text = self.number("a price in USD per million tokens, such as 3 or 0.25")?;
        match text.parse::<f64>() {
            Ok(usd) if (0.0..=MAX_PRICE_USD).contains(&usd) => Ok((usd * PICO_PER_MICRO).round() as u64),
            _ => {
                let text = quoted(text);
                Err(self
                    .wrong(&format!("{text} is not a price; write USD per million tokens, 0 to a million")))
            }
        }
    }

    /// The text of a decimal number.
    fn number(&self, what: &str) -> Result<&'a str, Error> {
        match self.value {
            DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str()),
            DeValue::Float(number) => Ok(number.as_str()),
            _ => Err(self.expected(what)),
        }
    }

    /// A number from 0 upwards, in percent.
    pub(super) fn percent(&self) -> Result<f64, Error> {
        let text = self.number("a number of percent, such as 80")?;
        match text.parse::<f64>() {
            Ok(percent) if percent.is_finite() && percent >= 0.0 => Ok(percent),
            _ => Err(self.wrong(&format!("{} is not a percentage; write a number from 0", quoted(text)))),
        }
    }

    /// What is wrong with the value.
    pub(super) fn wrong(&self, text: &str) -> Error {
        self.document.error(self.offset, format!("{}: {text}", self.path()))
    }

    /// That there is no such key among those that may stand here.
    pub(super) fn unknown(&self, known: &[&str]) -> Error {
        let near = nearest::closest(self.key, known.iter().copied());
        let near: Vec<_> = near.iter().map(|key| format!("{}{key}", self.prefix)).collect();
        let hint = if near.is_empty() { one_of(known) } else { nearest::question(&near) };
        let key = quoted(&format!("{}{}", self.prefix, self.key));
        self.document.error(self.offset, format!("unknown key {key}{hint}"))
    }

    fn expected(&self, what: &str) -> Error {
        let found = match self.value {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a float",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "an array",
            DeValue::Table(_) => "a table",
        };
        self.wrong(&format!("expected {what}, found {found}"))
    }

    /// The key with those of the tables around it.
    pub(super) fn path(&self) -> String {
        format!("{}{}", self.prefix, self.key)
    }

    /// The line on which it stands, from 1.
    pub(super) fn line(&self) -> usize {
        line_at(self.document.text.as_bytes(), self.offset)
    }

    /// The value as it stands there.
    pub(super) fn value(&self) -> Result<SettingValue, Error> {
        match self.value {
            DeValue::Boolean(value) => Ok(SettingValue::Bool(*value)),
            DeValue::String(text) => Ok(SettingValue::Text(text.as_ref().to_owned())),
            _ => {
                let text = self.number("a number, a string, true or false")?;
                let number = text.replace('_', "").parse().ok().filter(|number: &f64| number.is_finite());
                number
                    .map(SettingValue::Number)
                    .ok_or_else(|| self.wrong(&format!("{} is no number", quoted(text))))
            }
        }
    }
}

/// The line of a byte, counted from 1.
pub(super) fn line_at(bytes: &[u8], offset: usize) -> usize {
    let before = &bytes[..offset.min(bytes.len())];
    1 + before.iter().filter(|byte| **byte == b'\n').count()
}

fn one_of(names: &[&str]) -> String {
    format!("; expected one of {}", names.join(", "))
}
