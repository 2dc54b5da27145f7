//! Directories: which are looked into, and what their names tell of logs.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::Path;

use sigil_store::{EXECUTION_LOG, rotation};

use super::{Followed, Places};
use crate::follow::listing::Listing;
use crate::follow::log::Log;
use crate::follow::mark::Stamp;
use crate::follow::target::Target;
use crate::follow::watch::Changes;
use crate::follow::{LogId, now_ns};
use crate::source::{Found, Source};

/// A directory's time of change tells nothing of what changes right behind it, for so long.
const TOO_RECENT_NS: i64 = 2_000_000_000;

/// Times of change that are closer than that are one to the system.
const TICK_NS: i64 = 20_000_000;

#[derive(Default)]
pub(super) struct Directory {
    pub(super) listing: Listing,
    pub(super) logs: HashMap<String, LogId>,
    pub(super) stamp: Option<Stamp>,
    /// When it was listed, in nanoseconds since 1970.
    pub(super) listed_ns: i64,
    pub(super) is_watched: bool,
    /// The system tells of all changes.
    pub(super) is_told: bool,
}

impl Directory {
    /// Whether the log called `name` still has the files that were listed.
    pub(super) fn is_current(&self, path: &Path, name: &str) -> bool {
        let stamp = fs::metadata(path).ok().map(|metadata| Stamp::of(&metadata));
        let is_old = stamp.is_some_and(|stamp| self.listed_ns.saturating_sub(stamp.modified) > TICK_NS);
        if stamp == self.stamp && is_old {
            return true;
        }
        Listing::of(path).is_ok_and(|listing| !listing.differs(&self.listing, name))
    }
}

impl Places {
    /// Looks into the directory, or the nearest above it that is there.
    pub(super) fn enter_nearest(&mut self, directory: &Path) {
        if let Some(there) = directory.ancestors().find(|directory| directory.is_dir()) {
            self.enter(there);
        }
    }

    fn enter(&mut self, directory: &Path) {
        if self.directories.get(directory).is_some_and(|known| known.is_watched) {
            return;
        }
        // Watched first and read then: nothing can happen between the two that is not told.
        let is_told = self.watch.add(directory);
        let known = self.directories.entry(directory.to_owned()).or_default();
        (known.is_watched, known.is_told) = (true, is_told);
        self.read_directory(directory);
    }

    /// Finds out what has changed in a directory.
    pub(super) fn read_directory(&mut self, directory: &Path) {
        let listed_ns = now_ns();
        let stamp = fs::metadata(directory).ok().map(|metadata| Stamp::of(&metadata));
        let new = Listing::of(directory).unwrap_or_else(|why| {
            self.troubles.push((directory.to_owned(), why));
            Listing::default()
        });
        let Some(known) = self.directories.get_mut(directory) else { return };
        let is_another = known.stamp.zip(stamp).is_some_and(|(known, now)| known.file() != now.file());
        (known.stamp, known.listed_ns) = (stamp, listed_ns);
        let old = std::mem::replace(&mut known.listing, new);
        let new = &known.listing;
        let changed: BTreeSet<String> = old.names().chain(new.names()).map(str::to_owned).collect();
        let changed: Vec<_> = changed.into_iter().filter(|name| new.differs(&old, name)).collect();
        let directories = new.directories.clone();
        for name in changed {
            self.names_changed(directory, &name);
        }
        for inner in directories {
            if self.targets.iter().any(|target| target.enters_inner(&inner.path, inner.is_link)) {
                self.enter(&inner.path);
            }
        }
        if stamp.is_none() || is_another {
            self.directory_went(directory);
        }
    }

    /// A directory is gone, or another one has its name.
    fn directory_went(&mut self, directory: &Path) {
        self.watch.remove(directory);
        if let Some(known) = self.directories.get_mut(directory) {
            known.is_watched = false;
        }
        self.enter_nearest(directory);
    }

