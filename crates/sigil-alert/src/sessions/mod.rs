//! Sessions as they run: events in, readings out. In event time, and in bounded memory.

mod session;
mod silent;
mod window;

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;
use serde::{Deserialize, Serialize};
use sigil_event::EventRef;
use sigil_summary::CountAll;
use sigil_summary::budget::Budgets;
use sigil_summary::component::UNNAMED;
use sigil_summary::ledger::meter::Answers;
use twox_hash::XxHash3_128;

use crate::engine::{Engine, Reading, Who};
use crate::rules::{FORGOTTEN_US, Measure, Rules};
use session::{Fares, Session};
use silent::Deadlines;
use window::Share;

/// How many sessions are known at a time. Above that those go that have been silent for longest, ended ones first.
const SESSIONS: usize = 20_000;

/// How many bytes of an id are kept in mind; longer ones are cut, and a hash tells them apart.
const LONGEST_ID: usize = 512;

/// How far in the future a time may lie: clocks differ. An event beyond is taken to be of now.
const AHEAD_US: i64 = 300 * 1_000_000;

/// A session whose events are read so soon after they were written runs by the clock.
const LIVE_US: i64 = 3_600 * 1_000_000;

/// Which rules ask for what, and what counts.
pub(crate) struct Plan {
    pub(crate) count_all: CountAll,
    pub(crate) budgets: Budgets,
    error_rate: Vec<u16>,
    errors: Vec<u16>,
    response_time: Vec<u16>,
    session_budget: Vec<u16>,
    component_budget: Vec<u16>,
    latency: Vec<u16>,
    operation_tokens: Vec<u16>,
    retries: Vec<u16>,
    failed_after_routing: Vec<u16>,
    over_budget: Vec<u16>,
    session_error: Vec<u16>,
    silence: Vec<u16>,
    session_age: Vec<u16>,
    malformed: Vec<u16>,
    /// What is said of a session that has failed, and holds when it has ended.
    failures: Vec<u16>,
    /// The longest window of those that count errors.
    longest_us: i64,
    /// For how long a session has been silent when something is to be said of that, the shortest first.
    silences_us: Vec<i64>,
}

impl Plan {
    pub(crate) fn new(rules: &Rules, count_all: CountAll, budgets: Budgets) -> Self {
        let errors = rules.by(Measure::Errors);
        let silence = rules.by(Measure::Silence);
        let failures = [Measure::FailedAfterRouting, Measure::OverBudget, Measure::SessionError];
        Self {
            count_all,
            budgets,
            longest_us: errors.iter().map(|rule| rules.get(*rule).window_us).max().unwrap_or(0),
            silences_us: silences_us(rules, &silence),
            failures: failures.into_iter().flat_map(|measure| rules.by(measure)).collect(),
            error_rate: rules.by(Measure::ErrorRate),
            errors,
            response_time: rules.by(Measure::ResponseTime),
            session_budget: rules.by(Measure::SessionBudget),
            component_budget: rules.by(Measure::ComponentBudget),
            latency: rules.by(Measure::Latency),
            operation_tokens: rules.by(Measure::OperationTokens),
            retries: rules.by(Measure::Retries),
            failed_after_routing: rules.by(Measure::FailedAfterRouting),
            over_budget: rules.by(Measure::OverBudget),
            session_error: rules.by(Measure::SessionError),
            silence,
            session_age: rules.by(Measure::SessionAge),
            malformed: rules.by(Measure::Malformed),
        }
    }
}

/// When rules about silence have something to say: at each of their levels, and when what is so has been so for long
/// enough.
fn silences_us(rules: &Rules, silence: &[u16]) -> Vec<i64> {
    let mut all = BTreeSet::new();
    for rule in silence.iter().map(|rule| rules.get(*rule)) {
        for (_, seconds) in rule.levels.each() {
            let us = (seconds.clamp(1.0, 1e9) * 1e6) as i64;
            all.extend([us, us.saturating_add(rule.hold_us)]);
        }
    }
    all.into_iter().collect()
}

