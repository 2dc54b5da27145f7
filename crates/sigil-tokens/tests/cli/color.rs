//! When output is coloured, and a reader that leaves.

use sigil_testkit::samples::guide_session;

use crate::{Place, event, tool};

const GREEN: &str = "Level:  \x1b[32mNORMAL\x1b[0m\n";
const PLAIN: &str = "Level:  NORMAL\n";

#[test]
fn a_pipe_is_not_coloured_unless_asked_for() {
    type Case<'c> = (&'c [&'c str], &'c [(&'c str, &'c str)], &'c str);
    let cases: [Case<'_>; 9] = [
        (&[], &[], PLAIN),
        (&["--color", "always"], &[], GREEN),
        (&["--color", "always"], &[("NO_COLOR", "1")], GREEN),
        (&["--color", "never"], &[("CLICOLOR_FORCE", "1")], PLAIN),
        (&["--color", "auto"], &[("CLICOLOR_FORCE", "1")], GREEN),
        (&[], &[("CLICOLOR_FORCE", "1")], GREEN),
        (&[], &[("CLICOLOR_FORCE", "0")], PLAIN),
        (&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], PLAIN),
        (&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")], GREEN),
    ];
    for (args, env, expected) in cases {
        let tool =
            env.iter().fold(tool().arg("--summary").args(args), |tool, (name, value)| tool.env(name, value));
        tool.stdin(guide_session("s")).stdout_contains(expected).status(0);
    }
}

#[test]
fn the_configuration_can_ask_for_colour() {
    let place = Place::with("c.toml", "color = \"always\"\n");
    place
        .tool()
        .args(["--config", "c.toml", "--summary"])
        .stdin(guide_session("s"))
        .stdout_contains(GREEN)
        .status(0);
    let args = ["--config", "c.toml", "--summary", "--color", "never"];
    place.tool().args(args).stdin(guide_session("s")).stdout_contains(PLAIN).status(0);
}

#[test]
fn json_is_never_coloured() {
    let output = tool().args(["--summary", "--json", "--color", "always"]).stdin(guide_session("s")).run();
    assert!(!output.stdout.contains(&0x1b));
    assert!(output.json().is_ok());
}

#[test]
fn levels_have_the_guides_colours() {
    for (tokens, painted) in [
        (10, "\x1b[32mNORMAL\x1b[0m"),
        (50, "\x1b[33mELEVATED\x1b[0m"),
        (80, "\x1b[31mCRITICAL\x1b[0m"),
        (95, "\x1b[31mEXCEEDED\x1b[0m"),
    ] {
        tool()
            .args(["--summary", "--budget", "100", "--color", "always"])
            .stdin(event("s", "retry_attempt", "a", tokens))
            .stdout_contains(painted)
            .status(0);
    }
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    // More than any pipe holds, so that writing must fail.
    let log: String = (0..60_000).map(|n| event(&format!("s{n}"), "step_complete", "a", 1)).collect();
    tool().stdin(log.clone()).head(1).stdout("a: 1 (Total: 1)\n").status(0);
    tool().arg("--json").stdin(log.clone()).head(1).stdout_contains("\"total\":1,").status(0);
    let place = Place::with("log.jsonl", log);
    place.tool().args(["--by", "session", "log.jsonl"]).head(1).stdout("SESSION  TOKENS\n").status(0);
}
