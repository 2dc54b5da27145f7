//! Damaged compression and archives: what could be read counts, then an error names the file, exit 2.

use sigil_testkit::Tool;

use crate::{Place, event, gzipped, packed, tar};

const EVENTS: u64 = 20_000;

fn log() -> String {
    (0..EVENTS).map(|n| event(&format!("s{n}"), "step_complete", "a", 1)).collect()
}

/// Reads a file as an operand and through a pipe; gives what it came to. An error must name it.
#[track_caller]
fn comes_to(place: &Place, name: &str, bytes: &[u8], named: &str, why: &str) -> u64 {
    place.file(name, bytes);
    let mut sums = Vec::new();
    for (args, operand) in [(&["--json", name][..], name), (&["--json", "--summary"], "stdin")] {
        let output = place.tool().args(args).stdin(bytes).run();
        let stderr = output.stderr_text();
        let error = format!("sigil-tokens: E003_PARSE_FAIL: {operand}{named}: {why}\n");
        assert!(stderr.ends_with(&error), "{error:?} does not end {stderr:?}");
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        sums.push(output.json().map_or(0, |v| v["total_used"].as_u64().expect("a sum is a number")));
    }
    assert_eq!(sums[0], sums[1]);
    sums[0]
}

const EOF: &str = "unexpected end of file";
const GARBAGE: &str = "trailing garbage behind the compressed data is left out";

#[test]
fn what_is_cut_off_counts_up_to_there() {
    let place = Place::new();
    let mut all = vec![("log.jsonl.gz", gzipped(log().as_bytes()))];
    all.extend(packed("zstd", &[], log().as_bytes()).map(|zst| ("log.jsonl.zst", zst)));
    for (name, bytes) in all {
        let used = comes_to(&place, name, &bytes[..bytes.len() * 3 / 4], "", EOF);
        assert!((1_000..EVENTS).contains(&used), "{name}: {used}");
    }
}

#[test]
fn wrong_checksums_cost_nothing_but_are_said() {
    let place = Place::new();
    let mut gz = gzipped(log().as_bytes());
    let at = gz.len() - 6;
    gz[at] ^= 0xff;
    let why = "corrupt gzip stream does not have a matching checksum";
    assert_eq!(comes_to(&place, "log.jsonl.gz", &gz, "", why), EVENTS);
    let Some(mut zst) = packed("zstd", &[], log().as_bytes()) else { return };
    *zst.last_mut().unwrap() ^= 0xff;
    assert_eq!(comes_to(&place, "log.zst", &zst, "", "the checksum of a zstd frame is wrong"), EVENTS);
}

/// The yardstick is what `zcat` does with the same bytes.
#[test]
fn what_stands_behind_gzip_is_taken_as_zcat_takes_it() {
    let text = event("s", "note", "a", 5);
    let gz = gzipped(text.as_bytes());
    let place = Place::new();
    for (behind, why) in [
        (&[0; 600][..], None),
        (b"garbage", Some(GARBAGE)),
        (b"\0\0\0x", Some(GARBAGE)),
        (b"\x1f\x8b", Some(EOF)),
    ] {
        let bytes = [&gz[..], behind].concat();
        let zcat = Tool::new("gzip").arg("-dc").stdin(&*bytes).run();
        assert_eq!(zcat.stdout_text(), text);
        assert_eq!(zcat.status.success(), why.is_none());
        match why {
            Some(why) => assert_eq!(comes_to(&place, "x.gz", &bytes, "", why), 5),
            None => {
                place.file("x.gz", &bytes);
                place
                    .tool()
                    .args(["--json", "x.gz"])
                    .stdout_json(|v| assert_eq!(v["total_used"], 5))
                    .status(0);
            }
        }
    }
}

#[test]
fn an_empty_file_that_is_called_compressed_is_cut_off() {
    let place = Place::with("log.jsonl", event("s", "note", "a", 5));
    for name in ["x.gz", "x.tar.gz", "x.tgz", "x.zst"] {
        place.file(name, "");
        place
            .tool()
            .args(["--json", "log.jsonl", name])
            .stdout_json(|v| assert_eq!(v["total_used"], 5))
            .stderr(format!("sigil-tokens: E003_PARSE_FAIL: {name}: {EOF}\n"))
            .status(2);
        let zcat = Tool::new("gzip").args(["-dc"]).stdin("").run();
        assert!(!zcat.status.success());
    }
}

