//! Alerts of one subject that are pending or fire: inactive, pending, firing, resolved.

use serde::{Deserialize, Serialize};

use super::notice::{Word, notice};
use super::{Engine, Reading, Who};
use crate::alert::{Severity, Status};
use crate::rules::{Rule, Rules};

/// How many alerts of one subject are pending or fire at a time.
const MOST: usize = 1_000;

/// An alert that is pending or fires. What is inactive is not kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Instance {
    /// The number of its rule; between runs its name is what counts (see [`Instances::renumber`]).
    rule: u16,
    /// The component it is about, if the rule tells them apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    component: Option<Box<str>>,
    /// Since when the figure is so.
    since_us: i64,
    /// How it was told; not yet if it is pending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fired: Option<Fired>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Fired {
    /// When it began to fire.
    at_us: i64,
    /// The worst that was told.
    severity: Severity,
    /// When it was told last.
    told_us: i64,
    /// Since when the figure is well again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    well_since_us: Option<i64>,
}

/// The alerts of one subject: a session, a file, a process.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Instances(Vec<Instance>);

impl Instances {
    /// Whether nothing is pending and nothing fires.
    #[inline]
    pub(crate) fn are_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a rule is pending or fires here, for any component.
    #[inline]
    pub(crate) fn has(&self, rule: u16) -> bool {
        self.0.iter().any(|instance| instance.rule == rule)
    }

    /// Takes a reading.
    #[inline]
    pub(crate) fn observe(&mut self, engine: &mut Engine, reading: Reading<'_>) {
        let reached = engine.rules.get(reading.rule).reached(reading.value);
        if reached.is_some() || !self.0.is_empty() {
            self.decide(engine, reading, reached);
        }
    }

    fn decide(&mut self, engine: &mut Engine, reading: Reading<'_>, reached: Option<(Severity, f64)>) {
        let rule = engine.rules.get(reading.rule);
        if !rule.is_about(reading.who.session.unwrap_or_default(), reading.who.component) {
            return;
        }
        let (hold_us, keep_us) = (rule.hold_us, rule.keep_us);
        let place = self.0.iter().position(|instance| instance.is_of(reading.rule, &reading.who));
        // What comes late is told no earlier than what was told before.
        let told_us = place.map_or(i64::MIN, |place| self.0[place].last_us());
        let at_us = reading.at_us.max(told_us);
        let reading = Reading { at_us, ..reading };
        match (place, reached) {
            (None, None) => {}
            // A subject that has so much to say of its parts has said enough.
            (None, Some(_)) if self.0.len() >= MOST => {}
            (None, Some((severity, threshold))) => {
                let mut instance = Instance {
                    rule: reading.rule,
                    component: reading.who.component.map(Box::from),
                    since_us: at_us,
                    fired: None,
                };
                if hold_us == 0 {
                    instance.fire(engine, &reading, severity, threshold);
                }
                self.0.push(instance);
            }
            (Some(place), Some((severity, threshold))) => {
                let instance = &mut self.0[place];
                match &mut instance.fired {
                    None if at_us.saturating_sub(instance.since_us) >= hold_us => {
                        instance.fire(engine, &reading, severity, threshold);
                    }
                    None => {}
                    Some(fired) => {
                        fired.well_since_us = None;
                        let is_worse = severity > fired.severity;
                        let is_due =
                            engine.repeat_us > 0 && at_us.saturating_sub(fired.told_us) >= engine.repeat_us;
                        if is_worse || is_due {
                            fired.severity = fired.severity.max(severity);
                            fired.told_us = at_us;
                            let severity = fired.severity;
                            let word =
                                Word { status: Status::Firing, severity, threshold, began_us: fired.at_us };
                            engine.tell(&reading, word);
                        }
                    }
                }
            }
            (Some(place), None) => {
                let instance = &mut self.0[place];
                let Some(fired) = &mut instance.fired else {
                    self.0.remove(place);
                    return;
                };
                let since_us = *fired.well_since_us.get_or_insert(at_us);
                if at_us.saturating_sub(since_us) >= keep_us {
                    let fired = fired.clone();
                    self.0.remove(place);
                    engine.resolve(&reading, &fired);
                }
            }
        }
    }

    /// Ends everything but what rules in `kept` say: what fires is resolved, because its subject has ended.
    pub(crate) fn end(&mut self, engine: &mut Engine, who: Who<'_>, at_us: i64, kept: &[u16]) {
        for instance in std::mem::take(&mut self.0) {
            if kept.contains(&instance.rule) {
                self.0.push(instance);
            } else if let Some(fired) = &instance.fired {
                let who = Who { component: instance.component.as_deref(), has_ended: true, ..who };
                let at_us = at_us.max(instance.last_us());
                let reading = Reading { rule: instance.rule, who, at_us, value: f64::NAN };
                engine.resolve(&reading, fired);
            }
        }
    }

    /// Gives rules the numbers that they have in this run, by their names. What no rule asks for any more is forgotten.
    pub(crate) fn renumber(&mut self, names: &[String], rules: &Rules) {
        self.0.retain_mut(|instance| {
            let number = names.get(usize::from(instance.rule)).and_then(|name| rules.number(name));
            instance.rule = number.unwrap_or_default();
            number.is_some()
        });
    }
}

impl Instance {
    /// The last time of which anything was said of it.
    fn last_us(&self) -> i64 {
        self.fired.as_ref().map_or(self.since_us, |fired| fired.told_us)
    }

    fn is_of(&self, rule: u16, who: &Who<'_>) -> bool {
        self.rule == rule && self.component.as_deref() == who.component
    }

    fn fire(&mut self, engine: &mut Engine, reading: &Reading<'_>, severity: Severity, threshold: f64) {
        let at_us = reading.at_us;
        self.fired = Some(Fired { at_us, severity, told_us: at_us, well_since_us: None });
        engine.tell(reading, Word { status: Status::Firing, severity, threshold, began_us: at_us });
    }
}

impl Engine {
    fn resolve(&mut self, reading: &Reading<'_>, fired: &Fired) {
        let threshold = self.rules.get(reading.rule).levels.lowest();
        let word =
            Word { status: Status::Resolved, severity: fired.severity, threshold, began_us: fired.at_us };
        self.tell(reading, word);
    }

    fn tell(&mut self, reading: &Reading<'_>, word: Word) {
        let rule: &Rule = self.rules.get(reading.rule);
        let alert = notice(rule, reading, &word, self.zone);
        self.told.push(alert);
    }
}
