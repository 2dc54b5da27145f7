//! Which sessions and rows are shown, and in which order: `--by`, `--sort`, `--limit`, `--reverse`,
//! `--min-tokens`, `--status`.

use clap::builder::{PossibleValuesParser, TypedValueParser};
use sigil_breakdown::{distinct, key_names};
use sigil_store::quantity::parse_tokens;
use sigil_summary::{CountAll, Key, Resolved, SessionSummary, Shown, Sort, Status, Sums, Tally};

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

    /// How a session fares.
    pub(crate) fn of(session: &SessionSummary, terms: &Terms) -> Self {
        match session.status {
            Status::Waiting => Self::Waiting,
            Status::Running if session.last.is_some_and(|last| last.us <= terms.stale_before_us) => {
                Self::Stale
            }
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
}

impl States {
    /// Counts sessions.
    pub(crate) fn of(sessions: &[SessionSummary], terms: &Terms) -> Self {
        let mut states = Self::default();
        sessions.iter().for_each(|session| states.0[State::of(session, terms) as usize] += 1);
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
    /// Leaves out the sessions that are in none of the states that were asked for.
    pub(crate) fn select(&self, resolved: &mut Resolved, terms: &Terms) {
        if !self.states.is_empty() {
            resolved.sessions.retain(|session| self.states.contains(&State::of(session, terms)));
        }
    }

    /// Brings the sessions that are shown to the front, in their order, and says how many they are.
    pub(crate) fn arrange(&self, sessions: &mut [SessionSummary], count_all: CountAll) -> usize {
        let Shown { sort, is_reversed, limit, least_tokens } = self.shown;
        let sums = |session: &SessionSummary| sums(session);
        if let Some(sort) = sort {
            let mut order: Vec<_> = sessions.iter().map(sums).zip(0..).collect();
            order.sort_by(|(a, left), (b, right)| {
                let name = |index: &usize| &*sessions[*index].id;
                sort.compare((name(left), a), (name(right), b), count_all)
            });
            rearrange(sessions, order.into_iter().map(|(_, index)| index).collect());
        }
        if is_reversed {
            sessions.reverse();
        }
        if least_tokens > 0 {
            sessions.sort_by_key(|session| session.tokens(count_all) < least_tokens);
        }
        let enough = sessions.partition_point(|session| session.tokens(count_all) >= least_tokens);
        limit.map_or(enough, |limit| enough.min(usize::try_from(limit).unwrap_or(usize::MAX)))
    }
}

/// Puts the element that has the number `order[n]` at place `n`.
fn rearrange<T>(list: &mut [T], order: Vec<usize>) {
    let mut place = vec![0; order.len()];
    order.iter().enumerate().for_each(|(to, from)| place[*from] = to);
    for index in 0..place.len() {
        while place[index] != index {
            let to = place[index];
            list.swap(index, to);
            place.swap(index, to);
        }
    }
}

/// What a session comes to.
fn sums(session: &SessionSummary) -> Sums {
    let timed = session.latency.iter().map(|(_, latency)| latency.count()).sum();
    let latency_us =
        session.latency.iter().map(|(_, latency)| latency.total_us()).fold(0, u64::saturating_add);
    let tally = Tally {
        events: session.counts.events,
        errors: session.counts.errors,
        calls: 0,
        first: session.first,
        last: session.last,
        timed,
        latency_us,
    };
    Sums { amounts: session.total(), tally, sessions: 1 }
}

fn sort_names() -> impl TypedValueParser<Value = Sort> {
    // The parser lets only these names through, so the default is never used.
    PossibleValuesParser::new(Sort::NAMES).map(|name| Sort::from_name(&name).unwrap_or(Sort::Tokens))
}

fn state_names() -> impl TypedValueParser<Value = State> {
    PossibleValuesParser::new(State::ALL.map(State::name).into_iter().chain(["failed"]))
        .map(|name| State::ALL.into_iter().find(|state| state.name() == name).unwrap_or(State::Error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_is_reached() {
        for order in [vec![], vec![0], vec![2, 0, 1], vec![1, 2, 0], vec![3, 2, 1, 0], vec![0, 3, 1, 2]] {
            let mut list: Vec<_> = (0..order.len()).collect();
            rearrange(&mut list, order.clone());
            assert_eq!(list, order);
        }
    }
}
