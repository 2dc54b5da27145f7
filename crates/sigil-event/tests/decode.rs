//! Properties of decoding: no bytes make it panic, and what the scanner reads is what `serde_json` reads.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its own lines has failed")]

use proptest::prelude::*;
use sigil_event::scan::Scanner;
use sigil_event::{Event, EventRef, Malformed, Shapes};

/// JSON values, with the shapes that real logs hold and some that they should not.
fn json(depth: u32) -> BoxedStrategy<String> {
    let text = prop_oneof![
        "[a-zA-Z0-9 _:é€😀-]{0,24}".prop_map(|s| format!("\"{s}\"")),
        r#"([a-z]|\\[\\"/bfnrt]|\\u00[0-9a-f]{2}|\\ud83d\\ude00){0,12}"#.prop_map(|s| format!("\"{s}\"")),
    ];
    let number = prop_oneof![
        any::<i64>().prop_map(|n| n.to_string()),
        (0u64..300_000).prop_map(|n| n.to_string()),
        "-?(0|[1-9][0-9]{0,5})(\\.[0-9]{1,3})?([eE][+-]?[0-9]{1,2})?",
    ];
    let word = prop_oneof![Just("true"), Just("false"), Just("null")].prop_map(str::to_owned);
    let leaf = prop_oneof![3 => text, 3 => number, 1 => word];
    if depth == 0 {
        return leaf.boxed();
    }
    prop_oneof![
        3 => leaf,
        1 => proptest::collection::vec(json(depth - 1), 0..4).prop_map(|v| format!("[{}]", v.join(" ,"))),
        1 => object(depth - 1),
    ]
    .boxed()
}

fn object(depth: u32) -> BoxedStrategy<String> {
    let key = prop_oneof![
        4 => prop_oneof![
            Just("timestamp"), Just("session_id"), Just("event_type"), Just("component"), Just("message"),
            Just("tokens"), Just("metadata"), Just("latency_ms"), Just("usage"), Just("usage_id"), Just("budget"), Just("cost_usd")
        ]
        .prop_map(str::to_owned),
        1 => "[a-z]{1,6}",
        1 => r"tok\\u0065ns",
    ];
    proptest::collection::vec((key, json(depth)), 0..7)
        .prop_map(|fields| {
            let fields: Vec<_> = fields.into_iter().map(|(k, v)| format!("\"{k}\" :{v}")).collect();
            format!("{{{}}}", fields.join(","))
        })
        .boxed()
}

/// An object with one place changed, so that most are malformed in one interesting way.
fn damaged() -> impl Strategy<Value = String> {
    (object(2), any::<prop::sample::Index>(), "[\\x00-\\x7f]{0,2}").prop_map(|(line, at, put)| {
        let cut: Vec<_> = line.char_indices().map(|(i, _)| i).collect();
        let at = cut[at.index(cut.len())];
        let behind = line[at..].chars().next().map_or(at, |c| at + c.len_utf8());
        format!("{}{put}{}", &line[..at], &line[behind..])
    })
}

fn check_against_serde(line: &str) {
    let ours = EventRef::parse(line);
    let theirs = serde_json::from_str::<Event>(line);
    match (&ours, &theirs) {
        (Ok(_), Ok(theirs)) => assert_eq!(&Event::parse(line).unwrap(), theirs, "{line}"),
        (Err(_), Err(_)) => assert!(Event::parse(line).is_err()),
        (Ok(_), Err(why)) => {
            assert!(
                why.to_string().contains("surrogate") || why.to_string().contains("hex escape"),
                "{why}: {line}"
            )
        }
        (Err(why), Ok(_)) => panic!("refused as {why:?}: {line}"),
    }
}

/// Reads lines as a reader of logs does, those of known shapes by their shape, and compares each with
/// what the scanner alone makes of it. Returns how many were of a known shape.
fn check_shapes(lines: &[String]) -> usize {
    fn is_foreign(key: &str) -> bool {
        key == "type"
    }
    let mut shapes = Shapes::new(is_foreign);
    let mut fitted = 0;
    for line in lines {
        let mut foreign = false;
        let mut scanner = Scanner::new(line);
        let scanned = EventRef::scan(&mut scanner, |key, _| foreign |= is_foreign(&key.decode()));
        let scanned = scanned.ok().filter(|_| scanner.peek_token().is_none());
        if let Some(by_shape) = shapes.read(line) {
            fitted += 1;
            assert_eq!(Some(&by_shape), scanned.as_ref(), "{line}");
            assert!(!foreign, "{line}");
        } else if let Some(parsed) = scanned {
            shapes.learn(parsed.event.raw);
        }
    }
    fitted
}

