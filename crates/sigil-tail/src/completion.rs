//! Which sessions run and which have ended: `--until-complete`, and the guide's EXECUTION COMPLETE (2.1).

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};

use sigil_breakdown::standing;
use sigil_cli::style::{Palette, Tone};
use sigil_cli::{escape, number};
use sigil_event::{EventRef, EventType};
use sigil_summary::budget::Standing;
use sigil_summary::component::UNNAMED;

/// The sessions that are followed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sessions {
    numbers: HashMap<Box<str>, usize>,
    all: Vec<Session>,
    /// The session of the event before: most events have the same.
    current: usize,
    /// Sessions that were asked for by name and have not begun.
    awaited: HashSet<String>,
    running: usize,
    failed: usize,
}

/// One session, as far as its end is concerned.
#[derive(Clone, Debug)]
struct Session {
    id: Box<str>,
    began_us: Option<i64>,
    end: Option<End>,
    is_told: bool,
    /// Whether it was seen to begin or to end.
    has_turned: bool,
}

#[derive(Clone, Debug)]
struct End {
    duration_us: Option<u64>,
    /// What went wrong, if it did.
    error: Option<String>,
}

impl Sessions {
    /// No session has begun; those with the ids `awaited` are to.
    pub(crate) fn awaiting(awaited: impl IntoIterator<Item = String>) -> Self {
        Self { awaited: awaited.into_iter().collect(), ..Self::default() }
    }

    /// Takes note of an event, and says whether a session ends with it.
    #[inline]
    pub(crate) fn add(&mut self, event: &EventRef<'_>) -> bool {
        let is_same = match (event.session_id, self.all.get(self.current)) {
            (Some(id), Some(current)) => id.is(&current.id),
            (None, Some(current)) => *current.id == *UNNAMED,
            (_, None) => false,
        };
        if !is_same {
            self.current = self.number(event);
        }
        match event.event_type {
            EventType::SessionStart | EventType::SessionComplete | EventType::SessionError => {
                self.turn(event)
            }
            _ => false,
        }
    }

    fn number(&mut self, event: &EventRef<'_>) -> usize {
        let id = event.session_id.map_or(UNNAMED.into(), |id| id.decode());
        self.number_of(&id, event.at.map(|at| at.us))
    }

    fn number_of(&mut self, id: &str, began_us: Option<i64>) -> usize {
        if let Some(number) = self.numbers.get(id) {
            return *number;
        }
        let id: Box<str> = id.into();
        self.awaited.remove(&*id);
        self.numbers.insert(id.clone(), self.all.len());
        self.all.push(Session { id, began_us, end: None, is_told: false, has_turned: false });
        self.running += 1;
        self.all.len() - 1
    }

    /// A session begins or ends.
    fn turn(&mut self, event: &EventRef<'_>) -> bool {
        self.end(self.current, None);
        let session = &mut self.all[self.current];
        session.has_turned = true;
        let at_us = event.at.map(|at| at.us);
        if event.event_type == EventType::SessionStart {
            session.began_us = at_us;
            session.is_told = false;
            return false;
        }
        let is_error = event.event_type == EventType::SessionError;
        let error = is_error.then(|| event.message.map_or(String::new(), |text| text.decode().into_owned()));
        let duration_us =
            at_us.zip(session.began_us).and_then(|(end, began)| u64::try_from(end - began).ok());
        // A session that ends twice without having begun anew has ended once.
        let is_news = !session.is_told;
        self.end(self.current, Some(End { duration_us, error }));
        is_news
    }

    /// Sets how a session has ended; it runs if it has not.
    fn end(&mut self, number: usize, end: Option<End>) {
        let session = &mut self.all[number];
        match &session.end {
            Some(before) => self.failed -= usize::from(before.error.is_some()),
            None => self.running -= 1,
        }
        match &end {
            Some(now) => self.failed += usize::from(now.error.is_some()),
            None => self.running += 1,
        }
        session.end = end;
    }

    /// Adds what is known of events behind those so far.
    pub(crate) fn append(&mut self, later: Self) {
        for session in later.all {
            let number = self.number_of(&session.id, session.began_us);
            if session.has_turned {
                self.all[number].has_turned = true;
                self.all[number].began_us = session.began_us;
                self.end(number, session.end);
            }
        }
    }

    /// Whether every session has ended, and there was one.
    pub(crate) fn have_ended(&self) -> bool {
        self.running == 0 && self.awaited.is_empty() && !self.all.is_empty()
    }

    /// Whether one has ended in error.
    pub(crate) fn have_failed(&self) -> bool {
        self.failed > 0
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }

    /// The id of the session that the last event was of.
    pub(crate) fn current(&self) -> &str {
        self.all.get(self.current).map_or(UNNAMED, |session| &session.id)
    }

    /// `Waiting`, `Running`, `Complete`, `Error`; of several sessions how many are what.
    pub(crate) fn status(&self) -> String {
        let (count, running, failed) = (self.count(), self.running, self.failed);
        let complete = count - running - failed;
        match (running, complete, failed) {
            (0, 0, 0) => "Waiting".to_owned(),
            _ if count > 1 => {
                let parts = [(running, "running"), (complete, "complete"), (failed, "in error")];
                let parts = parts.into_iter().filter(|(count, _)| *count > 0);
                parts.map(|(count, what)| format!("{count} {what}")).collect::<Vec<_>>().join(", ")
            }
            (1, ..) => "Running".to_owned(),
            (_, 1, _) => "Complete".to_owned(),
            _ => "Error".to_owned(),
        }
    }

    /// Takes the ends that have not been told as told.
    pub(crate) fn forget_ends(&mut self) {
        self.all
            .iter_mut()
            .filter(|session| session.end.is_some())
            .for_each(|session| session.is_told = true);
    }

    /// Writes a block for each end that has not been told. `standing` tells what a session has used.
    pub(crate) fn tell_ends(
        &mut self,
        standing: impl Fn(&str) -> Option<Standing>,
        palette: Palette,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut is_first = true;
        for session in self.all.iter_mut().filter(|session| !session.is_told) {
            let Some(end) = &session.end else { continue };
            session.is_told = true;
            if !std::mem::replace(&mut is_first, false) {
                writeln!(out)?;
            }
            block(&session.id, end, standing(&session.id).unwrap_or_default(), palette, out)?;
        }
        Ok(())
    }

    /// Whether there is an end that has not been told.
    pub(crate) fn has_news(&self) -> bool {
        self.all.iter().any(|session| session.end.is_some() && !session.is_told)
    }
}

/// The guide's block (2.1, step 5).
fn block(id: &str, end: &End, used: Standing, palette: Palette, out: &mut dyn Write) -> io::Result<()> {
    let id = escape::for_terminal(id);
    let (tone, words) = match &end.error {
        None => (Tone::Good, "completed successfully".to_owned()),
        Some(why) if why.is_empty() => (Tone::Bad, "ended with an error".to_owned()),
        Some(why) => (Tone::Bad, format!("ended with an error: {}", escape::one_line(why))),
    };
    writeln!(out, "========== EXECUTION COMPLETE ==========")?;
    writeln!(out, "Session: {id} {}", palette.paint(tone, &words))?;
    if let Some(us) = end.duration_us {
        writeln!(out, "Duration: {}", seconds(us))?;
    }
    writeln!(out, "Final token usage: {}", standing::share(used))
}

/// `5.1 seconds` as the guide has it; from a minute on as everywhere.
fn seconds(us: u64) -> String {
    let text = number::duration(us);
    match text.strip_suffix('s') {
        Some(seconds) if !text.contains('m') => format!("{seconds} seconds"),
        _ => text,
    }
}