/// All sessions that are known.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Sessions {
    all: Vec<Session>,
    #[serde(skip)]
    places: HashMap<Box<str>, usize, RandomState>,
    /// The one that the last event belongs to.
    #[serde(skip)]
    current: Option<usize>,
    answers: Answers,
    /// The latest time of all events, and what the clock was when it was read.
    latest_us: Option<i64>,
    #[serde(default)]
    clock_us: i64,
    #[serde(skip)]
    deadlines: Deadlines,
    malformed: Share,
    of_input: crate::engine::Instances,
}

impl Sessions {
    /// Makes what was read from a state file whole again: `names` are those of the rules at that time.
    pub(crate) fn restore(&mut self, names: &[String], rules: &Rules, plan: &Plan) {
        for session in &mut self.all {
            session.instances.renumber(names, rules);
        }
        self.of_input.renumber(names, rules);
        self.find_places(plan);
    }

    fn find_places(&mut self, plan: &Plan) {
        self.places =
            self.all.iter().enumerate().map(|(place, session)| (session.id.clone(), place)).collect();
        self.current = None;
        self.deadlines = Deadlines::default();
        for session in self.all.iter_mut().filter(|session| session.fares == Fares::Running) {
            session.await_more(plan, &mut self.deadlines);
        }
    }

    /// Takes an event, read at `now_us`.
    pub(crate) fn add(&mut self, event: &EventRef<'_>, now_us: i64, plan: &Plan, engine: &mut Engine) {
        self.take_line(false, now_us, plan, engine);
        let written_us = event.at.map(|at| at.us).filter(|at_us| *at_us <= now_us.saturating_add(AHEAD_US));
        let at_us = written_us.unwrap_or_else(|| self.time_now(now_us));
        if self.latest_us.is_none_or(|latest_us| at_us > latest_us) {
            (self.latest_us, self.clock_us) = (Some(at_us), now_us);
            self.look_for_silence(at_us, false, plan, engine);
        }
        let place = self.place(event, plan, engine);
        let session = &mut self.all[place];
        session.is_live = now_us.saturating_sub(at_us) < LIVE_US;
        session.add(event, at_us, plan, &mut self.answers, engine);
        if session.is_to_be_awaited() {
            session.await_more(plan, &mut self.deadlines);
        }
    }

    /// Takes a line of the input: whether it was malformed.
    #[inline]
    pub(crate) fn take_line(&mut self, is_malformed: bool, now_us: i64, plan: &Plan, engine: &mut Engine) {
        let Some(first) = plan.malformed.first() else { return };
        let last = engine.rules.get(*first).last;
        if self.malformed.add(is_malformed, last) {
            // Lines that are no events tell no time.
            let at_us = self.latest_us.unwrap_or(now_us);
            for rule in &plan.malformed {
                let value = self.malformed.percent(engine.rules.get(*rule).at_least);
                let who = Who { subject: Some("input"), ..Who::default() };
                self.of_input.observe(engine, Reading { rule: *rule, who, at_us, value });
            }
        }
    }

    /// Notes the clock: sessions that run by it may have been silent for too long.
    pub(crate) fn tick(&mut self, now_us: i64, plan: &Plan, engine: &mut Engine) {
        self.look_for_silence(now_us, true, plan, engine);
    }

    /// What time it is for events that do not say, or say what cannot be: as long after the latest one as the clock has gone
    /// on since.
    fn time_now(&self, now_us: i64) -> i64 {
        let since_us = now_us.saturating_sub(self.clock_us).max(0);
        self.latest_us
            .map_or(now_us, |latest_us| latest_us.saturating_add(since_us).min(now_us.max(latest_us)))
    }

