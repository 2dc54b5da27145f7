//! Inputs read into one summary, and what is said of how that went.

use std::sync::Arc;

use sigil_cli::{Io, Status};
use sigil_input::read::Outcome;
use sigil_input::{Inputs, Malformed};
use sigil_summary::{Detail, Resolved, Selection, Summary};

use crate::cost;

/// The least that a summary of `inputs` needs to know: what is wanted, and which sources are parts of one log.
pub fn detail(inputs: &Inputs) -> Detail {
    let (since_us, until_us) = (inputs.since_us, inputs.until_us);
    let selection = Selection { since_us, until_us, session: inputs.session.clone() };
    Detail { selection, logs: inputs.logs(), directories: inputs.directories(), ..Detail::default() }
}

/// Reads all inputs, and decides.
pub fn read(inputs: &Inputs, detail: Detail) -> (Resolved, Outcome) {
    let (whole, outcome) = gather(inputs, detail);
    (whole.resolve(), outcome)
}

/// Reads all inputs.
pub fn gather(inputs: &Inputs, detail: Detail) -> (Summary, Outcome) {
    let detail = Arc::new(detail);
    let mut whole = Summary::new(Arc::clone(&detail));
    let outcome = inputs.read(|| Summary::new(Arc::clone(&detail)), |part| whole.merge(part));
    (whole, outcome)
}

/// Says what could not be read as it should, and which models have no price. With `is_strict` a wrong line is
/// trouble.
pub fn complain(
    inputs: &Inputs,
    outcome: &Outcome,
    resolved: &Resolved,
    is_strict: bool,
    io: &mut Io<'_>,
) -> Status {
    let places = resolved.defects.iter().map(|defect| (defect.source, defect.line)).collect();
    let malformed = Malformed { count: resolved.defect_count, places };
    io.note(format_args!("read {} lines of {} inputs", resolved.input.lines, inputs.sources.len()));
    let status = io.tell(inputs.complaints(outcome, &malformed, is_strict));
    if let Some(warning) = cost::warning(&resolved.unpriced_models) {
        io.warn(warning);
    }
    status
}
