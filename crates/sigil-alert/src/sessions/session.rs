//! What is known of one session, and what its events say.

use serde::{Deserialize, Serialize};
use sigil_event::{EventRef, EventType};
use sigil_summary::budget::percent_used;
use sigil_summary::ledger::meter::{Answers, Meter};

use super::Plan;
use super::silent::Deadlines;
use super::window::{Mean, Rate, Times};
use crate::engine::{Engine, Instances, Reading, Who};

/// How a session fares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Fares {
    /// Nothing says that it has begun; it may be one of those that never say.
    #[default]
    Unknown,
    Running,
    Ended,
}

/// One session.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Session {
    pub(super) id: Box<str>,
    pub(super) instances: Instances,
    pub(super) fares: Fares,
    /// The latest time of its events.
    pub(super) last_us: i64,
    /// Its events were read soon after they were written: the clock tells how long it has been silent.
    pub(super) is_live: bool,
    /// When it is to be looked at next.
    #[serde(skip)]
    pub(super) look_us: Option<i64>,
    /// It has been silent for longer than allowed since its last event.
    #[serde(skip)]
    is_silent: bool,
    started_us: Option<i64>,
    budget: Option<u64>,
    is_native: bool,
    meter: Meter,
    retries: u64,
    /// Whether its last step was one of routing.
    is_routing: bool,
    is_exceeded: bool,
    rates: Vec<Rate>,
    errors: Times,
    means: Vec<Mean>,
}

impl Session {
    pub(super) fn new(id: &str) -> Self {
        Self { id: id.into(), last_us: i64::MIN, ..Self::default() }
    }

    /// Takes an event that happened, or is taken to have happened, at `at_us`.
    pub(super) fn add(
        &mut self,
        event: &EventRef<'_>,
        at_us: i64,
        plan: &Plan,
        answers: &mut Answers,
        engine: &mut Engine,
    ) {
        self.last_us = self.last_us.max(at_us);
        self.is_native |=
            event.metadata.format.is_none() && (event.type_name.is_some() || event.tokens.is_some());
        let mut watch = Watch { engine, at_us: self.last_us };
        if event.event_type == EventType::SessionStart {
            self.start(event, at_us, plan, &mut watch);
        } else if self.fares == Fares::Running {
            if !plan.silence.is_empty() && !self.instances.are_none() && at_us >= self.last_us {
                watch.each(&plan.silence, &mut self.instances, &self.id, None, 0.0);
            }
            self.measure_age(plan, &mut watch);
        }
        self.count_errors(event, at_us, plan, &mut watch);
        self.measure_step(event, plan, &mut watch);
        self.measure_tokens(event, plan, answers, &mut watch);
        self.follow(event, plan, &mut watch);
    }

    fn start(&mut self, event: &EventRef<'_>, at_us: i64, plan: &Plan, watch: &mut Watch<'_>) {
        // Whatever its predecessor of the same name did is over.
        for rules in [&plan.session_error, &plan.failed_after_routing, &plan.over_budget, &plan.retries] {
            watch.each(rules, &mut self.instances, &self.id, None, 0.0);
        }
        for rules in [&plan.silence, &plan.session_age] {
            watch.each(rules, &mut self.instances, &self.id, None, 0.0);
        }
        self.budget = event.metadata.budget.or(self.budget);
        self.fares = Fares::Running;
        // What was to be looked at may have passed while it had ended.
        self.look_us = None;
        self.started_us = event.at.map(|_| at_us);
        (self.retries, self.is_routing, self.is_exceeded) = (0, false, false);
    }

    fn measure_age(&mut self, plan: &Plan, watch: &mut Watch<'_>) {
        if let Some(started_us) = self.started_us
            && !plan.session_age.is_empty()
        {
            let age = watch.at_us.saturating_sub(started_us) as f64 / 1e6;
            watch.each(&plan.session_age, &mut self.instances, &self.id, None, age);
        }
    }

    fn count_errors(&mut self, event: &EventRef<'_>, at_us: i64, plan: &Plan, watch: &mut Watch<'_>) {
        // An agent tries things out: that a tool call of its failed is an answer to it, and no failure of the session.
        let is_error = event.event_type.is_error() && event.metadata.tool_use_id.is_none();
        self.rates.resize_with(plan.error_rate.len(), Rate::default);
        for (rate, rule) in self.rates.iter_mut().zip(&plan.error_rate) {
            let (window_us, at_least) = {
                let rule = watch.engine.rules.get(*rule);
                (rule.window_us, rule.at_least)
            };
            rate.add(at_us, is_error, window_us);
            // Only an error makes it worse, and only what fires can become better: in a quiet time, too, in which
            // nothing can be measured.
            let percent = rate.percent(at_least);
            if self.instances.has(*rule) || (is_error && percent.is_some()) {
                watch.each(&[*rule], &mut self.instances, &self.id, None, percent.unwrap_or(f64::NAN));
            }
        }
        if is_error {
            self.errors.add(at_us);
            self.errors.forget(plan.longest_us, watch.at_us);
        }
        for rule in &plan.errors {
            if is_error || self.instances.has(*rule) {
                let count = self.errors.within(watch.engine.rules.get(*rule).window_us, watch.at_us);
                watch.each(&[*rule], &mut self.instances, &self.id, None, count as f64);
            }
        }
    }

