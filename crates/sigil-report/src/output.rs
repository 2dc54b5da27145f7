//! A report in the format that was asked for.

use std::io;

use sigil_cli::Io;
use sigil_summary::{Groups, Key, Resolved, Rows};

use crate::cli::Config;
use crate::digest::Digest;
use crate::document::{self, Charts};
use crate::figures::Figures;
use crate::format::Format;
use crate::metrics;
use crate::render::csv::Reader;
use crate::render::otlp::Span;
use crate::render::text::Text;
use crate::render::{csv, html, json, jsonl, markdown, otlp, prometheus};
use crate::report::{Basis, Breakdown, Report};

/// Writes the report on what was read.
pub(crate) fn report(
    config: &Config,
    resolved: &Resolved,
    digest: &Digest,
    io: &mut Io<'_>,
) -> io::Result<()> {
    let shown = config.view.arrange(&digest.briefs, config.terms.count_all);
    let report = Report::of(basis(config, resolved, digest), &shown);
    let document = || document::report(&report, config.inputs.zone, charts(config));
    match config.format {
        Format::Text => Text::new(io.palette(), io.columns()).write(document(), io.stdout()),
        Format::Json => json::report(&report, io.stdout()),
        Format::Jsonl => jsonl::report(&report, io.stdout()),
        Format::Csv => csv::report(&report, reader(io), io.stdout()),
        Format::Markdown => markdown::write(&document(), io.stdout()),
        Format::Html => html::write(&document(), io.stdout()),
        Format::Prometheus => prometheus::write(&metrics::report(&report), io.stdout()),
        Format::Otlp => {
            let session = report.sessions.only().map(|session| session.id);
            otlp::write(&metrics::report(&report), span(&report.totals), session, io.stdout())
        }
    }
}

/// Writes the rows by `keys`.
pub(crate) fn breakdown(
    config: &Config,
    resolved: &Resolved,
    digest: &Digest,
    groups: Groups,
    keys: &[Key],
    io: &mut Io<'_>,
) -> io::Result<()> {
    let rows = Rows::shown(groups, keys, config.terms.count_all, true, &config.view.shown);
    let breakdown = Breakdown::of(basis(config, resolved, digest), rows);
    let document = || document::breakdown(&breakdown, config.inputs.zone, charts(config));
    match config.format {
        // A table and nothing else, as it is the only thing that was asked for.
        Format::Text => {
            let table =
                sigil_breakdown::table(&breakdown.rows, &document::EXTRAS, config.inputs.zone, io.columns());
            let text = table.text(io.palette());
            io.stdout().write_all(text.as_bytes())?;
            match sigil_breakdown::left_out(&breakdown.rows) {
                Some(text) => writeln!(io.stdout(), "{text}"),
                None => Ok(()),
            }
        }
        Format::Json => json::breakdown(&breakdown, io.stdout()),
        Format::Jsonl => jsonl::breakdown(&breakdown, io.stdout()),
        Format::Csv => csv::breakdown(&breakdown, reader(io), io.stdout()),
        Format::Markdown => markdown::write(&document(), io.stdout()),
        Format::Html => html::write(&document(), io.stdout()),
        Format::Prometheus => prometheus::write(&metrics::breakdown(&breakdown), io.stdout()),
        Format::Otlp => {
            otlp::write(&metrics::breakdown(&breakdown), span(&breakdown.totals), None, io.stdout())
        }
    }
}

fn basis<'a>(config: &'a Config, resolved: &'a Resolved, digest: &'a Digest) -> Basis<'a> {
    let Digest { briefs, totals, .. } = digest;
    let inputs = &config.inputs;
    let is_of_some = config.view.has_states() || inputs.since_us.is_some() || inputs.until_us.is_some();
    Basis { resolved, briefs, totals, sources: &inputs.sources, terms: &config.terms, is_of_some }
}

/// A page is drawn on; what is text is not.
fn charts(config: &Config) -> Charts {
    if config.format == Format::Html { Charts::Drawn } else { Charts::LeftOut }
}

/// Who reads rows whose texts are not escaped by their format.
fn reader(io: &Io<'_>) -> Reader {
    if io.is_terminal() { Reader::Terminal } else { Reader::Program }
}

fn span(figures: &Figures) -> Span {
    Span { first: figures.first, last: figures.last }
}