/// Lines that begin alike: one object, and copies of it with other values, or with a place changed.
fn alike() -> impl Strategy<Value = Vec<String>> {
    let keys = proptest::sample::subsequence(
        vec!["timestamp", "session_id", "event_type", "component", "message", "tokens", "zeta", "type"],
        1..8,
    );
    let inner = proptest::sample::subsequence(
        vec!["latency_ms", "budget", "model", "usage_id", "cost_usd", "other"],
        0..6,
    );
    (keys, inner, any::<bool>()).prop_flat_map(|(keys, inner, usage)| {
        let value = || json(1);
        let line = (
            proptest::collection::vec(value(), keys.len()),
            proptest::collection::vec(json(0), inner.len()),
            0u64..100,
            proptest::option::weighted(0.2, (any::<prop::sample::Index>(), "[\\x20-\\x7f]")),
        );
        let line = line.prop_map(move |(values, metadata, n, damage)| {
            let field = |(key, value): (&&str, &String)| format!("\"{key}\":{value}");
            let mut fields: Vec<_> = keys.iter().zip(&values).map(field).collect();
            let mut metadata: Vec<_> = inner.iter().zip(&metadata).map(field).collect();
            if usage {
                metadata.push(format!(
                    "\"usage\":{{\"input\":{n},\"x\":1,\"cache_read\":\"{n}\",\"cache_write_1h\":{n}}}"
                ));
            }
            fields.push(format!("\"metadata\":{{{}}}", metadata.join(",")));
            let line = format!("{{{}}}", fields.join(","));
            let Some((at, put)) = damage else { return line };
            let at = line.char_indices().map(|(i, _)| i).nth(at.index(line.chars().count())).unwrap_or(0);
            format!("{}{put}{}", &line[..at], line[at..].chars().skip(1).collect::<String>())
        });
        proptest::collection::vec(line, 2..12)
    })
}

#[test]
fn most_lines_of_a_log_are_of_a_known_shape() {
    let line = |n: u32, kind: &str| {
        format!(
            "{{\"timestamp\":\"2026-01-11T10:15:32.{n:06}\",\"event_type\":\"{kind}\",\"tokens\":{n},\"metadata\":{{\"latency_ms\":{n}.5,\"why\":\"\\\"{n}\\\"\"}}}}"
        )
    };
    let lines: Vec<_> =
        (0..100).map(|n| line(n, if n % 3 == 0 { "step_complete" } else { "retry" })).collect();
    assert_eq!(check_shapes(&lines), 99);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn objects_decode_alike_borrowed_owned_and_by_serde(line in object(3)) {
        check_against_serde(&line);
    }

    #[test]
    fn damaged_objects_are_refused_alike(line in damaged()) {
        check_against_serde(&line);
    }

    #[test]
    fn a_shape_reads_a_line_as_the_scanner_does(lines in alike()) {
        check_shapes(&lines);
    }

    #[test]
    fn no_text_makes_the_decoder_panic(line in ".*") {
        let _ = EventRef::parse(&line);
        let _ = EventRef::parse(&format!("{{{line}"));
    }

    #[test]
    fn no_bytes_make_the_decoder_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = EventRef::parse(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn whatever_serde_writes_is_read_back(line in object(3)) {
        if let Ok(event) = Event::parse(&line) {
            let written = serde_json::to_string(&event).unwrap();
            prop_assert_eq!(Event::parse(&written).unwrap(), event);
        }
    }
}

#[test]
fn a_lone_surrogate_does_not_cost_a_line() {
    let line = r#"{"message":"cut \ud83d","tokens":5}"#;
    let event = EventRef::parse(line).unwrap().event;
    assert_eq!(event.message.unwrap().decode(), "cut \u{fffd}");
    assert_eq!(event.tokens, Some(5));
}

#[test]
fn two_objects_are_read_one_after_the_other() {
    let mut scanner = Scanner::new(r#"{"tokens":5}{"tokens":7}"#);
    assert_eq!(EventRef::scan(&mut scanner, |_, _| {}).unwrap().event.tokens, Some(5));
    assert_eq!(EventRef::scan(&mut scanner, |_, _| {}).unwrap().event.tokens, Some(7));
    assert_eq!(scanner.peek_token(), None);
    assert_eq!(EventRef::parse(r#"{"tokens":5}{"tokens":7}"#).unwrap_err(), Malformed::TrailingText);
}
