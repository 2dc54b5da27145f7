//! Adding events up, and merging sums.

use std::sync::Arc;

use divan::Bencher;
use divan::counter::ItemsCount;
use sigil_event::{EventRef, Sink, SourceId};
use sigil_summary::{Detail, Summary};

const EVENTS: usize = 1000;

fn main() {
    divan::main();
}

/// A session of steps, or of answers that are each written three times.
fn log(answers: bool) -> Vec<String> {
    let line = |n: usize| {
        let component = ["routing", "memory", "planning", "reasoning"][n % 4];
        let (event_type, metadata) = match answers {
            true => ("token_consumption", format!("{{\"usage_id\":\"msg_{}\"}}", n / 3)),
            false => ("step_complete", "{\"latency_ms\":120}".to_owned()),
        };
        format!(
            "{{\"session_id\":\"lead-1\",\"event_type\":\"{event_type}\",\"component\":\"{component}\",\"tokens\":{n},\"metadata\":{metadata}}}"
        )
    };
    (0..EVENTS).map(line).collect()
}

fn summary(log: &[String], start: u64) -> Summary {
    let mut summary = Summary::new(Arc::new(Detail::default()));
    summary.begin(SourceId(0), start);
    for (n, line) in (0..).zip(log) {
        if let Ok(parsed) = EventRef::parse(line) {
            summary.event(&parsed.event, start + n);
        }
    }
    summary.end(start + log.len() as u64, log.len() as u64);
    summary
}

#[divan::bench(args = [false, true])]
fn adding(bencher: Bencher<'_, '_>, answers: bool) {
    let log = log(answers);
    let events: Vec<_> = log.iter().filter_map(|line| EventRef::parse(line).ok()).collect();
    bencher.counter(ItemsCount::new(EVENTS)).bench(|| {
        let mut summary = Summary::new(Arc::new(Detail::default()));
        summary.begin(SourceId(0), 0);
        (0..).zip(&events).for_each(|(n, parsed)| summary.event(&parsed.event, n));
        summary.end(EVENTS as u64, EVENTS as u64);
        summary
    });
}

#[divan::bench(args = [false, true])]
fn merging(bencher: Bencher<'_, '_>, answers: bool) {
    let log = log(answers);
    bencher.with_inputs(|| (summary(&log, 0), summary(&log, EVENTS as u64))).bench_values(
        |(mut first, second)| {
            first.merge(second);
            first
        },
    );
}
