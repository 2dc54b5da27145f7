//! The ledger's rules, on small logs; and that no way of cutting or ordering a log changes its sum.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its own lines has failed")]

mod written;

use std::sync::Arc;

use proptest::prelude::*;
use sigil_event::{Estimate, EventRef, Sink, SourceId, Text, Written};
use sigil_summary::findings::Thresholds;
use sigil_summary::ledger::meter::{Answers, Meter};
use sigil_summary::price::{Prices, Table};
use sigil_summary::{CountAll, Detail, Estimated, Key, Resolved, Running, Spent, StatedCosts, Summary};
use written::Way;

/// The message of an event whose tokens are an estimate.
const ESTIMATED: &str = "some words";

/// Feeds `lines` to `sink` as lines `from..` of source `source`, ten bytes a line.
fn feed(sink: &mut impl Sink, source: u32, from: usize, lines: &[String]) {
    sink.begin(SourceId(source), from as u64 * 10);
    for (n, line) in lines.iter().enumerate() {
        let mut event = EventRef::parse(line).unwrap().event;
        event.at = event
            .written_time()
            .map(|w: Written| sigil_event::time::ZoneReader::new(chrono_tz::Tz::UTC).read(w));
        if event.message.is_some_and(|message| message.is(ESTIMATED)) {
            event.metadata.estimate = Some(Estimate::Tokens);
            event.metadata.format = Some(Text::plain("text"));
        }
        // What only decoders of other formats tell.
        match event.type_name.map(|name| name.decode()).as_deref() {
            Some("tool_call" | "tool_error") => event.metadata.tool_use_id = event.timestamp,
            Some("note") => event.metadata.project = event.component,
            _ => {}
        }
        sink.event(&event, (from + n) as u64 * 10);
    }
    sink.end((from + lines.len()) as u64 * 10, lines.len() as u64);
}

fn lines(text: &[&str]) -> Vec<String> {
    // `type component tokens [usage_id]`, `-` for none.
    text.iter()
        .map(|line| {
            let mut words = line.split(' ');
            let mut field = |name: &str, quote: &str| match words.next() {
                None | Some("-") => String::new(),
                Some(word) => format!(",\"{name}\":{quote}{word}{quote}"),
            };
            let head = field("event_type", "\"") + &field("component", "\"") + &field("tokens", "");
            let metadata = field("usage_id", "\"");
            let metadata =
                metadata.strip_prefix(',').map(|id| format!(",\"metadata\":{{{id}}}")).unwrap_or_default();
            format!("{{\"session_id\":\"s\"{head}{metadata}}}")
        })
        .collect()
}

fn whole(lines: &[String]) -> Resolved {
    let mut summary = Summary::new(Arc::new(Detail::default()));
    feed(&mut summary, 0, 0, lines);
    summary.resolve()
}

fn total(resolved: &Resolved, count_all: CountAll) -> u64 {
    resolved.sessions.iter().map(|session| session.tokens(count_all)).sum()
}

#[track_caller]
fn check(text: &[&str], tokens: u64, all: u64) {
    let lines = lines(text);
    let resolved = whole(&lines);
    assert_eq!((total(&resolved, CountAll::No), total(&resolved, CountAll::Yes)), (tokens, all));
    for (count_all, expected) in [(CountAll::No, tokens), (CountAll::Yes, all)] {
        let mut running = Counter(Running::new(Arc::default(), count_all, Default::default()));
        feed(&mut running, 0, 0, &lines);
        assert_eq!(running.0.total(), expected, "running, {count_all:?}");
    }
}

struct Counter(Running);

impl Sink for Counter {
    fn begin(&mut self, source: SourceId, start: u64) {
        self.0.begin(source, start);
    }
    fn event(&mut self, event: &EventRef<'_>, offset: u64) {
        self.0.add(event, offset);
    }
    fn defect(&mut self, line: u64, defect: sigil_event::Defect) {
        self.0.defect(line, defect);
    }
    fn end(&mut self, end: u64, lines: u64) {
        self.0.end(end, lines);
    }
}

#[derive(Default)]
struct Meters {
    sessions: std::collections::BTreeMap<String, Meter>,
    answers: Answers,
    count_all: CountAll,
}

impl Sink for Meters {
    fn begin(&mut self, _: SourceId, _: u64) {}
    fn event(&mut self, event: &EventRef<'_>, _: u64) {
        let session = event.session_id.unwrap().decode().into_owned();
        self.sessions.entry(session).or_default().add(event, &mut self.answers, self.count_all);
    }
    fn defect(&mut self, _: u64, _: sigil_event::Defect) {}
    fn end(&mut self, _: u64, _: u64) {}
}

