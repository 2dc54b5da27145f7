//! Some sessions of a summary that goes on.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

use super::Summary;
use crate::ledger::answers::Answer;

impl Summary {
    /// The session of the event before.
    pub(crate) fn current_session(&self) -> Option<u32> {
        self.current
    }

    /// A copy that holds only some sessions, numbered as they are listed, to be settled; their names stay here.
    pub(crate) fn part(&self, numbers: &[u32]) -> Self {
        let places: HashMap<u32, u32, RandomState> = numbers.iter().copied().zip(0..).collect();
        let answers = self.answers.iter().filter_map(|(key, answer)| {
            let session = *places.get(&answer.session)?;
            Some((key.clone(), Answer { session, ..answer.clone() }))
        });
        let answers = answers.collect();
        let sessions = numbers.iter().map(|number| self.sessions[*number as usize].clone()).collect();
        // The run goes on in the original only.
        let touched = (0..).take(numbers.len()).collect();
        Self { answers, sessions, touched, run_end: self.run_end, ..Self::new(Arc::clone(&self.detail)) }
    }
}
