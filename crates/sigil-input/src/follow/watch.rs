//! What the system tells of changes, and where it tells nothing.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use notify::event::{AccessKind, EventKind, MetadataKind, ModifyKind};
use notify::{Config, Event, RecommendedWatcher, RecursiveMode, Watcher};

use super::Waker;

/// What has changed since that was asked last.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Changes {
    /// Files whose bytes have changed.
    pub(super) files: HashSet<PathBuf>,
    /// Directories in which names have changed.
    pub(super) directories: HashSet<PathBuf>,
    /// Anything may have changed: the system could not keep up.
    pub(super) everything: bool,
}

/// Watches directories.
pub(super) struct Watch {
    watcher: Option<RecommendedWatcher>,
    /// Nobody will ask.
    is_idle: bool,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    changes: Mutex<Changes>,
    /// Whether there are any.
    is_changed: AtomicBool,
}

impl Shared {
    fn changes(&self) -> MutexGuard<'_, Changes> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what has happened. However much it is, no more is kept than names.
    fn note(&self, event: notify::Result<Event>) {
        let mut changes = self.changes();
        let Ok(event) = event else {
            changes.everything = true;
            return;
        };
        changes.everything |= event.need_rescan();
        match event.kind {
            EventKind::Access(AccessKind::Close(_) | AccessKind::Open(_) | AccessKind::Read) => {}
            EventKind::Modify(ModifyKind::Data(_)) => changes.files.extend(event.paths),
            // Who may read a file may have changed.
            EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any))
            | EventKind::Any
            | EventKind::Other => {
                changes.directories.extend(parents(&event.paths));
                changes.files.extend(event.paths);
            }
            _ => {
                changes.directories.extend(parents(&event.paths));
                changes.directories.extend(event.paths);
            }
        }
    }
}

fn parents(paths: &[PathBuf]) -> impl Iterator<Item = PathBuf> {
    paths.iter().filter_map(|path| path.parent()).map(Path::to_path_buf)
}

impl Watch {
    /// Watches nothing yet. What changes wakes `waker`.
    pub(super) fn new(waker: Waker) -> Self {
        let shared = Arc::new(Shared::default());
        let told = Arc::clone(&shared);
        let handler = move |event| {
            told.note(event);
            if told.changes().has_any() && !told.is_changed.swap(true, Ordering::AcqRel) {
                waker.wake();
            }
        };
        let watcher = RecommendedWatcher::new(handler, Config::default()).ok();
        Self { watcher, is_idle: false, shared }
    }

    /// Watches nothing ever, for who reads what is there and no more: to begin and to end watching takes longer than to
    /// read a small log.
    pub(super) fn idle() -> Self {
        Self { watcher: None, is_idle: true, shared: Arc::default() }
    }

    /// Watches a directory; whether the system will tell of all its changes.
    pub(super) fn add(&mut self, directory: &Path) -> bool {
        if self.is_idle {
            return true;
        }
        let watched =
            self.watcher.as_mut().map(|watcher| watcher.watch(directory, RecursiveMode::NonRecursive));
        matches!(watched, Some(Ok(()))) && !is_remote(directory)
    }

    /// Watches it no more.
    pub(super) fn remove(&mut self, directory: &Path) {
        if let Some(watcher) = &mut self.watcher {
            // One that is gone is watched by nobody.
            let _ = watcher.unwatch(directory);
        }
    }

    /// Takes what has changed, if anything has.
    pub(super) fn take(&self) -> Option<Changes> {
        if !self.shared.is_changed.swap(false, Ordering::AcqRel) {
            return None;
        }
        Some(std::mem::take(&mut *self.shared.changes()))
    }
}

impl Changes {
    fn has_any(&self) -> bool {
        self.everything || !self.files.is_empty() || !self.directories.is_empty()
    }
}

/// Whether others may change what lies there without this system knowing: it is on a network, or behind a
/// program that stands for a file system.
#[cfg(target_os = "linux")]
fn is_remote(directory: &Path) -> bool {
    /// Numbers of `statfs(2)`: NFS, SMB, SMB2, CIFS, AFS, Coda, Ceph, 9P, FUSE, VirtualBox, VMware.
    const REMOTE: [u32; 11] = [
        0x6969,
        0x517b,
        0xfe53_4d42,
        0xff53_4d42,
        0x5346_414f,
        0x7375_7245,
        0x00c3_6400,
        0x0102_1997,
        0x6573_5546,
        0x786f_4256,
        0xbacb_acbc,
    ];
    rustix::fs::statfs(directory).is_ok_and(|found| {
        // The field is signed on some machines, and the number then too.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::unnecessary_cast)]
        let kind = found.f_type as u32;
        REMOTE.contains(&kind)
    })
}

#[cfg(not(target_os = "linux"))]
fn is_remote(_: &Path) -> bool {
    false
}
