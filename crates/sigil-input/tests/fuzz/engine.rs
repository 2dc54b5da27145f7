//! Running a target: making inputs, catching what breaks, shrinking it.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::env;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe};
use std::process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::mutate::{Mutator, Rng};

/// How many ways of reading an input are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Those that cost little.
    Quick,
    /// All, those over threads too: most of their time is spent in waking threads up.
    All,
}

/// Holds the invariants over one input, or panics. What it returns stands for what the input has shown:
/// equal numbers for the same behaviour.
pub type Check = fn(&[u8], Depth) -> u64;

/// What is fuzzed.
pub struct Target {
    pub name: &'static str,
    pub corpus: Vec<Vec<u8>>,
    pub check: Check,
}

/// Inputs in a run that is not told how long to take.
const SHORT_RUN: u64 = 2_000;

/// One in so many inputs is read in all ways, beside those that show something new.
const DEEP: u64 = 16;

/// Inputs that are kept because they have shown something new.
const MOST_KEPT: usize = 4_000;

/// No input takes this long unless it hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// Tries for a smaller input that still breaks.
const SHRINKING: u32 = 20_000;

/// Runs a target for as long as is asked for.
pub fn hunt(target: &Target) {
    let seconds = variable("SIGIL_FUZZ_SECONDS");
    let mut rng = Rng::new(variable("SIGIL_FUZZ_SEED").unwrap_or(0) ^ hash(target.name.as_bytes()));
    let watch = Watch::start(target.name);
    let run = |bytes: &[u8], depth| {
        watch.note(bytes);
        let result = caught(target.check, bytes, depth);
        watch.rest();
        match result {
            Ok(shown) => shown,
            Err(why) => {
                let (bytes, why) = shrunk(target.check, bytes.to_vec(), why);
                panic!("{}: {why}\non b\"{}\"", target.name, bytes.escape_ascii());
            }
        }
    };
    let mut mutator = Mutator::new(target.corpus.clone());
    let mut seen: HashSet<u64> = target.corpus.iter().map(|bytes| run(bytes, Depth::All)).collect();
    let started = Instant::now();
    let mut done = 0u64;
    let mut slowest = (Duration::ZERO, Vec::new());
    while match seconds {
        Some(seconds) => started.elapsed() < Duration::from_secs(seconds),
        None => done < SHORT_RUN,
    } {
        let input = mutator.next(&mut rng);
        let began = Instant::now();
        let depth = if done.is_multiple_of(DEEP) { Depth::All } else { Depth::Quick };
        let is_new = seen.insert(run(&input, depth));
        if seconds.is_some() && began.elapsed() > slowest.0 {
            slowest = (began.elapsed(), input.clone());
        }
        if is_new && mutator.size() < MOST_KEPT {
            run(&input, Depth::All);
            mutator.keep(input);
        }
        done += 1;
    }
    if seconds.is_some() {
        let rate = done as f64 / started.elapsed().as_secs_f64();
        let (slowest, input) = (slowest.0, slowest.1.len());
        say(&format!(
            "{}: {done} inputs, {rate:.0} a second, {} behaviours, slowest {slowest:.1?} on {input} bytes",
            target.name,
            seen.len()
        ));
    }
}

fn variable(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

/// Says it past the test runner's capture.
fn say(text: &str) {
    // Without a standard error nobody is there to be told.
    let _ = writeln!(io::stderr(), "{text}");
}

/// FNV-1a: the same number for the same bytes on every machine.
pub fn hash(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}

thread_local! {
    /// Whether a panic on this thread is caught and told later.
    static IS_CAUGHT: Cell<bool> = const { Cell::new(false) };
    static WHERE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Runs the check, and says why if it panicked.
fn caught(check: Check, bytes: &[u8], depth: Depth) -> Result<u64, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let otherwise = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if IS_CAUGHT.get() {
                WHERE.set(info.to_string());
            } else {
                otherwise(info);
            }
        }));
    });
    IS_CAUGHT.set(true);
    let result = panic::catch_unwind(AssertUnwindSafe(|| check(bytes, depth)));
    IS_CAUGHT.set(false);
    result.map_err(|_| WHERE.take())
}

/// The smallest input found that breaks as well, and how.
fn shrunk(check: Check, mut bytes: Vec<u8>, mut why: String) -> (Vec<u8>, String) {
    let mut tries = 0;
    let mut length = bytes.len().next_power_of_two();
    while length > 0 {
        let mut at = 0;
        let mut has_shrunk = false;
        while at < bytes.len() && tries < SHRINKING {
            let mut less = bytes.clone();
            less.drain(at..(at + length).min(bytes.len()));
            tries += 1;
            match caught(check, &less, Depth::All) {
                Err(again) => (bytes, why, has_shrunk) = (less, again, true),
                Ok(_) => at += length,
            }
        }
        if !has_shrunk || length > 1 {
            length /= 2;
        }
    }
    (bytes, why)
}

/// The input that is being looked at, and since when.
type Current = Arc<Mutex<Option<(Instant, Vec<u8>)>>>;

/// Ends the process when an input takes as long as only a hang does, and tells which.
struct Watch {
    current: Current,
    is_over: Arc<AtomicBool>,
}

impl Watch {
    fn start(name: &'static str) -> Self {
        let current = Current::default();
        let is_over = Arc::new(AtomicBool::new(false));
        let (watched, is_done) = (Arc::clone(&current), Arc::clone(&is_over));
        thread::spawn(move || {
            while !is_done.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(200));
                let current = watched.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some((_, bytes)) = current.as_ref().filter(|(since, _)| since.elapsed() > PATIENCE) {
                    say(&format!("{name}: hangs on b\"{}\"", bytes.escape_ascii()));
                    process::abort();
                }
            }
        });
        Self { current, is_over }
    }

    fn set(&self, current: Option<(Instant, Vec<u8>)>) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = current;
    }

    fn note(&self, bytes: &[u8]) {
        self.set(Some((Instant::now(), bytes.to_vec())));
    }

    fn rest(&self) {
        self.set(None);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}
