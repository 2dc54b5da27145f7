//! What else than a report can be asked for, as typed.

use anyhow::{Result, bail};

use crate::format::Format;

/// Flags of which each asks for something else than a report.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct ModeArgs {
    /// Only the lines that are wrong, each as FILE:LINE: why, and no report
    #[arg(long, conflicts_with_all = ["by", "sort", "reverse", "limit", "min_tokens", "status", "all_errors", "count_all", "since", "until"])]
    pub(crate) validate: bool,

    /// No report: tokens.json and metrics.json beside each execution.jsonl, where they are not up to date
    #[arg(long, conflicts_with_all = ["validate", "by", "sort", "reverse", "limit", "min_tokens", "status", "all_errors", "since", "until"])]
    pub(crate) write_summaries: bool,

    /// With --validate: exit 1 if a line is wrong
    #[arg(long, requires = "validate")]
    pub(crate) exit_code: bool,
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The report, or its rows.
    Report,
    /// The lines that are wrong.
    Validation,
    /// `tokens.json` and `metrics.json`.
    Summaries,
}

impl ModeArgs {
    /// Finds out what was meant; `picks_in_operands` if sessions are picked from operands.
    ///
    /// # Errors
    /// The mode does not go with the format, or with picking.
    pub(crate) fn resolve(&self, format: Format, picks_in_operands: bool) -> Result<Mode> {
        if self.validate {
            if picks_in_operands {
                bail!(
                    "--validate reads every line of its operands, and a wrong line has no session; leave out -s"
                );
            }
            Self::accept("--validate", &[Format::Text, Format::Json], format)?;
            return Ok(Mode::Validation);
        }
        if self.write_summaries {
            Self::accept("--write-summaries", &[Format::Text, Format::Json], format)?;
            return Ok(Mode::Summaries);
        }
        Ok(Mode::Report)
    }

    /// Checks that the mode called `flag` can be written as `format`.
    fn accept(flag: &str, formats: &[Format], format: Format) -> Result<()> {
        if formats.contains(&format) {
            return Ok(());
        }
        let names: Vec<_> = formats.iter().map(|format| format.name()).collect();
        bail!("{flag} cannot be written as {}; --format takes {} with it", format.name(), names.join(" or "))
    }
}
