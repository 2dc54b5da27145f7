//! Arguments that mean nothing: one line with the guide's code, exit 2.

use sigil_testkit::Tool;

use crate::{BINARY, Place};

#[track_caller]
fn refused(args: &[&str], message: &str) {
    let place = Place::with("{\"tokens\":1}\n");
    place
        .tool()
        .arg("log.jsonl")
        .args(args)
        .stdout("")
        .stderr(format!("sigil-tail: E010_CONFIG_ERR: {message}\n"))
        .status(2);
}

#[test]
fn patterns_that_are_no_globs() {
    for flag in ["--component", "--event-type"] {
        refused(&[flag, "a["], &format!("{flag} \"a[\" is not a glob: invalid range pattern"));
        refused(
            &[flag, "x", flag, "!**a"],
            &format!("{flag} \"!**a\" is not a glob: recursive wildcards must form a single path component"),
        );
        refused(&[flag, "!"], &format!("{flag} \"!\" negates nothing; write a name behind the !"));
    }
}

#[test]
fn tokens_that_are_no_number() {
    refused(
        &["--min-tokens", "x"],
        "invalid value 'x' for '--min-tokens <N>': \"x\" is not a number of tokens; write 256000, 256k or 1.5M (see \
         sigil-tail --help)",
    );
}

#[test]
fn secrets_are_taken_out_of_what_is_kept() {
    let message = "--redact takes secrets out of what --content keeps; add --content text or full";
    refused(&["--redact"], message);
    refused(&["--redact", "--content", "none"], message);
}

#[test]
fn what_was_said_has_its_place_in_json_lines() {
    Tool::new(BINARY)
        .args(["--once", "-m", "stream", "--content", "text", "log.jsonl"])
        .stdout("")
        .stderr(
            "sigil-tail: E010_CONFIG_ERR: --content adds to the lines that -m jsonl writes; use that mode\n",
        )
        .status(2);
}
