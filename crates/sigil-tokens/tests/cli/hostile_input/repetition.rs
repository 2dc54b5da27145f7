//! One thing said a million times: what looks ahead or back at every place of a line would take hours, and the
//! testkit ends it as hanging.

use super::MIB;
use crate::Place;

const UNITS: [&str; 26] = [
    "{",
    "}{",
    "{\"a\":",
    "{}",
    "{\"tokens\":1}",
    "{\"ai_log\":",
    ",\"ai_log\":\"{",
    "{\"ai_log\":\"-\"}",
    "{\"ai_log\":\"-\",\"a\":\"b\"c\"}",
    "[ai_log] attributes to be written: {\"",
    "\"model\":\"m\",",
    "{\"message\":{\"content\":[",
    "{\"payload\":{\"info\":",
    "==> ",
    "\\",
    "\"",
    "\\u0041",
    "ERROR ",
    "2026-01-11T10:15:32 ",
    "Oct 25 ",
    "Caused by: ",
    "\" 503 ",
    "\u{feff}",
    "\u{3000}",
    "é",
    "1718703440",
];

#[test]
fn on_one_line_and_on_many() {
    for format in ["auto", "sigil", "claude", "codex", "higress", "text"] {
        for end in ["", "\n"] {
            let begins = ["", "{\"a\":\"", "{\"ai_log\":\"{\\\"a\\\":\\\"", "x "];
            let logs = UNITS.iter().flat_map(|unit| {
                begins.map(|begin| {
                    begin.to_owned() + &(unit.to_string() + end).repeat(MIB / 8 / unit.len()) + "\n"
                })
            });
            let place = Place::with("log", logs.collect::<String>());
            let output = place.tool().args(["--json", "log", "--from", format]).run();
            assert!(output.status.success(), "{format}: {}", output.stderr_text());
            assert!(output.json().is_ok(), "{format}: {}", output.stdout_text());
            assert!(output.stderr_text().lines().count() <= 2, "{format}: {}", output.stderr_text());
        }
    }
}
