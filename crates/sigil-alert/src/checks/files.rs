//! Watched files: growth, and errors among their new lines.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sigil_input::read::Options;
use sigil_store::{code, escape, home, rotation};

use super::growth::{self, Mark};
use super::lines;
use super::observe;
use crate::engine::{Engine, Instances, Who};
use crate::rules::{FORGOTTEN_US, Measure};

/// How many files are watched at most.
const FILES: usize = 10_000;

/// What is known of a file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct File {
    mark: Mark,
    /// Up to where its lines have been counted.
    counted: u64,
    checked_us: i64,
    pub(super) instances: Instances,
}

/// Looks at all files that the globs match. Gives back globs that have never matched any: they may be mistyped.
pub(super) fn check(
    globs: &[String],
    options: &Options,
    files: &mut BTreeMap<String, File>,
    now_us: i64,
    engine: &mut Engine,
    troubles: &mut Vec<String>,
) -> Vec<String> {
    let (paths, unmatched) = matching(globs, files, troubles);
    if paths.len() > FILES {
        let (found, most) = (paths.len(), FILES);
        troubles.push(format!(
            "E010_CONFIG_ERR: --watch-logs matches {found} files; only the first {most} are watched"
        ));
    }
    for path in paths.iter().take(FILES) {
        let name = home::shown(path);
        let file = files.entry(path.to_string_lossy().into_owned());
        let checked = match file {
            std::collections::btree_map::Entry::Vacant(new) => first_look(path, now_us).map(|file| {
                new.insert(file);
            }),
            std::collections::btree_map::Entry::Occupied(mut known) => {
                known.get_mut().look_again(path, &name, options, now_us, engine)
            }
        };
        match checked {
            Err(why) if why.kind() != io::ErrorKind::NotFound => {
                let cause = sigil_store::cause::of_io(&why);
                troubles.push(format!("{}: cannot read {name}: {cause}", code::of_io(&why)));
            }
            _ => {}
        }
    }
    forget(files, &paths, now_us, engine);
    unmatched
}

/// Regular files that the globs match, without the rotated parts of others, each once; and the globs that match none and
/// none that is known.
fn matching(
    globs: &[String],
    known: &BTreeMap<String, File>,
    troubles: &mut Vec<String>,
) -> (BTreeSet<PathBuf>, Vec<String>) {
    let (mut paths, mut unmatched) = (BTreeSet::new(), Vec::new());
    for pattern in globs {
        let mut has_matched = false;
        let pattern = absolute(pattern);
        // What was checked when it was typed is a glob.
        for found in glob::glob(&pattern).into_iter().flatten() {
            match found {
                Ok(path) => {
                    let name =
                        path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
                    let is_part = rotation::split(&name).1.is_some() || rotation::plain_name(&name) != name;
                    if !is_part && path.metadata().is_ok_and(|metadata| metadata.is_file()) {
                        has_matched = true;
                        paths.insert(path);
                    }
                }
                Err(why) => {
                    let cause = sigil_store::cause::of_io(why.error());
                    let path = home::shown(why.path());
                    troubles.push(format!("{}: cannot look into {path}: {cause}", code::of_io(why.error())));
                }
            }
        }
        let is_known = |name: &String| glob::Pattern::new(&pattern).is_ok_and(|glob| glob.matches(name));
        if !has_matched && !known.keys().any(is_known) {
            unmatched.push(escape::quoted(&home::shown(Path::new(&pattern))));
        }
    }
    (paths, unmatched)
}

/// A glob that means the same in every directory.
fn absolute(pattern: &str) -> String {
    let whole = std::env::current_dir().ok().filter(|_| !pattern.starts_with('/'));
    whole.map_or_else(
        || pattern.to_owned(),
        |directory| format!("{}/{pattern}", glob::Pattern::escape(&directory.to_string_lossy())),
    )
}

/// The first look never fires: there is nothing to compare with.
fn first_look(path: &Path, now_us: i64) -> io::Result<File> {
    let metadata = fs::metadata(path)?;
    let mark = Mark::of(&metadata);
    Ok(File { mark, counted: mark.size, checked_us: now_us, instances: Instances::default() })
}

impl File {
    fn look_again(
        &mut self,
        path: &Path,
        name: &str,
        options: &Options,
        now_us: i64,
        engine: &mut Engine,
    ) -> io::Result<()> {
        let metadata = fs::metadata(path)?;
        let pieces = growth::since(path, &metadata, &self.mark, self.checked_us)?;
        let grown: u64 = pieces.iter().map(|piece| piece.to.saturating_sub(piece.from)).sum();
        self.tell_growth(name, grown, now_us, engine);
        self.tell_speed(name, grown, now_us, engine);
        let mut counted = metadata.len();
        if !about(engine, Measure::LineErrors, name).is_empty() {
            let uncounted = Mark { size: self.counted, ..self.mark };
            let pieces = growth::since(path, &metadata, &uncounted, self.checked_us)?;
            let (count, rest) = lines::count(path, &pieces, options)?;
            counted = rest;
            self.tell_errors(name, count, now_us, engine);
        }
        self.mark = Mark::of(&metadata);
        self.counted = counted;
        self.checked_us = now_us;
        Ok(())
    }

    fn tell_growth(&mut self, name: &str, grown: u64, now_us: i64, engine: &mut Engine) {
        for rule in about(engine, Measure::Growth, name) {
            let is_large = self.mark.size >= engine.rules.get(rule).at_least;
            let percent = if is_large { grown as f64 * 100.0 / self.mark.size.max(1) as f64 } else { 0.0 };
            observe(engine, &mut self.instances, (name, rule), now_us, percent);
        }
    }

    fn tell_speed(&mut self, name: &str, grown: u64, now_us: i64, engine: &mut Engine) {
        let minutes = (now_us.saturating_sub(self.checked_us) as f64 / 60e6).max(1.0 / 60.0);
        for rule in about(engine, Measure::GrowthSpeed, name) {
            let is_much = grown >= engine.rules.get(rule).at_least;
            let speed = if is_much { grown as f64 / minutes } else { 0.0 };
            observe(engine, &mut self.instances, (name, rule), now_us, speed);
        }
    }

    fn tell_errors(&mut self, name: &str, count: lines::Count, now_us: i64, engine: &mut Engine) {
        for rule in about(engine, Measure::LineErrors, name) {
            let is_enough = count.lines >= engine.rules.get(rule).at_least.max(1);
            let percent = count.errors as f64 * 100.0 / count.lines.max(1) as f64;
            // Too few lines tell nothing, neither that it is bad nor that it is well again.
            if is_enough {
                observe(engine, &mut self.instances, (name, rule), now_us, percent);
            }
        }
    }
}

/// Rules by that measure that are about the file.
fn about(engine: &Engine, measure: Measure, path: &str) -> Vec<u16> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let rules = engine.rules.by(measure).into_iter();
    rules.filter(|rule| engine.rules.get(*rule).is_about_file(name)).collect()
}

/// Forgets files that are gone. What they fired is over.
fn forget(files: &mut BTreeMap<String, File>, paths: &BTreeSet<PathBuf>, now_us: i64, engine: &mut Engine) {
    files.retain(|name, file| {
        let path = Path::new(name);
        if paths.contains(path) {
            return true;
        }
        if !path.exists() {
            let shown = home::shown(path);
            let who = Who { subject: Some(&shown), ..Who::default() };
            file.instances.end(engine, who, now_us, &[]);
        }
        // It may be back: rotation takes a file away for a moment.
        now_us.saturating_sub(file.checked_us) < FORGOTTEN_US
    });
}
