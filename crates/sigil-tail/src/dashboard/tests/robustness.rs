//! No size and no text breaks the screen.

use proptest::prelude::*;
use sigil_testkit::samples::GuideSession;

use super::*;

fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        Just("\u{1b}[2J\u{1b}]0;x\u{7}\r\n\t".to_owned()),
        Just("日本語👩‍👩‍👧‍👦🇩🇪e\u{301}\u{202e}".repeat(9)),
        Just("x".repeat(3000)),
        "\\PC{0,60}",
    ]
}

/// One line with everything that a log may say as it pleases.
fn line() -> impl Strategy<Value = String> {
    let kind = prop_oneof![
        Just("session_start"),
        Just("session_complete"),
        Just("session_error"),
        Just("step_complete"),
        Just("step_error"),
        Just("retry_attempt")
    ];
    (hostile(), kind, hostile(), hostile(), any::<u64>(), any::<u32>(), any::<i32>()).prop_map(
        |(id, kind, component, message, tokens, latency, second)| {
            let tokens = tokens >> (second.unsigned_abs() % 64);
            serde_json::json!({
                "timestamp": Timestamp { us: i64::from(second) * 1_000_000, offset_s: 0, zoned: true }.to_string(),
                "session_id": id, "event_type": kind, "component": component, "message": message, "tokens": tokens,
                "metadata": {"latency_ms": latency, "budget": tokens / 2, "model": message, "usage": {"input": tokens}},
            })
            .to_string()
                + "\n"
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn anything_can_be_drawn_anywhere(
        lines in proptest::collection::vec(line(), 0..12),
        expected in proptest::collection::vec(hostile(), 0..3),
        keys in "[jkgGs/?a ]{0,6}",
        columns in 0u16..200,
        rows in 0u16..80,
        is_plain in any::<bool>(),
    ) {
        let mut scene = Scene::of(&lines.concat());
        let expected: Vec<_> = expected.iter().map(String::as_str).collect();
        scene = scene.expecting(&expected);
        scene.press(&keys);
        let look = if is_plain { Look::Plain } else { Look::Fine };
        let screen = scene.screen(columns, rows, look);
        prop_assert!(!screen.chars().any(|letter| letter.is_control() && letter != '\n'));
        if is_plain {
            prop_assert!(screen.is_ascii());
        }
        scene.choice.is_open = !scene.choice.is_open;
        scene.screen(columns, rows, look);
        let text = scene.picture().text(columns.into(), look);
        prop_assert!(text.iter().all(|strip| strip.columns() == usize::from(columns)));
    }
}

#[test]
fn every_small_size_is_drawn() {
    let mut scene = Scene::of(&GuideSession::new("lead-1").running().to_string());
    for several in [false, true] {
        if several {
            scene.feed(&GuideSession::new("lead-2").to_string());
        }
        for columns in 0..60 {
            for rows in 0..30 {
                scene.screen(columns, rows, Look::Fine);
            }
        }
    }
}
