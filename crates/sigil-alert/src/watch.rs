//! Watching: events as they come, files and processes by the clock, until there is nothing left to watch.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;
use sigil_cli::{Io, Status, signals};
use sigil_event::{Defect, EventRef, Sink, SourceId};
use sigil_input::read::Outcome;
use sigil_input::{Inputs, Malformed};
use sigil_summary::Selection;
use signal_hook::flag;

use crate::checks::{Checks, Looked, Seen};
use crate::cli::Config;
use crate::delivery::Outbox;
use crate::desk::Desk;
use crate::engine::Engine;
use crate::sessions::{Plan, Sessions};
use crate::state::{self, State};

/// How often the clock is looked at.
const TICK: Duration = Duration::from_secs(1);

/// How soon a signal is noticed.
const GLANCE: Duration = Duration::from_millis(100);

/// How long sinks are waited for at the end, so that cron is not kept waiting.
const SETTLE: Duration = Duration::from_secs(10);

/// The same after a signal.
const SETTLE_SOON: Duration = Duration::from_secs(3);

/// How far apart two checks are that only one is asked of.
const BETWEEN: Duration = Duration::from_secs(1);

/// How often there may be something to tell before whoever reads waits for whoever tells.
const WAITING: usize = 16;

/// How many places of malformed lines are remembered.
const PLACES: usize = 5;

/// What is watched, and what is known of it.
pub(crate) struct Watched {
    sessions: Sessions,
    seen: Seen,
    engine: Engine,
    plan: Plan,
    now_us: i64,
}

impl Watched {
    /// What is known, for the state file.
    pub(crate) fn kept(&self, outbox: &Outbox) -> Result<Vec<u8>> {
        state::bytes(&self.engine.rules, &self.sessions, &self.seen, outbox)
    }
}

/// What the thread that reads has to say.
enum News {
    /// There is something to tell.
    Told,
    Ended(io::Result<Outcome>, Malformed),
}

/// Runs until everything has been watched that is to be.
pub(crate) fn run(mut config: Config, io: &mut Io<'_>) -> Result<Status> {
    let (state, kept) = match &config.state {
        Some(path) => State::open(path).map(|(state, kept)| (Some(state), kept))?,
        None => (None, None),
    };
    let mut kept = kept.unwrap_or_default();
    let plan = Plan::new(&config.rules, config.count_all, config.budgets.clone());
    let names = kept.rules().to_vec();
    kept.sessions.restore(&names, &config.rules, &plan);
    kept.seen.restore(&names, &config.rules);
    let engine = Engine::new(config.rules.clone(), config.repeat_us, config.zone);
    let watched = Watched { sessions: kept.sessions, seen: kept.seen, engine, plan, now_us: now_us() };
    let desk = Desk::new(config.format, std::mem::take(&mut config.sinks), kept.outbox, state);
    let interruption = interruption()?;
    let mut course =
        Course { watched: Arc::new(Mutex::new(watched)), desk, is_troubled: false, is_unmatched_told: false };
    let ended = course.follow(&mut config, &interruption, io);
    let is_interrupted = interruption.load(Ordering::SeqCst);
    let until = Instant::now() + if is_interrupted { SETTLE_SOON } else { SETTLE };
    {
        let mut watched = lock(&course.watched);
        let Watched { sessions, plan, engine, .. } = &mut *watched;
        sessions.forget_old(plan, engine);
    }
    // What was read before a signal is told: the state will say that it has been.
    let told = course.tell(io);
    let (has_fired, is_unsettled) = course.desk.close(until, &course.watched, io);
    ended?;
    told?;
    Ok(if course.is_troubled || is_unsettled {
        Status::Trouble
    } else if has_fired && config.has_exit_code {
        Status::Negative
    } else {
        Status::Success
    })
}

struct Course {
    watched: Arc<Mutex<Watched>>,
    desk: Desk,
    is_troubled: bool,
    /// Whether it has been said that a glob matches nothing.
    is_unmatched_told: bool,
}

