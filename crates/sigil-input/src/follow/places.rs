//! The logs that are followed, and whose turn it is. `directories` finds them.

mod directories;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use sigil_store::{EXECUTION_LOG, rotation};

use super::listing::Sibling;
use super::log::{LastLine, Lines, Log, Step};
use super::mark::{FileId, Mark};
use super::target::Target;
use super::watch::Watch;
use super::{LogId, decoding};
use crate::error::Error;
use crate::format::Decoder;
use crate::read::Options;
use crate::source::Source;
use directories::Directory;

/// How often a directory is looked into again because it has changed meanwhile.
const TRIES: usize = 50;

/// And how often the directory's own numbers of files are believed.
const TRUSTED: usize = 5;

/// Up to that size a log is looked through whenever it has grown.
const SMALL: u64 = 64 << 10;

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
    /// How large it was when nothing was recognised in it.
    looked_through: u64,
}

/// What is followed, and where.
pub(super) struct Places {
    targets: Vec<Target>,
    /// Where paths that were given relative begin.
    here: Option<PathBuf>,
    pub(super) logs: Vec<Followed>,
    directories: HashMap<PathBuf, Directory>,
    /// Whose a file was when its log was found.
    owners: HashMap<FileId, LogId>,
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
    pub(super) fn new(targets: &[Target], watch: Watch) -> Self {
        let is_relative = targets.iter().any(Target::is_relative);
        Self {
            targets: targets.iter().map(Target::absolute).collect(),
            here: is_relative.then(|| std::env::current_dir().ok()).flatten(),
            logs: Vec::new(),
            directories: HashMap::new(),
            owners: HashMap::new(),
            links: HashMap::new(),
            watch,
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
        self.adopt_all();
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

    /// Is told of no changes any more.
    #[cfg(test)]
    pub(super) fn without_notification(&mut self) {
        for (directory, known) in &mut self.directories {
            self.watch.remove(directory);
            known.is_told = false;
        }
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

    /// Whether there is any log.
    pub(super) fn has_logs(&self) -> bool {
        !self.logs.is_empty()
    }

    pub(super) fn targets(&self) -> &[Target] {
        &self.targets
    }

    /// A path as its user would name it.
    pub(super) fn shown(&self, path: &Path) -> PathBuf {
        let here = self.here.as_ref().and_then(|here| path.strip_prefix(here).ok());
        here.unwrap_or(path).to_owned()
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
            self.make_room(id);
            self.look(id, now_ns);
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
                let backlog = followed.backlog.take().unwrap_or(0);
                followed.backlog = Some(backlog.saturating_sub(lines.range.len() as u64));
                if backlog == 0 {
                    self.ready.rotate_left(1);
                }
                Some(lines)
            }
        }
    }

    /// Closes files of other logs if too many are open. They are found again where they were read to.
    fn make_room(&mut self, id: LogId) {
        if self.open_files < self.most_open {
            return;
        }
        for (number, followed) in (0..).zip(&mut self.logs) {
            if number != id.0 && followed.log.open_files() > 0 {
                self.open_files = self.open_files.saturating_sub(followed.log.open_files());
                followed.log.park();
                followed.must_look |= followed.is_ready;
            }
            if self.open_files <= self.most_open / 2 {
                break;
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
        self.troubles.append(&mut followed.log.troubles);
    }

    /// Finds out which files a log has.
    fn look(&mut self, id: LogId, now_ns: i64) {
        let followed = &mut self.logs[id.0 as usize];
        followed.must_look = false;
        let open = followed.log.open_files();
        let directory = followed.directory.clone();
        for attempt in 0..TRIES {
            let mut siblings = self.siblings(id);
            if attempt >= TRUSTED {
                // What is mounted upon a name has another number than the directory says.
                siblings.iter_mut().for_each(Sibling::ask);
            }
            if self.logs[id.0 as usize].log.look(&siblings, now_ns).is_ok() {
                self.follow_links(id, &siblings);
                self.owners.extend(siblings.iter().map(|sibling| (sibling.id, id)));
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

    pub(super) fn siblings(&self, id: LogId) -> Vec<Sibling> {
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
        let links = siblings.iter().filter(|sibling| sibling.is_link);
        let targets: Vec<_> = links.filter_map(|link| link.path.canonicalize().ok()).collect();
        self.links.retain(|target, log| *log != id || targets.contains(target));
        for target in targets {
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

    /// Whether a log that nobody has named holds anything that is known. A large one is not looked through again before
    /// it is twice as large.
    fn is_recognised(&mut self, id: LogId, options: &Options) -> bool {
        let Followed { is_recognised, looked_through, source, .. } = &self.logs[id.0 as usize];
        if *is_recognised {
            return true;
        }
        let siblings = self.siblings(id);
        let sizes = siblings.iter().filter_map(|sibling| fs::metadata(&sibling.path).ok());
        let size = sizes.map(|metadata| metadata.len()).fold(0, u64::saturating_add);
        if *looked_through > SMALL && size < looked_through.saturating_mul(2) {
            return false;
        }
        let is_known = siblings.iter().any(|sibling| {
            decoding::is_recognised(&sibling.path, source, options, &mut self.buffer).unwrap_or(true)
        });
        let followed = &mut self.logs[id.0 as usize];
        (followed.is_recognised, followed.looked_through) = (is_known, size);
        is_known
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
