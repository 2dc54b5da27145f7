//! Lines that are no events.

use crate::{Place, event};

#[test]
fn they_are_skipped_and_said_once_at_the_end() {
    let good = event("s", 1, "step_complete", "c", "", 5);
    let place =
        Place::with("s", format!("{good}no event\n{good}{{\"tokens\":-1,\"session_id\":\"s\"}}\n{{\"cut"));
    for mode in ["stream", "minimal"] {
        let tool = || place.tool().args(["-m", mode, "--once", "sessions/s/execution.jsonl"]);
        let skipped = "sigil-tail: E003_PARSE_FAIL: skipped 3 malformed lines: sessions/s/execution.jsonl:2, sessions/s/execution.jsonl:4, \
             sessions/s/execution.jsonl:5\n";
        tool().stdout_contains("Tokens: 10 / 256,000").stderr(skipped).status(0);
        tool().arg("--strict").stdout_contains("Tokens: 10 / 256,000").stderr(skipped).status(2);
        tool().arg("-q").stdout_contains("Tokens: 10 / 256,000").status(0);
    }
}