#[test]
fn of_the_snapshots_of_an_answer_a_meter_counts_the_best() {
    let mut meters = Meters::default();
    let line = |tokens: u64, id: &str| {
        format!(
            "{{\"session_id\":\"s\",\"component\":\"c\",\"tokens\":{tokens},\"metadata\":{{\"usage_id\":\"{id}\"}}}}"
        )
    };
    feed(&mut meters, 0, 0, &[line(5, "a"), line(9, "a"), line(7, "a"), line(1, "b")]);
    assert_eq!(meters.sessions["s"].total(), 10);
}

const STEPS: [&str; 5] = [
    "step_complete routing 50",
    "step_complete memory 150",
    "step_complete planning 0",
    "step_complete reasoning 450",
    "step_complete validation 0",
];

#[test]
fn the_guides_five_steps_are_650() {
    check(&STEPS, 650, 650);
}

#[test]
fn a_total_stated_at_the_end_is_not_counted_again() {
    check(&[&STEPS[..], &["session_complete - 650"]].concat(), 650, 1300);
    check(&[&STEPS[..], &["session_complete - 650", "session_complete - 650"]].concat(), 650, 1950);
    check(&[&STEPS[..], &["session_error - 700"]].concat(), 700, 1350);
}

#[test]
fn a_smaller_figure_at_the_end_adds() {
    check(&[&STEPS[..], &["session_complete - 20"]].concat(), 670, 670);
    check(&[&STEPS[..], &["session_complete - 0"]].concat(), 650, 650);
}

#[test]
fn a_pipe_that_joins_late_ends_right() {
    check(&["step_complete validation 0", "session_complete - 650"], 650, 650);
    check(&["session_complete - 650"], 650, 650);
}

#[test]
fn a_second_run_of_a_session_has_a_total_of_its_own() {
    let run = ["session_start - 0", "step_complete routing 50", "session_complete - 50"];
    check(&[run, run].concat(), 100, 200);
}

#[test]
fn a_step_that_sums_up_its_consumption_is_counted_once() {
    check(
        &["token_consumption memory 100", "token_consumption memory 50", "step_complete memory 150"],
        150,
        300,
    );
    check(
        &["token_consumption memory 100", "step_complete memory 120", "step_complete memory 120"],
        240,
        340,
    );
    check(&["token_consumption memory 100", "step_start memory 0", "step_complete memory 100"], 200, 200);
    check(&["token_consumption memory 100", "step_error memory 30"], 130, 130);
    check(&["token_consumption memory 100", "step_complete routing 100"], 200, 200);
}

#[test]
fn both_rules_together() {
    check(&["token_consumption memory 50", "step_complete memory 50", "session_complete - 50"], 50, 150);
}

#[test]
fn snapshots_of_one_answer_count_as_the_best_of_them() {
    check(
        &[
            "token_consumption a 10 x",
            "token_consumption a 30 x",
            "token_consumption a 20 x",
            "token_consumption a 5 y",
        ],
        35,
        35,
    );
    check(
        &[
            "token_consumption a 10 x",
            "token_consumption a 30 x",
            "step_complete a 30",
            "session_complete - 35",
        ],
        35,
        95,
    );
    // The better snapshot comes after the statement: it stands where it stands, and the statement adds.
    check(
        &[
            "session_start - 0",
            "token_consumption a 10 x",
            "session_complete - 10",
            "token_consumption a 30 x",
        ],
        40,
        40,
    );
}

#[test]
fn sums_beyond_all_bounds_do_not_wrap() {
    let big = format!("token_consumption a {}", 1u64 << 53);
    let lines: Vec<_> = std::iter::repeat_n(big.as_str(), 3000).chain(["step_complete a 5"]).collect();
    let resolved = whole(&crate::lines(&lines));
    assert_eq!(total(&resolved, CountAll::Yes), u64::MAX);
}

/// What costs are computed with: models `m1` and `m2` have a price.
fn priced(stated_costs: StatedCosts) -> Detail {
    let table = Table::parse("m1\t\t1000000\t5000000\nm2\t\t7\t9\t\t1\n");
    let prices = Some(Arc::new(Prices::of_table(table, Default::default())));
    Detail { prices, stated_costs, ..Detail::default() }
}

