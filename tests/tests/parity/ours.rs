//! The same from our side.

use std::path::Path;

use clap::Parser;
use serde_json::Value;
use sigil_cli::Io;

use crate::{Figures, Tokens};

/// What `sigil-tokens` says of the transcripts below `home`.
pub(crate) fn daily(home: &Path, zone: &str) -> Figures {
    let args = ["sigil-tokens", "--from", "claude", "--by", "day,model", "--json"];
    let settings = ["--timezone", zone, "--input-timezone", "utc", "--config", "/dev/null"];
    let home = home.to_str().expect("a path that is text");
    let args = sigil_tokens::Args::parse_from(args.into_iter().chain(settings).chain([home]));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    sigil_tokens::run(args, &mut Io::for_test("sigil-tokens", &mut out, &mut err)).expect("it can be read");
    let report: Value = serde_json::from_slice(&out).expect("one object");
    let mut figures = Figures::default();
    for row in report["rows"].as_array().expect("rows") {
        let text = |name: &str| row[name].as_str().expect("a name").to_owned();
        let key = (text("day"), text("model"));
        let count = |name: &str| row["usage"][name].as_u64().expect("a count");
        let tokens: Tokens = ["input", "output", "cache_write", "cache_read"].map(count);
        figures.costs.extend(row["cost_usd"].as_f64().map(|cost| (key.clone(), cost)));
        figures.answers.insert(key.clone(), row["operations"].as_u64().expect("a count"));
        figures.tokens.insert(key, tokens);
    }
    figures
}
