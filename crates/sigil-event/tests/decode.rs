//! Properties of decoding: no bytes make it panic, and what the scanner reads is what `serde_json` reads.

use proptest::prelude::*;
use sigil_event::scan::{Malformed, Scanner};
use sigil_event::{Event, EventRef};

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
            Just("tokens"), Just("metadata"), Just("latency_ms"), Just("usage"), Just("usage_id"), Just("budget")
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
