//! What is looked at by the clock: watched files, the log store, processes.

mod files;
mod growth;
mod lines;
mod process;
mod store;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sigil_input::read::Options;
use sigil_store::Store;

use crate::engine::{Engine, Instances, Reading, Who};
use crate::rules::{Measure, Rules};
pub(crate) use process::{Missing, Processes};

/// What is to be looked at.
pub(crate) struct Checks {
    /// Globs of files.
    pub(crate) globs: Vec<String>,
    pub(crate) processes: Processes,
    pub(crate) store: Option<Store>,
    /// How lines of watched files are understood.
    pub(crate) options: Options,
}

/// How a check went.
#[derive(Default)]
pub(crate) struct Looked {
    /// What could not be looked at: each text begins with the guide's code.
    pub(crate) troubles: Vec<String>,
    /// Globs that have never matched anything.
    pub(crate) unmatched: Vec<String>,
    /// Processes that there are not.
    pub(crate) missing: Vec<Missing>,
    /// There is nothing left to be looked at.
    pub(crate) is_all_over: bool,
}

/// What was seen at the last check.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Seen {
    files: BTreeMap<String, files::File>,
    processes: BTreeMap<String, process::Sample>,
    store: Instances,
}

impl Seen {
    /// Makes what was read from a state file whole again: `names` are those of the rules at that time.
    pub(crate) fn restore(&mut self, names: &[String], rules: &Rules) {
        let files = self.files.values_mut().map(|file| &mut file.instances);
        let processes = self.processes.values_mut().map(|process| &mut process.instances);
        for instances in files.chain(processes).chain([&mut self.store]) {
            instances.renumber(names, rules);
        }
    }
}

impl Checks {
    /// Whether anything is asked for that is looked at by the clock.
    pub(crate) fn are_any(&self) -> bool {
        !self.globs.is_empty() || !self.processes.are_none()
    }

    /// Looks at everything once.
    pub(crate) fn check(&self, seen: &mut Seen, now_us: i64, engine: &mut Engine) -> Looked {
        let mut looked = Looked::default();
        if !self.globs.is_empty() {
            let troubles = &mut looked.troubles;
            looked.unmatched =
                files::check(&self.globs, &self.options, &mut seen.files, now_us, engine, troubles);
            if let Some(store) = &self.store {
                store::check(store, &mut seen.store, now_us, engine, troubles);
            }
        }
        looked.missing = self.processes.check(&mut seen.processes, now_us, engine);
        looked.is_all_over = self.globs.is_empty() && looked.missing.len() == self.processes.count();
        looked
    }

    /// How long to wait before a first check of what is measured between two, if nothing is known from an earlier run.
    pub(crate) fn needs_two(&self, seen: &Seen) -> bool {
        self.processes.need_two(&seen.processes)
    }
}

/// Hands a figure to every rule that goes by `measure`.
fn tell(
    engine: &mut Engine,
    instances: &mut Instances,
    (subject, measure): (&str, Measure),
    at_us: i64,
    value: f64,
) {
    for rule in engine.rules.by(measure) {
        observe(engine, instances, (subject, rule), at_us, value);
    }
}

/// Hands a figure to one rule.
fn observe(
    engine: &mut Engine,
    instances: &mut Instances,
    (subject, rule): (&str, u16),
    at_us: i64,
    value: f64,
) {
    let who = Who { subject: Some(subject), ..Who::default() };
    instances.observe(engine, Reading { rule, who, at_us, value });
}
