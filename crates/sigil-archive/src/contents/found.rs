//! What the system says of a file: one question for each.

use std::ffi::OsStr;
use std::os::fd::BorrowedFd;

use rustix::fs::{AtFlags, StatxFlags, makedev, statat, statx};
use rustix::io::Errno;

use super::Stamp;

/// What was found.
pub(super) struct Found {
    pub(super) stamp: Stamp,
    /// Kind and permissions.
    pub(super) mode: u32,
    pub(super) owner: (u32, u32),
    pub(super) mount: Mount,
}

/// What tells whether something is mounted where it lies. One file system may be mounted in several places, and one that
/// is put together of others has files with the devices of these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mount {
    Number(u64),
    /// Systems before Linux 5.8 do not say the number.
    Device(u64),
}

impl Found {
    /// What is called `entry` in `parent`. Links are not followed.
    pub(super) fn at(parent: BorrowedFd<'_>, entry: &OsStr) -> rustix::io::Result<Self> {
        let wanted = StatxFlags::BASIC_STATS | StatxFlags::MNT_ID;
        let found = match statx(parent, entry, AtFlags::SYMLINK_NOFOLLOW, wanted) {
            Err(Errno::NOSYS | Errno::PERM) => return Self::of_old_systems(parent, entry),
            found => found?,
        };
        let device = makedev(found.stx_dev_major, found.stx_dev_minor);
        let has_number = found.stx_mask & StatxFlags::MNT_ID.bits() != 0;
        Ok(Self {
            stamp: Stamp {
                id: (device, found.stx_ino),
                size: found.stx_size,
                mtime: (found.stx_mtime.tv_sec, found.stx_mtime.tv_nsec),
                ctime: (found.stx_ctime.tv_sec, found.stx_ctime.tv_nsec),
            },
            mode: found.stx_mode.into(),
            owner: (found.stx_uid, found.stx_gid),
            mount: if has_number { Mount::Number(found.stx_mnt_id) } else { Mount::Device(device) },
        })
    }

    fn of_old_systems(parent: BorrowedFd<'_>, entry: &OsStr) -> rustix::io::Result<Self> {
        let found = statat(parent, entry, AtFlags::SYMLINK_NOFOLLOW)?;
        Ok(Self {
            stamp: Stamp::of(&found),
            mode: found.st_mode,
            owner: (found.st_uid, found.st_gid),
            mount: Mount::Device(found.st_dev),
        })
    }
}
