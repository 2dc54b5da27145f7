//! What else than a report can be asked for, as typed.

use anyhow::{Result, bail};
use sigil_event::Content;
use sigil_input::Disclosure;

use crate::conversation::Depth;
use crate::format::Format;

/// How conversations can be written.
const CONVERSATIONS: [Format; 5] =
    [Format::Text, Format::Json, Format::Jsonl, Format::Markdown, Format::Html];
/// How wrong lines can be told.
const WRONG_LINES: [Format; 3] = [Format::Text, Format::Json, Format::Jsonl];

/// Flags of which each asks for something else than a report.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct ModeArgs {
    /// Only the lines that are wrong, each as FILE:LINE: why, and no report
    #[arg(long, conflicts_with_all = ["by", "sort", "reverse", "limit", "min_tokens", "status", "all_errors", "count_all", "since", "until", "partial", "merge"])]
    pub(crate) validate: bool,

    /// No report: tokens.json and metrics.json beside each execution.jsonl, where they are not up to date
    #[arg(long, conflicts_with_all = ["validate", "by", "sort", "reverse", "limit", "min_tokens", "status", "all_errors", "since", "until", "partial", "merge"])]
    pub(crate) write_summaries: bool,

    /// What was said in each session, round by round, with what each round cost, and no report
    #[arg(long, conflicts_with_all = ["validate", "write_summaries", "by", "sort", "reverse", "limit", "min_tokens", "status", "all_errors", "partial", "merge"])]
    pub(crate) conversation: bool,

    /// With --conversation: all of long texts, not only their beginning
    #[arg(long, requires = "conversation")]
    pub(crate) full: bool,

    /// With --conversation: replace keys, tokens, passwords, e-mail addresses and card numbers by marks
    #[arg(long, requires = "conversation")]
    pub(crate) redact: bool,

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
    /// What was said.
    Conversation(Depth),
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
            Self::accept("--validate", &WRONG_LINES, format)?;
            return Ok(Mode::Validation);
        }
        if self.write_summaries {
            Self::accept("--write-summaries", &[Format::Text, Format::Json], format)?;
            return Ok(Mode::Summaries);
        }
        if self.conversation {
            Self::accept("--conversation", &CONVERSATIONS, format)?;
            return Ok(Mode::Conversation(match format {
                Format::Json | Format::Jsonl => Depth::Raw,
                _ if self.full => Depth::Full,
                _ => Depth::Folded,
            }));
        }
        Ok(Mode::Report)
    }

    /// How much of what was said decoders let out.
    pub(crate) fn disclosure(&self) -> Disclosure {
        let content = if self.conversation { Content::Full } else { Content::None };
        Disclosure { content, redact: self.redact }
    }

    /// Checks that the mode called `flag` can be written as `format`.
    fn accept(flag: &str, formats: &[Format], format: Format) -> Result<()> {
        if formats.contains(&format) {
            return Ok(());
        }
        let names: Vec<_> = formats.iter().map(|format| format.name()).collect();
        bail!("{flag} cannot be written as {}; --format takes {} with it", format.name(), names.join(", "))
    }
}
