//! Sessions that wait for their first event: their logs are there, and nothing is in them.

use std::collections::HashSet;
use std::path::Path;

use sigil_input::Inputs;
use sigil_input::source::Owner;
use sigil_summary::{Resolved, SessionSummary};

/// Adds the sessions of stores whose logs are empty, as far as they are asked for.
pub(crate) fn add(resolved: &mut Resolved, inputs: &Inputs) {
    // Before or after a time nothing is known to wait.
    if inputs.since_us.is_some() || inputs.until_us.is_some() {
        return;
    }
    let directory = |number: usize| inputs.sources.get(number)?.path()?.parent();
    let sources = resolved.sessions.iter().flat_map(|session| &session.sources);
    let with_events: HashSet<&Path> = sources.filter_map(|source| directory(source.0 as usize)).collect();
    let mut waiting = HashSet::new();
    for source in &inputs.sources {
        let Some(path) = source.path() else { continue };
        let is_alone = path.parent().is_some_and(|directory| !with_events.contains(directory));
        if is_alone && source.size() == Some(0) {
            let id = Owner::of(path).session;
            waiting.extend(id.filter(|id| inputs.session.as_ref().is_none_or(|is_wanted| is_wanted(id))));
        }
    }
    if waiting.is_empty() {
        return;
    }
    let known: HashSet<_> = resolved.sessions.iter().map(|session| session.id.to_string()).collect();
    let mut waiting: Vec<_> = waiting.difference(&known).map(|id| SessionSummary::waiting(id)).collect();
    waiting.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    resolved.sessions.extend(waiting);
}
