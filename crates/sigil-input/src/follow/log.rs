//! One log that is followed: its files, oldest first, and which of their bytes have been read.
//!
//! Files are told apart by what they hold. A directory is looked into as a whole, so that nothing is ever read before
//! what is older; and the older files that are still open are read on before each line of a newer one, as their
//! writer may still hold them.

mod opening;

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::listing::Sibling;
use super::mark::{CONTEXT, FileId, Likeness, Mark, Stamp, read_at};
use super::packed::{Next, Packed};
use super::part::{Look, Part};
use crate::line;

/// A file that was rotated away and deleted may still be written to for so long after its last change.
const QUIET_DELETED_NS: i64 = 10 * 1_000_000_000;

/// How many files that were rotated away are kept open.
const MOST_OLD: usize = 32;

/// When a line that has no newline is a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LastLine {
    /// When its newline comes, or its file will not be written to any more.
    Waits,
    /// At the end of its file.
    Counts,
}

/// Lines that are next.
#[derive(Debug)]
pub(super) struct Lines {
    /// Where they stand in the buffer.
    pub(super) range: Range<usize>,
    /// Where they begin in their file.
    pub(super) start: u64,
    /// How many lines stand before them.
    pub(super) first_line: u64,
    /// The file they stand in.
    pub(super) path: PathBuf,
    /// It is one line, which is too long and not in the buffer.
    pub(super) is_too_long: bool,
}

/// What comes next of a log.
#[derive(Debug)]
pub(super) enum Step {
    Lines(Lines),
    /// Its directory has to be looked into first.
    Look,
    Nothing,
}

/// The files of one log.
#[derive(Default)]
pub(super) struct Log {
    /// Oldest first.
    slots: VecDeque<Slot>,
    /// Files in the directory that hold nothing unread, as they were then.
    known: HashMap<FileId, (Stamp, Mark)>,
    /// What has been read of files that are not there, or not yet found again.
    loose: VecDeque<Mark>,
    /// Files that may be the beginnings of copies that are being made, and what of.
    undecided: Vec<(File, FileId)>,
    /// What went wrong with its files since that was asked last.
    pub(super) troubles: Vec<(PathBuf, io::Error)>,
}

/// A file that is open.
struct Slot {
    body: Body,
    id: FileId,
    /// Where it stands in the directory, if it does.
    rank: Option<usize>,
    is_live: bool,
    /// What it has been compressed to, which stands in its place.
    packed: Option<FileId>,
    /// Where that stands.
    packed_rank: Option<usize>,
}

enum Body {
    Plain(Part),
    Packed(Packed),
}

impl Slot {
    /// Its place among the files of the log, as far as the directory tells.
    fn order(&self) -> Option<usize> {
        self.rank.or(self.packed_rank)
    }

    fn mark(&self) -> Mark {
        match &self.body {
            Body::Plain(part) => part.mark(),
            Body::Packed(packed) => packed.mark(),
        }
    }

    fn plain(&self) -> Option<&Part> {
        if let Body::Plain(part) = &self.body { Some(part) } else { None }
    }
}

/// A listing was out of date before all of it had been looked at.
pub(super) struct Stale;

impl Log {
    /// A log of which `marks` tell what has been read.
    pub(super) fn behind(marks: Vec<Mark>) -> Self {
        Self { loose: marks.into(), ..Self::default() }
    }

    /// Whether nothing is known of it yet.
    pub(super) fn is_new(&self) -> bool {
        self.slots.is_empty() && self.known.is_empty() && self.loose.is_empty()
    }

    /// How far its files have been read.
    pub(super) fn marks(&self) -> Vec<Mark> {
        let open = self.slots.iter().map(Slot::mark).filter(|mark| mark.position > 0);
        let known = self.known.values().map(|(_, mark)| mark.clone());
        let mut marks: Vec<_> = self.loose.iter().cloned().chain(known).chain(open).collect();
        marks.sort_by_key(|mark| (mark.position, mark.stamp.is_none()));
        marks.dedup_by(|one, other| one.is_same_place(other));
        marks
    }

    /// How many files it holds open.
    pub(super) fn open_files(&self) -> usize {
        self.slots.len()
    }