/// Checks what lines come to, as tokens, 10^-12 USD and tokens without a price; returns the models that
/// have none.
#[track_caller]
fn check_cost(lines: &[&str], stated: StatedCosts, expected: (u64, Option<u128>, u64)) -> Vec<String> {
    let lines: Vec<_> = lines.iter().map(|line| format!("{{\"session_id\":\"s\",{line}}}")).collect();
    let mut summary = Summary::new(Arc::new(priced(stated)));
    feed(&mut summary, 0, 0, &lines);
    let resolved = summary.resolve();
    let spent = resolved.sessions.iter().fold(Spent::default(), |mut sum, session| {
        sum.merge(&session.total().spent(CountAll::No));
        sum
    });
    assert_eq!((spent.tokens, spent.cost_pico_usd(), spent.unpriced_tokens()), expected);
    resolved.unpriced_models
}

#[test]
fn a_cost_is_that_of_the_best_snapshot() {
    let answer = |output: u32| {
        format!(
            r#""event_type":"token_consumption","tokens":{},"metadata":{{"usage_id":"u","model":"m1","usage":{{"input":10,"output":{output}}}}}"#,
            10 + output
        )
    };
    let cost = Some(10 * 1_000_000 + 5 * 5_000_000);
    check_cost(&[&answer(1), &answer(5), &answer(3)], StatedCosts::Used, (15, cost, 0));
}

