//! The directories that are looked into, and the logs that are followed in them.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sigil_store::{EXECUTION_LOG, rotation};

use super::listing::{Listing, Sibling};
use super::log::{LastLine, Lines, Log, Step};
use super::mark::{Mark, Stamp};
use super::target::Target;
use super::watch::{Changes, Watch};
use super::{LogId, Waker, decoding, now_ns};
use crate::error::Error;
use crate::format::Decoder;
use crate::read::Options;
use crate::source::{Found, Source};

/// How often a directory is looked into again because it has changed meanwhile.
const TRIES: usize = 50;

/// A directory's time of change tells nothing of what changes right behind it, for so long.
const TOO_RECENT_NS: i64 = 2_000_000_000;

/// Times of change that are closer than that are one to the system.
const TICK_NS: i64 = 20_000_000;

/// A log that is followed.
pub(super) struct Followed {
    directory: PathBuf,
    /// The log's name, or that of a rotated part that is followed by itself.
    name: String,
    is_part: bool,
    pub(super) source: Source,
    log: Log,
    pub(super) decoder: Option<Box<Decoder>>,
    is_recognised: bool,
    /// Its turn will come.
    is_ready: bool,
    must_look: bool,
    /// How much is left of what was there at first, which is read in one go.
    backlog: Option<u64>,
}

#[derive(Default)]
struct Directory {
    listing: Listing,
    logs: HashMap<String, LogId>,
    stamp: Option<Stamp>,
    /// When it was listed, in nanoseconds since 1970.
    listed_ns: i64,
    is_watched: bool,
    /// The system tells of all changes.
    is_told: bool,
}

impl Directory {
    /// Whether the log called `name` still has the files that were listed.
    fn is_current(&self, path: &Path, name: &str) -> bool {
        let stamp = fs::metadata(path).ok().map(|metadata| Stamp::of(&metadata));
        let is_old = stamp.is_some_and(|stamp| self.listed_ns.saturating_sub(stamp.modified) > TICK_NS);
        if stamp == self.stamp && is_old {
            return true;
        }
        Listing::of(path).is_ok_and(|listing| !listing.differs(&self.listing, name))
    }
}

/// What is followed, and where.
pub(super) struct Places {
    targets: Vec<Target>,
    /// Where paths that were given relative begin.
    here: Option<PathBuf>,
    pub(super) logs: Vec<Followed>,
    directories: HashMap<PathBuf, Directory>,
    /// Files that lie elsewhere than their names.
    links: HashMap<PathBuf, LogId>,
    watch: Watch,
    ready: VecDeque<LogId>,
    /// Logs of whose changes the system does not tell.
    polled: BTreeSet<LogId>,
    open_files: usize,
    most_open: usize,
    marks: HashMap<PathBuf, Vec<Mark>>,
    pub(super) troubles: Vec<(PathBuf, io::Error)>,
    buffer: Vec<u8>,
}

impl Places {
    pub(super) fn new(targets: &[Target], waker: Waker) -> Self {
        let is_relative = targets.iter().any(Target::is_relative);
        Self {
            targets: targets.iter().map(Target::absolute).collect(),
            here: is_relative.then(|| std::env::current_dir().ok()).flatten(),
            logs: Vec::new(),
            directories: HashMap::new(),
            links: HashMap::new(),
            watch: Watch::new(waker),
            ready: VecDeque::new(),
            polled: BTreeSet::new(),
            open_files: 0,
            most_open: most_open_files(),
            marks: HashMap::new(),
            troubles: Vec::new(),
            buffer: Vec::new(),
        }
    }

    /// Takes what the run before has read. Nothing may have been read in this one.
    pub(super) fn set_marks(&mut self, mut marks: HashMap<PathBuf, Vec<Mark>>) {
        for followed in &mut self.logs {
            if let Some(marks) = marks.remove(&followed.path()) {
                followed.log = Log::behind(marks);
            }
        }
        self.marks = marks;
    }

    /// What has been read, by log; also of logs that only an earlier run has followed.
    pub(super) fn marks(&self) -> Vec<(PathBuf, Vec<Mark>)> {
        let mut marks: HashMap<_, _> = self.marks.clone();
        for followed in &self.logs {
            marks.insert(followed.path(), followed.log.marks());
        }
        let mut marks: Vec<_> = marks.into_iter().filter(|(_, marks)| !marks.is_empty()).collect();
        marks.sort_by(|(one, _), (other, _)| one.cmp(other));
        marks
    }

    /// Has no more files open than that.
    #[cfg(test)]
    pub(super) fn limit_open_files(&mut self, most: usize) {
        self.most_open = most;
    }

    /// Finds what there is.
    pub(super) fn discover(&mut self) {
        for root in self.targets.iter().filter_map(Target::root).collect::<Vec<_>>() {
            self.enter_nearest(&root);
        }
    }