    /// How many bytes of its files have not been read, as they are on the disk.
    pub(super) fn unread(&self) -> u64 {
        let left = |slot: &Slot| match &slot.body {
            Body::Plain(part) => part.stamp().map_or(0, |stamp| stamp.size.saturating_sub(part.position)),
            Body::Packed(_) => u64::from(u32::MAX),
        };
        self.slots.iter().map(left).fold(0, u64::saturating_add)
    }

    /// Whether something may come of it that the system does not tell: it has files that have no name to watch.
    pub(super) fn needs_polling(&self) -> bool {
        !self.undecided.is_empty() || self.slots.iter().any(|slot| slot.rank.is_none())
    }

    /// Whether its files may have changed in a way that only looking into its directory tells.
    pub(super) fn is_undecided(&self) -> bool {
        self.slots.is_empty() || !self.undecided.is_empty()
    }

    /// Whether it has files that are not open, because nothing of them was left to be read.
    pub(super) fn has_closed(&self) -> bool {
        !self.known.is_empty()
    }

    /// Whether the file at `path` is open.
    pub(super) fn has_open(&self, path: &Path) -> bool {
        self.slots.iter().filter_map(Slot::plain).any(|part| part.path == path)
    }

    /// Finds out which files it has, from what its directory holds, oldest first. `now_ns` is what ages of files count
    /// back from.
    pub(super) fn look(&mut self, siblings: &[Sibling], now_ns: i64) -> Result<(), Stale> {
        self.restart_what_was_rewritten();
        self.undecided.clear();
        for slot in &mut self.slots {
            (slot.rank, slot.packed_rank, slot.is_live) = (None, None, false);
        }
        let mut new: Vec<Slot> = Vec::new();
        // The newest first: an older one may be the beginning of its copy.
        for (rank, sibling) in siblings.iter().enumerate().rev() {
            let mut open = self.slots.iter_mut().chain(&mut new);
            if let Some(slot) = open.find(|slot| slot.id == sibling.id) {
                if slot.rank.is_none() {
                    (slot.rank, slot.is_live) = (Some(rank), sibling.is_live);
                    match &mut slot.body {
                        Body::Plain(part) => part.path.clone_from(&sibling.path),
                        Body::Packed(packed) => packed.path.clone_from(&sibling.path),
                    }
                }
                continue;
            }
            match self.open(sibling, &new, now_ns) {
                Ok(Some(body)) => {
                    let (id, is_live) = (sibling.id, sibling.is_live);
                    let (packed, packed_rank) = (None, None);
                    new.push(Slot { body, id, rank: Some(rank), is_live, packed, packed_rank });
                }
                Ok(None) => {}
                Err(why) if why.kind() == io::ErrorKind::NotFound => return Err(self.stale(&new)),
                Err(why) => self.troubles.push((sibling.path.clone(), why)),
            }
            if let Some(slot) = self.slots.iter_mut().find(|slot| slot.packed == Some(sibling.id)) {
                slot.packed_rank = Some(rank);
            }
        }
        if self.slots.iter().filter_map(Slot::plain).any(|part| part.is_rewritten().unwrap_or(false)) {
            // What was compared with it just now may be its copy after all.
            return Err(self.stale(&new));
        }
        for slot in new {
            let at =
                self.slots.iter().position(|known| known.order() > slot.rank).unwrap_or(self.slots.len());
            self.slots.insert(at, slot);
        }
        self.forget_what_is_gone(siblings);
        Ok(())
    }

    /// Files that were just opened are not: what has been read of them is remembered all the same.
    fn stale(&mut self, new: &[Slot]) -> Stale {
        self.loose.extend(new.iter().map(Slot::mark).filter(|mark| mark.position > 0));
        Stale
    }

    /// What was cut off may be found in a copy; what stands there now was never read.
    fn restart_what_was_rewritten(&mut self) {
        for slot in &mut self.slots {
            if let Body::Plain(part) = &mut slot.body
                && part.is_rewritten().unwrap_or(false)
            {
                if part.position > 0 {
                    self.loose.push_back(part.mark());
                }
                part.restart();
            }
        }
    }

