//! Small files that hold very much: memory stays what it is.

use crate::{Place, event, gzipped, tar};

/// Far less than what the bombs hold, and more than the longest line takes.
const LIMIT: u64 = 200 << 20;

const MIB: usize = 1 << 20;

/// gzip of `times` times `bytes`: as a member for each, which are joined by nothing but standing in a row.
fn repeated(bytes: &[u8], times: usize) -> Vec<u8> {
    gzipped(bytes).repeat(times)
}

#[track_caller]
fn stays_small(bomb: &[u8], name: &str, used: u64, status: i32, why: &str) {
    let place = Place::with(name, bomb);
    for args in [&["--json", name][..], &["--json", "--summary"]] {
        let tool = place.tool().args(args).stdin(bomb).memory_below(LIMIT).stderr_contains(why);
        let tool = if used > 0 { tool.stdout_json(|v| assert_eq!(v["total_used"], used)) } else { tool };
        tool.status(status);
    }
}

#[test]
fn a_line_of_a_gibibyte_is_skipped() {
    let bomb = repeated(&vec![b'x'; 16 * MIB], 64);
    stays_small(&bomb, "bomb.gz", 0, 0, "skipped 1 malformed line: ");
}

#[test]
fn very_many_lines_add_up() {
    let lines = event("s", "note", "a", 1) + &" ".repeat(1_000) + "\n";
    let count = 16 * MIB / lines.len();
    let bomb = [repeated(lines.repeat(count).as_bytes(), 20), gzipped(b"x\n")].concat();
    stays_small(&bomb, "bomb.gz", 20 * count as u64, 0, "skipped 1 malformed line: ");
}

#[test]
fn a_bomb_in_an_archive_is_no_other() {
    let place = Place::with("s/execution.jsonl", "");
    let mut header = tar(&place, &["s/execution.jsonl"])[..512].to_vec();
    // Its size, and the sum of the header's bytes (ustar).
    let size = 20 * 16 * MIB as u64;
    header[124..136].copy_from_slice(format!("{size:011o}\0").as_bytes());
    header[148..156].fill(b' ');
    let sum: u64 = header.iter().map(|byte| u64::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let bomb = [gzipped(&header), repeated(&vec![b'x'; 16 * MIB], 20), gzipped(&[0; 1024])].concat();
    stays_small(&bomb, "bomb.tar.gz", 0, 0, ":s/execution.jsonl:1");
}
