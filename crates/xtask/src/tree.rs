//! A directory as it should be: written, or compared with what is there.

use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Files by their path below a directory, with their text.
pub(crate) type Tree = BTreeMap<PathBuf, String>;

/// Makes `dir` hold exactly `tree`.
///
/// # Errors
///
/// When a file cannot be written or removed.
pub(crate) fn write(tree: &Tree, dir: &Path) -> Result<()> {
    for path in present(dir)?.difference(&tree.keys().cloned().collect()) {
        let path = dir.join(path);
        fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
    }
    for (path, text) in tree {
        let path = dir.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        }
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// A line for every file in which `dir` is not `tree`; none when they are the same.
///
/// # Errors
///
/// When a file is there but cannot be read.
pub(crate) fn drift(tree: &Tree, dir: &Path) -> Result<Vec<String>> {
    let present = present(dir)?;
    let mut lines = Vec::new();
    for (path, wanted) in tree {
        if !present.contains(path) {
            lines.push(format!("{}: missing", path.display()));
            continue;
        }
        let there = dir.join(path);
        let text = fs::read_to_string(&there).with_context(|| format!("cannot read {}", there.display()))?;
        if let Some(difference) = difference(&text, wanted) {
            lines.push(format!("{}{difference}", path.display()));
        }
    }
    let stale = present.iter().filter(|path| !tree.contains_key(*path));
    lines.extend(stale.map(|path| format!("{}: nothing writes it", path.display())));
    Ok(lines)
}

/// Where `there` first leaves `wanted`, and how many lines it takes to come back.
fn difference(there: &str, wanted: &str) -> Option<String> {
    if there == wanted {
        return None;
    }
    let (there, wanted): (Vec<_>, Vec<_>) = (there.split('\n').collect(), wanted.split('\n').collect());
    let shorter = there.len().min(wanted.len());
    let before = there.iter().zip(&wanted).take_while(|(a, b)| a == b).count();
    let after = there.iter().rev().zip(wanted.iter().rev()).take_while(|(a, b)| a == b).count();
    let changed = there.len().max(wanted.len()) - before - after.min(shorter - before);
    let shown = |lines: &[&str]| lines.get(before).map_or("the end".to_owned(), |line| format!("{line:?}"));
    Some(format!(
        ":{}: lines that differ: {changed}\n  there:  {}\n  wanted: {}",
        before + 1,
        shown(&there),
        shown(&wanted)
    ))
}

fn present(dir: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut open = vec![dir.to_owned()];
    while let Some(next) = open.pop() {
        let entries = match fs::read_dir(&next) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", next.display())),
        };
        for entry in entries {
            let path = entry.with_context(|| format!("cannot read {}", next.display()))?.path();
            if path.is_dir() {
                open.push(path);
            } else if let Ok(below) = path.strip_prefix(dir) {
                found.insert(below.to_owned());
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::{Tree, drift, write};
    use std::fs;
    use std::path::PathBuf;

    #[test]
    fn what_was_written_does_not_drift_and_every_change_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let tree =
            Tree::from([("a.1", "x\ny\nz\n"), ("c/_a", "q\n")].map(|(p, t)| (PathBuf::from(p), t.into())));
        assert_eq!(drift(&tree, dir.path()).unwrap(), ["a.1: missing", "c/_a: missing"]);

        fs::write(dir.path().join("old.1"), "").unwrap();
        write(&tree, dir.path()).unwrap();
        assert_eq!(drift(&tree, dir.path()).unwrap(), [""; 0]);
        assert!(!dir.path().join("old.1").exists());

        fs::write(dir.path().join("a.1"), "x\nY\nz\n").unwrap();
        fs::write(dir.path().join("c/_b"), "").unwrap();
        assert_eq!(
            drift(&tree, dir.path()).unwrap(),
            ["a.1:2: lines that differ: 1\n  there:  \"Y\"\n  wanted: \"y\"", "c/_b: nothing writes it"]
        );
    }

    #[test]
    fn a_missing_end_is_a_difference() {
        let dir = tempfile::tempdir().unwrap();
        let tree = Tree::from([(PathBuf::from("a"), "x\ny\n".to_owned())]);
        fs::write(dir.path().join("a"), "x\ny").unwrap();
        let lines = drift(&tree, dir.path()).unwrap();
        assert_eq!(lines, ["a:3: lines that differ: 1\n  there:  the end\n  wanted: \"\""]);
    }
}
