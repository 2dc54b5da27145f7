//! What is tried when, without a clock.

use std::collections::HashMap;
use std::time::Duration;

use proptest::prelude::*;

use super::super::answer::{Answer, Trouble};
use super::super::outbox::{Outbox, Portion};
use super::super::testing::alert;
use crate::alert::Alert;

const KEY: &str = "webhook-0";
const SECOND: i64 = 1_000_000;
const ALL: Portion = Portion { most: 500, is_distinct: false };

fn failed() -> Answer {
    Answer::Failed(Trouble::network("fails"))
}

fn refused() -> Answer {
    Answer::Refused(Trouble::configuration("refuses"))
}

fn later(seconds: u64) -> Answer {
    Answer::Later(Duration::from_secs(seconds), Trouble::network("is busy"))
}

fn outbox(alerts: impl IntoIterator<Item = Alert>) -> Outbox {
    let mut outbox = Outbox::default();
    alerts.into_iter().for_each(|alert| outbox.push(KEY, alert));
    outbox
}

/// Tries what is due at `now`, and gives the messages of what was tried.
fn attempt(outbox: &mut Outbox, portion: Portion, answer: &Answer, now_us: i64) -> Vec<String> {
    let batch = outbox.next(KEY, portion, now_us).unwrap();
    outbox.answered(KEY, &batch, answer, now_us, 1.0);
    batch.alerts.into_iter().map(|alert| alert.message).collect()
}

#[test]
fn pauses_double_from_a_second_to_five_minutes() {
    let mut outbox = outbox([alert("a", 0)]);
    let mut now_us = 0;
    let mut pauses = Vec::new();
    for _ in 0..11 {
        attempt(&mut outbox, ALL, &failed(), now_us);
        let due_us = outbox.due_us(KEY, now_us).unwrap();
        assert!(outbox.next(KEY, ALL, due_us - 1).is_none());
        pauses.push((due_us - now_us) / SECOND);
        now_us = due_us;
    }
    assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]);
}

#[test]
fn a_pause_is_a_random_part_of_the_longest_one() {
    for (jitter, pause_us) in [(0.0, 0), (0.25, SECOND / 4), (1.0, SECOND), (f64::INFINITY, SECOND)] {
        let mut outbox = outbox([alert("a", 0)]);
        let batch = outbox.next(KEY, ALL, 0).unwrap();
        outbox.answered(KEY, &batch, &failed(), 0, jitter);
        assert_eq!(outbox.due_us(KEY, 0), Some(pause_us), "{jitter}");
    }
}

#[test]
fn a_success_ends_the_pauses() {
    let mut outbox = outbox([alert("a", 0), alert("a", 1)]);
    let one = Portion { most: 1, is_distinct: false };
    for _ in 0..5 {
        let now_us = outbox.due_us(KEY, 0).unwrap();
        attempt(&mut outbox, one, &failed(), now_us);
    }
    let now_us = outbox.due_us(KEY, 0).unwrap();
    attempt(&mut outbox, one, &Answer::Delivered, now_us);
    assert!(outbox.is_fresh(KEY));
    assert!(outbox.next(KEY, one, now_us).is_some());
}

#[test]
fn who_asks_for_patience_gets_it_up_to_an_hour() {
    for (asked, got) in [(7, 7), (0, 1), (86_400, 3_600)] {
        let mut outbox = outbox([alert("a", 0)]);
        attempt(&mut outbox, ALL, &later(asked), 0);
        assert_eq!(outbox.due_us(KEY, 0), Some(got * SECOND), "{asked}");
    }
}

#[test]
fn a_time_that_no_pause_reaches_is_a_wrong_clock_s() {
    let mut outbox = outbox([alert("a", 0)]);
    attempt(&mut outbox, ALL, &later(3_600), 1_000_000 * SECOND);
    assert!(outbox.next(KEY, ALL, 10 * SECOND).is_some());
}