    /// The files of a log have changed, or there is a new one.
    fn names_changed(&mut self, directory: &Path, name: &str) {
        let Some(known) = self.directories.get(directory) else { return };
        let siblings = known.listing.siblings(name);
        let is_session = known.listing.has(EXECUTION_LOG);
        let mut found = Vec::new();
        match known.logs.get(name) {
            Some(id) => self.look_at(*id),
            None if siblings.is_empty() => {}
            None => {
                let link = siblings.iter().find(|sibling| sibling.is_live && sibling.is_link);
                let leads_to = link.and_then(|link| link.path.canonicalize().ok());
                let is_wanted =
                    |target: &&Target| leads_to.as_ref().is_none_or(|leads_to| target.wants_link(leads_to));
                let mut targets = self.targets.iter().filter(is_wanted);
                let wanted = targets.find_map(|target| target.wants(directory, name, is_session));
                found.extend(wanted.map(|wanted| (name.to_owned(), wanted)));
            }
        }
        // A rotated part may be meant by itself.
        if self.directories.get(directory).is_some_and(|known| !known.logs.contains_key(name))
            && found.is_empty()
        {
            for part in siblings.iter().filter(|sibling| !sibling.is_live) {
                let Some(part) = part.path.file_name().map(|name| name.to_string_lossy()) else { continue };
                match self.directories.get(directory).and_then(|known| known.logs.get(&*part)) {
                    Some(id) => self.look_at(*id),
                    None if self.targets.iter().any(|target| target.wants_part(directory, &part)) => {
                        found.push((part.into_owned(), Found::Named));
                    }
                    None => {}
                }
            }
        }
        for (own_name, kind) in found {
            self.add(directory, own_name.clone(), own_name != name, kind);
        }
    }

    pub(super) fn add(&mut self, directory: &Path, name: String, is_part: bool, found: Found) {
        let id = LogId(u32::try_from(self.logs.len()).unwrap_or(u32::MAX));
        let path = directory.join(&name);
        let Some(log) = self.log_of(directory, &name, &path) else { return };
        if let Some(known) = self.directories.get_mut(directory) {
            known.logs.insert(name.clone(), id);
        }
        self.logs.push(Followed {
            directory: directory.to_owned(),
            source: Source::file(&self.shown(&path), found),
            name,
            is_part,
            log,
            decoder: None,
            is_recognised: found == Found::Named,
            is_ready: false,
            must_look: true,
            backlog: None,
            looked_through: 0,
        });
        self.make_ready(id);
    }

    /// What has been read of a log that is new here: nothing, or what a run before has read; or what was read of its
    /// files when they had another name. None if it is followed under that still.
    fn log_of(&mut self, directory: &Path, name: &str, path: &Path) -> Option<Log> {
        let mut log = self.marks.remove(path).map_or_else(Log::default, Log::behind);
        let listing = &self.directories.get(directory)?.listing;
        for sibling in listing.siblings(rotation::split(name).0) {
            let Some(owner) = self.owners.insert(sibling.id, LogId(u32::try_from(self.logs.len()).ok()?))
            else {
                continue;
            };
            if owner.0 as usize >= self.logs.len() {
                continue;
            }
            let is_there = self.siblings(owner).iter().any(|other| other.id == sibling.id);
            if is_there && sibling.is_live {
                // Another name of the same file.
                self.owners.insert(sibling.id, owner);
                return None;
            }
            if !is_there {
                let mark = self.logs[owner.0 as usize].log.release(sibling.id);
                mark.into_iter().for_each(|mark| log.take_over(mark));
            }
        }
        self.adopt(path, &mut log);
        Some(log)
    }

    /// [`adopt`](Self::adopt) for all logs that are new.
    pub(super) fn adopt_all(&mut self) {
        for number in 0..self.logs.len() {
            if self.logs[number].log.is_new() {
                let path = self.logs[number].path();
                let mut log = std::mem::take(&mut self.logs[number].log);
                self.adopt(&path, &mut log);
                self.logs[number].log = log;
            }
        }
    }

