//! Giving files and directories another name, never over what has it.

use std::io;
use std::os::fd::AsFd;

use rustix::fs::{AtFlags, RenameFlags, linkat, renameat, renameat_with, statat, unlinkat};
use rustix::io::Errno;
use rustix::path::Arg;

/// Gives what is called `name` in the directory `from` the name `new` in the directory `to`.
///
/// # Errors
/// Something has that name: [`io::ErrorKind::AlreadyExists`]; or the system refuses.
pub(crate) fn rename(
    from: impl AsFd,
    name: impl Arg + Copy,
    to: impl AsFd,
    new: impl Arg + Copy,
) -> io::Result<()> {
    match renameat_with(&from, name, &to, new, RenameFlags::NOREPLACE) {
        // Some network file systems cannot do that at once.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => in_steps(from, name, to, new),
        renamed => Ok(renamed?),
    }
}

/// A file has both names for an instant. A directory cannot have two: whether its new name is free is asked before.
fn in_steps(from: impl AsFd, name: impl Arg + Copy, to: impl AsFd, new: impl Arg + Copy) -> io::Result<()> {
    match linkat(&from, name, &to, new, AtFlags::empty()) {
        Ok(()) => Ok(unlinkat(&from, name, AtFlags::empty())?),
        Err(Errno::PERM | Errno::ISDIR | Errno::MLINK | Errno::NOSYS | Errno::OPNOTSUPP) => {
            match statat(&to, new, AtFlags::SYMLINK_NOFOLLOW) {
                Err(Errno::NOENT) => Ok(renameat(&from, name, &to, new)?),
                Ok(_) => Err(Errno::EXIST.into()),
                Err(why) => Err(why.into()),
            }
        }
        Err(why) => Err(why.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use super::*;

    #[test]
    fn nothing_is_replaced_in_one_step_or_in_several() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let fd = File::open(directory.path()).unwrap();
        for is_in_steps in [false, true] {
            let rename = |name: &str, new: &str| {
                if is_in_steps { in_steps(&fd, name, &fd, new) } else { rename(&fd, name, &fd, new) }
            };
            fs::write(path("a"), "a").unwrap();
            fs::write(path("b"), "b").unwrap();
            fs::create_dir(path("c")).unwrap();
            for (name, new) in [("a", "b"), ("c", "b"), ("a", "c"), ("c", "c/d")] {
                assert!(rename(name, new).is_err(), "{name} {new}");
            }
            fs::create_dir(path("d")).unwrap();
            assert_eq!(rename("c", "d").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
            rename("a", "e").unwrap();
            rename("c", "f").unwrap();
            assert_eq!((fs::read(path("e")).unwrap(), path("f").is_dir()), (b"a".to_vec(), true));
            for name in ["b", "e"] {
                fs::remove_file(path(name)).unwrap();
            }
            for name in ["d", "f"] {
                fs::remove_dir(path(name)).unwrap();
            }
        }
    }
}
