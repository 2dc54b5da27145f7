//! The real ccusage.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use sigil_tests::not_run;

use crate::{Figures, PARITY, Tokens};

/// The script that installs it and knows the version.
const SCRIPT: &str = include_str!("../../../scripts/ccusage.sh");

/// The program, in the version that `PARITY.md` is about.
pub(crate) struct Ccusage(PathBuf);

impl Ccusage {
    /// Finds it: `$CCUSAGE`, then on the path. Without it says so loudly.
    pub(crate) fn find(test: &str) -> Option<Self> {
        let version = SCRIPT.lines().find_map(|line| line.strip_prefix("version=")).expect("a version");
        assert!(PARITY.contains(&format!("ccusage {version}")), "PARITY.md is about another version");
        let named = env::var_os("CCUSAGE").filter(|path| !path.is_empty());
        let program = named.unwrap_or_else(|| OsString::from("ccusage"));
        let Ok(told) = Command::new(&program).arg("--version").output() else {
            not_run(
                test,
                "no ccusage; scripts/ccusage.sh installs it, $CCUSAGE or the path tells where it is",
            );
            return None;
        };
        let told = String::from_utf8_lossy(&told.stdout);
        if told.trim() != format!("ccusage {version}") {
            not_run(test, &format!("PARITY.md is about ccusage {version}, and this is {:?}", told.trim()));
            return None;
        }
        Some(Self(program.into()))
    }

    /// What it says of the transcripts in `projects/` below `home`, with the prices it was built with.
    pub(crate) fn daily(&self, home: &Path, zone: &str) -> Figures {
        let output = Command::new(&self.0)
            .args(["claude", "daily", "--offline", "--json", "--breakdown", "--timezone", zone])
            .env("CLAUDE_CONFIG_DIR", home)
            // Nobody's settings.
            .env("HOME", home)
            .current_dir(home)
            .output()
            .expect("ccusage starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let report: Value = serde_json::from_slice(&output.stdout).expect("ccusage prints JSON");
        let mut figures = Figures::default();
        // Of nothing it makes an empty list and no object.
        for day in report["daily"].as_array().into_iter().flatten() {
            for model in day["modelBreakdowns"].as_array().expect("a breakdown by model") {
                let text = |value: &Value| value.as_str().expect("a name").to_owned();
                let key = (text(&day["date"]), text(&model["modelName"]));
                let count = |name: &str| model[name].as_u64().expect("a count");
                let tokens: Tokens =
                    ["inputTokens", "outputTokens", "cacheCreationTokens", "cacheReadTokens"].map(count);
                // A model whose price it does not know costs it nothing.
                let cost = model["cost"].as_f64().filter(|cost| *cost > 0.0);
                figures.costs.extend(cost.map(|cost| (key.clone(), cost)));
                let before = figures.tokens.insert(key, tokens);
                assert_eq!(before, None, "a day has a model once");
            }
        }
        figures
    }
}

/// Both sums by key.
pub(crate) fn added<K: Ord + Clone>(a: &BTreeMap<K, Tokens>, b: &BTreeMap<K, Tokens>) -> BTreeMap<K, Tokens> {
    let mut sum = a.clone();
    for (key, tokens) in b {
        let known = sum.entry(key.clone()).or_default();
        known.iter_mut().zip(tokens).for_each(|(sum, more)| *sum += more);
    }
    sum
}