#[test]
fn ten_minutes_of_outage_lose_nothing() {
    let mut outbox = Outbox::default();
    let (mut now_us, mut attempts, mut sent) = (0, 0, 0);
    while now_us < 600 * SECOND {
        // An alert every ten seconds.
        while sent * 10 * SECOND <= now_us {
            outbox.push(KEY, alert(&format!("f{}", sent % 3), usize::try_from(sent).unwrap()));
            sent += 1;
        }
        if outbox.next(KEY, ALL, now_us).is_some() {
            attempt(&mut outbox, ALL, &failed(), now_us);
            attempts += 1;
        }
        now_us += SECOND;
    }
    assert_eq!((sent, attempts), (60, 10));
    let due_us = outbox.due_us(KEY, now_us).unwrap();
    assert!(due_us - now_us <= 300 * SECOND);
    let delivered = attempt(&mut outbox, ALL, &Answer::Delivered, due_us);
    let expected: Vec<String> = (0..60).map(|number| format!("f{} {number}", number % 3)).collect();
    assert_eq!(delivered, expected);
    assert_eq!(outbox, Outbox::default());
}

#[test]
fn a_refused_alert_waits_behind_all_others_with_what_follows_of_its_fingerprint() {
    let mut outbox = outbox([alert("a", 0), alert("bad", 1), alert("b", 2), alert("bad", 3), alert("a", 4)]);
    let (mut now_us, mut delivered) = (0, Vec::new());
    let is_bad = |alerts: &[Alert]| alerts.iter().any(|alert| alert.message == "bad 1");
    while outbox.waiting(KEY) > 2 {
        now_us = outbox.due_us(KEY, now_us).unwrap().max(now_us);
        let batch = outbox.next(KEY, ALL, now_us).unwrap();
        let answer = if is_bad(&batch.alerts) { refused() } else { Answer::Delivered };
        outbox.answered(KEY, &batch, &answer, now_us, 1.0);
        if answer == Answer::Delivered {
            delivered.extend(batch.alerts.into_iter().map(|alert| alert.message));
        }
    }
    assert_eq!(delivered, ["a 0", "b 2", "a 4"]);
    assert!(now_us <= 3 * SECOND, "{now_us}");
    outbox.push(KEY, alert("bad", 5));
    outbox.push(KEY, alert("c", 6));
    assert_eq!(attempt(&mut outbox, ALL, &Answer::Delivered, now_us), ["c 6"]);
    // Once it is taken, the rest follows.
    now_us = outbox.due_us(KEY, now_us).unwrap().max(now_us);
    assert_eq!(attempt(&mut outbox, ALL, &Answer::Delivered, now_us), ["bad 1"]);
    assert_eq!(attempt(&mut outbox, ALL, &Answer::Delivered, now_us), ["bad 3", "bad 5"]);
    assert_eq!(outbox, Outbox::default());
}

#[test]
fn a_sink_that_refuses_everything_is_not_asked_in_a_rush() {
    let mut outbox = outbox((0..1_000).map(|number| alert(&format!("f{number}"), number)));
    let (mut now_us, mut attempts) = (0, 0);
    while now_us < 600 * SECOND {
        attempt(&mut outbox, ALL, &refused(), now_us);
        now_us = outbox.due_us(KEY, now_us).unwrap().max(now_us);
        attempts += 1;
    }
    assert!(attempts < 40, "{attempts}");
    assert_eq!(outbox.waiting(KEY), 1_000);
}

#[test]
fn a_portion_is_kept_and_may_be_distinct() {
    let mut outbox = outbox([alert("a", 0), alert("b", 1), alert("a", 2), alert("c", 3)]);
    let distinct = Portion { most: 500, is_distinct: true };
    assert_eq!(attempt(&mut outbox, distinct, &Answer::Delivered, 0), ["a 0", "b 1"]);
    let one = Portion { most: 1, is_distinct: true };
    assert_eq!(attempt(&mut outbox, one, &Answer::Delivered, 0), ["a 2"]);
    assert_eq!(attempt(&mut outbox, distinct, &Answer::Delivered, 0), ["c 3"]);
}

#[test]
fn numbers_that_json_has_not_do_not_spoil_the_state() {
    let numbers = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
    let outbox =
        outbox(numbers.map(|number| Alert { current_value: number, threshold: number, ..alert("a", 0) }));
    let text = serde_json::to_string(&outbox).unwrap();
    assert_eq!(serde_json::from_str::<Outbox>(&text).unwrap().waiting(KEY), 3);
}

#[test]
fn an_outbox_of_an_older_or_newer_version_is_read() {
    assert_eq!(serde_json::from_str::<Outbox>("{}").unwrap(), Outbox::default());
    let text = format!("{{\"queues\":{{\"{KEY}\":{{\"new\":1}}}},\"newer\":2}}");
    assert_eq!(serde_json::from_str::<Outbox>(&text).unwrap().waiting(KEY), 0);
}

