//! `-m stream`: the guide's list of events (3.2), with its header, its closing line, and what it says of ends.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use sigil_breakdown::standing;
use sigil_cli::escape;
use sigil_cli::style::{Palette, Tone};
use sigil_cli::surroundings;
use sigil_event::{Defect, EventRef, EventType, Sink, SourceId};
use sigil_input::MalformedLines;
use sigil_input::follow::Chunk;
use sigil_summary::budget;

use crate::Surface;
use crate::account::Account;
use crate::cli::Config;
use crate::clock::Clock;
use crate::completion::Sessions;
use crate::filter::Filter;
use crate::row::{Row, Rows};
use crate::show::{Flow, Show};
use crate::subject::Subject;

const TITLE: &str = "========== SIGIL v2 EXECUTION MONITOR ==========";
const RULE: &str = "--------------------------------------------------";
const WAITING: &str = "Status: Waiting for session to start...";

/// How long a stream may be silent before that is called waiting.
const PATIENCE: Duration = Duration::from_secs(1);

/// What stands above the lines so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Header {
    Unwritten,
    /// It says that nothing has begun.
    Waiting,
    Written,
}

/// Writes a line for each event.
pub(crate) struct Stream<'a> {
    account: Account,
    subject: &'a Subject,
    filter: &'a Filter,
    is_once: bool,
    until_complete: bool,
    rows: Rows,
    /// Whether lines that were written can be written anew.
    is_screen: bool,
    refresh: Duration,
    /// When what has come is to be seen at the latest, if something has.
    due: Option<Instant>,
    header: Header,
    /// When it is to say that nothing has begun, if nothing has until then.
    waits_from: Option<Instant>,
    has_session_column: bool,
    is_live: bool,
    /// How many of the lines that were there are shown, and the last of them; none: all.
    last: Option<(usize, VecDeque<Vec<u8>>)>,
    line: Vec<u8>,
    /// Whether an empty line came last.
    is_spaced: bool,
    out: &'a mut dyn Write,
    /// The first thing that went wrong with writing, for the next call to tell.
    result: io::Result<()>,
}

impl<'a> Stream<'a> {
    pub(crate) fn new(config: &'a Config, surface: Surface, out: &'a mut dyn Write) -> Self {
        let clock = Clock::new(config.followed.zone);
        Self {
            account: Account::new(config),
            subject: &config.subject,
            filter: &config.filter,
            is_once: config.is_once,
            until_complete: config.until_complete,
            rows: Rows::new(clock, surface.palette, surface.columns),
            is_screen: surface.is_screen,
            refresh: config.refresh,
            due: None,
            header: Header::Unwritten,
            waits_from: None,
            has_session_column: config.subject.is_several,
            is_live: false,
            last: config.last.map(|count| (count, VecDeque::new())),
            line: Vec::new(),
            is_spaced: true,
            out,
            result: Ok(()),
        }
    }

    fn palette(&self) -> Palette {
        self.rows.palette
    }

    /// A rule or a title, as much of it as there is room for.
    fn cut(&self, rule: &'static str) -> &'static str {
        self.rows.columns.and_then(|columns| rule.get(..columns)).unwrap_or(rule)
    }

    /// Writes the same while there is nothing yet.
    fn begin_waiting(&mut self) -> io::Result<()> {
        let (title, rule, name) = (self.cut(TITLE), self.cut(RULE), &self.subject.name);
        writeln!(self.out, "{title}\nSession: {name}\nMode: Stream\n{WAITING}\n{rule}\n")?;
        self.header = Header::Waiting;
        Ok(())
    }

    /// Writes what stands above the lines, once it is known.
    fn begin(&mut self, name: &str) -> io::Result<()> {
        match self.header {
            Header::Unwritten => {
                let (title, rule) = (self.cut(TITLE), self.cut(RULE));
                writeln!(self.out, "{title}\nSession: {name}\nMode: Stream\n{rule}\n")?;
            }
            // Two lines up stands what is true no more.
            Header::Waiting if self.is_screen => {
                write!(self.out, "\x1b[3A\r\x1b[KStatus: In Progress...\x1b[3B\r")?;
            }
            Header::Waiting | Header::Written => {}
        }
        self.header = Header::Written;
        Ok(())
    }

    fn write(&mut self, event: &EventRef<'_>, added: i64, has_ended: bool) -> io::Result<()> {
        if self.header != Header::Written {
            let first = escape::for_terminal(self.account.sessions.current()).into_owned();
            let name = if self.subject.is_log { first } else { self.subject.name.clone() };
            self.begin(&name)?;
        }
        self.has_session_column |= self.account.sessions.count() > 1;
        if self.filter.passes(event) {
            self.write_row(event, added)?;
        }
        if has_ended && self.is_live {
            self.tell_ends()?;
        }
        Ok(())
    }

    fn write_row(&mut self, event: &EventRef<'_>, added: i64) -> io::Result<()> {
        let total = self.account.total();
        let (tone, total_tone) = if self.palette().is_on() {
            (tone(event.event_type), self.total_tone(total))
        } else {
            (None, None)
        };
        let session = self.has_session_column.then(|| self.account.sessions.current());
        let &EventRef { at, component, message, .. } = event;
        let row = Row { at, session, component, message, added, total, tone, total_tone };
        self.line.clear();
        self.rows.write(&row, &mut self.line);
        match &mut self.last {
            Some((count, lines)) => {
                // The oldest line's memory takes the next one.
                let mut oldest =
                    if lines.len() >= *count { lines.pop_front() } else { None }.unwrap_or_default();
                std::mem::swap(&mut oldest, &mut self.line);
                if *count > 0 {
                    lines.push_back(oldest);
                }
                Ok(())
            }
            None => {
                self.is_spaced = false;
                self.out.write_all(&self.line)
            }
        }
    }

    /// Only what needs attention has a colour.
    fn total_tone(&self, total: u64) -> Option<Tone> {
        let budget = self.account.standing().budget?;
        Some(standing::tone(budget::level(total, budget))).filter(|tone| *tone != Tone::Good)
    }

    /// Writes the ends that have not been told, an empty line above and below.
    fn tell_ends(&mut self) -> io::Result<()> {
        self.space()?;
        self.account.tell_ends(self.rows.palette, self.out)?;
        self.is_spaced = true;
        writeln!(self.out)
    }

    /// Writes an empty line, unless there is one.
    fn space(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.is_spaced, true) { Ok(()) } else { writeln!(self.out) }
    }
}