    fn place(&mut self, event: &EventRef<'_>, plan: &Plan, engine: &mut Engine) -> usize {
        if let Some(place) = self.current
            && event.session_id.map_or(&*self.all[place].id == UNNAMED, |id| id.is(&self.all[place].id))
        {
            return place;
        }
        let decoded = event.session_id.map(|id| shortened(id.decode()));
        let id = decoded.as_deref().unwrap_or(UNNAMED);
        let place = match self.places.get(id) {
            Some(place) => *place,
            None => {
                if self.all.len() >= SESSIONS {
                    self.forget_some(plan, engine);
                }
                self.all.push(Session::new(id));
                self.places.insert(id.into(), self.all.len() - 1);
                self.all.len() - 1
            }
        };
        self.current = Some(place);
        place
    }

    /// Forgets a tenth of the sessions: first those that have ended, then those that have been silent for longest. What they
    /// fire is over for whoever watches.
    fn forget_some(&mut self, plan: &Plan, engine: &mut Engine) {
        let key = |one: &Session| (one.fares != Fares::Ended, one.last_us);
        let mut order: Vec<_> = self.all.iter().map(key).collect();
        order.sort_unstable();
        let last_gone = order[order.len() / 10];
        self.forget(|one| key(one) <= last_gone, plan, engine);
    }

    /// The ids of all sessions that are known.
    pub(crate) fn ids(&self) -> Vec<String> {
        self.all.iter().map(|session| session.id.to_string()).collect()
    }

    /// Forgets what nobody has heard of for a week of the events' time.
    pub(crate) fn forget_old(&mut self, plan: &Plan, engine: &mut Engine) {
        let Some(latest_us) = self.latest_us else { return };
        self.forget(|one| latest_us.saturating_sub(one.last_us) >= FORGOTTEN_US, plan, engine);
    }

    fn forget(&mut self, is_gone: impl Fn(&Session) -> bool, plan: &Plan, engine: &mut Engine) {
        let before = self.all.len();
        let latest_us = self.latest_us.unwrap_or_default();
        self.all.retain_mut(|session| {
            let is_kept = !is_gone(session);
            if !is_kept {
                let who = Who { session: Some(&session.id), ..Who::default() };
                session.instances.end(engine, who, latest_us, &[]);
            }
            is_kept
        });
        if self.all.len() != before {
            self.find_places(plan);
        }
    }

    /// Looks at running sessions whose deadline has passed. By the clock only those that run by it, which are told of as
    /// soon as it is so, and by events all of them.
    fn look_for_silence(&mut self, now_us: i64, is_clock: bool, plan: &Plan, engine: &mut Engine) {
        let Some(shortest_us) = plan.silences_us.first() else { return };
        let mut others = Vec::new();
        while let Some((looked_us, id)) = self.deadlines.pop_before(now_us) {
            let Some(session) = self.places.get(&id).map(|place| &mut self.all[*place]) else { continue };
            if session.fares != Fares::Running || session.look_us != Some(looked_us) {
                continue;
            }
            let deadline_us = session.last_us.saturating_add(*shortest_us);
            if deadline_us > looked_us {
                session.look_at(deadline_us, &mut self.deadlines);
            } else if is_clock && !session.is_live {
                others.push((looked_us, id));
            } else {
                session.be_silent(looked_us, plan, engine);
                let silent_us = looked_us.saturating_sub(session.last_us);
                let next_us = plan.silences_us.iter().find(|silence_us| **silence_us > silent_us);
                let next_us = next_us.map(|silence_us| session.last_us.saturating_add(*silence_us));
                let repeat_us = (engine.repeat_us > 0).then(|| looked_us.saturating_add(engine.repeat_us));
                if let Some(next_us) = [next_us, repeat_us].into_iter().flatten().min() {
                    session.look_at(next_us, &mut self.deadlines);
                }
            }
        }
        for (looked_us, id) in others {
            self.deadlines.add(looked_us, &id);
        }
    }
}

/// An id that takes little room, however long it is.
fn shortened(id: Cow<'_, str>) -> Cow<'_, str> {
    if id.len() <= LONGEST_ID {
        return id;
    }
    let start: String = id.chars().take(LONGEST_ID / 8).collect();
    Cow::Owned(format!("{start}...{:032x}", XxHash3_128::oneshot(id.as_bytes())))
}
