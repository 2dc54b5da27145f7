//! Which files are held open, and which directories worked in, by any process that can be looked into.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// A file wherever its names lead: device and inode.
pub(crate) type FileId = (u64, u64);

/// Files that were held open at one moment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Holders {
    open: HashSet<FileId>,
}

impl Holders {
    /// Looks into every other process that lets itself be looked into (proc(5), `/proc/PID/fd`): those of the same user,
    /// and to root all of them. Takes as long as there are open files on the machine, some ten milliseconds for
    /// ten thousand, so one look serves many sessions.
    pub(crate) fn look() -> Self {
        let own = std::process::id().to_string();
        let mut open = HashSet::new();
        for process in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let name = process.file_name();
            let is_process = name.as_encoded_bytes().iter().all(u8::is_ascii_digit);
            if !is_process || name.as_encoded_bytes() == own.as_bytes() {
                continue;
            }
            // A process may end, or belong to somebody else.
            let Ok(descriptors) = fs::read_dir(process.path().join("fd")) else { continue };
            open.extend(descriptors.flatten().filter_map(|descriptor| id(&descriptor.path())));
            // From the directory that it works in it can open what has no other name.
            open.extend(id(&process.path().join("cwd")));
        }
        Self { open }
    }

    /// Whether a process holds that file open.
    pub(crate) fn hold(&self, file: FileId) -> bool {
        self.open.contains(&file)
    }
}

fn id(descriptor: &Path) -> Option<FileId> {
    // What is no file on a disk has no path; asking a network file system that is gone would take forever.
    let target = fs::read_link(descriptor).ok()?;
    let found = target.is_absolute().then(|| fs::metadata(descriptor).ok()).flatten()?;
    Some((found.dev(), found.ino()))
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn a_file_is_held_as_long_as_a_process_has_it_open() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("execution.jsonl");
        let file = fs::File::create(&path).unwrap();
        let found = file.metadata().unwrap();
        let id = (found.dev(), found.ino());
        assert!(!Holders::look().hold(id), "this process does not count");
        let mut child = Command::new("sleep").arg("60").stdin(Stdio::from(file)).spawn().unwrap();
        let is_held = Holders::look().hold(id);
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(is_held);
        assert!(!Holders::look().hold(id));
    }
}
