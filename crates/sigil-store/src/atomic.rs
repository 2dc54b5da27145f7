//! Writing files so that nobody ever sees half of one, not even after a power cut.

use std::fs::{self, DirBuilder, File, Metadata, Permissions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, fchown};
use std::path::{Path, PathBuf};

use crate::Error;

/// What goes to the operating system at a time.
const BUFFER_BYTES: usize = 64 * 1024;

/// Replaces the file at `path` by what `fill` writes, or leaves it as it was.
///
/// The text goes to a temporary file in the same directory, which is brought to the disk and then renamed. An
/// existing file's permissions (and owner, where that is allowed) stay, a new one's are 0600. A symbolic link
/// stays one; what it points to is replaced.
///
/// # Errors
///
/// [`Error::Io`] with what `fill` or the operating system said; nothing is left behind then.
pub fn write(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
    let target = target(path);
    let written = replace(&target, fs::metadata(&target).ok(), Durability::Now, fill);
    written.map_err(|source| Error::Io { action: "write", path: path.to_owned(), source })
}

/// The same, but leaves it to the system when the text comes to the disk: nobody ever sees half of it, but after a
/// power cut the file may be damaged. For what is written many times a second and can be done without.
///
/// # Errors
///
/// Those of [`write()`].
pub fn write_soon(path: &Path, fill: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Error> {
    let target = target(path);
    let written = replace(&target, fs::metadata(&target).ok(), Durability::Soon, fill);
    written.map_err(|source| Error::Io { action: "write", path: path.to_owned(), source })
}

/// Replaces the file at `path` as [`write()`] does, with the permissions (and owner, where that is allowed) of
/// the file `like`. For directories that others may write to: a symbolic link is not
/// followed, and stays as it is.
///
/// # Errors
///
/// Those of [`write()`]; `path` is a symbolic link; `like` cannot be looked at.
pub fn write_like(
    path: &Path,
    like: &Path,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Error> {
    let written = if path.is_symlink() {
        Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is a symbolic link; remove it"))
    } else {
        // Should a link come there meanwhile, the rename replaces it and not what it points to.
        fs::metadata(like).and_then(|access| replace(path, Some(access), Durability::Now, fill))
    };
    written.map_err(|source| Error::Io { action: "write", path: path.to_owned(), source })
}

/// When a file has to be on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Durability {
    Now,
    Soon,
}

/// Makes a directory and the ones above it that are missing, with permissions 0700. One that exists is fine.
///
/// # Errors
///
/// [`Error::Io`].
pub fn create_dir(path: &Path) -> Result<(), Error> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| Error::Io { action: "create", path: path.to_owned(), source })
}

/// Replaces `target` by a file with the permissions of `access`, or private.
fn replace(
    target: &Path,
    access: Option<Metadata>,
    durability: Durability,
    fill: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let directory = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut temporary = tempfile::Builder::new().prefix(".sigil-").suffix(".tmp").tempfile_in(directory)?;
    let mut buffer = BufWriter::with_capacity(BUFFER_BYTES, temporary.as_file_mut());
    fill(&mut buffer)?;
    buffer.flush()?;
    drop(buffer);
    if let Some(access) = access {
        take_access(temporary.as_file(), &access)?;
    }
    if durability == Durability::Now {
        temporary.as_file().sync_all()?;
    }
    temporary.persist(target).map_err(|error| error.error)?;
    if durability == Durability::Now { sync_dir(directory) } else { Ok(()) }
}

/// The file that a link stands for, so that the link survives the rename.
fn target(path: &Path) -> PathBuf {
    if path.is_symlink() {
        fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
    } else {
        path.to_owned()
    }
}

fn take_access(file: &File, access: &Metadata) -> io::Result<()> {
    let new = file.metadata()?;
    if (new.uid(), new.gid()) != (access.uid(), access.gid()) {
        // Only root may give files away; for others the file becomes theirs, as with any editor.
        let _ = fchown(file, Some(access.uid()), Some(access.gid()));
    }
    file.set_permissions(Permissions::from_mode(access.mode() & 0o7777))
}

