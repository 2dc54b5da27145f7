//! The flag that asks for rows.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use sigil_summary::Key;

/// What rows are told apart by; tools flatten it into their own arguments.
#[derive(clap::Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct ByArgs {
    /// A table by component, session, model, day, week, month, hour, event or project; a list such as day,model
    /// nests
    #[arg(long, value_name = "KEY,…", value_delimiter = ',', value_parser = key_names(Key::OF_TOKENS))]
    by: Vec<Key>,
}

impl ByArgs {
    /// The keys, if a table is asked for. One that is named twice tells nothing more apart.
    pub fn keys(&self) -> Option<Vec<Key>> {
        distinct(&self.by)
    }
}

/// The keys that were named, if any were, each once.
pub fn distinct(named: &[Key]) -> Option<Vec<Key>> {
    let mut keys: Vec<Key> = Vec::new();
    for key in named {
        if !keys.contains(key) {
            keys.push(*key);
        }
    }
    (!keys.is_empty()).then_some(keys)
}

/// Reads the name of one of `keys`.
pub fn key_names<const N: usize>(keys: [Key; N]) -> impl TypedValueParser<Value = Key> {
    // The parser lets only these names through, so the default is never used.
    PossibleValuesParser::new(keys.map(Key::name)).map(|name| Key::from_name(&name).unwrap_or(Key::Component))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Args {
        #[command(flatten)]
        by: ByArgs,
    }

    fn parse(args: &[&str]) -> Option<Vec<Key>> {
        Args::try_parse_from(["tool"].iter().chain(args)).unwrap().by.keys()
    }

    #[test]
    fn a_list_keeps_its_order_and_no_repeats() {
        assert_eq!(parse(&[]), None);
        assert_eq!(parse(&["--by", "model,day,model", "--by", "day"]), Some(vec![Key::Model, Key::Day]));
    }
}