/// What an event looks like.
fn tone(event_type: EventType) -> Option<Tone> {
    match event_type {
        EventType::BudgetExceeded => Some(Tone::Bad),
        EventType::BudgetWarning | EventType::RetryAttempt => Some(Tone::Warning),
        error if error.is_error() => Some(Tone::Bad),
        _ => None,
    }
}

impl Sink for Stream<'_> {
    fn begin(&mut self, _: SourceId, _: u64) {}

    fn event(&mut self, event: &EventRef<'_>, _: u64) {
        if let Some((added, has_ended)) = self.account.add(event)
            && self.result.is_ok()
        {
            self.result = self.write(event, added, has_ended);
        }
    }

    fn defect(&mut self, line: u64, _: Defect) {
        self.account.defect(line);
    }

    fn end(&mut self, _: u64, _: u64) {}
}

impl Show for Stream<'_> {
    fn take(&mut self, chunk: &mut Chunk<'_>) -> io::Result<()> {
        self.due.get_or_insert_with(|| Instant::now() + self.refresh);
        self.account.begin(chunk.name());
        chunk.decode(self);
        std::mem::replace(&mut self.result, Ok(()))
    }

    fn caught_up(&mut self, is_done: bool) -> io::Result<()> {
        std::mem::replace(&mut self.result, Ok(()))?;
        // Which lines of a stream are the last ones is known at its end.
        if is_done || !self.subject.is_stream {
            for line in self.last.take().map(|(_, lines)| lines).unwrap_or_default() {
                self.out.write_all(&line)?;
                self.is_spaced = false;
            }
        }
        if std::mem::replace(&mut self.is_live, true) {
            return Ok(());
        }
        if self.header == Header::Unwritten && !self.is_once && !is_done {
            // What is written to a stream takes a moment to come, and is no reason to speak of waiting.
            let patience = if self.subject.is_stream { PATIENCE } else { Duration::ZERO };
            self.waits_from = Some(Instant::now() + patience);
        }
        // What has ended long ago among many is no news.
        if self.account.sessions.count() > 1 && !self.until_complete {
            self.account.sessions.forget_ends();
        }
        if self.account.sessions.has_news() && !self.is_once {
            self.tell_ends()?;
        }
        Ok(())
    }

    fn refresh(&mut self) -> io::Result<Flow> {
        std::mem::replace(&mut self.result, Ok(()))?;
        if self.header == Header::Unwritten && self.waits_from.is_some_and(|from| Instant::now() >= from) {
            self.begin_waiting()?;
        }
        self.out.flush()?;
        self.due = None;
        if self.rows.columns.is_some() {
            self.rows.columns = surroundings::columns().or(self.rows.columns);
        }
        Ok(Flow::Continue)
    }

    fn keeps_back(&self) -> bool {
        self.last.is_some() && !self.subject.is_stream
    }

    fn due(&self) -> Option<Instant> {
        self.due.or(self.waits_from.filter(|_| self.header == Header::Unwritten))
    }

    fn finish(&mut self) -> io::Result<()> {
        if self.header == Header::Unwritten {
            self.begin(&self.subject.name)?;
        }
        if self.account.sessions.has_news() {
            self.tell_ends()?;
        }
        let standing = self.account.standing();
        let share = standing::share(standing);
        let share = match standing.level().map(standing::tone) {
            Some(tone) => self.palette().paint(tone, &share),
            None => share,
        };
        self.space()?;
        let (rule, status) = (self.cut(RULE), self.account.sessions.status());
        writeln!(self.out, "{rule}\nStatus: {status} | Tokens: {share}")
    }

    fn sessions(&self) -> Option<&Sessions> {
        Some(&self.account.sessions)
    }

    fn malformed(&self) -> Option<&MalformedLines> {
        Some(&self.account.malformed)
    }
}
