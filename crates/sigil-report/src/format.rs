//! The flag that says how a report is written.

use anyhow::{Result, bail};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use sigil_store::code;

/// How a report is written; the tool flattens it into its own arguments.
#[derive(clap::Args, Clone, Copy, Debug, Default)]
pub(crate) struct FormatArgs {
    /// How the report is written [default: text]
    #[arg(long, value_name = "FORMAT", value_parser = format_names())]
    format: Option<Format>,
}

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people, at a terminal or in a pipe.
    #[default]
    Text,
    /// One object.
    Json,
    /// An object for each session or row, one a line.
    Jsonl,
    /// A row for each session or row.
    Csv,
    /// For people, where GitHub's Markdown is shown.
    Markdown,
    /// For people, in a browser: one file.
    Html,
    /// For Prometheus and its Pushgateway.
    Prometheus,
    /// For OpenTelemetry.
    Otlp,
}

impl Format {
    const ALL: [Self; 8] = [
        Self::Text,
        Self::Json,
        Self::Jsonl,
        Self::Csv,
        Self::Markdown,
        Self::Html,
        Self::Prometheus,
        Self::Otlp,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Prometheus => "prometheus",
            Self::Otlp => "otlp",
        }
    }
}

impl FormatArgs {
    /// The format that was asked for; `json` is whether `--json` was given, which is `--format json`.
    ///
    /// # Errors
    /// `--json` and another format.
    pub(crate) fn resolve(self, json: bool) -> Result<Format> {
        match self.format {
            Some(format) if json && format != Format::Json => bail!(
                "{}: --json is --format json and cannot be used with --format {}: give one of them",
                code::CONFIGURATION,
                format.name()
            ),
            None if json => Ok(Format::Json),
            format => Ok(format.unwrap_or_default()),
        }
    }
}

fn format_names() -> impl TypedValueParser<Value = Format> {
    // The parser lets only these names through, so the default is never used.
    PossibleValuesParser::new(Format::ALL.map(Format::name))
        .map(|name| Format::ALL.into_iter().find(|format| format.name() == name).unwrap_or_default())
}