impl Course {
    fn follow(&mut self, config: &mut Config, interruption: &AtomicBool, io: &mut Io<'_>) -> Result<()> {
        let inputs = config.inputs.take().map(Arc::new);
        let (sender, news) = sync_channel(WAITING);
        if let Some(inputs) = &inputs {
            self.read(Arc::clone(inputs), sender.clone())?;
        }
        let mut is_reading = inputs.is_some();
        let mut ticked = Instant::now();
        let mut next_check = config.checks.are_any().then(Instant::now);
        while is_reading || next_check.is_some() {
            if interruption.load(Ordering::SeqCst) {
                return Ok(());
            }
            if next_check.is_some_and(|at| at <= Instant::now()) {
                let is_over = self.check(&config.checks, config.interval.is_none(), interruption, io)?;
                let interval = config.interval.filter(|_| !is_over);
                next_check = interval.and_then(|interval| Instant::now().checked_add(interval));
            }
            if let Some((outcome, malformed)) = self.wait(&news, is_reading, next_check, io)? {
                is_reading = false;
                if let Some(inputs) = &inputs {
                    self.conclude(inputs, outcome, &malformed, config.is_strict, io)?;
                }
            }
            if ticked.elapsed() >= TICK {
                ticked = Instant::now();
                self.tick(io)?;
            }
            self.desk.look_after(&self.watched, io);
            // Whoever pipes events in and has other things looked at beside is done when the events end.
            if !is_reading && inputs.is_some() {
                next_check = None;
            }
        }
        Ok(())
    }

    /// Reads in a thread of its own, as reading waits.
    fn read(&self, inputs: Arc<Inputs>, sender: SyncSender<News>) -> io::Result<()> {
        let watched = Arc::clone(&self.watched);
        let selection = Selection {
            since_us: inputs.since_us,
            until_us: inputs.until_us,
            session: inputs.session.clone(),
        };
        let mut feed = Feed {
            watched,
            selection: (!selection.is_everything()).then_some(selection),
            sender,
            source: SourceId(0),
            malformed: Malformed::default(),
        };
        thread::Builder::new().name("reader".to_owned()).spawn(move || {
            let outcome = inputs.read_in_turn(&mut feed, Feed::pause);
            let _ = feed.pause();
            // Nobody listens any more after a signal.
            let _ = feed.sender.send(News::Ended(outcome, feed.malformed));
        })?;
        Ok(())
    }

    /// Waits for news, but not past the next check or glance. Gives back how the reading ended, if it has.
    fn wait(
        &mut self,
        news: &Receiver<News>,
        is_reading: bool,
        next_check: Option<Instant>,
        io: &mut Io<'_>,
    ) -> Result<Option<(io::Result<Outcome>, Malformed)>> {
        let until_check = next_check.map_or(GLANCE, |at| at.saturating_duration_since(Instant::now()));
        if !is_reading && next_check.is_none() {
            return Ok(None);
        }
        match news.recv_timeout(until_check.min(GLANCE)) {
            Ok(News::Told) => {
                self.tell(io)?;
                Ok(None)
            }
            Ok(News::Ended(outcome, malformed)) => Ok(Some((outcome, malformed))),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Ok(None),
        }
    }

    /// Notes the clock.
    fn tick(&mut self, io: &mut Io<'_>) -> Result<()> {
        let mut watched = lock(&self.watched);
        watched.now_us = now_us();
        let Watched { sessions, engine, plan, now_us, .. } = &mut *watched;
        sessions.tick(*now_us, plan, engine);
        drop(watched);
        self.tell(io)
    }

    /// Tells what there is to tell: in the order in which it was found, whoever has found it.
    fn tell(&mut self, io: &mut Io<'_>) -> Result<()> {
        let told = lock(&self.watched).engine.take_told();
        self.desk.tell(&told, &self.watched, io)
    }

