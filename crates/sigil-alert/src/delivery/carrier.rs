//! What takes alerts to one sink, one attempt at a time.

use std::path::PathBuf;

use sigil_store::code;

use super::answer::{Answer, Trouble};
use super::exec::Program;
use super::outbox::{Batch, Portion};
use super::payload;
use super::sink::{Sink, WebhookFormat};
use super::webhook::Webhook;
use super::{exec, file};

/// How many reports are written while a file is locked.
const MOST_REPORTS: usize = 500;

/// A sink, ready to take alerts.
pub(super) enum Carrier {
    Webhook(Box<Webhook>, WebhookFormat),
    Exec(Program),
    Report(PathBuf),
}

impl Carrier {
    pub(super) fn new(sink: Sink) -> Self {
        match sink {
            Sink::Webhook { address, format } => {
                Self::Webhook(Box::new(Webhook::new(address, format)), format)
            }
            Sink::Exec { argv, time_limit, hidden } => Self::Exec(exec::Program { argv, time_limit, hidden }),
            Sink::Report { path } => Self::Report(path),
        }
    }

    /// What it takes at once.
    pub(super) fn portion(&self) -> Portion {
        match self {
            Self::Webhook(_, format) => payload::portion(*format),
            Self::Exec(_) => Portion { most: 1, is_distinct: false },
            Self::Report(_) => Portion { most: MOST_REPORTS, is_distinct: false },
        }
    }

    /// Whether it is worth waiting a moment for more, as one request can tell of many alerts.
    pub(super) fn gathers(&self) -> bool {
        matches!(self, Self::Webhook(..))
    }

    /// What is said of an attempt that had no time to end.
    pub(super) fn unfinished(&self) -> Trouble {
        match self {
            Self::Webhook(..) => Trouble::network("has not answered yet"),
            Self::Exec(_) | Self::Report(_) => {
                Trouble { code: code::COMPONENT_FAILED, what: "is not done yet".to_owned() }
            }
        }
    }

    /// Tries once. Gives up early when `is_stopped` says so, except while a server is asked.
    pub(super) fn deliver(
        &self,
        batch: &Batch,
        now_us: &dyn Fn() -> i64,
        is_stopped: &dyn Fn() -> bool,
    ) -> Answer {
        match self {
            Self::Webhook(webhook, _) => webhook.deliver(&batch.alerts, now_us),
            Self::Exec(program) => match batch.alerts.as_slice() {
                [alert] => program.deliver(alert, batch.attempts, is_stopped),
                _ => Answer::Abandoned,
            },
            Self::Report(path) => file::deliver(path, &batch.alerts, is_stopped),
        }
    }
}
