//! The flags that every tool has, so that they mean the same everywhere.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use sigil_store::{Config, Error};

use crate::color::Color;

/// Above these flags in help.
const HEADING: &str = "Output";

/// Flags about output and configuration; tools flatten them into their own.
///
/// They are global, so that tools with subcommands take them before and behind the subcommand.
#[derive(clap::Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct OutputArgs {
    /// When to use colour
    #[arg(long, value_name = "WHEN", global = true, help_heading = HEADING, value_parser = color_names())]
    pub color: Option<Color>,

    /// Write JSON
    #[arg(long, global = true, help_heading = HEADING)]
    pub json: bool,

    /// Print no warnings
    #[arg(short, long, global = true, help_heading = HEADING, overrides_with = "verbose")]
    pub quiet: bool,

    // `Io::verbosity` knows both, this flag only itself.
    /// Say what is being done; SIGIL_DEBUG=true does the same
    #[arg(short, long, global = true, help_heading = HEADING, overrides_with = "quiet")]
    pub verbose: bool,

    /// Read the configuration from FILE [default: $SIGIL_CONFIG, then ~/.sigil/config.toml]
    #[arg(long, value_name = "FILE", global = true, help_heading = HEADING)]
    pub config: Option<PathBuf>,
}

impl OutputArgs {
    /// The configuration that `--config`, `$SIGIL_CONFIG` or the default place gives.
    ///
    /// # Errors
    ///
    /// Those of [`Config::load`].
    pub fn load_config(&self) -> Result<Config, Error> {
        Config::load(self.config.as_deref())
    }
}

/// Flags about what counts and what a wrong line means; for tools that add tokens up.
#[derive(clap::Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CountArgs {
    /// Count what totals and steps state again, too: the plain sum of all tokens
    #[arg(long)]
    pub count_all: bool,

    /// Exit 2 if a line is malformed
    #[arg(long)]
    pub strict: bool,
}

fn color_names() -> impl TypedValueParser<Value = Color> {
    // The parser lets only these names through, so the default is never used.
    PossibleValuesParser::new(Color::NAMES).map(|name| Color::from_name(&name).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Args {
        #[command(flatten)]
        output: OutputArgs,
    }

    fn parse(args: &[&str]) -> OutputArgs {
        let args = ["tool"].iter().chain(args);
        Args::try_parse_from(args).unwrap().output
    }

    #[test]
    fn nothing_given_decides_nothing() {
        assert_eq!(parse(&[]), OutputArgs::default());
    }

    #[test]
    fn all_flags_are_read() {
        let expected = OutputArgs {
            color: Some(Color::Always),
            json: true,
            quiet: true,
            verbose: false,
            config: Some("x.toml".into()),
        };
        assert_eq!(parse(&["--color", "always", "--json", "-q", "--config", "x.toml"]), expected);
    }

    #[test]
    fn the_last_of_quiet_and_verbose_holds() {
        let both = |args| {
            let output = parse(args);
            (output.quiet, output.verbose)
        };
        assert_eq!(both(&["-q", "-v"]), (false, true));
        assert_eq!(both(&["--verbose", "--quiet"]), (true, false));
    }
}
