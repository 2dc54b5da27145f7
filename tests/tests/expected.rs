//! Real transcripts come to exactly the figures that `../shared/data/expected.json` states, however they
//! are read. Where that directory is missing the tests say so and pass.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono_tz::Tz;
use clap::Parser;
use serde_json::Value;
use sigil_cli::{Io, Status};
use sigil_event::{Defect, EventRef, Sink, SourceId};
use sigil_input::FormatChoice;
use sigil_input::operand;
use sigil_input::read::{Options, read_all};
use sigil_input::source::{Found, Source};
use sigil_summary::{Amounts, CountAll, Detail, Resolved, Spent, Summary};
use sigil_testkit::Shuffle;
use sigil_tests::{not_run, transcripts};

/// Answers, tokens, input, output, cache write, cache read.
type Figures = [u64; 6];
const NAMES: [&str; 6] = ["answers", "tokens", "input", "output", "cache_write", "cache_read"];

/// What a set of transcripts comes to: all of it, and each model's part (without answers and tokens).
#[derive(Debug, Default, PartialEq)]
struct Set {
    whole: Figures,
    models: BTreeMap<String, [u64; 4]>,
}

/// A set's name, its files, and what is expected of it.
struct Case {
    name: String,
    files: Vec<PathBuf>,
    expected: Set,
}

/// The sets of transcripts; none, said loudly, if the data is not there.
fn cases(test: &str) -> Vec<Case> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let Ok(text) = fs::read_to_string(data.join("expected.json")) else {
        not_run(test, "no ../shared/data/expected.json beside the repository");
        return Vec::new();
    };
    let expected: Value = serde_json::from_str(&text).expect("expected.json is JSON");
    let sets = expected["claude"].as_object().expect("sets of transcripts");
    assert!(!sets.is_empty());
    let case = |(name, figures): (&String, &Value)| {
        let models = figures["models"].as_object().expect("models").iter();
        let parts =
            |figures: &Value| std::array::from_fn(|n| figures[NAMES[n + 2]].as_u64().expect("a count"));
        let expected = Set {
            whole: NAMES.map(|name| figures[name].as_u64().expect("a count")),
            models: models.map(|(model, figures)| (model.clone(), parts(figures))).collect(),
        };
        let mut files = Vec::new();
        transcripts(&data.join("claude").join(name), &mut files);
        assert!(!files.is_empty(), "{name}");
        Case { name: name.clone(), files, expected }
    };
    sets.iter().map(case).collect()
}

fn of(resolved: &Resolved) -> Set {
    let mut set = Set::default();
    for (cell, amounts) in resolved.sessions.iter().flat_map(|session| &session.cells) {
        let Amounts { events, .. } = amounts;
        let Spent { tokens, usage, .. } = amounts.spent(CountAll::No);
        let parts = [usage.input, usage.output, usage.cache_write, usage.cache_read];
        let whole = [*events, tokens, parts[0], parts[1], parts[2], parts[3]];
        set.whole.iter_mut().zip(whole).for_each(|(sum, part)| *sum += part);
        if *events > 0 {
            let model = set.models.entry(cell.model.as_deref().unwrap_or_default().to_owned()).or_default();
            model.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
        }
    }
    set
}

fn detail() -> Arc<Detail> {
    Arc::new(Detail { models: true, ..Detail::default() })
}

fn options() -> Options {
    Options::new(FormatChoice::Auto, Tz::UTC)
}

/// What sources come to when they are read together.
fn together(sources: &[Source]) -> Set {
    let mut whole = Summary::new(detail());
    let outcome = read_all(sources, &options(), || Summary::new(detail()), |part| whole.merge(part));
    assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    of(&whole.resolve())
}

#[test]
fn every_set_read_whole_is_met() {
    for case in cases("every_set_read_whole_is_met") {
        let sources: Vec<_> = case.files.iter().map(|file| Source::file(file, Found::Named)).collect();
        assert_eq!(together(&sources), case.expected, "{}", case.name);
    }
}

/// Gives a source read alone the number it has among all.
struct Renumbered(Summary, SourceId);

impl Sink for Renumbered {
    fn begin(&mut self, _: SourceId, start: u64) {
        self.0.begin(self.1, start);
    }

    fn event(&mut self, event: &EventRef<'_>, offset: u64) {
        self.0.event(event, offset);
    }

    fn defect(&mut self, line: u64, defect: Defect) {
        self.0.defect(line, defect);
    }

    fn end(&mut self, end: u64, lines: u64) {
        self.0.end(end, lines);
    }
}

