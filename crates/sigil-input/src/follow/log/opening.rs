//! Which file is which: what a file in the directory holds beside what has been read.

use std::fs::File;
use std::io;
use std::path::Path;

use super::{Body, Log, Slot};
use crate::compressed::{self, Compression};
use crate::follow::listing::Sibling;
use crate::follow::mark::{CONTEXT, FileId, HEAD, Likeness, Mark, Stamp};
use crate::follow::packed::Packed;
use crate::follow::part::Part;
use crate::positioned::read_at;

/// How many files that are not there any more are remembered.
const MOST_LOOSE: usize = 256;

impl Log {
    pub(super) fn forget_what_is_gone(&mut self, siblings: &[Sibling]) {
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

    /// Opens a file, if it holds something that was not read, or may hold more soon.
    pub(super) fn open(&mut self, sibling: &Sibling, new: &[Slot], now_ns: i64) -> io::Result<Option<Body>> {
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
        let mut best: Option<Mark> = None;
        let mut is_within = false;
        let mut passed = Vec::new();
        for mark in self.all_marks() {
            if stamp.size >= mark.position && !mark.head.is_beginning_of(&head) {
                continue;
            }
            match mark.likeness(&file, stamp.size)? {
                Likeness::Behind => {
                    passed.push(mark.position);
                    if best.as_ref().is_none_or(|best| best.position < mark.position) {
                        best = Some(mark.clone());
                    }
                }
                Likeness::Within => is_within = true,
                Likeness::Other => {}
            }
        }
        if let Some(mark) = &best
            && stamp.size <= mark.position
            && !is_live
            && stamp.is_quiet(now_ns)
        {
            self.loose.retain(|loose| loose.head != mark.head || !passed.contains(&loose.position));
            self.note(*id, stamp, Mark { stamp: Some(stamp), trail: Vec::new(), ..mark.clone() });
            return Ok(None);
        }
        if !is_live && is_within {
            // The copy ended before what was read.
            self.note(*id, stamp, Mark::of_whole(&file, stamp)?);
            return Ok(None);
        }
        if !is_live && let Some(original) = self.original(&file, stamp.size, &head, new)? {
            self.undecided.push((file, original));
            return Ok(None);
        }
        let part = match best {
            Some(mark) => {
                // What is known of it from now on says more.
                self.loose.retain(|loose| loose.head != mark.head || !passed.contains(&loose.position));
                Part::behind(path, file, &mark)?
            }
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
            self.note(stamp.file(), stamp, mark.clone());
            return Ok(None);
        }
        for slot in &mut self.slots {
            let Some(part) = slot.plain().filter(|part| part.position == 0) else { continue };
            if packed.is_beginning_of(&part.file)? {
                // It is read where it is still open.
                let mark = Mark { stamp: None, ..part.mark() };
                slot.packed = Some(stamp.file());
                self.note(stamp.file(), stamp, mark);
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
            let open = self.slots.iter_mut().find(|slot| slot.mark() == mark);
            let is_open = open.map(|slot| slot.packed = Some(stamp.file())).is_some();
            if likeness == Likeness::Within || packed.is_at_end() {
                // A copy may hold less than what was read.
                self.note(stamp.file(), stamp, packed.mark());
                return Ok(None);
            }
            if is_open {
                // It is read to its end where it is still open.
                self.note(stamp.file(), stamp, Mark { stamp: None, trail: Vec::new(), ..mark });
                return Ok(None);
            }
            self.loose.retain(|loose| !loose.is_same_place(&mark));
            return Ok(Some(Body::Packed(packed)));
        }
        Ok(Some(Body::Packed(packed)))
    }

    /// Remembers a file in the directory that holds nothing unread.
    pub(super) fn note(&mut self, id: FileId, stamp: Stamp, mark: Mark) {
        self.loose.retain(|loose| !loose.is_same_place(&mark));
        // The number of a file that is gone may have been given to this one.
        if let Some((_, other)) = self.known.insert(id, (stamp, mark)) {
            self.loose.push_back(other);
        }
    }

    pub(super) fn all_marks(&self) -> impl Iterator<Item = &Mark> {
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
}