    /// The next lines, which then count as read. `now_ns` is what ages of files count back from, and `is_current` tells
    /// whether the directory still has the names that were looked at.
    pub(super) fn next(
        &mut self,
        buffer: &mut Vec<u8>,
        last: LastLine,
        now_ns: i64,
        is_current: impl Fn() -> bool,
    ) -> Step {
        let mut at = 0;
        while at < self.slots.len() {
            match self.look_at(at, buffer, last, now_ns) {
                Ok(Some(Found::Rewritten)) => return Step::Look,
                Ok(Some(found)) => {
                    // Whoever wrote it may have written to an older file just before.
                    if let Some(older) = (0..at).find(|older| self.may_have_grown(*older)) {
                        at = older;
                        continue;
                    }
                    // The file may have been cut off before anything of it was read: what stood there is in a copy.
                    if self.is_fresh(at) && (self.is_behind_a_copy(at, &found, buffer) || !is_current()) {
                        return Step::Look;
                    }
                    match self.take(at, found, buffer) {
                        Ok(lines) => return Step::Lines(lines),
                        Err(why) => self.give_up(at, why),
                    }
                }
                Ok(None) if self.is_finished(at, now_ns) => self.close(at),
                Ok(None) => at += 1,
                Err(why) => self.give_up(at, why),
            }
        }
        Step::Nothing
    }

    /// Whether nothing has been read of the file that the log's writer opens by its name.
    fn is_fresh(&self, at: usize) -> bool {
        let slot = &self.slots[at];
        slot.is_live && slot.plain().is_some_and(|part| part.position == 0)
    }

    /// Whether the first lines of a file were found when it had been cut off already: what they followed stands in a
    /// copy, which was taken for one of them.
    fn is_behind_a_copy(&self, at: usize, found: &Found, buffer: &[u8]) -> bool {
        let (Found::Lines(range) | Found::Rest(range)) = found else { return false };
        let mut copies = self.undecided.iter().filter(|(_, original)| *original == self.slots[at].id);
        copies.any(|(copy, _)| {
            let mut head = [0; CONTEXT];
            let read = read_at(copy, &mut head, 0).unwrap_or(0).min(range.end);
            head[..read] != buffer[..read]
        })
    }

    fn may_have_grown(&self, at: usize) -> bool {
        self.slots[at].plain().is_some_and(Part::may_have_grown)
    }

    fn look_at(
        &mut self,
        at: usize,
        buffer: &mut Vec<u8>,
        last: LastLine,
        now_ns: i64,
    ) -> io::Result<Option<Found>> {
        let counts = last == LastLine::Counts || self.is_finished(at, now_ns);
        let is_old = !self.slots[at].is_live;
        match &mut self.slots[at].body {
            Body::Plain(part) => match part.look(buffer)? {
                Look::Lines(range) => Ok(Some(Found::Lines(range))),
                Look::TooLong(end) => Ok(Some(Found::TooLong(end))),
                Look::Rewritten => Ok(Some(Found::Rewritten)),
                Look::Nothing if counts => Ok(part.rest(buffer)?.map(Found::Rest)),
                // Whoever wrote it may never end the line, and has written all that matters of it.
                Look::Nothing if is_old => {
                    let rest = part.rest_of_old(buffer)?;
                    Ok(rest.filter(|rest| is_object(&buffer[rest.clone()])).map(Found::Rest))
                }
                Look::Nothing => Ok(None),
            },
            Body::Packed(packed) => match packed.next() {
                Next::Lines(range) => Ok(Some(Found::Unpacked(range))),
                Next::TooLong => Ok(Some(Found::TooLong(0))),
                Next::End => Ok(None),
            },
        }
    }

