//! Which files are held open, and which directories worked in, by any process that can be looked into.

use std::collections::HashSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::makedev;

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
            let before = open.len();
            open.extend(descriptors(&process.path()));
            if open.len() == before {
                // Its first thread may have ended, and others go on.
                let threads = fs::read_dir(process.path().join("task")).into_iter().flatten().flatten();
                open.extend(threads.flat_map(|thread| descriptors(&thread.path())));
            }
            open.extend(mapped(&process.path()));
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

/// What a process or thread holds open. It may end, or belong to somebody else.
fn descriptors(process: &Path) -> Vec<FileId> {
    let entries = fs::read_dir(process.join("fd")).into_iter().flatten().flatten();
    entries.filter_map(|descriptor| id(&descriptor.path())).collect()
}

/// The files that a process can write to because they are parts of its memory, open or not: `/proc/PID/maps` in proc(5).
fn mapped(process: &Path) -> Vec<FileId> {
    let maps = fs::read(process.join("maps")).unwrap_or_default();
    let file = |line: &[u8]| {
        // 7f0a-7f0b rw-s 00000000 fe:00 1234 /path
        let mut fields = str::from_utf8(line.get(..line.len().min(200))?).ok()?.split_ascii_whitespace();
        let access = fields.nth(1)?;
        let (major, minor) = fields.nth(1)?.split_once(':')?;
        let device = makedev(u32::from_str_radix(major, 16).ok()?, u32::from_str_radix(minor, 16).ok()?);
        let inode: u64 = fields.next()?.parse().ok()?;
        (access.contains('w') && access.ends_with('s') && inode > 0).then_some((device, inode))
    };
    maps.split(|byte| *byte == b'\n').filter_map(file).collect()
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

    #[test]
    fn a_file_that_is_a_part_of_a_process_s_memory_is_held_too() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("execution.jsonl");
        fs::write(&path, "x".repeat(100)).unwrap();
        let found = fs::metadata(&path).unwrap();
        let script = "import mmap, os, sys\nf = os.open(sys.argv[1], os.O_RDWR)\nm = mmap.mmap(f, 100)\nos.close(f)\nprint(flush=True)\nsys.stdin.read()";
        let mut command = Command::new("python3");
        command.args(["-c", script]).arg(&path).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        std::io::BufRead::read_line(&mut std::io::BufReader::new(child.stdout.take().unwrap()), &mut line)
            .unwrap();
        let is_held = Holders::look().hold((found.dev(), found.ino()));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(is_held);
    }
}
