//! `--conversation`: what was said in each session, round by round, and what each round cost.
//!
//! [`Heard`] listens while logs are read and keeps what was said in the wanted sessions, [`rounds`] puts it together
//! when the ledger has decided what counts.

mod heard;
mod json;
mod kept;
mod rounds;
mod session;
mod words;

use std::io;
use std::sync::Arc;

use anyhow::Result;
use sigil_breakdown::reading;
use sigil_cli::{Io, Status};
use sigil_summary::Detail;

use crate::cli::Config;
use crate::document;
use crate::format::Format;
use crate::render;
use crate::render::text::Text;
use crate::report::Malformed;
use heard::Heard;
pub(crate) use kept::{Depth, Kept};
pub(crate) use rounds::Round;
pub(crate) use session::Session;
pub(crate) use words::{Call, Message};

/// All conversations.
pub(crate) struct Conversations<'a> {
    /// In the order of their first event.
    pub(crate) sessions: Vec<Session<'a>>,
    pub(crate) malformed: Malformed<'a>,
}

/// Reads and writes them.
///
/// # Errors
/// A session does not exist, or standard output cannot be written.
pub(crate) fn run(config: &Config, detail: Detail, depth: Depth, io: &mut Io<'_>) -> Result<Status> {
    let detail = Arc::new(Detail { places: true, ..detail });
    let new = || Heard::new(&detail, depth);
    let mut heard = new();
    let outcome = config.inputs.read(new, |part| heard.merge(part));
    let Heard { summary, entries, .. } = heard;
    let resolved = summary.resolve();
    let status = reading::complain(&config.inputs, &outcome, &resolved, config.is_strict, io);
    config.inputs.check_sessions(&resolved.known_ids)?;
    if resolved.sessions.is_empty() && !outcome.errors.is_empty() {
        return Ok(status);
    }
    let rounds = rounds::of(entries, &resolved, &config.inputs.logs(), config.terms.count_all);
    let sessions = resolved.sessions.iter().zip(rounds);
    let conversations = Conversations {
        sessions: sessions.map(|(session, rounds)| Session::of(session, rounds, &config.terms)).collect(),
        malformed: Malformed::of(&resolved, &config.inputs.sources),
    };
    write(config, &conversations, depth, io)?;
    Ok(status)
}

fn write(
    config: &Config,
    conversations: &Conversations<'_>,
    depth: Depth,
    io: &mut Io<'_>,
) -> io::Result<()> {
    let document = || document::conversation(conversations, depth, config.inputs.zone);
    match config.format {
        Format::Text => Text::new(io.palette(), io.columns()).write(document(), io.stdout()),
        Format::Json => json::object(conversations, io.stdout()),
        Format::Jsonl => json::rows(conversations, io.stdout()),
        Format::Markdown => render::markdown::write(&document(), io.stdout()),
        Format::Html => render::html::write(&document(), io.stdout()),
        // Refused when the arguments were read.
        Format::Csv | Format::Prometheus | Format::Otlp => Ok(()),
    }
}