    /// The targets of which nothing is there.
    pub(super) fn missing(&self) -> impl Iterator<Item = &Target> {
        let is_of = |target: &Target, followed: &Followed| {
            let is_session = followed.name == EXECUTION_LOG;
            target.wants(&followed.directory, &followed.name, is_session).is_some()
        };
        self.targets.iter().filter(move |target| {
            target.root().is_some() && !self.logs.iter().any(|followed| is_of(target, followed))
        })
    }

    pub(super) fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// A path as its user would name it.
    pub(super) fn shown(&self, path: &Path) -> PathBuf {
        let here = self.here.as_ref().and_then(|here| path.strip_prefix(here).ok());
        here.unwrap_or(path).to_owned()
    }

    /// Looks into the directory, or the nearest above it that is there.
    fn enter_nearest(&mut self, directory: &Path) {
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
    fn read_directory(&mut self, directory: &Path) {
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
            if self.targets.iter().any(|target| target.enters(&inner)) {
                self.enter(&inner);
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
                let wanted = self.targets.iter().find_map(|target| target.wants(directory, name, is_session));
                found.extend(wanted.map(|wanted| (name.to_owned(), wanted)));
            }
        }
        // A rotated part may be meant by itself.
        if self.directories.get(directory).is_some_and(|known| !known.logs.contains_key(name))
            && found.is_empty()
        {
            for part in siblings.iter().filter(|sibling| !sibling.is_live) {
                let Some(part) = part.path.file_name().and_then(|name| name.to_str()) else { continue };
                match self.directories.get(directory).and_then(|known| known.logs.get(part)) {
                    Some(id) => self.look_at(*id),
                    None if self.targets.iter().any(|target| target.wants_part(directory, part)) => {
                        found.push((part.to_owned(), Found::Named));
                    }
                    None => {}
                }
            }
        }
        for (own_name, kind) in found {
            self.add(directory, own_name.clone(), own_name != name, kind);
        }
    }