/// Brings names in a directory to the disk. Some network file systems cannot do that for directories and say so, which
/// is no error.
///
/// # Errors
///
/// What opening the directory or bringing it to the disk answers.
pub fn sync_dir(directory: &Path) -> io::Result<()> {
    match File::open(directory)?.sync_all() {
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            Ok(())
        }
        synced => synced,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_new_file_is_private() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("tokens.json");
        write(&path, |out| out.write_all(b"{}\n")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "{}\n");
        assert_eq!(mode(&path), 0o600);
        assert_eq!(names(directory.path()), ["tokens.json"]);
    }

    #[test]
    fn what_is_written_soon_is_there_for_everybody_at_once() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("state.json");
        write_soon(&path, |out| out.write_all(b"1\n")).unwrap();
        write_soon(&path, |out| out.write_all(b"2\n")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "2\n");
        assert_eq!((mode(&path), names(directory.path())), (0o600, vec!["state.json".to_owned()]));
    }

    #[test]
    fn an_existing_file_keeps_its_permissions() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("tokens.json");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        write(&path, |out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(mode(&path), 0o640);
    }

    #[test]
    fn a_failure_leaves_the_old_file_and_nothing_else() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("tokens.json");
        fs::write(&path, "old").unwrap();
        let failed = write(&path, |out| {
            out.write_all(b"half")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        let expected =
            format!("E009_DISK_FULL: cannot write {}: no storage space", crate::home::shown(&path));
        assert_eq!(failed.unwrap_err().to_string(), expected);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(directory.path()), ["tokens.json"]);
    }

    #[test]
    fn a_directory_in_the_way_is_an_error_and_nothing_is_left() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("taken");
        fs::create_dir(&path).unwrap();
        assert!(write(&path, |out| out.write_all(b"x")).is_err());
        assert_eq!(names(directory.path()), ["taken"]);
    }

    #[test]
    fn a_link_stays_a_link() {
        let directory = tempfile::tempdir().unwrap();
        let (real, link) = (directory.path().join("real"), directory.path().join("link"));
        fs::write(&real, "old").unwrap();
        symlink("real", &link).unwrap();
        write(&link, |out| out.write_all(b"new")).unwrap();
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "new");
    }

    #[test]
    fn what_is_written_like_another_follows_no_link() {
        let directory = tempfile::tempdir().unwrap();
        let (log, path) = (directory.path().join("log"), directory.path().join("tokens.json"));
        fs::write(&log, "").unwrap();
        fs::set_permissions(&log, Permissions::from_mode(0o640)).unwrap();
        for text in ["one", "two"] {
            write_like(&path, &log, |out| out.write_all(text.as_bytes())).unwrap();
            assert_eq!((fs::read_to_string(&path).unwrap().as_str(), mode(&path)), (text, 0o640));
        }
        fs::remove_file(&path).unwrap();
        symlink("log", &path).unwrap();
        let message = write_like(&path, &log, |out| out.write_all(b"x")).unwrap_err().to_string();
        let expected = "it is a symbolic link; remove it";
        assert!(
            message.starts_with("E002_LOG_PERM: cannot write ") && message.ends_with(expected),
            "{message}"
        );
        assert_eq!(fs::read_to_string(&log).unwrap(), "");
        assert!(path.is_symlink());
    }

    #[test]
    fn a_missing_directory_is_said() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("gone/file");
        let message = write(&path, |_| Ok(())).unwrap_err().to_string();
        assert_eq!(
            message,
            format!("E001_SESSION_NF: cannot write {}: no such file or directory", crate::home::shown(&path))
        );
    }

    #[test]
    fn directories_are_private_all_the_way() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a/b");
        create_dir(&path).unwrap();
        create_dir(&path).unwrap();
        assert_eq!((mode(&path), mode(&directory.path().join("a"))), (0o700, 0o700));
    }
}
