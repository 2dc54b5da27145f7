//! Lines that are wrong: counted as they come, said once at the end.

use sigil_cli::{Io, Status};
use sigil_input::complaint::{PLACES, malformed_text};
use sigil_store::Complaint;

/// How many there are, and where the first of them stand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Defects {
    count: u64,
    places: Vec<(String, u64)>,
}

impl Defects {
    /// Notes a line of the file called `name`, counted from 0.
    pub(crate) fn note(&mut self, name: &str, line: u64) {
        self.count += 1;
        if self.places.len() < PLACES {
            self.places.push((name.to_owned(), line + 1));
        }
    }

    /// Says it, if there is something to say. With `is_strict` it is trouble.
    pub(crate) fn tell(&self, is_strict: bool, io: &mut Io<'_>) -> Status {
        let places = self.places.iter().map(|(name, line)| (name.as_str(), *line));
        let kind = if is_strict { Complaint::Trouble } else { Complaint::Warning };
        io.tell(malformed_text(self.count, places).map(kind))
    }
}