fn two_sessions() -> Place {
    let place = Place::with("a/execution.jsonl", event("a", "note", "a", 5));
    place.file("b/execution.jsonl", log());
    place
}

#[test]
fn an_archive_that_ends_early_names_the_member() {
    let place = two_sessions();
    let plain = tar(&place, &["a", "b"]);
    let gz = gzipped(&plain);
    for (name, bytes) in [("x.tar", &plain[..plain.len() * 3 / 4]), ("x.tar.gz", &gz[..gz.len() * 3 / 4])] {
        let used = comes_to(&place, name, bytes, ":b/execution.jsonl", EOF);
        assert!((1_000..EVENTS).contains(&used), "{name}: {used}");
    }
    // Where nothing of a member is missing but the end of the archive, nothing is missing.
    let end = plain.iter().rposition(|byte| *byte != 0).unwrap().next_multiple_of(512);
    place.file("x.tar", &plain[..end]);
    place.tool().args(["--json", "x.tar"]).stdout_json(|v| assert_eq!(v["total_used"], EVENTS + 5)).status(0);
}

#[test]
fn an_archive_damaged_in_the_middle_gives_what_stands_before() {
    let place = two_sessions();
    let mut plain = tar(&place, &["a", "b"]);
    let header = plain.windows(4).position(|window| window == b"b/ex").unwrap();
    plain[header] = b'c';
    let why = "damaged archive: it holds something that is no member of a tar archive";
    assert_eq!(comes_to(&place, "x.tar", &plain, "", why), 5);
    assert_eq!(comes_to(&place, "x.tar.gz", &gzipped(&plain), "", why), 5);
}

#[test]
fn an_archive_with_a_wrong_checksum_or_garbage_behind_it_counts_and_is_said() {
    let place = two_sessions();
    let gz = gzipped(&tar(&place, &["a"]));
    let mut wrong = gz.clone();
    let at = gz.len() - 6;
    wrong[at] ^= 0xff;
    let why = "corrupt gzip stream does not have a matching checksum";
    assert_eq!(comes_to(&place, "x.tar.gz", &wrong, "", why), 5);
    let garbage = [&gz[..], b"garbage"].concat();
    assert_eq!(comes_to(&place, "x.tar.gz", &garbage, "", GARBAGE), 5);
}

#[test]
fn a_damaged_member_costs_no_other() {
    let place = Place::with("s/execution.jsonl", event("s", "note", "a", 5));
    let part = gzipped(event("s", "note", "a", 7).as_bytes());
    place.file("s/execution.jsonl.1.gz", &part[..part.len() - 4]);
    for order in
        [["s/execution.jsonl", "s/execution.jsonl.1.gz"], ["s/execution.jsonl.1.gz", "s/execution.jsonl"]]
    {
        let plain = tar(&place, &order);
        assert_eq!(comes_to(&place, "x.tar", &plain, ":s/execution.jsonl.1.gz", EOF), 12);
    }
}

#[test]
fn compression_that_is_not_read_is_named() {
    let place = Place::with("log.jsonl", event("s", "note", "a", 5));
    for program in ["xz", "bzip2", "lz4"] {
        let Some(bytes) = packed(program, &["-c"], log().as_bytes()) else { continue };
        let why = format!("{program} is not unpacked here; use {program} -dc\n");
        place.file("x", &bytes);
        place
            .tool()
            .args(["--json", "log.jsonl", "x"])
            .stdout_json(|v| assert_eq!(v["total_used"], 5))
            .stderr(format!("sigil-tokens: E003_PARSE_FAIL: x: {why}"))
            .status(2);
        let piped = place.tool().stdin(bytes).stdout("");
        piped.stderr(format!("sigil-tokens: E003_PARSE_FAIL: stdin: {why}")).status(2);
    }
}

/// Whatever bit is flipped, there is one line for each thing that is wrong, and never a crash.
#[test]
fn a_flipped_bit_is_no_crash() {
    let place = two_sessions();
    let gz = gzipped(&tar(&place, &["a"]));
    for at in (0..gz.len()).step_by(7) {
        let mut bytes = gz.clone();
        bytes[at] ^= 0x10;
        place.file("x.tar.gz", &bytes);
        let output = place.tool().args(["--json", "x.tar.gz"]).run();
        assert!(matches!(output.status.code(), Some(0 | 2)), "byte {at}: {:?}", output.status);
        let stderr = output.stderr_text();
        assert!(stderr.lines().all(|line| line.starts_with("sigil-tokens: E")), "byte {at}: {stderr}");
    }
}
