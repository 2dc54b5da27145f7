//! Logs of text, which tell of no tokens.

use crate::{Place, tool};

const LOG: &str = "2026-01-31 23:29:30 INFO start\n2026-01-31 23:29:31 ERROR failed\n\tat a.b(C.java:1)\n";

#[test]
fn text_is_read_without_a_word_and_costs_nothing() {
    tool()
        .args(["--json", "--summary"])
        .stdin(LOG)
        .stdout_json(|v| assert_eq!(v["total_used"], 0))
        .stderr("")
        .status(0);
    let place = Place::with("app.log", LOG);
    place
        .tool()
        .args(["--json", "app.log"])
        .stdout_json(|v| assert_eq!(v["total_used"], 0))
        .stderr("")
        .status(0);
}

#[test]
fn forced_upon_events_it_hides_their_tokens() {
    let log = "{\"tokens\":5}\n";
    tool()
        .args(["--json", "--summary", "--from", "text"])
        .stdin(log)
        .stdout_json(|v| assert_eq!(v["total_used"], 0))
        .status(0);
}
