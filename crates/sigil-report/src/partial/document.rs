//! The lines of a partial.

use serde::{Deserialize, Serialize};
use sigil_input::Source;
use sigil_input::read::Outcome;

use super::Made;

/// How the lines follow each other; what stands in them has the number [`sigil_summary::SHAPE`].
pub(super) const FORMAT: u32 = 1;

/// The first line.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct First {
    pub(super) sigil_partial: Header,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Header {
    pub(super) format: u32,
    pub(super) shape: u32,
    /// Who wrote it.
    pub(super) program: String,
    pub(super) made: Made,
    /// How many lines of sources follow.
    pub(super) sources: u32,
}

/// As much of the first line as every version understands.
#[derive(Debug, Deserialize)]
pub(super) struct AnyFirst {
    pub(super) sigil_partial: AnyHeader,
}

#[derive(Debug, Deserialize)]
pub(super) struct AnyHeader {
    pub(super) format: u32,
    pub(super) shape: u32,
}

/// A source; pieces call it by its place among them.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct SourceLine {
    pub(super) source: Named,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Named {
    pub(super) name: String,
    /// Whether that name means the same everywhere; standard input is another one each time.
    pub(super) lasting: bool,
    /// Which file it is, on which machine, if it is one.
    pub(super) file: Option<String>,
}

impl From<&Source> for SourceLine {
    fn from(source: &Source) -> Self {
        let (name, lasting, file) = (source.name.clone(), source.is_lasting(), source.identity());
        Self { source: Named { name, lasting, file } }
    }
}

/// What happened beside events.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct WentLine {
    pub(super) went: Went,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Went {
    left_out: Vec<String>,
    unrecognised: Vec<String>,
    errors: Vec<String>,
}

impl From<&Outcome> for WentLine {
    fn from(outcome: &Outcome) -> Self {
        let Outcome { left_out, unrecognised, errors, .. } = outcome;
        let errors = errors.iter().map(ToString::to_string).collect();
        Self { went: Went { left_out: left_out.clone(), unrecognised: unrecognised.clone(), errors } }
    }
}

impl Went {
    /// Adds it to what is known of others.
    pub(super) fn add_to(self, outcome: &mut Outcome) {
        outcome.left_out.extend(self.left_out);
        outcome.unrecognised.extend(self.unrecognised);
        outcome.errors.extend(self.errors.into_iter().map(sigil_input::Error::Told));
    }
}

/// The last line.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct LastLine {
    pub(super) end: End,
}

#[derive(Debug, Deserialize, Serialize)]
pub(super) struct End {
    /// How many lines come before.
    pub(super) lines: u64,
    /// XXH3 of all bytes before, 128 bits in hexadecimal.
    pub(super) xxh3: String,
}
