//! Real transcripts: what ccusage leaves out is left out for ours, too, and then all is equal. What was
//! left out, by itself, is the difference, and stands in `PARITY.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sigil_tests::{not_run, transcripts};
use tempfile::TempDir;

use crate::ccusage::{Ccusage, added};
use crate::{costs, ours, table};

/// Why ccusage does not read a line that has usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cause {
    Spaces,
    Null,
    Time,
}

impl Cause {
    /// As `PARITY.md` calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Spaces => "spaces",
            Self::Null => "null",
            Self::Time => "no time",
        }
    }

    fn of(line: &str) -> Option<Self> {
        let object: Value = serde_json::from_str(line).ok()?;
        let message = |of: &Value| of["message"]["usage"].is_object();
        if !message(&object) && !message(&object["data"]["message"]) {
            return None;
        }
        if !line.contains("\"usage\":{") {
            return Some(Self::Spaces);
        }
        let nulls = ["\"model\":null", "\"speed\":null", "\"requestId\":null", "\"cwd\":null"];
        if nulls.iter().any(|null| line.contains(null)) {
            return Some(Self::Null);
        }
        object["timestamp"].is_null().then_some(Self::Time)
    }
}

/// The lines of a set of transcripts, laid out as Claude Code does, once for each way of choosing among them.
struct Copies {
    whole: TempDir,
    /// What both programs read.
    both: TempDir,
    /// What only ours reads, by the cause.
    alone: BTreeMap<Cause, TempDir>,
}

impl Copies {
    fn of(set: &Path) -> Self {
        let new = || tempfile::tempdir().expect("a temporary directory");
        let mut copies = Self { whole: new(), both: new(), alone: BTreeMap::new() };
        let mut files = Vec::new();
        transcripts(set, &mut files);
        for file in &files {
            let bytes = fs::read(file).expect("a transcript");
            let name = Path::new("projects/set").join(file.strip_prefix(set).expect("a file of the set"));
            write(&copies.whole.path().join(&name), &bytes);
            let mut both = Vec::new();
            let mut alone: BTreeMap<Cause, Vec<u8>> = BTreeMap::new();
            for line in bytes.split_inclusive(|byte| *byte == b'\n') {
                match std::str::from_utf8(line).ok().and_then(Cause::of) {
                    Some(cause) => alone.entry(cause).or_default().extend(line),
                    None => both.extend(line),
                }
            }
            write(&copies.both.path().join(&name), &both);
            for (cause, lines) in alone {
                let home = copies.alone.entry(cause).or_insert_with(new);
                write(&home.path().join(&name), &lines);
            }
        }
        copies
    }
}

fn write(path: &Path, bytes: &[u8]) {
    fs::create_dir_all(path.parent().expect("a directory")).expect("a directory can be made");
    fs::write(path, bytes).expect("a file can be written");
}

/// The sets of transcripts and ccusage; none, said loudly, if either is not there.
fn given(test: &str) -> Option<(Ccusage, Vec<PathBuf>)> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/claude");
    let Ok(entries) = fs::read_dir(&data) else {
        not_run(test, "no ../shared/data/claude beside the repository");
        return None;
    };
    let mut sets: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    sets.sort();
    assert!(!sets.is_empty());
    Some((Ccusage::find(test)?, sets))
}

#[test]
fn the_same_tokens_cost_the_same() {
    let test = "the_same_tokens_cost_the_same";
    let Some((ccusage, sets)) = given(test) else { return };
    let mut compared = 0;
    for set in &sets {
        let home = Copies::of(set).whole;
        let (ours, theirs) = (ours::daily(home.path(), "UTC"), ccusage.daily(home.path(), "UTC"));
        if ours.costs.is_empty() {
            return not_run(test, "no row has a cost_usd");
        }
        let (differing, same) = costs::differing(&ours, &theirs);
        assert_eq!(differing, BTreeMap::new(), "ours and theirs, {}", set.display());
        compared += same;
    }
    assert!(compared > 20, "only {compared} costs could be compared");
}

#[test]
fn days_and_models_come_to_the_same_but_for_what_is_listed() {
    let test = "days_and_models_come_to_the_same_but_for_what_is_listed";
    let Some((ccusage, sets)) = given(test) else { return };
    let mut derived = Vec::new();
    for set in &sets {
        let name = set.file_name().and_then(|name| name.to_str()).expect("a name");
        let copies = Copies::of(set);
        for zone in ["UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Kathmandu"] {
            let theirs = ccusage.daily(copies.whole.path(), zone);
            let whole = ours::daily(copies.whole.path(), zone);
            let both = ours::daily(copies.both.path(), zone);
            assert_eq!(both.tokens, theirs.tokens, "{name}, {zone}: what both read");
            let mut sum = both.tokens;
            for (cause, home) in &copies.alone {
                let alone = ours::daily(home.path(), zone);
                sum = added(&sum, &alone.tokens);
                if zone == "UTC" {
                    derived.extend(alone.tokens.iter().map(|(key, tokens)| {
                        let figures = [alone.answers[key]].into_iter().chain(*tokens);
                        let names = [name, cause.name(), &key.0, &key.1].map(str::to_owned);
                        names.into_iter().chain(figures.map(|n| n.to_string())).collect::<Vec<_>>()
                    }));
                }
            }
            assert_eq!(sum, whole.tokens, "{name}, {zone}: what both read and what ours reads alone");
        }
    }
    assert_eq!(derived, table("Differences in the samples"), "PARITY.md lists exactly the differences");
}