    fn measure_step(&mut self, event: &EventRef<'_>, plan: &Plan, watch: &mut Watch<'_>) {
        let is_step = matches!(event.event_type, EventType::StepComplete | EventType::StepError);
        let Some(us) = event.metadata.latency_us else { return };
        if is_step {
            self.means.resize_with(plan.response_time.len(), Mean::default);
            for (mean, rule) in self.means.iter_mut().zip(&plan.response_time) {
                let (last, at_least) = {
                    let rule = watch.engine.rules.get(*rule);
                    (rule.last, rule.at_least)
                };
                mean.add(us, last);
                if let Some(mean) = mean.seconds(at_least) {
                    watch.each(&[*rule], &mut self.instances, &self.id, None, mean);
                }
            }
        }
        if let Some(component) = event.component
            && !plan.latency.is_empty()
        {
            let component = component.decode();
            watch.each(&plan.latency, &mut self.instances, &self.id, Some(&component), us as f64 / 1e6);
        }
    }

    fn measure_tokens(
        &mut self,
        event: &EventRef<'_>,
        plan: &Plan,
        answers: &mut Answers,
        watch: &mut Watch<'_>,
    ) {
        let used = self.meter.add(event, answers, plan.count_all);
        let is_operation = matches!(
            event.event_type,
            EventType::StepComplete | EventType::StepError | EventType::TokenConsumption
        );
        if let (true, Some(tokens), Some(component)) = (is_operation, event.stated_tokens(), event.component)
            && !plan.operation_tokens.is_empty()
        {
            let component = component.decode();
            watch.each(
                &plan.operation_tokens,
                &mut self.instances,
                &self.id,
                Some(&component),
                tokens as f64,
            );
        }
        let (Some(used), false) = (used, self.fares == Fares::Ended) else { return };
        if let Some(budget) = plan.budgets.session(self.budget, self.is_native) {
            let percent = percent_used(self.meter.total(), budget);
            watch.each(&plan.session_budget, &mut self.instances, &self.id, None, percent);
        }
        if let (true, Some(component)) = (self.is_native, event.component) {
            let component = component.decode();
            if let Some(budget) = plan.budgets.component(&component) {
                let percent = percent_used(used, budget);
                watch.each(&plan.component_budget, &mut self.instances, &self.id, Some(&component), percent);
            }
        }
    }

    /// What hangs on the order of events (guide 4.5), and how the session ends.
    fn follow(&mut self, event: &EventRef<'_>, plan: &Plan, watch: &mut Watch<'_>) {
        let instances = &mut self.instances;
        match event.event_type {
            EventType::RetryAttempt => {
                self.retries += 1;
                watch.each(&plan.retries, instances, &self.id, None, self.retries as f64);
            }
            EventType::BudgetExceeded => self.is_exceeded = true,
            EventType::StepStart
            | EventType::StepComplete
            | EventType::StepError
            | EventType::TokenConsumption => {
                self.is_routing = event.component.is_some_and(|component| component.is("routing"));
            }
            _ => {}
        }
        match event.event_type {
            EventType::StepComplete if self.retries > 0 => {
                self.retries = 0;
                watch.each(&plan.retries, instances, &self.id, None, 0.0);
            }
            EventType::StepError | EventType::SessionError => {
                let is_over = std::mem::take(&mut self.is_exceeded);
                if is_over {
                    watch.each(&plan.over_budget, instances, &self.id, None, 1.0);
                }
                if event.event_type == EventType::SessionError {
                    // The nearest reason is told, and one is enough.
                    let is_routing = std::mem::take(&mut self.is_routing);
                    let is_told = plan.over_budget.iter().any(|rule| instances.has(*rule));
                    if is_routing {
                        watch.each(&plan.failed_after_routing, instances, &self.id, None, 1.0);
                    } else if !is_told {
                        watch.each(&plan.session_error, instances, &self.id, None, 1.0);
                    }
                    self.fares = Fares::Ended;
                    let who = Who { session: Some(&self.id), ..Who::default() };
                    instances.end(watch.engine, who, watch.at_us, &plan.failures);
                }
            }
            EventType::SessionComplete => {
                self.fares = Fares::Ended;
                let who = Who { session: Some(&self.id), ..Who::default() };
                instances.end(watch.engine, who, watch.at_us, &[]);
            }
            _ => {}
        }
    }

    /// Whether it runs and nobody is going to look whether it has fallen silent, or not soon enough.
    pub(super) fn is_to_be_awaited(&self) -> bool {
        self.fares == Fares::Running && (self.look_us.is_none() || self.is_silent)
    }

    /// Has it looked at when it has been silent for as long as is allowed.
    pub(super) fn await_more(&mut self, plan: &Plan, deadlines: &mut Deadlines) {
        self.is_silent = false;
        if let Some(silence_us) = plan.silences_us.first() {
            self.look_at(self.last_us.saturating_add(*silence_us), deadlines);
        }
    }

    pub(super) fn look_at(&mut self, at_us: i64, deadlines: &mut Deadlines) {
        self.look_us = Some(at_us);
        deadlines.add(at_us, &self.id);
    }

    /// Notes that it has been silent until `at_us`, which is longer than allowed.
    pub(super) fn be_silent(&mut self, at_us: i64, plan: &Plan, engine: &mut Engine) {
        self.is_silent = true;
        self.look_us = None;
        let silence = at_us.saturating_sub(self.last_us) as f64 / 1e6;
        let mut watch = Watch { engine, at_us };
        watch.each(&plan.silence, &mut self.instances, &self.id, None, silence);
    }
}

/// Hands readings of a session to the engine.
struct Watch<'a> {
    engine: &'a mut Engine,
    at_us: i64,
}

impl Watch<'_> {
    #[inline]
    fn each(
        &mut self,
        rules: &[u16],
        instances: &mut Instances,
        session: &str,
        component: Option<&str>,
        value: f64,
    ) {
        for rule in rules {
            let who = Who { session: Some(session), component, ..Who::default() };
            instances.observe(self.engine, Reading { rule: *rule, who, at_us: self.at_us, value });
        }
    }
}
