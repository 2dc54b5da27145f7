//! What the log store takes, and how full its disk is.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::statvfs;
use sigil_store::{Store, cause, code, home};

use super::tell;
use crate::engine::{Engine, Instances};
use crate::rules::{Measure, Scope};

/// Looks at the store, if there is one.
pub(super) fn check(
    store: &Store,
    instances: &mut Instances,
    now_us: i64,
    engine: &mut Engine,
    troubles: &mut Vec<String>,
) {
    let root = store.root();
    if !engine.rules.need(Scope::Store) || !root.exists() {
        return;
    }
    let name = home::shown(root);
    if !engine.rules.by(Measure::StoreSize).is_empty() {
        match size(root) {
            Ok(bytes) => tell(engine, instances, (&name, Measure::StoreSize), now_us, bytes as f64),
            Err(why) => {
                troubles.push(format!("{}: cannot read {name}: {}", code::of_io(&why), cause::of_io(&why)))
            }
        }
    }
    if let Ok(disk) = statvfs(root) {
        // As df has it: what only root may use is neither used nor free.
        let used = disk.f_blocks.saturating_sub(disk.f_bfree) as f64;
        let all = used + disk.f_bavail as f64;
        if all > 0.0 {
            tell(engine, instances, (&name, Measure::DiskUse), now_us, used * 100.0 / all);
        }
    }
}

/// What a directory takes on the disk, in bytes. Links are not followed; what goes meanwhile takes nothing.
fn size(directory: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    let mut directories = vec![directory.to_owned()];
    while let Some(directory) = directories.pop() {
        let entries = match fs::read_dir(&directory) {
            Ok(entries) => entries,
            Err(why) if why.kind() == io::ErrorKind::NotFound => continue,
            Err(why) => return Err(why),
        };
        for entry in entries.flatten() {
            let Ok(metadata) = entry.metadata() else { continue };
            bytes += metadata.blocks() * 512;
            if metadata.is_dir() {
                directories.push(entry.path());
            }
        }
    }
    Ok(bytes)
}