    /// A run before may have read a file under a name that is gone.
    fn adopt(&mut self, path: &Path, log: &mut Log) {
        if self.marks.is_empty() {
            return;
        }
        let Ok(file) = fs::File::open(path) else { return };
        let gone = self
            .marks
            .iter()
            .find(|(other, marks)| !other.exists() && Log::behind(marks.to_vec()).has_read(&file));
        if let Some(gone) = gone.map(|(path, _)| path.clone()) {
            self.marks.remove(&gone).into_iter().flatten().for_each(|mark| log.take_over(mark));
        }
    }

    pub(super) fn look_at(&mut self, id: LogId) {
        self.logs[id.0 as usize].must_look = true;
        self.make_ready(id);
    }

    /// The files of a log may have grown.
    pub(super) fn look_again(&mut self, id: LogId) {
        let followed = &mut self.logs[id.0 as usize];
        followed.must_look |= followed.log.is_undecided();
        self.make_ready(id);
    }

    pub(super) fn make_ready(&mut self, id: LogId) {
        let followed = &mut self.logs[id.0 as usize];
        if !followed.is_ready {
            followed.is_ready = true;
            self.ready.push_back(id);
        }
    }

    /// Takes note of what the system tells.
    pub(in crate::follow) fn apply_changes(&mut self) {
        let Some(Changes { files, directories, everything }) = self.watch.take() else { return };
        if everything {
            return self.check();
        }
        for directory in directories {
            if self.directories.contains_key(&directory) {
                self.read_directory(&directory);
            }
        }
        for file in files {
            self.touched(&file);
        }
    }

    /// The bytes of a file have changed.
    fn touched(&mut self, file: &Path) {
        let by_name = || {
            let name = file.file_name()?.to_string_lossy();
            let logs = &self.directories.get(file.parent()?)?.logs;
            let (base, _) = rotation::split(&name);
            logs.get(base).or_else(|| logs.get(&*name)).copied()
        };
        for id in [self.links.get(file).copied(), by_name()].into_iter().flatten() {
            let followed = &mut self.logs[id.0 as usize];
            followed.must_look |= followed.log.has_closed() && !followed.log.has_open(file);
            self.look_again(id);
        }
    }

    /// Whether something must be looked at again and again.
    pub(in crate::follow) fn needs_polling(&self) -> bool {
        !self.polled.is_empty() || self.directories.values().any(|known| !known.is_told && known.is_watched)
    }

    /// Looks at all of whose changes the system does not tell.
    pub(in crate::follow) fn poll(&mut self, now_ns: i64) {
        for id in self.polled.clone() {
            self.look_again(id);
        }
        let untold = self.directories.iter().filter(|(_, known)| !known.is_told);
        for directory in untold.map(|(path, _)| path.clone()).collect::<Vec<_>>() {
            self.check_directory(&directory, now_ns);
            let logs = self.directories.get(&directory).map(|known| known.logs.values().copied().collect());
            for id in logs.into_iter().flat_map(|ids: Vec<_>| ids) {
                let followed = &mut self.logs[id.0 as usize];
                followed.must_look |= followed.log.has_closed();
                self.look_again(id);
            }
        }
    }

    /// Looks at everything.
    pub(in crate::follow) fn check(&mut self) {
        for directory in self.directories.keys().cloned().collect::<Vec<_>>() {
            self.check_directory(&directory, now_ns());
        }
        for id in 0..self.logs.len() {
            self.logs[id].must_look |= self.logs[id].log.has_closed();
            self.look_again(LogId(u32::try_from(id).unwrap_or(u32::MAX)));
        }
    }

    fn check_directory(&mut self, directory: &Path, now_ns: i64) {
        let stamp = fs::metadata(directory).ok().map(|metadata| Stamp::of(&metadata));
        let is_recent = stamp.is_some_and(|stamp| now_ns.saturating_sub(stamp.modified) < TOO_RECENT_NS);
        let known = self.directories.get(directory).and_then(|known| known.stamp);
        if is_recent || known != stamp {
            self.read_directory(directory);
        }
    }
}
