//! What came, in the order in which it came.

use std::fmt::{self, Display, Formatter};

use crate::event;

/// The numbers of events as they came, and what was none.
#[derive(Default)]
pub(crate) struct Account {
    /// First and last number of each run without a gap.
    runs: Vec<(u64, u64)>,
    received: u64,
    /// Lines that are no event, the first few of them.
    pub(crate) garbage: Vec<String>,
    /// What stands behind the last newline.
    rest: Vec<u8>,
    scratch: Vec<u8>,
}

impl Account {
    /// Adds bytes, which may end within a line.
    pub(crate) fn take(&mut self, mut bytes: &[u8]) {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            if self.rest.is_empty() {
                self.line(&bytes[..end]);
            } else {
                let mut line = std::mem::take(&mut self.rest);
                line.extend_from_slice(&bytes[..end]);
                self.line(&line);
            }
            bytes = &bytes[end + 1..];
        }
        self.rest.extend_from_slice(bytes);
    }

    /// Starts with another file, whose first line begins with its first byte. What was left is no line.
    pub(crate) fn end_of_file(&mut self) {
        self.rest.clear();
    }

    fn line(&mut self, line: &[u8]) {
        match event::number(line, &mut self.scratch) {
            Some(number) => {
                self.received += 1;
                match self.runs.last_mut() {
                    Some((_, last)) if *last + 1 == number => *last = number,
                    _ => self.runs.push((number, number)),
                }
            }
            None if self.garbage.len() < 5 => self.garbage.push(String::from_utf8_lossy(line).into_owned()),
            None => {}
        }
    }

    /// Adds the numbers from `first` to `last`.
    pub(crate) fn add_run(&mut self, first: u64, last: u64) {
        self.runs.push((first, last));
        self.received += last - first + 1;
    }

    /// How many events came.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// The first number that came.
    pub(crate) fn first(&self) -> Option<u64> {
        self.runs.first().map(|(first, _)| *first)
    }

    /// The last number that came.
    pub(crate) fn last(&self) -> Option<u64> {
        self.runs.last().map(|(_, last)| *last)
    }

    /// Whether each number is greater than the one before it.
    pub(crate) fn is_in_order(&self) -> bool {
        self.runs.windows(2).all(|pair| pair[0].1 < pair[1].0)
    }

    /// How many numbers came more than once, each time beyond the first counted.
    pub(crate) fn doubled(&self) -> u64 {
        self.received - covered(&self.sorted())
    }

    /// Where it lacks numbers that `other` has: first and last of each gap.
    pub(crate) fn lacks(&self, other: &Account) -> Vec<(u64, u64)> {
        let mine = self.sorted();
        let mut gaps = Vec::new();
        for (mut first, last) in other.sorted() {
            let overlapping = mine.iter().skip(mine.partition_point(|(_, end)| *end < first));
            for (start, end) in overlapping.take_while(|(start, _)| *start <= last) {
                if *start > first {
                    gaps.push((first, start - 1));
                }
                first = end + 1;
            }
            if first <= last {
                gaps.push((first, last));
            }
        }
        gaps
    }

    /// What came from number `first` to `last`.
    pub(crate) fn between(&self, first: u64, last: u64) -> Account {
        let mut part = Account::default();
        for (start, end) in &self.runs {
            if *start <= last && *end >= first {
                part.add_run(first.max(*start), last.min(*end));
            }
        }
        part
    }

    /// Adds what came in `other` behind this.
    pub(crate) fn append(&mut self, other: &Account) {
        self.runs.extend(&other.runs);
        self.received += other.received;
        self.garbage.extend(other.garbage.iter().cloned());
    }

    /// Runs in the order of their numbers; those that touch are one.
    fn sorted(&self) -> Vec<(u64, u64)> {
        let mut runs = self.runs.clone();
        runs.sort_unstable();
        let mut merged: Vec<(u64, u64)> = Vec::with_capacity(runs.len());
        for (first, last) in runs {
            match merged.last_mut() {
                Some((_, end)) if first <= *end + 1 => *end = last.max(*end),
                _ => merged.push((first, last)),
            }
        }
        merged
    }
}

/// How many numbers there are from the first to the last of each.
pub(crate) fn covered(runs: &[(u64, u64)]) -> u64 {
    runs.iter().map(|(first, last)| last - first + 1).sum()
}

impl Display for Account {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let order = if self.is_in_order() { "in order" } else { "NOT in order" };
        write!(f, "{} events, {} doubled, {order}", self.received, self.doubled())
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.runs)
    }
}

#[cfg(test)]
mod tests {
    use super::{Account, covered};
    use crate::event;

    fn account(numbers: &[u64]) -> Account {
        let mut account = Account::default();
        let mut bytes = Vec::new();
        numbers.iter().for_each(|number| event::append(&mut bytes, *number));
        // In pieces that end anywhere.
        bytes.chunks(61).for_each(|piece| account.take(piece));
        account
    }

    #[test]
    fn what_is_missing_doubled_or_out_of_order_is_seen() {
        let all = account(&(0..100).collect::<Vec<_>>());
        assert!(all.is_in_order());
        assert_eq!((all.received(), all.doubled(), all.first(), all.last()), (100, 0, Some(0), Some(99)));
        assert_eq!(all.lacks(&all), []);

        let lost = account(&[3, 4, 5, 8, 98]);
        assert!(lost.is_in_order());
        assert_eq!(lost.lacks(&all), [(0, 2), (6, 7), (9, 97), (99, 99)]);
        assert_eq!(covered(&lost.lacks(&all)), 95);
        assert_eq!(all.lacks(&lost), []);

        let doubled = account(&[0, 1, 2, 1, 2, 3]);
        assert!(!doubled.is_in_order());
        assert_eq!(doubled.doubled(), 2);
        assert!(!account(&[0, 2, 1]).is_in_order());
        assert!(!account(&[0, 0]).is_in_order());
    }

    #[test]
    fn what_is_no_event_is_kept_for_the_message() {
        let mut account = account(&[7]);
        account.take(b"{\"half\":tr");
        account.take(b"ue}\n\n");
        assert_eq!(account.garbage, ["{\"half\":true}", ""]);
        assert_eq!(account.received(), 1);
    }
}
