//! Alerts on their way: the schedule in simulated time, and the threads with real servers, programs and files.

mod files;
mod programs;
mod schedule;
mod webhooks;

use std::thread;
use std::time::{Duration, Instant};

use super::{Delivery, Outbox, Settled, Sink};

/// How long something may take on a slow machine that takes a moment on a quick one.
const LONG: Duration = Duration::from_secs(60);

fn start(sink: Sink) -> Delivery {
    Delivery::start(vec![sink], Outbox::default())
}

/// Waits as long as it takes until all is delivered.
fn finish(delivery: Delivery) -> Settled {
    delivery.settle(Instant::now() + LONG)
}

/// Waits until something has happened.
fn until(what: &str, mut has_happened: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !has_happened() {
        assert!(begun.elapsed() < LONG, "{what}");
        thread::sleep(Duration::from_millis(5));
    }
}

/// The first trouble that is told.
fn first_trouble(delivery: &Delivery) -> String {
    let mut troubles = Vec::new();
    until("a trouble", || {
        troubles.extend(delivery.troubles());
        !troubles.is_empty()
    });
    troubles.remove(0)
}