#[test]
fn every_set_read_file_by_file_and_merged_in_any_order_is_met() {
    for case in cases("every_set_read_file_by_file_and_merged_in_any_order_is_met") {
        for seed in 0..3 {
            let mut parts = Vec::new();
            for (number, file) in (0..).zip(&case.files) {
                let mut alone = Summary::new(detail());
                let sources = [Source::file(file, Found::Named)];
                let new = || Renumbered(Summary::new(detail()), SourceId(number));
                read_all(&sources, &options(), new, |part| alone.merge(part.0));
                parts.push(alone);
            }
            Shuffle::new(seed).apply(&mut parts);
            let mut whole = Summary::new(detail());
            parts.into_iter().for_each(|part| whole.merge(part));
            assert_eq!(of(&whole.resolve()), case.expected, "{}, order {seed}", case.name);
        }
    }
}

/// Runs the tool in this process and gives back its one JSON object.
fn tool(args: &[&str], files: &[PathBuf]) -> Value {
    let args = [&["sigil-tokens", "--json", "--timezone", "utc", "--config", "/dev/null"], args].concat();
    let files = files.iter().map(|file| file.as_os_str().to_owned());
    let args = sigil_tokens::Args::parse_from(args.iter().map(Into::into).chain(files));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = sigil_tokens::run(args, &mut Io::for_test("sigil-tokens", &mut out, &mut err));
    assert_eq!(status.expect("real transcripts can be read"), Status::Success);
    // One of the sets holds lines that are no JSON.
    let words = String::from_utf8_lossy(&err);
    assert!(
        words.is_empty() || words.starts_with("sigil-tokens: E003_PARSE_FAIL: skipped 3 malformed lines"),
        "{words}"
    );
    serde_json::from_slice(&out).expect("one object")
}

#[test]
fn every_set_given_as_operands_in_any_order_is_met() {
    for case in cases("every_set_given_as_operands_in_any_order_is_met") {
        let mut files = case.files.clone();
        for seed in 0..4 {
            let json = tool(&["--by", "model"], &files);
            let usage = &json["usage"];
            let parts = NAMES[2..].iter().map(|name| usage[name].as_u64().expect("a count"));
            let parts: Vec<_> =
                [json["total_used"].as_u64().expect("a count")].into_iter().chain(parts).collect();
            assert_eq!(parts, case.expected.whole[1..], "{}, order {seed}", case.name);

            let rows = json["rows"].as_array().expect("rows");
            let answers: u64 = rows.iter().filter_map(|row| row["operations"].as_u64()).sum();
            assert_eq!(answers, case.expected.whole[0], "{}, order {seed}", case.name);
            let rows = rows.iter().filter(|row| row["operations"] != 0);
            let models: BTreeMap<_, [u64; 4]> = rows
                .map(|row| {
                    let part = |n: usize| row["usage"][NAMES[n + 2]].as_u64().expect("a count");
                    (row["model"].as_str().expect("a name").to_owned(), std::array::from_fn(part))
                })
                .collect();
            assert_eq!(models, case.expected.models, "{}, order {seed}", case.name);
            Shuffle::new(seed).apply(&mut files);
        }
    }
}

#[test]
fn every_rollout_is_met_alone_and_all_together() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    let Ok(text) = fs::read_to_string(data.join("expected.json")) else {
        not_run("every_rollout_is_met_alone_and_all_together", "no ../shared/data beside the repository");
        return;
    };
    const PARTS: [&str; 5] = ["tokens", "input", "cache_read", "output", "reasoning"];
    let expected: Value = serde_json::from_str(&text).expect("expected.json is JSON");
    let sets = expected["codex"].as_object().expect("sets of rollouts");
    assert!(!sets.is_empty());
    for (set, files) in sets {
        let directory = data.join("codex").join(set);
        let figures = |json: &Value| {
            PARTS
                .map(|part| if part == "tokens" { &json["total_used"] } else { &json["usage"][part] }.clone())
        };
        let mut sum = [0; 5];
        for (file, expected) in files.as_object().expect("rollouts") {
            let expected = PARTS.map(|part| expected[part].clone());
            assert_eq!(figures(&tool(&[], &[directory.join(file)])), expected, "{file}");
            let parts = expected.iter().map(|part| part.as_u64().expect("a count"));
            sum.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
        }
        assert_eq!(figures(&tool(&[], &[directory])), sum.map(Value::from), "{set}");
    }
}

#[test]
fn every_set_given_as_a_directory_is_met() {
    for case in cases("every_set_given_as_a_directory_is_met") {
        let directory =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/claude").join(&case.name);
        // Once found by the walk, once by the tool.
        assert!(operand::find(std::slice::from_ref(&directory)).is_ok());
        let json = tool(&[], &[directory]);
        assert_eq!(json["total_used"], case.expected.whole[1], "{}", case.name);
    }
}