/// What happens in a simulated life of a queue.
#[derive(Clone, Debug)]
enum Event {
    /// An alert with this fingerprint; whether the sink refuses it for now.
    Push(usize, bool),
    /// The next attempt, when it is due, gets this answer, unless it holds a refused alert.
    Try(Answer),
    /// It arrives, but the answer is lost.
    Lost,
    /// The state is written and read again, while an attempt is under way or not.
    Restart,
    /// Time passes.
    Pass(i64),
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => (0usize..4, prop::bool::weighted(0.2)).prop_map(|(fingerprint, is_bad)| Event::Push(fingerprint, is_bad)),
        3 => Just(Event::Try(Answer::Delivered)),
        2 => Just(Event::Try(failed())),
        1 => (0u64..5_000).prop_map(|seconds| Event::Try(later(seconds))),
        1 => Just(Event::Try(refused())),
        1 => Just(Event::Try(Answer::Abandoned)),
        1 => Just(Event::Lost),
        1 => Just(Event::Restart),
        1 => (0i64..400 * SECOND).prop_map(Event::Pass),
    ]
}

proptest! {
    #[test]
    fn every_alert_arrives_at_least_once_and_in_order_of_its_fingerprint(
        events in prop::collection::vec(event(), 0..80),
        most in 1usize..6,
        is_distinct in any::<bool>(),
        jitter in 0.0f64..1.0,
    ) {
        let portion = Portion { most, is_distinct };
        let (mut outbox, mut now_us) = (Outbox::default(), 0i64);
        let (mut pushed, mut arrived) = (Vec::new(), Vec::new());
        let mut bad = std::collections::HashSet::new();
        for event in events {
            match event {
                Event::Push(fingerprint, is_bad) => {
                    let alert = alert(&fingerprint.to_string(), pushed.len());
                    if is_bad {
                        bad.insert(alert.message.clone());
                    }
                    pushed.push((fingerprint.to_string(), alert.message.clone()));
                    outbox.push(KEY, alert);
                }
                Event::Restart => {
                    let text = serde_json::to_string(&outbox).unwrap();
                    let again: Outbox = serde_json::from_str(&text).unwrap();
                    prop_assert_eq!(&again, &outbox);
                    outbox = again;
                }
                Event::Pass(us) => now_us += us,
                Event::Try(_) | Event::Lost => {
                    let Some(due_us) = outbox.due_us(KEY, now_us) else { continue };
                    now_us = now_us.max(due_us);
                    let batch = outbox.next(KEY, portion, now_us).unwrap();
                    prop_assert!(batch.alerts.len() <= most && !batch.alerts.is_empty());
                    let answer = if batch.alerts.iter().any(|alert| bad.contains(&alert.message)) {
                        refused()
                    } else if let Event::Try(answer) = &event {
                        answer.clone()
                    } else {
                        failed()
                    };
                    if answer == Answer::Delivered || (matches!(event, Event::Lost) && answer == failed()) {
                        arrived.extend(batch.alerts.iter().cloned());
                    }
                    // More may come while the request is under way.
                    outbox.answered(KEY, &batch, &answer, now_us, jitter);
                }
            }
        }
        // In the end the sink takes everything.
        let mut attempts = 0;
        while let Some(due_us) = outbox.due_us(KEY, now_us) {
            now_us = now_us.max(due_us);
            let batch = outbox.next(KEY, portion, now_us).unwrap();
            outbox.answered(KEY, &batch, &Answer::Delivered, now_us, jitter);
            arrived.extend(batch.alerts);
            attempts += 1;
            prop_assert!(attempts <= pushed.len());
        }
        prop_assert_eq!(outbox, Outbox::default());
        let mut first: HashMap<String, Vec<String>> = HashMap::new();
        for alert in arrived {
            let seen = first.entry(alert.fingerprint).or_default();
            if !seen.contains(&alert.message) {
                seen.push(alert.message);
            }
        }
        let mut expected: HashMap<String, Vec<String>> = HashMap::new();
        for (fingerprint, message) in pushed {
            expected.entry(fingerprint).or_default().push(message);
        }
        prop_assert_eq!(first, expected);
    }
}
