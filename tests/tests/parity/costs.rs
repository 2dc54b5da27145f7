//! What the tokens cost, where both know the model's price.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use sigil_testkit::samples::claude::Answer;
use sigil_tests::not_run;

use crate::ccusage::Ccusage;
use crate::{Figures, Key, ours, table};

/// How far apart two costs of the same tokens may be: one adds floats, the other integers.
const TOLERANCE: f64 = 0.001;

/// Our price table.
const PRICES: &str = "../crates/sigil-summary/src/price/table.tsv";

/// The costs that are not the same, ours and theirs, of equal tokens whose cost both know; and how many are
/// the same.
pub(crate) fn differing(ours: &Figures, theirs: &Figures) -> (BTreeMap<Key, (f64, f64)>, usize) {
    let (mut differing, mut same) = (BTreeMap::new(), 0);
    for (key, cost) in &ours.costs {
        match theirs.costs.get(key) {
            Some(other) if ours.tokens[key] == theirs.tokens[key] => {
                if (cost - other).abs() <= TOLERANCE * other.abs() {
                    same += 1;
                } else {
                    differing.insert(key.clone(), (*cost, *other));
                }
            }
            _ => {}
        }
    }
    (differing, same)
}

/// Answers that use one kind of token each, and one that is long.
fn kinds() -> [(&'static str, Answer); 6] {
    let answer = || Answer::new("m").at("2026-02-10T10:00:00.000Z");
    [
        ("input", answer().usage(1000, 0)),
        ("output", answer().usage(0, 1000)),
        ("cache write", answer().cache(1000, 0)),
        ("cache write, 1 hour", answer().cache_1h(1000)),
        ("cache read", answer().cache(0, 1000)),
        ("300,000 input", answer().usage(300_000, 1000).cache(0, 5000)),
    ]
}

#[test]
fn every_model_costs_the_same_but_for_what_is_listed() {
    let test = "every_model_costs_the_same_but_for_what_is_listed";
    let Ok(prices) = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(PRICES)) else {
        return not_run(test, "there is no price table yet");
    };
    let Some(ccusage) = Ccusage::find(test) else { return };
    let names = prices.lines().filter_map(|line| line.split('\t').next());
    let models: Vec<_> = names.filter(|name| name.starts_with("claude-")).collect();
    assert!(models.len() > 10, "{models:?}");
    let mut found = Vec::new();
    for (kind, answer) in kinds() {
        let home = tempfile::tempdir().expect("a temporary directory");
        let project = home.path().join("projects/acme");
        fs::create_dir_all(&project).expect("a directory can be made");
        let lines = models.iter().map(|model| answer.clone().model(model).request(model).line());
        fs::write(project.join("s1.jsonl"), lines.collect::<String>()).expect("a file can be written");
        let (differing, same) =
            differing(&ours::daily(home.path(), "UTC"), &ccusage.daily(home.path(), "UTC"));
        assert!(same > 10, "{kind}: only {same} costs could be compared");
        found.extend(differing.into_iter().map(|((_, model), (ours, theirs))| {
            vec![model, kind.to_owned(), format!("{theirs:.6}"), format!("{ours:.6}")]
        }));
    }
    let listed: Vec<_> = table("Prices").into_iter().map(|row| row[..4].to_vec()).collect();
    assert_eq!(found, listed, "PARITY.md lists exactly the prices that differ");
}
