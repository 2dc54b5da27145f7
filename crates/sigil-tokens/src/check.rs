//! Whether there is room left, as an exit status.

use anyhow::{Result, bail};
use sigil_summary::budget::percent_used;
use sigil_summary::component::UNNAMED;
use sigil_summary::{Resolved, SessionSummary};

use crate::cli::{Config, Thresholds};

/// How a session stands to its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum State {
    Fine,
    Warning,
    Critical,
}

impl State {
    /// The exit status of `--check`.
    pub(crate) fn status(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Warning => 1,
            Self::Critical => 2,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// What a session is held against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Its tokens against its budget.
    Budget,
    /// The tokens in its context against its model's window.
    Context,
}

impl Source {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Budget => "budget",
            Self::Context => "context",
        }
    }
}

/// The session that stands worst.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) session_id: Option<String>,
    pub(crate) session_count: usize,
    pub(crate) source: Source,
    pub(crate) used: u64,
    /// How much of that is an estimate.
    pub(crate) estimated: u64,
    pub(crate) limit: u64,
    pub(crate) percent: f64,
    pub(crate) state: State,
    pub(crate) thresholds: Thresholds,
}

/// Finds the session that stands worst: the highest share of its limit.
///
/// # Errors
/// A session's limit is not known, and none of the others is critical.
pub(crate) fn check(resolved: &Resolved, config: &Config, thresholds: Thresholds) -> Result<Verdict> {
    let mut unknown = None;
    let mut worst = Verdict {
        session_id: None,
        session_count: resolved.sessions.len(),
        source: Source::Budget,
        used: 0,
        estimated: 0,
        limit: config.budgets.session(None, true).unwrap_or(0),
        percent: 0.0,
        state: State::Fine,
        thresholds,
    };
    for session in &resolved.sessions {
        let estimated = session.total().estimated.tokens;
        let (source, used) = match &session.context {
            // What is estimated tells nothing of a context.
            _ if session.native || estimated > 0 => (Source::Budget, session.tokens(config.count_all)),
            Some(context) => (Source::Context, context.tokens),
            // A sub-agent's transcript alone: what the main chain holds is told elsewhere.
            None => continue,
        };
        let Some(limit) = limit(session, source, config) else {
            unknown = unknown.or(Some(session));
            continue;
        };
        let percent = percent_used(used, limit);
        if worst.session_id.is_none() || percent > worst.percent {
            let session_id = Some(session.id.to_string());
            let state = thresholds.state(percent);
            worst = Verdict { session_id, source, used, estimated, limit, percent, state, ..worst };
        }
    }
    match unknown {
        Some(session) if worst.state < State::Critical && session.context.is_none() => bail!(
            "E010_CONFIG_ERR: cannot tell: session {:?} has no budget; give it one with --budget",
            session.id
        ),
        Some(session) if worst.state < State::Critical => {
            let model = session.context.as_ref().and_then(|context| context.model.as_deref());
            let model = model.unwrap_or(UNNAMED);
            bail!(
                "E010_CONFIG_ERR: cannot tell: the context window of model {model:?} (session {:?}) is not known; \
                 give it with --budget",
                session.id
            )
        }
        _ if worst.session_id.is_none() && !resolved.sessions.is_empty() => {
            bail!("E010_CONFIG_ERR: cannot tell: no answer of a main chain is in the input")
        }
        _ => Ok(worst),
    }
}

fn limit(session: &SessionSummary, source: Source, config: &Config) -> Option<u64> {
    let budgets = &config.budgets;
    match (source, &session.context) {
        (Source::Context, Some(context)) => budgets.overridden().or_else(|| context.window(&config.prices)),
        _ => budgets.session(session.stated_budget, session.native),
    }
}

impl Thresholds {
    fn state(self, percent: f64) -> State {
        match percent {
            p if p >= self.critical_at => State::Critical,
            p if p >= self.warn_at => State::Warning,
            _ => State::Fine,
        }
    }
}
