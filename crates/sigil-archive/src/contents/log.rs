//! The parts of a session's log: those that were rotated, and the one that is written to.

use std::path::Path;

use sigil_store::rotation;

use super::{Contents, Member};

/// What puts the parts of a log in order, the oldest first; none if what is called `name` is no part of `log`. Of a part
/// that is there plain and compressed the plain one comes first.
pub(crate) fn part_order(name: &Path, log: &Path) -> Option<String> {
    let (file_name, log_name) = (name.file_name()?.to_str()?, log.file_name()?.to_str()?);
    let is_part = name.parent() == log.parent() && rotation::split(file_name).0 == log_name;
    is_part.then(|| rotation::order_key(file_name))
}

impl Contents {
    /// The log and its rotated parts, the oldest first.
    pub(crate) fn parts_of<'c>(&'c self, log: &Path) -> Vec<&'c Member> {
        let mut parts: Vec<_> =
            self.files().filter_map(|file| Some((part_order(&file.name, log)?, file))).collect();
        parts.sort_by(|(one, _), (other, _)| one.cmp(other));
        parts.into_iter().map(|(_, file)| file).collect()
    }
}
