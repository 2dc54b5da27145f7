//! `sigil-tail` behind a log that grows, is rotated by the real logrotate, and is read by others beside it.
//!
//! A writer appends numbered events, so that what came can be told from what should have: nothing doubled, nothing
//! out of order, nothing lost but what is nowhere on disk. `SIGIL_FOLLOW_EVENTS=2000000 cargo test --release
//! -p sigil-tests --test follow -- --nocapture` does so with as many events, and prints what was seen.

mod accidents;
mod account;
mod archive;
mod cron;
mod disk;
mod event;
mod killed;
mod logrotate;
mod meanwhile;
mod process;
mod rotation;
mod state;
mod writer;

use std::env;
use std::io::{self, Write};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many events a writer writes, unless `$SIGIL_FOLLOW_EVENTS` says otherwise.
const EVENTS: u64 = 400_000;

/// How many events each writer writes.
fn events() -> u64 {
    let wanted = env::var("SIGIL_FOLLOW_EVENTS");
    wanted.map_or(EVENTS, |wanted| wanted.parse().expect("SIGIL_FOLLOW_EVENTS is a number"))
}

/// Keeps tests that need the machine from running beside each other: with two cores they would only measure that.
fn alone() -> MutexGuard<'static, ()> {
    static MACHINE: Mutex<()> = Mutex::new(());
    MACHINE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Says what was seen, past the capture of the test runner.
fn tell(text: &str) {
    let _ = writeln!(io::stderr(), "follow: {text}");
}