    fn take(&mut self, at: usize, found: Found, buffer: &mut Vec<u8>) -> io::Result<Lines> {
        match (&mut self.slots[at].body, found) {
            (Body::Plain(part), Found::Lines(range) | Found::Rest(range)) => {
                let (start, first_line, path) = (part.start_of(&range), part.lines, part.path.clone());
                part.take(buffer, range.clone())?;
                Ok(Lines { range, start, first_line, path, is_too_long: false })
            }
            (Body::Plain(part), Found::TooLong(end)) => {
                let (start, first_line, path) = (part.position, part.lines, part.path.clone());
                part.skip_to(end)?;
                Ok(Lines { range: 0..0, start, first_line, path, is_too_long: true })
            }
            (Body::Packed(packed), Found::Unpacked(range)) => {
                let (start, first_line, path) = (packed.position, packed.lines, packed.path.clone());
                buffer.resize(buffer.len().max(range.len()), 0);
                buffer[..range.len()].copy_from_slice(&packed.buffer()[range.clone()]);
                packed.take(range.end);
                Ok(Lines { range: 0..range.len(), start, first_line, path, is_too_long: false })
            }
            (Body::Packed(packed), _) => {
                let (start, first_line) = (packed.position, packed.lines.saturating_sub(1));
                Ok(Lines { range: 0..0, start, first_line, path: packed.path.clone(), is_too_long: true })
            }
            (Body::Plain(_), Found::Unpacked(_) | Found::Rewritten) => Err(io::Error::other("unexpected")),
        }
    }

    /// Whether nothing more will be written to a file in which nothing new was found.
    fn is_finished(&self, at: usize, now_ns: i64) -> bool {
        let slot = &self.slots[at];
        let Body::Plain(part) = &slot.body else { return true };
        if slot.is_live {
            return false;
        }
        let Ok(stamp) = part.stamp() else { return false };
        let is_one_of_many = slot.rank.is_some() && at + MOST_OLD < self.slots.len();
        let is_gone =
            slot.rank.is_none() && stamp.age_ns(now_ns) >= QUIET_DELETED_NS && is_deleted(&part.file);
        stamp.is_quiet(now_ns) || is_one_of_many || is_gone
    }

    fn close(&mut self, at: usize) {
        let Some(mut slot) = self.slots.remove(at) else { return };
        let mark = slot.mark();
        if let Body::Packed(packed) = &mut slot.body
            && let Some(why) = packed.damage.take()
        {
            self.troubles.push((packed.path.clone(), why));
        }
        let stamp = match &slot.body {
            Body::Plain(_) => mark.stamp,
            Body::Packed(packed) => Some(packed.stamp()),
        };
        match stamp {
            Some(stamp) if slot.rank.is_some() => self.note(slot.id, stamp, mark),
            // Of what is gone nobody makes a copy.
            _ => self.loose.push_back(Mark { trail: Vec::new(), ..mark }),
        }
    }

    /// Gives up a file that belongs to another log now; what has been read of it.
    pub(super) fn release(&mut self, id: FileId) -> Option<Mark> {
        let at = self.slots.iter().position(|slot| slot.id == id);
        let slot = at.and_then(|at| self.slots.remove(at)).map(|slot| slot.mark());
        slot.or_else(|| self.known.remove(&id).map(|(_, mark)| mark)).filter(|mark| mark.position > 0)
    }

    /// Remembers what was read of a file that has another name now.
    pub(super) fn take_over(&mut self, mark: Mark) {
        self.loose.push_back(mark);
    }

    /// Whether what has been read stands in `file`.
    pub(super) fn has_read(&self, file: &File) -> bool {
        let size = file.metadata().map_or(0, |metadata| metadata.len());
        self.all_marks()
            .any(|mark| mark.likeness(file, size).is_ok_and(|likeness| likeness == Likeness::Behind))
    }

    /// Closes all files; they are found again where they were read to.
    pub(super) fn park(&mut self) {
        while !self.slots.is_empty() {
            self.close(0);
        }
    }

    fn give_up(&mut self, at: usize, why: io::Error) {
        if let Some(slot) = self.slots.get(at) {
            let path = match &slot.body {
                Body::Plain(part) => part.path.clone(),
                Body::Packed(packed) => packed.path.clone(),
            };
            self.troubles.push((path, why));
        }
        self.close(at);
    }
}

/// Where the next lines of a file stand.
enum Found {
    Lines(Range<usize>),
    /// The last line, without a newline.
    Rest(Range<usize>),
    /// In a buffer of its own.
    Unpacked(Range<usize>),
    TooLong(u64),
    Rewritten,
}

/// Whether a line without its newline is one whole object.
fn is_object(line: &[u8]) -> bool {
    let line = line::trim_start(line);
    line.starts_with(b"{") && serde_json::from_slice::<serde::de::IgnoredAny>(line).is_ok()
}

fn is_deleted(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    file.metadata().is_ok_and(|metadata| metadata.nlink() == 0)
}
