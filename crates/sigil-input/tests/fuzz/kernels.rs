//! The targets that compute: redaction, the scanner, times and zones.

use chrono_tz::Tz;
use sigil_event::scan::Scanner;
use sigil_event::text::quoted;
use sigil_event::time::ZoneReader;
use sigil_event::{Malformed, Written};
use sigil_input::moment::{self, End};
use sigil_input::{FormatChoice, redact, zone};

use crate::engine::{Depth, hash};

fn as_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub fn fuzz_redacted_text(bytes: &[u8], _: Depth) -> u64 {
    let text = as_text(bytes);
    let once = redact::text(&text);
    assert_eq!(redact::text(&once), once, "twice is not once");
    marks(&once)
}

/// Which marks stand in a text, in their order.
fn marks(text: &str) -> u64 {
    let kinds = text.split("[redacted:").skip(1).filter_map(|rest| rest.split(']').next());
    hash(kinds.take(12).collect::<Vec<_>>().join(",").as_bytes())
}

pub fn fuzz_redacted_json(bytes: &[u8], _: Depth) -> u64 {
    let text = as_text(bytes);
    let once = redact::json(&text);
    assert_eq!(redact::json(&once), once, "twice is not once");
    let is_json = |text: &str| serde_json::from_str::<serde_json::Value>(text).is_ok();
    assert!(!is_json(&text) || is_json(&once), "no JSON any more: {once}");
    // As a string it is JSON whatever it holds.
    let string = quoted(&text);
    let once = redact::json(&string);
    assert!(is_json(&once), "no JSON any more: {once}");
    assert_eq!(redact::json(&once), once, "twice is not once");
    marks(&once)
}

/// The scanner takes what `serde_json` takes, but for what it allows.
pub fn fuzz_scanner(bytes: &[u8], _: Depth) -> u64 {
    let text = as_text(bytes);
    let mut scanner = Scanner::new(&text);
    let ours = scanner.value().map(|_| ()).and_then(|()| match scanner.peek_token() {
        None => Ok(()),
        Some(_) => Err(Malformed::TrailingText),
    });
    assert!(scanner.position() <= text.len());
    let theirs = serde_json::from_str::<serde_json::Value>(&text);
    let words = match (&ours, &theirs) {
        (Ok(()), Ok(_)) => String::new(),
        (Err(why), Err(_)) => why.to_string(),
        (Ok(()), Err(why)) => {
            let why = why.to_string();
            let is_allowed =
                ["surrogate", "hex escape", "out of range"].iter().any(|known| why.contains(known));
            assert!(is_allowed, "taken, though {why}");
            why
        }
        (Err(why), Ok(_)) => panic!("refused: {why}"),
    };
    let mut scanner = Scanner::new(&text);
    if let (Some(b'"'), Ok(string)) = (scanner.peek_token(), scanner.string()) {
        let decoded = string.decode();
        let theirs: Result<String, _> = serde_json::from_str(text.get(..scanner.position()).unwrap_or(""));
        assert!(theirs.is_err() || theirs.is_ok_and(|theirs| theirs == decoded));
        assert_eq!(serde_json::from_str::<String>(&quoted(&decoded)).ok().as_deref(), Some(&*decoded));
    }
    hash(words.as_bytes())
}

/// Years that have four digits with any offset.
const PLAIN_YEARS: std::ops::Range<i64> = -62_135_596_800_000_000..253_370_764_800_000_000;

pub fn fuzz_times(bytes: &[u8], _: Depth) -> u64 {
    let text = as_text(bytes);
    let mut shown = 0;
    let zones =
        [Tz::UTC, Tz::Europe__Berlin, Tz::Asia__Kathmandu, Tz::Australia__Lord_Howe, Tz::Pacific__Apia];
    let tz = zones[hash(bytes) as usize % zones.len()];
    let mut clock = ZoneReader::new(tz).after(None);
    let mut slow = ZoneReader::new(tz).after(None);
    for line in text.lines() {
        let written = Written::parse(line);
        let at = clock.read_text(line);
        // The reader that remembers the last minute reads as one that does not.
        assert_eq!(at, written.map(|written| slow.read(written)), "{line:?}");
        if let (Some(at), Some(written)) = (at, written) {
            let _ = (at.civil(tz), at.offset_in(tz));
            assert!(at.offset_s.abs() < 86_400, "{line:?} is {at:?}");
            assert_eq!(at.us, written.civil_us - i64::from(at.offset_s) * 1_000_000, "{line:?}");
            let told = at.to_string();
            if PLAIN_YEARS.contains(&written.civil_us) {
                let again = Written::parse(&told);
                assert_eq!(again, Some(written), "{line:?} is told as {told:?}");
            }
        }
        shown |= 1 << (u64::from(at.is_some()) + 2 * u64::from(at.is_some_and(|at| at.zoned)));
        let now_us = 1_768_126_532_000_000;
        for end in [End::Since, End::Until] {
            shown |= u64::from(moment::parse(line, end, tz, now_us).is_ok()) << 8;
        }
        if let Some(age) = moment::age_us(line) {
            assert!(age >= 0, "{line:?} is {age}");
        }
        shown |= u64::from(zone::named(line).is_ok()) << 9;
        shown |= u64::from(FormatChoice::named(line).is_ok()) << 10;
    }
    shown
}
