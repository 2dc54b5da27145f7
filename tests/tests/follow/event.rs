//! Events with numbers: their lines, byte for byte, and the way back.

use std::io::Write;

/// Appends the line of event `number`, with its newline. Lines differ in length, so that no block ends with one
/// by chance.
pub(crate) fn append(line: &mut Vec<u8>, number: u64) {
    let padding = &"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"[..(number * 7 % 53) as usize % 52];
    writeln!(
        line,
        "{{\"timestamp\":\"2026-01-11T10:15:{:02}.{:06}\",\"session_id\":\"follow-1\",\"event_type\":\"step_complete\",\
         \"component\":\"routing\",\"message\":\"{padding}\",\"tokens\":1,\"metadata\":{{\"number\":{number}}}}}",
        number / 1_000_000 % 60,
        number % 1_000_000,
    )
    .expect("memory takes every write");
}

/// The number of the event whose line this is, without its newline; `None` if it is not that line to the last byte.
pub(crate) fn number(line: &[u8], scratch: &mut Vec<u8>) -> Option<u64> {
    let digits = line.strip_suffix(b"}}")?;
    let at = digits.iter().rposition(|byte| !byte.is_ascii_digit())? + 1;
    let number = str::from_utf8(&digits[at..]).ok()?.parse().ok()?;
    scratch.clear();
    append(scratch, number);
    (scratch.strip_suffix(b"\n") == Some(line)).then_some(number)
}

#[test]
fn a_line_leads_back_to_its_number_and_nothing_else_does() {
    let mut scratch = Vec::new();
    for expected in [0, 9, 51, 999_999, 1_000_000, 61_234_567] {
        let mut line = Vec::new();
        append(&mut line, expected);
        assert_eq!(line.pop(), Some(b'\n'));
        assert_eq!(number(&line, &mut scratch), Some(expected));
        assert_eq!(number(&line[1..], &mut scratch), None);
        assert_eq!(number(&line[..line.len() - 1], &mut scratch), None);
        assert_eq!(number(&[&line[..40], &line].concat(), &mut scratch), None);
    }
}