#[test]
fn what_is_restated_costs_nothing_again() {
    let used = r#""event_type":"token_consumption","component":"c","tokens":10,"metadata":{"model":"m1","usage":{"input":10}}"#;
    let step = |tokens: u32, more: &str| {
        format!(
            r#""event_type":"step_complete","component":"c","tokens":{tokens},"metadata":{{"model":"m1"{more}}}"#
        )
    };
    let of_40 = r#","usage":{"input":40}"#;
    // All of it is said again; a quarter of it; a quarter of it without a price of its own.
    check_cost(&[used, &step(10, r#","usage":{"input":10}"#)], StatedCosts::Used, (10, Some(10_000_000), 0));
    check_cost(&[used, &step(40, of_40)], StatedCosts::Used, (40, Some(40_000_000), 0));
    check_cost(&[used, &step(40, "")], StatedCosts::Used, (40, Some(10_000_000), 30));
    check_cost(&[used, &step(40, r#","cost_usd":0.004"#)], StatedCosts::Used, (40, Some(3_010_000_000), 0));
    // A total at the end, behind an answer that rule 1 decides.
    let answer = r#""event_type":"token_consumption","tokens":30,"metadata":{"usage_id":"u","model":"m1","usage":{"input":30}}"#;
    let end = r#""event_type":"session_complete","tokens":50,"metadata":{"cost_usd":0.005}"#;
    let cost = Some(40_000_000 + 1_000_000_000);
    check_cost(&[used, answer, end], StatedCosts::Used, (50, cost, 0));
}

#[test]
fn a_stated_cost_is_believed_unless_it_is_to_be_computed() {
    let stated = r#""tokens":10,"metadata":{"model":"m1","usage":{"input":10},"cost_usd":0.25}"#;
    check_cost(&[stated], StatedCosts::Used, (10, Some(250_000_000_000), 0));
    check_cost(&[stated], StatedCosts::Ignored, (10, Some(10_000_000), 0));
    let only_stated = r#""event_type":"note","metadata":{"cost_usd":0.25}"#;
    check_cost(&[only_stated], StatedCosts::Used, (0, Some(250_000_000_000), 0));
    check_cost(&[only_stated], StatedCosts::Ignored, (0, None, 0));
}

#[test]
fn known_and_unknown_costs_are_the_known_part_and_the_unknown_models_are_named() {
    let of = |model: &str| format!(r#""tokens":10,"metadata":{{"model":"{model}","usage":{{"input":10}}}}"#);
    let (known, a, b) = (of("m1"), of("a"), of("b"));
    let mixed = [known.as_str(), &b, &a, &b];
    assert_eq!(check_cost(&mixed, StatedCosts::Used, (40, Some(10_000_000), 30)), ["a", "b"]);
    assert_eq!(check_cost(&[&b], StatedCosts::Used, (10, None, 10)), ["b"]);
    // Without a model, or without saying what the tokens were, there is nothing to look up.
    let plain = [r#""tokens":10"#, r#""tokens":5,"metadata":{"model":"b"}"#];
    assert_eq!(check_cost(&plain, StatedCosts::Used, (15, None, 15)), [""; 0]);
    // Tokens that usage does not tell of have no price; an answer of nothing needs none.
    let more = r#""tokens":25,"metadata":{"model":"m1","usage":{"input":10}}"#;
    check_cost(&[more], StatedCosts::Used, (25, Some(10_000_000), 15));
    let nothing = r#""tokens":0,"metadata":{"model":"<synthetic>","usage":{"input":0}}"#;
    assert_eq!(check_cost(&[nothing], StatedCosts::Used, (0, None, 0)), [""; 0]);
}

/// Checks what events of one session come to: all tokens, and the part that is an estimate.
#[track_caller]
fn check_estimate(lines: &[&str], tokens: u64, estimated: Estimated) {
    let lines: Vec<_> = lines.iter().map(|line| format!("{{\"session_id\":\"s\",{line}}}")).collect();
    for count_all in [CountAll::No, CountAll::Yes] {
        let resolved = whole(&lines);
        let sum = resolved.sessions[0].total();
        assert_eq!((sum.tokens(count_all), sum.estimated), (tokens, estimated));
        assert_eq!(sum.spent(count_all).unpriced_tokens(), tokens);
        let mut running = Counter(Running::new(Arc::default(), count_all, Default::default()));
        feed(&mut running, 0, 0, &lines);
        assert_eq!(running.0.total(), tokens, "running, {count_all:?}");
    }
}

#[test]
fn estimates_count_where_nothing_states_tokens() {
    let text = format!(r#""event_type":"log_line","component":"c","message":"{ESTIMATED}","tokens":13"#);
    let none = r#""event_type":"step_complete","component":"c","tokens":0"#;
    let stated = r#""event_type":"step_complete","component":"c","tokens":50"#;
    let answer = r#""event_type":"token_consumption","tokens":50,"metadata":{"usage_id":"u"}"#;
    let of = |tokens, events| Estimated { tokens, events };
    check_estimate(&[&text, none, &text], 26, of(26, 2));
    for stated in [stated, answer] {
        check_estimate(&[&text, stated, &text], 50, of(0, 0));
        check_estimate(&[stated, &text], 50, of(0, 0));
    }
    // A gateway counts each request on its own.
    let request =
        r#""event_type":"step_complete","component":"m","tokens":50,"metadata":{"format":"higress"}"#;
    check_estimate(&[request, &text], 63, of(13, 1));
}

#[test]
fn an_estimate_is_nothing_that_a_total_restates() {
    let text =
        format!(r#""event_type":"token_consumption","component":"c","message":"{ESTIMATED}","tokens":13"#);
    let step = format!(r#""event_type":"step_complete","component":"c","message":"{ESTIMATED}","tokens":20"#);
    let ends = r#""event_type":"session_complete","tokens":0"#;
    check_estimate(&[&text, &step, ends], 33, Estimated { tokens: 33, events: 2 });
    // Text that was estimated for nothing leaves no row.
    let stated = r#""event_type":"session_complete","component":"o","tokens":5"#;
    let lines = [&text[..], &step, stated].map(|line| format!("{{\"session_id\":\"s\",{line}}}"));
    let resolved = whole(&lines);
    let components: Vec<_> =
        resolved.sessions[0].cells.iter().filter_map(|(cell, _)| cell.component.as_deref()).collect();
    assert_eq!(components, ["c", "o"], "the step is known, and used nothing");
    let resolved = whole(&[lines[0].clone(), lines[2].clone()]);
    assert_eq!(resolved.sessions[0].cells.len(), 1);
}

/// What is reached now and then by the figures below.
fn limits() -> Thresholds {
    Thresholds { reasoning_tokens: 40, memory_latency_us: 2_000, ..Thresholds::default() }
}

fn any_line() -> impl Strategy<Value = String> {
    let kind = prop_oneof![
        4 => Just("token_consumption"), 3 => Just("step_complete"), 1 => Just("step_start"), 1 => Just("step_error"),
        1 => Just("session_start"), 1 => Just("session_complete"), 1 => Just("session_error"), 1 => Just("note"),
        1 => Just("retry_attempt"), 1 => Just("budget_warning"), 1 => Just("budget_exceeded"), 1 => Just("tool_call"),
        1 => Just("tool_error"),
    ];
    let usage =
        prop_oneof![3 => Just(String::new()), 1 => (0..4).prop_map(|n| format!(",\"usage_id\":\"u{n}\""))];
    let at = prop_oneof![1 => Just(String::new()), 3 => (0..60).prop_map(|s| format!(",\"timestamp\":\"2026-01-11T10:15:{s:02}\""))];
    let more = prop_oneof![
        2 => Just(String::new()),
        1 => Just(",\"cost_usd\":3e-6".to_owned()),
        1 => (0..3, 1..90u64).prop_map(|(model, n)| format!(",\"model\":\"m{model}\",\"usage\":{{\"input\":{n}}}")),
    ];
    // Of some sessions all tokens are estimated.
    let words = prop_oneof![4 => Just(None), 1 => (0..5).prop_map(Some)];
    (kind, 0..3, 0..3usize, 0u64..60, words, usage, at, more).prop_map(
        |(kind, session, component, tokens, words, usage, at, more)| {
            let component = ["routing", "memory", "reasoning"][component];
            let (session, more) = match words {
                Some(session) => (session, format!(",\"message\":\"{ESTIMATED}\"")),
                None => {
                    let message = format!(",\"message\":\"KeyError {tokens}\\n\\tat c{}.f(C.java)\"", tokens % 3);
                    let metadata = format!("{{\"latency_ms\":{},\"budget\":{tokens}{usage}{more}}}", tokens / 10);
                    (session, format!("{message},\"metadata\":{metadata}"))
                }
            };
            format!("{{\"session_id\":\"s{session}\",\"event_type\":\"{kind}\",\"component\":\"{component}\",\"tokens\":{tokens}{more}{at}}}")
        },
    )
}

fn shown(resolved: &Resolved) -> String {
    format!("{resolved:#?}")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_cut_and_no_order_changes_the_sum(
        logs in proptest::collection::vec(proptest::collection::vec(any_line(), 0..40), 1..4),
        cuts in proptest::collection::vec(any::<prop::sample::Index>(), 0..10),
        order in any::<u64>(),
        parts in 1usize..5,
        way in prop_oneof![Just(Way::Kept), Just(Way::Json), Just(Way::Binary)],
    ) {
        let detail = Detail { errors: 3, latency: true, course: Some(limits()), ..priced(StatedCosts::Used) };
        let keys = [Key::Day, Key::Event, Key::Error, Key::Tool, Key::Project];
        let detail = Arc::new(detail.with_rows_by(&keys, chrono_tz::Tz::UTC).with_tallies(&keys));
        let mut one = Summary::new(detail.clone());
        logs.iter().enumerate().for_each(|(n, log)| feed(&mut one, n as u32, 0, log));
        // Cut every log, shuffle the pieces, deal them to some summaries, merge those.
        let mut pieces = Vec::new();
        for (n, log) in logs.iter().enumerate() {
            let mut at: Vec<_> = cuts.iter().map(|cut| cut.index(log.len() + 1)).chain([0, log.len()]).collect();
            at.sort_unstable();
            pieces.extend(at.windows(2).map(|w| (n as u32, w[0], &log[w[0]..w[1]])));
        }
        let mut state = order;
        for i in (1..pieces.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            pieces.swap(i, (state >> 33) as usize % (i + 1));
        }
        let mut dealt: Vec<_> = (0..parts).map(|_| Summary::new(detail.clone())).collect();
        // What is written and read back numbers its sources otherwise, in the same order.
        let then = |source: u32| if way == Way::Kept { source } else { 2 * source + 1 };
        for (i, (source, from, lines)) in pieces.into_iter().enumerate() {
            feed(&mut dealt[i % parts], then(source), from, lines);
        }
        let now: Vec<_> = (0..2 * logs.len() as u32).map(|n| SourceId(n / 2)).collect();
        let mut dealt = dealt.into_iter().map(|part| written::back(part, &detail, way, now.clone()));
        let mut all = dealt.next().unwrap();
        dealt.for_each(|part| all.merge(part));
        prop_assert_eq!(shown(&all.resolve()), shown(&one.resolve()));
    }

    #[test]
    fn the_running_total_ends_where_the_summary_does(log in proptest::collection::vec(any_line(), 0..60), all in any::<bool>()) {
        let count_all = if all { CountAll::Yes } else { CountAll::No };
        let mut running = Counter(Running::new(Arc::default(), count_all, Default::default()));
        for (n, line) in log.iter().enumerate() {
            feed(&mut running, 0, n, std::slice::from_ref(line));
            let whole = whole(&log[..=n]);
            prop_assert_eq!(running.0.total(), total(&whole, count_all));
            for session in &whole.sessions {
                let used = running.0.session(&session.id).unwrap().used;
                prop_assert_eq!(used, session.tokens(count_all), "{}", session.id);
            }
        }
    }

    #[test]
    fn a_meter_reads_what_the_summary_says(
        log in proptest::collection::vec(any_line().prop_filter("stated", |line| !line.contains(ESTIMATED)), 0..60),
        all in any::<bool>(),
    ) {
        let count_all = if all { CountAll::Yes } else { CountAll::No };
        // Of a snapshot that is bettered behind a statement a meter knows no more what that statement has counted.
        let log: Vec<_> = log.iter().enumerate().map(|(n, line)| line.replace("\"usage_id\":\"u", &format!("\"usage_id\":\"{n}-"))).collect();
        let mut meters = Meters { count_all, ..Meters::default() };
        for (n, line) in log.iter().enumerate() {
            feed(&mut meters, 0, n, std::slice::from_ref(line));
            // What is kept between runs is all there is to know.
            let kept = serde_json::to_string(&(&meters.sessions, &meters.answers)).unwrap();
            (meters.sessions, meters.answers) = serde_json::from_str(&kept).unwrap();
            for session in &whole(&log[..=n]).sessions {
                prop_assert_eq!(meters.sessions[&*session.id].total(), session.tokens(count_all), "{}", session.id);
            }
        }
    }

    #[test]
    fn what_has_changed_is_what_the_summary_has_now(log in proptest::collection::vec((any_line(), any::<bool>()), 0..60)) {
        let mut running = Counter(Running::new(Arc::default(), CountAll::No, Default::default()));
        let mut known = std::collections::BTreeMap::new();
        let mut lines = Vec::new();
        for (n, (line, is_asked)) in log.iter().enumerate() {
            feed(&mut running, 0, n, std::slice::from_ref(line));
            lines.push(line.clone());
            if *is_asked {
                known.extend(running.0.changed());
                let now = whole(&lines).sessions;
                let now: std::collections::BTreeMap<_, _> = now.iter().map(|s| (s.id.clone(), format!("{s:?}"))).collect();
                let known: std::collections::BTreeMap<_, _> = known.values().map(|s| (s.id.clone(), format!("{s:?}"))).collect();
                prop_assert_eq!(known, now);
                prop_assert!(running.0.changed().is_empty());
            }
        }
    }

    #[test]
    fn a_plain_model_agrees(log in proptest::collection::vec(any_line(), 0..60)) {
        prop_assert_eq!(total(&whole(&log), CountAll::No), plain_model(&log));
    }
}

/// The rules as they are written, one session and event after the other, over all winners at once.
fn plain_model(log: &[String]) -> u64 {
    let events: Vec<_> =
        log.iter().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()).collect();
    let id = |e: &serde_json::Value| e["metadata"]["usage_id"].as_str().map(str::to_owned);
    let rank = |n: usize| {
        let at = events[n]["timestamp"].as_str().map(str::to_owned);
        (std::cmp::Reverse(events[n]["tokens"].as_u64().unwrap()), at.is_none(), at, n)
    };
    let counts = |n: usize| match id(&events[n]) {
        None => true,
        Some(id_n) => {
            (0..events.len()).filter(|m| id(&events[*m]).as_ref() == Some(&id_n)).all(|m| rank(n) <= rank(m))
        }
    };
    let mut total = 0;
    for session in ["s0", "s1", "s2", "s3", "s4"] {
        let mut used = 0;
        let (mut estimated, mut is_stated) = (0, false);
        let mut windows = std::collections::HashMap::<String, u64>::new();
        for (n, event) in events.iter().enumerate().filter(|(_, e)| e["session_id"] == session) {
            let tokens = event["tokens"].as_u64().unwrap();
            let component = event["component"].as_str().unwrap().to_owned();
            let is_answer = id(event).is_some();
            let (words, stated) = if event["message"] == ESTIMATED { (tokens, 0) } else { (0, tokens) };
            estimated += words;
            is_stated |= stated > 0;
            let tokens = if counts(n) { stated } else { 0 };
            let window = windows.entry(component).or_default();
            let mut added = tokens;
            match event["event_type"].as_str().unwrap() {
                "token_consumption" => *window += tokens,
                _ if is_answer => {}
                "step_start" => *window = 0,
                "step_complete" | "step_error" => {
                    added = if tokens >= *window { tokens - *window } else { tokens };
                    *window = 0;
                }
                "session_start" => {
                    total += used;
                    used = 0;
                }
                "session_complete" | "session_error" => {
                    added = if tokens >= used { tokens - used } else { tokens }
                }
                _ => {}
            }
            used += added;
        }
        total += if is_stated { used } else { used + estimated };
    }
    total
}