    fn add(&mut self, directory: &Path, name: String, is_part: bool, found: Found) {
        let id = LogId(u32::try_from(self.logs.len()).unwrap_or(u32::MAX));
        let path = directory.join(&name);
        let log = self.marks.remove(&path).map_or_else(Log::default, Log::behind);
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
        });
        self.make_ready(id);
    }

    fn look_at(&mut self, id: LogId) {
        self.logs[id.0 as usize].must_look = true;
        self.make_ready(id);
    }

    /// The files of a log may have grown.
    fn look_again(&mut self, id: LogId) {
        let followed = &mut self.logs[id.0 as usize];
        followed.must_look |= followed.log.is_undecided();
        self.make_ready(id);
    }

    fn make_ready(&mut self, id: LogId) {
        let followed = &mut self.logs[id.0 as usize];
        if !followed.is_ready {
            followed.is_ready = true;
            self.ready.push_back(id);
        }
    }

    /// Takes note of what the system tells.
    pub(super) fn apply_changes(&mut self) {
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
            let name = file.file_name()?.to_str()?;
            let logs = &self.directories.get(file.parent()?)?.logs;
            let (base, _) = rotation::split(name);
            logs.get(base).or_else(|| logs.get(name)).copied()
        };
        if let Some(id) = self.links.get(file).copied().or_else(by_name) {
            let followed = &mut self.logs[id.0 as usize];
            followed.must_look |= followed.log.has_closed() && !followed.log.has_open(file);
            self.look_again(id);
        }
    }

    /// Whether something must be looked at again and again.
    pub(super) fn needs_polling(&self) -> bool {
        !self.polled.is_empty() || self.directories.values().any(|known| !known.is_told && known.is_watched)
    }

    /// Looks at all of whose changes the system does not tell.
    pub(super) fn poll(&mut self, now_ns: i64) {
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
    pub(super) fn check(&mut self) {
        for directory in self.directories.keys().cloned().collect::<Vec<_>>() {
            self.check_directory(&directory, i64::MAX);
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

    /// Whose turn it is.
    pub(super) fn turn(&self) -> Option<LogId> {
        self.ready.front().copied()
    }

    /// The next lines of the log whose turn it is; none if there are none, or not yet.
    pub(super) fn step(
        &mut self,
        id: LogId,
        buffer: &mut Vec<u8>,
        last: LastLine,
        now_ns: i64,
        options: &Options,
    ) -> Option<Lines> {
        if self.logs[id.0 as usize].must_look {
            self.look(id);
        }
        if !self.is_recognised(id, options) {
            self.rest(id);
            return None;
        }
        let followed = &mut self.logs[id.0 as usize];
        let open = followed.log.open_files();
        let known = self.directories.get(&followed.directory);
        let (directory, name) = (&followed.directory, rotation::split(&followed.name).0);
        let is_current = || known.is_none_or(|known| known.is_current(directory, name));
        let step = followed.log.next(buffer, last, now_ns, is_current);
        self.open_files = (self.open_files + followed.log.open_files()).saturating_sub(open);
        match step {
            Step::Nothing => {
                self.rest(id);
                None
            }
            Step::Look => {
                let directory = followed.directory.clone();
                followed.must_look = true;
                self.read_directory(&directory);
                None
            }
            Step::Lines(lines) => {
                let backlog = followed.backlog.take().unwrap_or(0).saturating_sub(lines.range.len() as u64);
                followed.backlog = Some(backlog);
                if backlog == 0 {
                    self.ready.rotate_left(1);
                }
                Some(lines)
            }
        }
    }

    /// Nothing more is there of the log whose turn it is.
    fn rest(&mut self, id: LogId) {
        self.ready.pop_front();
        let followed = &mut self.logs[id.0 as usize];
        followed.is_ready = false;
        followed.backlog = Some(0);
        if self.open_files > self.most_open {
            self.open_files -= followed.log.open_files();
            followed.log.park();
        }
        if followed.log.needs_polling() {
            self.polled.insert(id);
        } else {
            self.polled.remove(&id);
        }
        let path = followed.path();
        self.troubles.extend(followed.log.troubles.drain(..).map(|(at, why)| {
            let at = if at.as_os_str().is_empty() { path.clone() } else { at };
            (at, why)
        }));
    }

    /// Finds out which files a log has.
    fn look(&mut self, id: LogId) {
        let followed = &mut self.logs[id.0 as usize];
        followed.must_look = false;
        let open = followed.log.open_files();
        let directory = followed.directory.clone();
        for _ in 0..TRIES {
            let siblings = self.siblings(id);
            if self.logs[id.0 as usize].log.look(&siblings).is_ok() {
                self.follow_links(id, &siblings);
                break;
            }
            self.read_directory(&directory);
        }
        let followed = &mut self.logs[id.0 as usize];
        followed.must_look = false;
        self.open_files = (self.open_files + followed.log.open_files()).saturating_sub(open);
        if followed.backlog.is_none() {
            followed.backlog = Some(followed.log.unread());
        }
    }

    fn siblings(&self, id: LogId) -> Vec<Sibling> {
        let Followed { directory, name, is_part, .. } = &self.logs[id.0 as usize];
        let Some(known) = self.directories.get(directory) else { return Vec::new() };
        if !is_part {
            return known.listing.siblings(name);
        }
        let (base, _) = rotation::split(name);
        let mut siblings = known.listing.siblings(base);
        siblings.retain(|sibling| sibling.path.file_name().is_some_and(|own| own == name.as_str()));
        siblings.into_iter().map(|sibling| Sibling { is_live: true, ..sibling }).collect()
    }

    /// What lies elsewhere is watched there.
    fn follow_links(&mut self, id: LogId, siblings: &[Sibling]) {
        for sibling in siblings.iter().filter(|sibling| sibling.is_link) {
            let Ok(target) = sibling.path.canonicalize() else { continue };
            if self.links.get(&target) == Some(&id) {
                continue;
            }
            if let Some(parent) = target.parent()
                && !self.watch.add(parent)
            {
                self.polled.insert(id);
            }
            self.links.insert(target, id);
        }
    }

    /// Whether a log that nobody has named holds anything that is known.
    fn is_recognised(&mut self, id: LogId, options: &Options) -> bool {
        if !self.logs[id.0 as usize].is_recognised {
            let siblings = self.siblings(id);
            let Followed { source, .. } = &self.logs[id.0 as usize];
            let known = siblings.iter().any(|sibling| {
                decoding::is_recognised(&sibling.path, source, options, &mut self.buffer).unwrap_or(true)
            });
            self.logs[id.0 as usize].is_recognised = known;
        }
        self.logs[id.0 as usize].is_recognised
    }

    /// What is to be said of directories that hold no log that is known.
    pub(super) fn empty_trees(&self) -> impl Iterator<Item = Error> {
        let trees = self.targets.iter().filter(|target| matches!(target, Target::Tree(_)));
        trees
            .filter(|tree| {
                let mut inside = self.logs.iter().filter(|followed| tree.enters(&followed.directory));
                inside.all(|followed| !followed.is_recognised)
            })
            .map(Target::missing)
    }

    /// Logs of which nothing was recognised.
    pub(super) fn left_out(&self) -> impl Iterator<Item = &Source> {
        self.logs.iter().filter(|followed| !followed.is_recognised).map(|followed| &followed.source)
    }
}

impl Followed {
    fn path(&self) -> PathBuf {
        self.directory.join(&self.name)
    }
}

/// As many files as may be open beside all else. The system is asked for as many as it grants.
fn most_open_files() -> usize {
    use rustix::process::{Resource, getrlimit, setrlimit};
    const OTHERS: u64 = 100;
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current < limit.maximum || limit.maximum.is_none() {
        let raised = rustix::process::Rlimit { current: limit.maximum, ..limit };
        if setrlimit(Resource::Nofile, raised).is_ok() {
            limit = getrlimit(Resource::Nofile);
        }
    }
    let most = limit.current.unwrap_or(u64::MAX).saturating_sub(OTHERS).max(OTHERS / 2);
    usize::try_from(most).unwrap_or(usize::MAX)
}
