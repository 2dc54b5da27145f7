//! How much was read, and how much of it is known.

/// How much was read, and how much of it was of a known format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Lines that are not blank.
    pub lines: u64,
    /// Objects of a known format, and lines of text.
    pub recognised: u64,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.lines += other.lines;
        self.recognised += other.recognised;
    }
}
