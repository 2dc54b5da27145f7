//! Files as they really are: byte order marks, NUL runs, cut lines, damaged compression.

use crate::{Place, event, gzipped, tool};

/// Reads `bytes` as a file, as a pipe line by line and as a pipe in blocks: each must come to `used`.
#[track_caller]
fn comes_to(bytes: &[u8], used: u64) {
    let place = Place::with("log.jsonl", bytes);
    for args in [&["--json", "log.jsonl"][..], &["--json", "--summary"]] {
        place
            .tool()
            .args(args)
            .stdin(bytes)
            .stdout_json(|v| assert_eq!(v["total_used"], used, "{args:?}"))
            .status(0);
    }
    let text = tool().stdin(bytes).run().stdout_text();
    let total = format!("(Total: {used})\nTokens: ");
    assert!(text.contains(&total), "{total:?} not in {text}");
}

fn lines(separator: &str) -> String {
    [1, 2, 4]
        .map(|tokens| event("s", "step_complete", "a", tokens).trim_end().to_owned() + separator)
        .concat()
}

#[test]
fn carriage_returns_do_not_matter() {
    comes_to(lines("\r\n").as_bytes(), 7);
    comes_to(lines("\r\r\n").as_bytes(), 7);
}

#[test]
fn a_missing_final_newline_does_not_matter() {
    comes_to(lines("\n").trim_end().as_bytes(), 7);
    comes_to(lines("\r\n").trim_end_matches('\n').as_bytes(), 7);
}

#[test]
fn a_byte_order_mark_does_not_matter() {
    comes_to(("\u{feff}".to_owned() + &lines("\n")).as_bytes(), 7);
    // Logs that were put together have them in the middle.
    comes_to(("\u{feff}".to_owned() + &lines("\n") + "\u{feff}" + &lines("\n")).as_bytes(), 14);
}

#[test]
fn nul_runs_do_not_matter() {
    let nul = "\0".repeat(5_000);
    comes_to((lines("\n") + &nul + &lines("\n")).as_bytes(), 14);
    comes_to((lines("\n") + &nul + "\n" + &nul + &lines("\n") + &nul).as_bytes(), 14);
}

#[test]
fn bytes_that_are_not_utf_8_do_not_cost_the_line() {
    let mut bytes = b"{\"component\":\"a\",\"message\":\"\xff\xc3\x28\xed\xa0\x80\",\"tokens\":3}\n".to_vec();
    bytes.extend(lines("\n").bytes());
    comes_to(&bytes, 10);
}

#[test]
fn two_objects_on_one_line_both_count() {
    let joined = lines("");
    comes_to((joined.clone() + "\n" + &lines("\n")).as_bytes(), 14);
    comes_to(joined.as_bytes(), 7);
    comes_to(joined.replace("}{", "} \t{").as_bytes(), 7);
}

#[test]
fn blank_lines_do_not_matter() {
    comes_to(("\n\n \t\r\n".to_owned() + &lines("\n\n")).as_bytes(), 7);
}

#[test]
fn half_a_last_line_is_malformed_and_the_rest_counts() {
    let log = lines("\n") + "{\"component\":\"a\",\"tok";
    let place = Place::with("log.jsonl", &log);
    for (name, args) in [("log.jsonl", &["log.jsonl", "--json"][..]), ("stdin", &["--json", "--summary"])] {
        place
            .tool()
            .args(args)
            .stdin(log.clone())
            .stdout_json(|v| assert_eq!(v["total_used"], 7))
            .stderr(format!("sigil-tokens: E003_PARSE_FAIL: skipped 1 malformed line: {name}:4\n"))
            .status(0);
    }
}

#[test]
fn a_compressed_log_is_read_by_what_it_holds() {
    let gz = gzipped(lines("\n").as_bytes());
    let place = Place::with("log.jsonl.gz", &gz);
    place.file("misnamed.jsonl", &gz);
    // Compressed parts may simply be joined (RFC 1952, section 2.2).
    place.file("joined.gz", [&gz[..], &gz].concat());
    for (name, used) in [("log.jsonl.gz", 7), ("misnamed.jsonl", 7), ("joined.gz", 14)] {
        place
            .tool()
            .args(["--json", name])
            .stdout_json(|v| assert_eq!(v["total_used"], used, "{name}"))
            .status(0);
    }
}

#[test]
fn a_compressed_log_that_breaks_off_gives_what_could_be_read_and_an_error() {
    let log: String = (0..20_000).map(|n| event(&format!("s{n}"), "step_complete", "a", 1)).collect();
    let mut gz = gzipped(log.as_bytes());
    gz.truncate(gz.len() * 3 / 4);
    let place = Place::with("log.jsonl.gz", gz);
    let output = place.tool().args(["--json", "log.jsonl.gz"]).run();
    let used = output.json().unwrap()["total_used"].as_u64().unwrap();
    assert!((5_000..20_000).contains(&used), "{used}");
    let errors: Vec<_> = output.stderr_text().lines().map(str::to_owned).collect();
    assert!(
        errors.iter().any(|line| line.starts_with("sigil-tokens: E003_PARSE_FAIL: log.jsonl.gz: ")),
        "{errors:?}"
    );
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_compressed_log_whose_checksum_is_wrong_gives_everything_and_an_error() {
    let mut gz = gzipped(lines("\n").as_bytes());
    let at = gz.len() - 6;
    gz[at] ^= 0xff;
    let place = Place::with("log.jsonl.gz", gz);
    place.file("other.jsonl", lines("\n"));
    place
        .tool()
        .args(["--json", "log.jsonl.gz", "other.jsonl"])
        .stdout_json(|v| assert_eq!(v["total_used"], 14))
        .stderr_contains("sigil-tokens: E003_PARSE_FAIL: log.jsonl.gz: ")
        .status(2);
}

#[test]
fn a_file_that_is_only_named_like_a_compressed_one_is_read() {
    let place = Place::with("log.jsonl.gz", lines("\n"));
    place.tool().args(["--json", "log.jsonl.gz"]).stdout_json(|v| assert_eq!(v["total_used"], 7)).status(0);
}

#[test]
fn lines_far_longer_than_a_block_count() {
    let long = format!("{{\"component\":\"a\",\"message\":\"{}\",\"tokens\":3}}\n", "x".repeat(3 << 20));
    comes_to((lines("\n") + &long + &lines("\n")).as_bytes(), 17);
}