    /// Looks at files and processes. Tells whether there is nothing left to be looked at.
    fn check(
        &mut self,
        checks: &Checks,
        is_only: bool,
        interruption: &AtomicBool,
        io: &mut Io<'_>,
    ) -> Result<bool> {
        let needs_two = is_only && checks.needs_two(&lock(&self.watched).seen);
        let looked = self.look(checks, io)?;
        for trouble in &looked.troubles {
            self.is_troubled = true;
            io.warn(trouble);
        }
        for pattern in looked.unmatched.iter().filter(|_| !self.is_unmatched_told) {
            io.warn(format_args!("E001_SESSION_NF: --watch-logs {pattern} matches no file"));
        }
        self.is_unmatched_told = true;
        for missing in &looked.missing {
            // Whoever is watched all the time may end: so ends the watching.
            if is_only || !missing.has_been_seen {
                self.is_troubled = true;
                io.warn(format_args!("E001_SESSION_NF: there is no {}; it may have ended", missing.name));
            }
        }
        if needs_two && !looked.is_all_over {
            let from = Instant::now();
            while from.elapsed() < BETWEEN && !interruption.load(Ordering::SeqCst) {
                thread::sleep(GLANCE);
            }
            self.look(checks, io)?;
        }
        Ok(looked.is_all_over)
    }

    fn look(&mut self, checks: &Checks, io: &mut Io<'_>) -> Result<Looked> {
        let mut watched = lock(&self.watched);
        let Watched { seen, engine, .. } = &mut *watched;
        let looked = checks.check(seen, now_us(), engine);
        drop(watched);
        self.tell(io)?;
        Ok(looked)
    }

    /// Says how the reading went.
    fn conclude(
        &mut self,
        inputs: &Inputs,
        outcome: io::Result<Outcome>,
        malformed: &Malformed,
        is_strict: bool,
        io: &mut Io<'_>,
    ) -> Result<()> {
        let status = io.tell(inputs.complaints(&outcome?, malformed, is_strict));
        self.is_troubled |= status == Status::Trouble;
        inputs.check_sessions(&lock(&self.watched).sessions.ids())?;
        Ok(())
    }
}

/// Takes what is read to the sessions.
struct Feed {
    watched: Arc<Mutex<Watched>>,
    /// What is wanted, if not everything.
    selection: Option<Selection>,
    sender: SyncSender<News>,
    source: SourceId,
    malformed: Malformed,
}

impl Feed {
    /// Before the next wait what there is to tell is told.
    fn pause(&mut self) -> io::Result<()> {
        let mut watched = lock(&self.watched);
        watched.now_us = now_us();
        let has_told = watched.engine.has_told();
        drop(watched);
        if has_told {
            // Nobody listens any more after a signal.
            let _ = self.sender.send(News::Told);
        }
        Ok(())
    }
}

impl Sink for Feed {
    fn begin(&mut self, source: SourceId, _: u64) {
        self.source = source;
    }

    fn event(&mut self, event: &EventRef<'_>, _: u64) {
        if self.selection.as_ref().is_some_and(|selection| !selection.holds(event)) {
            return;
        }
        let mut watched = lock(&self.watched);
        let Watched { sessions, engine, plan, now_us, .. } = &mut *watched;
        sessions.add(event, *now_us, plan, engine);
    }

    fn defect(&mut self, line: u64, _: Defect) {
        self.malformed.count += 1;
        if self.malformed.places.len() < PLACES {
            self.malformed.places.push((self.source, line + 1));
        }
        let mut watched = lock(&self.watched);
        let Watched { sessions, engine, plan, now_us, .. } = &mut *watched;
        sessions.take_line(true, *now_us, plan, engine);
    }

    fn end(&mut self, _: u64, _: u64) {}
}

/// Signals that end the work: it is concluded then. A second one ends the process.
fn interruption() -> io::Result<Arc<AtomicBool>> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in signals::asking_to_end() {
        flag::register_conditional_default(signal, Arc::clone(&flag))?;
        flag::register(signal, Arc::clone(&flag))?;
    }
    Ok(flag)
}

pub(crate) fn lock(watched: &Mutex<Watched>) -> MutexGuard<'_, Watched> {
    // A thread that has panicked has said so; what it left is as good as before.
    watched.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now_us() -> i64 {
    chrono::Utc::now().timestamp_micros()
}
