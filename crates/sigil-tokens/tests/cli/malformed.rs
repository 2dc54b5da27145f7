//! Lines that are wrong: counted, named, and the rest adds up.

use crate::{Place, event, tool};

const WARNING: &str = "sigil-tokens: E003_PARSE_FAIL: skipped 1 malformed line: stdin:2\n";

#[test]
fn a_malformed_line_is_counted_and_the_rest_still_adds_up() {
    tool()
        .args(["--summary", "--json"])
        .stdin("{\"tokens\":30}\nnot json\n{\"tokens\":5}\n")
        .stdout_json(|v| assert_eq!(v["total_used"], 35))
        .stderr(WARNING)
        .status(0);
}

#[test]
fn strict_makes_it_2_and_quiet_leaves_a_mere_warning_out() {
    let log = "{\"tokens\":30}\nnot json\n{\"tokens\":5}\n";
    for mode in [&["--summary"][..], &[], &["--json"], &["--by", "component"]] {
        tool().args(mode).arg("--strict").stdin(log).stderr(WARNING).status(2);
        tool().args(mode).arg("-q").stdin(log).status(0);
        // What decides the status is said all the same.
        tool().args(mode).args(["-q", "--strict"]).stdin(log).stderr(WARNING).status(2);
        tool().args(mode).arg("--strict").stdin("{\"tokens\":30}\n\n  \n").status(0);
    }
}

#[test]
fn all_kinds_of_broken_lines_are_malformed() {
    let broken = [
        "not json",
        "[1]",
        "12",
        "\"text\"",
        "null",
        "{",
        "{\"tokens\":5",
        "{\"tokens\":05}",
        "{'a':1}",
        "{\"a\":1,}",
        "{\"tokens\":}",
        "}",
        "\u{feff}x",
        "{\"a\":tru}",
    ];
    for line in broken {
        let log = event("s", "step_complete", "a", 1) + line + "\n" + &event("s", "step_complete", "a", 2);
        tool().args(["--summary", "--json"]).stdin(log).stderr(WARNING).run_used(line);
    }
}

/// Expects the two good events around a broken line to count.
trait RunUsed {
    fn run_used(self, line: &str);
}

impl RunUsed for sigil_testkit::Tool<'_> {
    #[track_caller]
    fn run_used(self, line: &str) {
        let output = self.run();
        assert_eq!(output.json().expect("JSON")["total_used"], 3, "{line}");
        assert_eq!(output.stderr_text(), WARNING, "{line}");
        assert!(output.status.success(), "{line}");
    }
}

#[test]
fn an_object_with_something_behind_it_is_malformed_and_does_not_count() {
    // Two objects on one line both count; an object and something else are no line of a log.
    for rest in [" x", "]", ",", "5", "\"", "null"] {
        let log = event("s", "step_complete", "a", 3) + "{\"component\":\"a\",\"tokens\":5}" + rest + "\n";
        tool()
            .args(["--summary", "--json"])
            .stdin(log)
            .stdout_json(|v| assert_eq!(v["total_used"], 3, "{rest}"))
            .stderr(WARNING)
            .status(0);
    }
}

#[test]
fn tokens_that_cannot_be_count_0_and_are_reported() {
    for tokens in ["-5", "1.5", "9007199254740993", "1e300", "true", "[1]", "\"many\""] {
        let log =
            format!("{{\"component\":\"a\",\"tokens\":3}}\n{{\"component\":\"a\",\"tokens\":{tokens}}}\n");
        tool()
            .args(["--summary", "--json"])
            .stdin(log)
            .stdout_json(|v| assert_eq!(v["total_used"], 3, "{tokens}"))
            .stderr(WARNING)
            .status(0);
    }
}

#[test]
fn numbers_as_text_and_nulls_survive() {
    for (tokens, expected) in
        [("\"12\"", 12), ("12.0", 12), ("1.2e1", 12), ("null", 0), ("9007199254740992", 1_u64 << 53)]
    {
        tool()
            .args(["--summary", "--json"])
            .stdin(format!("{{\"component\":\"a\",\"tokens\":{tokens}}}\n"))
            .stdout_json(|v| assert_eq!(v["total_used"], expected, "{tokens}"))
            .status(0);
    }
}

#[test]
fn the_first_places_are_named_by_file_and_line() {
    let good = event("s", "step_complete", "a", 1);
    let place = Place::with("a.jsonl", format!("{good}x\n{good}y\n"));
    place.file("b.jsonl", format!("{good}{good}{}", "z\n".repeat(20)));
    place
        .tool()
        .args(["b.jsonl", "a.jsonl", "--summary"])
        .stdout_contains("Tokens: 4 / ")
        .stderr(
            "sigil-tokens: E003_PARSE_FAIL: skipped 22 malformed lines: \
             a.jsonl:2, a.jsonl:4, b.jsonl:3, b.jsonl:4, b.jsonl:5, …\n",
        )
        .status(0);
}
