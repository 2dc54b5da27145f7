//! One log that is followed: its files, oldest first, and which of their bytes have been read.
//!
//! Files are told apart by what they hold. A directory is looked into as a whole, so that nothing is ever read before
//! what is older; and the older files that are still open are read on before each line of a newer one, as their
//! writer may still hold them.

use std::collections::{HashMap, VecDeque};
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::listing::Sibling;
use super::mark::{CONTEXT, FileId, HEAD, Likeness, Mark, Stamp, read_at};
use super::packed::{Next, Packed};
use super::part::{Look, Part};
use crate::compressed::{self, Compression};

/// A file that was rotated away may still be written to for so long after its last change.
const QUIET_NS: i64 = 600 * 1_000_000_000;

/// And so long if it has been deleted.
const QUIET_DELETED_NS: i64 = 10 * 1_000_000_000;

/// How many files that were rotated away are kept open.
const MOST_OLD: usize = 32;

/// How many files that are not there any more are remembered.
const MOST_LOOSE: usize = 64;

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
}

enum Body {
    Plain(Part),
    Packed(Packed),
}

impl Slot {
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

    /// How far its files have been read.
    pub(super) fn marks(&self) -> Vec<Mark> {
        let open = self.slots.iter().map(Slot::mark).filter(|mark| mark.position > 0);
        let known = self.known.values().map(|(_, mark)| mark.clone());
        let mut marks: Vec<_> = self.loose.iter().cloned().chain(known).chain(open).collect();
        marks.sort_by_key(|mark| (mark.position, mark.stamp.map(Stamp::file)));
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

    /// Finds out which files it has, from what its directory holds, oldest first.
    pub(super) fn look(&mut self, siblings: &[Sibling]) -> Result<(), Stale> {
        self.restart_what_was_rewritten();
        self.undecided.clear();
        for slot in &mut self.slots {
            (slot.rank, slot.is_live) = (None, false);
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
            match self.open(sibling, &new) {
                Ok(Some(body)) => {
                    new.push(Slot { body, id: sibling.id, rank: Some(rank), is_live: sibling.is_live });
                }
                Ok(None) => {}
                Err(why) if why.kind() == io::ErrorKind::NotFound => return Err(Stale),
                Err(why) => self.troubles.push((sibling.path.clone(), why)),
            }
        }
        if self.slots.iter().filter_map(Slot::plain).any(|part| part.is_rewritten().unwrap_or(false)) {
            // What was compared with it just now may be its copy after all.
            return Err(Stale);
        }
        for slot in new {
            let at = self.slots.iter().position(|known| known.rank > slot.rank).unwrap_or(self.slots.len());
            self.slots.insert(at, slot);
        }
        self.forget_what_is_gone(siblings);
        Ok(())
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

    fn forget_what_is_gone(&mut self, siblings: &[Sibling]) {
        let Self { known, loose, .. } = self;
        known.retain(|id, (_, mark)| {
            let is_there = siblings.iter().any(|sibling| sibling.id == *id);
            if !is_there {
                loose.push_back(mark.clone());
            }
            is_there
        });
        loose.drain(..loose.len().saturating_sub(MOST_LOOSE));
    }

    /// Opens a file, if it holds something that was not read.
    fn open(&mut self, sibling: &Sibling, new: &[Slot]) -> io::Result<Option<Body>> {
        let Sibling { path, id, is_live, .. } = sibling;
        if let Some((stamp, _)) = self.known.get(id)
            && std::fs::metadata(path).is_ok_and(|metadata| Stamp::of(&metadata) == *stamp)
        {
            return Ok(None);
        }
        let file = File::open(path)?;
        let stamp = Stamp::of(&file.metadata()?);
        if stamp.file() != *id {
            return Err(io::ErrorKind::NotFound.into());
        }
        let mut head = vec![0; HEAD];
        let read = read_at(&file, &mut head, 0)?;
        head.truncate(read);
        if let Some(why) = compressed::unread(&head) {
            return Err(why);
        }
        if let Some(compression) = Compression::of(&head) {
            return self.open_packed(path, file, compression, stamp);
        }
        let mut best: Option<&Mark> = None;
        let mut is_within = false;
        for mark in self.all_marks() {
            let is_better = best.is_none_or(|best| best.position < mark.position);
            if !is_better || stamp.size >= mark.position && !mark.head.is_beginning_of(&head) {
                continue;
            }
            match mark.likeness(&file, stamp.size)? {
                Likeness::Behind => best = Some(mark),
                Likeness::Within => is_within = true,
                Likeness::Other => {}
            }
        }
        let best = best.cloned();
        if let Some(mark) = &best
            && stamp.size <= mark.position
            && !is_live
        {
            self.loose.retain(|loose| loose != mark);
            self.known.insert(*id, (stamp, Mark { stamp: Some(stamp), trail: Vec::new(), ..mark.clone() }));
            return Ok(None);
        }
        if !is_live && is_within {
            // The copy ended before what was read.
            self.known.insert(*id, (stamp, Mark::of_whole(&file, stamp)?));
            return Ok(None);
        }
        if !is_live && let Some(original) = self.original(&file, stamp.size, &head, new)? {
            self.undecided.push((file, original));
            return Ok(None);
        }
        let part = match best {
            Some(mark) => Part::behind(path, file, &mark)?,
            None => Part::new(path, file),
        };
        Ok(Some(Body::Plain(part)))
    }

    /// Opens a compressed file behind what was read of it, compressed or before it was.
    fn open_packed(
        &mut self,
        path: &Path,
        file: File,
        compression: Compression,
        stamp: Stamp,
    ) -> io::Result<Option<Body>> {
        let open = |file| Packed::new(path, file, compression);
        let mut packed = open(file)?;
        let head = packed.head().to_vec();
        let open_marks = self.slots.iter().map(Slot::mark).filter(|mark| mark.position > 0);
        let mut marks: Vec<_> = self.all_marks().cloned().chain(open_marks).collect();
        marks.sort_by_key(|mark| std::cmp::Reverse(mark.position));
        let is_same = |mark: &&Mark| mark.stamp == Some(stamp) && mark.head.is_beginning_of(&head);
        if let Some(mark) = marks.iter().find(is_same) {
            self.known.insert(stamp.file(), (stamp, mark.clone()));
            return Ok(None);
        }
        for slot in &self.slots {
            let Some(part) = slot.plain().filter(|part| part.position == 0) else { continue };
            if packed.is_beginning_of(&part.file)? {
                // It is read where it is still open.
                self.known.insert(stamp.file(), (stamp, Mark { stamp: None, ..part.mark() }));
                return Ok(None);
            }
            packed = open(File::open(path)?)?;
        }
        for mark in marks {
            let likeness = packed.skip(&mark);
            if likeness == Likeness::Other {
                if packed.position > 0 {
                    packed = open(File::open(path)?)?;
                }
                continue;
            }
            let is_open = self.slots.iter().any(|slot| slot.mark() == mark);
            let mark = Mark { stamp: Some(stamp), trail: Vec::new(), ..mark };
            if likeness == Likeness::Within || matches!(packed.next(), Next::End) {
                self.known.insert(stamp.file(), (stamp, mark));
                return Ok(None);
            }
            if is_open {
                // It is read to its end where it is still open.
                self.known.insert(stamp.file(), (stamp, Mark { stamp: None, ..mark }));
                return Ok(None);
            }
            return Ok(Some(Body::Packed(packed)));
        }
        Ok(Some(Body::Packed(packed)))
    }

    fn all_marks(&self) -> impl Iterator<Item = &Mark> {
        self.loose.iter().chain(self.known.values().map(|(_, mark)| mark))
    }

    /// The file that is open of which this one may be a copy, as far as it has come: then that one is read.
    fn original(&self, file: &File, size: u64, head: &[u8], new: &[Slot]) -> io::Result<Option<FileId>> {
        let mut tail = [0; CONTEXT];
        let from = size.saturating_sub(CONTEXT as u64);
        let length = read_at(file, &mut tail, from)?;
        for slot in self.slots.iter().chain(new) {
            let Some(part) = slot.plain() else { continue };
            let (mut its_head, mut its_tail) = (vec![0; head.len()], [0; CONTEXT]);
            // An empty one may become a copy of any.
            if read_at(&part.file, &mut its_head, 0)? == head.len()
                && its_head == head
                && read_at(&part.file, &mut its_tail[..length], from)? == length
                && its_tail[..length] == tail[..length]
            {
                return Ok(Some(slot.id));
            }
        }
        Ok(None)
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
        match &mut self.slots[at].body {
            Body::Plain(part) => match part.look(buffer)? {
                Look::Lines(range) => Ok(Some(Found::Lines(range))),
                Look::TooLong(end) => Ok(Some(Found::TooLong(end))),
                Look::Rewritten => Ok(Some(Found::Rewritten)),
                Look::Nothing if counts => Ok(part.rest(buffer)?.map(Found::Rest)),
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
                let (start, first_line, path) = (part.position, part.lines, part.path.clone());
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
        let is_old = |quiet| part.stamp().is_ok_and(|stamp| now_ns.saturating_sub(stamp.modified) >= quiet);
        match slot.rank {
            Some(_) => is_old(QUIET_NS) || at + MOST_OLD < self.slots.len(),
            None => is_old(QUIET_NS) || is_deleted(&part.file) && is_old(QUIET_DELETED_NS),
        }
    }

    fn close(&mut self, at: usize) {
        let Some(mut slot) = self.slots.remove(at) else { return };
        let mark = slot.mark();
        if let Body::Packed(packed) = &mut slot.body
            && let Some(why) = packed.damage.take()
        {
            self.troubles.push((packed.path.clone(), why));
        }
        match mark.stamp {
            Some(stamp) if slot.rank.is_some() => drop(self.known.insert(slot.id, (stamp, mark))),
            _ => self.loose.push_back(mark),
        }
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

fn is_deleted(file: &File) -> bool {
    use std::os::unix::fs::MetadataExt;
    file.metadata().is_ok_and(|metadata| metadata.nlink() == 0)
}
