//! Removing directories that are not needed any more.

use std::fs::{self, File, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Removes a directory with all that is in it, even what its owner has forbidden to write to.
pub(crate) fn remove_all(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(why) if why.kind() == io::ErrorKind::PermissionDenied => {
            permit(path)?;
            fs::remove_dir_all(path)
        }
        removed => removed,
    }
}

/// Lets the owner write to a directory and those in it. Links are not followed.
fn permit(directory: &Path) -> io::Result<()> {
    if !fs::symlink_metadata(directory)?.is_dir() {
        return Ok(());
    }
    let opened = File::open(directory).or_else(|_| {
        fs::set_permissions(directory, Permissions::from_mode(0o700))?;
        File::open(directory)
    })?;
    opened.set_permissions(Permissions::from_mode(0o700))?;
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            permit(&entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn what_may_not_be_written_to_goes_and_what_a_link_leads_to_stays_as_it_is() {
        let place = tempfile::tempdir().unwrap();
        let (gone, kept) = (place.path().join("gone"), place.path().join("kept"));
        for directory in [gone.join("inner"), kept.clone()] {
            fs::create_dir_all(&directory).unwrap();
            fs::write(directory.join("file"), "x").unwrap();
            fs::set_permissions(&directory, Permissions::from_mode(0o555)).unwrap();
        }
        symlink(&kept, gone.join("link")).unwrap();
        permit(&gone).unwrap();
        assert_eq!((mode(&gone.join("inner")), mode(&kept)), (0o700, 0o555));
        permit(&gone.join("link")).unwrap();
        assert_eq!(mode(&kept), 0o555);
        remove_all(&gone).unwrap();
        assert!(!gone.exists() && kept.join("file").exists());
    }
}
