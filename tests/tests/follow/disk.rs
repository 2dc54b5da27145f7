//! What is on disk in the end, in all parts of a log.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::account::Account;

/// The events in `log` and in all that logrotate has made of it, the names of which begin as its does. A piece of a
/// line at the end of a part is none.
pub(crate) fn account(log: &Path) -> Account {
    let name = log.file_name().expect("a log has a name").to_str().expect("a name that is text");
    let dir = log.parent().expect("a log lies somewhere");
    let mut all = Account::default();
    for entry in fs::read_dir(dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        let is_part =
            path.file_name().and_then(|part| part.to_str()).is_some_and(|part| part.starts_with(name));
        if !is_part {
            continue;
        }
        if path.extension().is_some_and(|ending| ending == "gz") {
            let unpacked = Command::new("gzip").arg("-dc").arg(&path).output().expect("gzip starts");
            assert!(unpacked.status.success(), "gzip -dc {}", path.display());
            all.take(&unpacked.stdout);
        } else {
            all.take(&fs::read(&path).expect("a part can be read"));
        }
        all.end_of_file();
    }
    all
}
