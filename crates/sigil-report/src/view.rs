//! Which sessions and rows are shown, and in which order: `--by`, `--sort`, `--limit`, `--reverse`,
//! `--min-tokens`, `--status`.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use sigil_breakdown::{distinct, key_names};
use sigil_event::Timestamp;
use sigil_store::quantity::parse_tokens;
use sigil_summary::{CountAll, Key, Resolved, SessionSummary, Shown, Sort, Status};

use crate::brief::Brief;
use crate::format::Format;
use crate::terms::Terms;

/// What to show, as typed.
#[derive(clap::Args, Clone, Debug, Default)]
pub(crate) struct ViewArgs {
    /// A table by session, component, model, day, week, month, hour, event, error, project or tool; a list such
    /// as project,day nests
    #[arg(long, value_name = "KEY,…", value_delimiter = ',', value_parser = key_names(Key::ALL))]
    by: Vec<Key>,

    /// What sessions or rows are sorted by: tokens, cost, events, errors, sessions, duration, latency, name,
    /// started (or time) or last
    #[arg(long, value_name = "KEY", value_parser = sort_names(), hide_possible_values = true)]
    sort: Option<Sort>,

    /// The other way round
    #[arg(long)]
    reverse: bool,

    /// Show no more than that many sessions or rows; totals stay those of all
    #[arg(long, value_name = "N")]
    limit: Option<u64>,

    /// Show only sessions or rows that come to that many tokens (10k is understood); totals stay those of all
    #[arg(long, value_name = "N", value_parser = parse_tokens)]
    min_tokens: Option<u64>,

    /// Only sessions that are waiting, running, stale, complete or error; a list such as stale,error is fine
    #[arg(long, value_name = "STATUS,…", value_delimiter = ',', value_parser = state_names(), hide_possible_values = true)]
    status: Vec<State>,
}

/// How a session fares, and whether its writer may have died.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum State {
    Waiting,
    Running,
    /// Begun, not ended, and nothing has come for long.
    Stale,
    Complete,
    Error,
}

/// What to show.
#[derive(Clone, Debug, Default)]
pub(crate) struct View {
    /// What a table of rows is asked for by; without it the whole report is.
    pub(crate) by: Option<Vec<Key>>,
    pub(crate) shown: Shown,
    /// Which sessions the report is about; all if none is named.
    states: Vec<State>,
}

/// How many sessions are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct States([u64; State::ALL.len()]);

impl State {
    /// In the order of the enum.
    pub(crate) const ALL: [Self; 5] =
        [Self::Waiting, Self::Running, Self::Stale, Self::Complete, Self::Error];

    /// How a session fares whose last event was at that time.
    pub(crate) fn of(status: Status, last: Option<Timestamp>, terms: &Terms) -> Self {
        match status {
            Status::Waiting => Self::Waiting,
            Status::Running if last.is_some_and(|last| last.us <= terms.stale_before_us) => Self::Stale,
            Status::Running => Self::Running,
            Status::Complete => Self::Complete,
            Status::Error => Self::Error,
        }
    }

    /// Its name in arguments and JSON.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Stale => "stale",
            Self::Complete => "complete",
            Self::Error => "error",
        }
    }

    /// What the log says of it, which knows nothing of time.
    pub(crate) fn status(self) -> Status {
        match self {
            Self::Waiting => Status::Waiting,
            Self::Running | Self::Stale => Status::Running,
            Self::Complete => Status::Complete,
            Self::Error => Status::Error,
        }
    }

    /// The guide's words.
    pub(crate) fn text(self) -> String {
        let stale = if self == Self::Stale { " (stale)" } else { "" };
        format!("{}{stale}", self.status().as_str())
    }
}

impl States {
    /// Counts sessions.
    pub(crate) fn of(sessions: &[Box<Brief>], terms: &Terms) -> Self {
        let mut states = Self::default();
        let all = sessions.iter().map(|session| session.state(terms));
        all.for_each(|state| states.0[state as usize] += 1);
        states
    }

    /// Each state and how many sessions are in it.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (State, u64)> {
        State::ALL.into_iter().zip(self.0)
    }
}

impl ViewArgs {
    pub(crate) fn resolve(&self) -> View {
        let shown = Shown {
            sort: self.sort,
            is_reversed: self.reverse,
            limit: self.limit,
            least_tokens: self.min_tokens.unwrap_or(0),
        };
        View { by: distinct(&self.by), shown, states: self.status.clone() }
    }
}

impl View {
    /// Whether only sessions in some states are asked for.
    pub(crate) fn has_states(&self) -> bool {
        !self.states.is_empty()
    }

    /// Whether it needs no more of most sessions than what they come to together (see
    /// [`Digest`](crate::digest::Digest)).
    pub(crate) fn is_of_digests(&self, format: Format) -> bool {
        let is_told_one_by_one = matches!(format, Format::Json | Format::Jsonl | Format::Csv);
        // How many errors and tools are told apart hangs on all logs together.
        let are_of_one_log = |keys: &Vec<Key>| !keys.contains(&Key::Error) && !keys.contains(&Key::Tool);
        self.states.is_empty() && self.by.as_ref().map_or(!is_told_one_by_one, are_of_one_log)
    }

    /// Leaves out the sessions that are in none of the states that were asked for.
    pub(crate) fn select(&self, resolved: &mut Resolved, terms: &Terms) {
        if !self.states.is_empty() {
            let state = |session: &SessionSummary| State::of(session.status, session.last, terms);
            resolved.sessions.retain(|session| self.states.contains(&state(session)));
        }
    }

    /// Which sessions are shown, in their order; without a word on it, in that of their first event.
    pub(crate) fn arrange(&self, sessions: &[Box<Brief>], count_all: CountAll) -> Vec<usize> {
        let Shown { sort, is_reversed, limit, least_tokens } = self.shown;
        let mut order: Vec<_> = (0..sessions.len()).collect();
        match sort {
            Some(sort) => {
                let sums: Vec<_> = sessions.iter().map(|session| (&*session.id, session.sums())).collect();
                let of = |index: usize| (sums[index].0, &sums[index].1);
                order.sort_by(|a, b| sort.compare(of(*a), of(*b), count_all));
            }
            None => {
                let turn = |session: &Brief| (session.first.is_none(), session.first);
                let of = |index: usize| (turn(&sessions[index]), &sessions[index].id);
                order.sort_by(|a, b| of(*a).cmp(&of(*b)));
            }
        }
        if is_reversed {
            order.reverse();
        }
        order.retain(|index| sessions[*index].amounts.tokens(count_all) >= least_tokens);
        order.truncate(limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX)));
        order
    }
}

fn sort_names() -> impl TypedValueParser<Value = Sort> {
    // The parser lets only these names through, so the default is never used.
    PossibleValuesParser::new(Sort::NAMES).map(|name| Sort::from_name(&name).unwrap_or(Sort::Tokens))
}

fn state_names() -> impl TypedValueParser<Value = State> {
    PossibleValuesParser::new(State::ALL.map(State::name).into_iter().chain(["failed"]))
        .map(|name| State::ALL.into_iter().find(|state| state.name() == name).unwrap_or(State::Error))
}
