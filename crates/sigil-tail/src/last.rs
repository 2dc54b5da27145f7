//! The last lines of each log, while what is there is read: `-n`.

use std::collections::{BTreeMap, VecDeque};

use sigil_input::follow::LogId;

/// The last `most` lines of each log, in the order in which logs were found.
#[derive(Debug)]
pub(crate) struct Last {
    most: usize,
    logs: BTreeMap<LogId, VecDeque<Box<[u8]>>>,
    /// What there was of files has been let out.
    only_streams: bool,
}

impl Last {
    /// None yet, and never more than `most` of a log.
    pub(crate) fn new(most: usize) -> Self {
        Self { most, logs: BTreeMap::new(), only_streams: false }
    }

    /// Whether lines of `log` are still kept, since it is not known which are the last.
    pub(crate) fn keeps(&self, log: LogId) -> bool {
        !self.only_streams || log.is_stream()
    }

    /// Whether it keeps lines of files.
    pub(crate) fn keeps_files(&self) -> bool {
        !self.only_streams
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

    /// The lines that are left of files, of which all that is there has come.
    pub(crate) fn of_files(&mut self) -> impl Iterator<Item = Box<[u8]>> + use<> {
        self.only_streams = true;
        let first_stream = self.logs.keys().copied().find(|log| log.is_stream());
        let streams = first_stream.map(|first| self.logs.split_off(&first)).unwrap_or_default();
        std::mem::replace(&mut self.logs, streams).into_values().flatten()
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

    #[test]
    fn a_stream_is_kept_until_it_ends() {
        let (file, stream) = (LogId(0), LogId(u32::MAX));
        let mut last = Last::new(1);
        last.add(stream, b"a\n");
        last.add(file, b"x\n");
        assert!(last.keeps(stream) && last.keeps(file) && last.keeps_files());
        assert_eq!(last.of_files().flatten().collect::<Vec<_>>(), b"x\n");
        assert!(last.keeps(stream) && !last.keeps(file) && !last.keeps_files());
        last.add(stream, b"b\n");
        assert_eq!(last.of_files().count(), 0);
        assert_eq!(last.into_lines().flatten().collect::<Vec<_>>(), b"b\n");
    }
}
