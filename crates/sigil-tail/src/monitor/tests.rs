//! The monitor beside the ledger, and how much it keeps.

use proptest::prelude::*;
use sigil_event::Text;
use sigil_summary::Summary;

use super::recent::KEPT;
use super::*;

fn monitor() -> Monitor {
    let detail = Detail { latency: true, ..Detail::default() };
    Monitor::new(Arc::new(detail), CountAll::No, Budgets::default())
}

/// An event of one of three sessions, an answer or not.
fn line() -> impl Strategy<Value = String> {
    let kind = prop_oneof![
        Just("session_start"),
        Just("session_complete"),
        Just("step_complete"),
        Just("token_consumption"),
        Just("step_error")
    ];
    (0..3u8, kind, 0..3u8, 0..500u64, proptest::option::of(0..4u8), 0..3600i64).prop_map(
        |(session, kind, component, tokens, answer, second)| {
            let metadata = answer.map_or_else(String::new, |id| format!("\"usage_id\":\"u{id}\""));
            format!(
                "{{\"timestamp\":\"2026-01-11T10:{:02}:{:02}Z\",\"session_id\":\"s{session}\",\"event_type\":\"{kind}\",\
                 \"component\":\"c{component}\",\"tokens\":{tokens},\"metadata\":{{{metadata}}}}}",
                second / 60,
                second % 60,
            )
        },
    )
}

proptest! {
    #[test]
    fn it_says_what_the_ledger_says_whenever_it_is_asked(lines in proptest::collection::vec((line(), any::<bool>()), 0..60)) {
        let mut monitor = monitor();
        let mut ledger = Summary::new(Arc::new(Detail { latency: true, ..Detail::default() }));
        ledger.begin(STREAM, 0);
        for (place, (line, is_asked)) in (0..).zip(&lines) {
            let mut event = EventRef::parse(line).unwrap().event;
            event.at = sigil_event::time::ZoneReader::new(chrono_tz::Tz::UTC).read_text(&event.timestamp.unwrap().decode());
            monitor.add(&event);
            ledger.event(&event, place);
            if *is_asked {
                monitor.update();
            }
        }
        monitor.update();
        ledger.end(lines.len() as u64, lines.len() as u64);
        let told: std::collections::BTreeMap<_, _> =
            monitor.sessions().map(|(summary, _)| (summary.id.clone(), format!("{summary:?}"))).collect();
        let known = ledger.resolve().sessions;
        let total: u64 = known.iter().map(|session| session.tokens(CountAll::No)).sum();
        let known: std::collections::BTreeMap<_, _> =
            known.iter().map(|summary| (summary.id.clone(), format!("{summary:?}"))).collect();
        prop_assert_eq!(told, known);
        prop_assert_eq!(monitor.total(), total);
    }
}

#[test]
fn of_many_long_events_little_is_kept() {
    let mut monitor = monitor();
    let message = "wide 日本語 ".repeat(10_000);
    for _ in 0..100 {
        let event = EventRef {
            session_id: Some(Text::plain("s")),
            component: Some(Text::plain(&message)),
            message: Some(Text::plain(&message)),
            type_name: Some(Text::plain("step_error")),
            event_type: sigil_event::EventType::StepError,
            ..EventRef::default()
        };
        monitor.add(&event);
    }
    let session = &monitor.sessions[0];
    assert_eq!(session.recent.iter().count(), KEPT);
    let error = session.last_error.as_deref();
    for event in session.recent.iter().chain(error) {
        assert!(event.text.starts_with("wide 日") && event.text.len() <= 240 && event.component.len() <= 240);
        assert!(event.text.capacity() < 1000);
    }
}

#[test]
fn lines_about_nothing_are_no_recent_events() {
    let mut monitor = monitor();
    let mut add = |kind: &str, tokens: Option<u64>, message: Option<&str>| {
        let mut event = EventRef {
            session_id: Some(Text::plain("s")),
            type_name: Some(Text::plain(kind)),
            message: message.map(Text::plain),
            tokens,
            ..EventRef::default()
        };
        event.metadata.format = Some(Text::plain("claude"));
        event.metadata.usage_id = tokens.map(|_| Text::plain("u"));
        monitor.add(&event);
    };
    add("note", None, None);
    add("token_consumption", Some(7), None);
    add("token_consumption", Some(7), None);
    add("note", None, Some("something"));
    let recent: Vec<_> =
        monitor.sessions[0].recent.iter().map(|event| (event.text.as_str(), event.tokens)).collect();
    assert_eq!(recent, [("token consumption", 7), ("something", 0)]);
}
