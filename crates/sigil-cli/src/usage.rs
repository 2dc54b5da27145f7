//! Errors in the arguments, on one line.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use sigil_store::code;

use crate::escape;

/// `E010_CONFIG_ERR: what is wrong; did you mean 'this'? (see TOOL --help)`.
pub(crate) fn describe(mut error: Error, tool: &str) -> String {
    escape_values(&mut error);
    let code = code::CONFIGURATION;
    format!("{code}: {}{} (see {tool} --help)", summary(&error), suggestion(&error))
}

/// Writes control characters out before they are put between the words.
fn escape_values(error: &mut Error) {
    let hostile = |(kind, value): (ContextKind, &ContextValue)| match value {
        ContextValue::String(text) => Some((kind, escape::for_terminal(text).into_owned())),
        _ => None,
    };
    let escaped: Vec<_> = error.context().filter_map(hostile).collect();
    for (kind, text) in escaped {
        error.insert(kind, ContextValue::String(text));
    }
}

/// The first paragraph of what clap would print, without tips and usage.
fn summary(error: &Error) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "arguments are missing".to_owned();
    }
    let rendered = error.render().to_string();
    let text = rendered.strip_prefix("error: ").unwrap_or(&rendered);
    let lines: Vec<_> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    let text = lines.join(" ");
    match error.kind() {
        ErrorKind::UnknownArgument => text.trim_end_matches(" found").to_owned(),
        _ => text,
    }
}

fn suggestion(error: &Error) -> String {
    use ContextKind::{SuggestedArg, SuggestedSubcommand, SuggestedValue};
    let names: Vec<&str> = [SuggestedSubcommand, SuggestedArg, SuggestedValue]
        .into_iter()
        .filter_map(|kind| error.get(kind))
        .flat_map(|value| match value {
            ContextValue::String(name) => std::slice::from_ref(name),
            ContextValue::Strings(names) => names,
            _ => &[],
        })
        .map(String::as_str)
        .collect();
    if names.is_empty() { String::new() } else { format!("; did you mean '{}'?", names.join("' or '")) }
}

#[cfg(test)]
mod tests {
    use clap::{Parser, Subcommand};

    use super::*;

    #[derive(Parser)]
    struct Flat {
        #[command(flatten)]
        output: crate::OutputArgs,
        #[arg(long)]
        summary: bool,
        #[arg(long, value_name = "N", value_parser = sigil_store::quantity::parse_tokens)]
        budget: Option<u64>,
        #[arg(long, conflicts_with = "summary")]
        stream: bool,
        file: Option<String>,
    }

    #[derive(Parser)]
    struct Nested {
        #[command(subcommand)]
        action: Action,
    }

    #[derive(Subcommand)]
    enum Action {
        Restore { id: String },
    }

    fn message<A: Parser>(args: &[&str]) -> String {
        let args = ["sigil-x"].iter().chain(args);
        let Err(error) = A::try_parse_from(args) else { panic!("no error") };
        let text = describe(error, "sigil-x");
        let text = text.strip_prefix("E010_CONFIG_ERR: ").unwrap();
        text.strip_suffix(" (see sigil-x --help)").unwrap().to_owned()
    }

    #[test]
    fn a_wrong_flag_comes_with_the_right_one() {
        let flat = message::<Flat>;
        assert_eq!(flat(&["--sumary"]), "unexpected argument '--sumary'; did you mean '--summary'?");
        assert_eq!(flat(&["--zzz"]), "unexpected argument '--zzz'");
        assert_eq!(flat(&["-x"]), "unexpected argument '-x'");
        assert_eq!(flat(&["a", "b"]), "unexpected argument 'b'");
        assert_eq!(
            flat(&["--summary", "--stream"]),
            "the argument '--summary' cannot be used with '--stream'"
        );
    }

    #[test]
    fn a_wrong_value_is_quoted() {
        let flat = message::<Flat>;
        let colors = "[possible values: auto, always, never]";
        assert_eq!(
            flat(&["--color", "nevr"]),
            format!("invalid value 'nevr' for '--color <WHEN>' {colors}; did you mean 'never'?")
        );
        assert_eq!(
            flat(&["--color"]),
            format!("a value is required for '--color <WHEN>' but none was supplied {colors}")
        );
        assert_eq!(
            flat(&["--budget", "12x"]),
            "invalid value '12x' for '--budget <N>': \"12x\" is not a number of tokens; write 256000, 256k or 1.5M"
        );
    }

    #[test]
    fn subcommands_and_their_arguments_are_named() {
        let nested = message::<Nested>;
        assert_eq!(nested(&["restor"]), "unrecognized subcommand 'restor'; did you mean 'restore'?");
        assert_eq!(nested(&["restore"]), "the following required arguments were not provided: <ID>");
        assert_eq!(nested(&[]), "arguments are missing");
    }

    #[test]
    fn hostile_arguments_stay_on_the_line() {
        assert_eq!(message::<Flat>(&["--a\n\n\x1b[2Jb"]), "unexpected argument '--a\\n\\n\\x1b[2Jb'");
    }
}
