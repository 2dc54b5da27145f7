//! The last lines of each log, while what is there is read: `-n`.

use std::collections::{BTreeMap, VecDeque};

use sigil_input::follow::LogId;

/// The last `most` lines of each log, in the order in which logs were found.
#[derive(Debug)]
pub(crate) struct Last {
    most: usize,
    logs: BTreeMap<LogId, VecDeque<Box<[u8]>>>,
}

impl Last {
    /// None yet, and never more than `most` of a log.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, logs: BTreeMap::new() }
    }

    /// Adds lines, each with its newline, behind those of `log`.
    pub(crate) fn add(&mut self, log: LogId, lines: &[u8]) {
        // What would have to go again is not taken.
        let from = memchr::memrchr_iter(b'\n', lines).nth(self.most).map_or(0, |at| at + 1);
        let kept = self.logs.entry(log).or_default();
        for line in lines.get(from..).unwrap_or(&[]).split_inclusive(|byte| *byte == b'\n') {
            if kept.len() == self.most {
                kept.pop_front();
            }
            kept.push_back(line.into());
        }
    }

    /// The lines that are left.
    pub(crate) fn into_lines(self) -> impl Iterator<Item = Box<[u8]>> {
        self.logs.into_values().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_of_each_log_are_kept() {
        for (most, expected) in [(0, ""), (1, "d\nz\n"), (2, "c\nd\ny\nz\n"), (9, "a\nb\nc\nd\nx\ny\nz\n")] {
            let mut last = Last::new(most);
            last.add(LogId(1), b"x\n");
            last.add(LogId(0), b"a\n");
            last.add(LogId(0), b"b\nc\nd\n");
            last.add(LogId(0), b"");
            last.add(LogId(1), b"y\nz\n");
            let lines: Vec<_> = last.into_lines().flatten().collect();
            assert_eq!(String::from_utf8(lines).unwrap(), expected, "{most}");
        }
    }
}
