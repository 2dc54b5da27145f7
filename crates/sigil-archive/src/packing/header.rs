//! The headers of an archive's members: ustar, with an extended header for what it has no room for (POSIX.1-2008,
//! pax Interchange Format).

use std::io;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use tar::{Builder, EntryType, Header};

use crate::contents::{Kind, Member};

/// How long a name in a ustar header may be, in bytes.
const LONGEST_NAME: usize = 100;

/// Makes headers.
pub(crate) struct Headers(Builder<Vec<u8>>);

impl Headers {
    pub(crate) fn new() -> Self {
        Self(Builder::new(Vec::new()))
    }

    /// The headers of `member`, whose extended one holds `comment`.
    ///
    /// # Errors
    /// A number does not fit in.
    pub(crate) fn of(&mut self, member: &Member, comment: Option<&str>) -> io::Result<&[u8]> {
        self.0.get_mut().clear();
        let name = name(member);
        let mtime = decimal_time(member.stamp.mtime);
        let mut records = vec![("mtime", mtime.as_bytes())];
        records.extend(comment.map(|comment| ("comment", comment.as_bytes())));
        if name.len() > LONGEST_NAME {
            records.push(("path", &name));
        }
        let link = if let Kind::Link(target) = &member.kind { target.as_path() } else { Path::new("") };
        let link = link.as_os_str().as_bytes();
        if link.len() > LONGEST_NAME {
            records.push(("linkpath", link));
        }
        self.0.append_pax_extensions(records)?;
        self.name_extension();

        let mut header = Header::new_ustar();
        header.set_entry_type(match member.kind {
            Kind::File => EntryType::Regular,
            Kind::Directory => EntryType::Directory,
            Kind::Link(_) => EntryType::Symlink,
        });
        header.set_size(if member.kind == Kind::File { member.stamp.size } else { 0 });
        header.set_mode(member.mode);
        header.set_uid(member.owner.0.into());
        header.set_gid(member.owner.1.into());
        header.set_mtime(u64::try_from(member.stamp.mtime.0).unwrap_or(0));
        let short = |bytes: &[u8], field: &mut [u8]| {
            let length = bytes.len().min(field.len());
            field[..length].copy_from_slice(&bytes[..length]);
        };
        short(&name, &mut header.as_old_mut().name);
        short(link, &mut header.as_old_mut().linkname);
        header.set_cksum();
        self.0.append(&header, io::empty())?;
        Ok(self.0.get_ref())
    }

    /// Gives the extended header a name: busybox takes one without for the end of the archive.
    fn name_extension(&mut self) {
        const NAME: &[u8] = b"PaxHeaders";
        let Some(block) = self.0.get_mut().get_mut(..512) else { return };
        let mut header = Header::from_byte_slice(block).clone();
        header.as_old_mut().name[..NAME.len()].copy_from_slice(NAME);
        header.set_cksum();
        block.copy_from_slice(header.as_bytes());
    }
}

/// The name as it stands in the archive; that of a directory ends in a slash.
fn name(member: &Member) -> Vec<u8> {
    let mut name = member.name.as_os_str().as_bytes().to_vec();
    if member.kind == Kind::Directory {
        name.push(b'/');
    }
    name
}

/// A time as pax writes it: decimal seconds, negative before 1970.
fn decimal_time((seconds, nanos): (i64, u32)) -> String {
    if seconds >= 0 || nanos == 0 {
        format!("{seconds}.{nanos:09}")
    } else {
        format!("-{}.{:09}", -(seconds + 1), 1_000_000_000 - nanos)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_before_1970_have_a_sign() {
        assert_eq!(decimal_time((1_768_120_532, 5)), "1768120532.000000005");
        assert_eq!(decimal_time((-2, 500_000_000)), "-1.500000000");
        assert_eq!(decimal_time((-1, 250_000_000)), "-0.750000000");
        assert_eq!(decimal_time((-3, 0)), "-3.000000000");
    }
}
