//! `-m minimal`: the guide's one line (3.3), rewritten in place.

use std::io::{self, Write};
use std::time::{Duration, Instant};

use sigil_breakdown::standing;
use sigil_cli::style::Palette;
use sigil_cli::{surroundings, width};
use sigil_event::{Defect, EventRef, Sink, SourceId};
use sigil_input::MalformedLines;
use sigil_input::follow::Chunk;
use sigil_summary::budget::Standing;

use crate::Surface;
use crate::account::Account;
use crate::cli::Config;
use crate::completion::Sessions;
use crate::show::{Flow, Show};

/// Writes how things stand whenever that has changed.
pub(crate) struct Minimal<'a> {
    account: Account,
    is_once: bool,
    until_complete: bool,
    palette: Palette,
    /// The columns of a terminal on which the line is rewritten; elsewhere each change is a line of its own.
    screen: Option<Option<usize>>,
    refresh: Duration,
    /// When the next line may be written.
    next: Instant,
    shown: Option<Standing>,
    /// Whether the cursor stands behind a line that may be rewritten.
    is_line_open: bool,
    /// Whether a block stands above, which is not the last word after all.
    is_below_block: bool,
    is_live: bool,
    /// Whether a session has ended of which that is to be told.
    has_news: bool,
    out: &'a mut dyn Write,
}

impl<'a> Minimal<'a> {
    pub(crate) fn new(config: &Config, surface: Surface, out: &'a mut dyn Write) -> Self {
        Self {
            account: Account::new(config),
            is_once: config.is_once,
            until_complete: config.until_complete,
            palette: surface.palette,
            screen: surface.is_screen.then_some(surface.columns),
            refresh: config.refresh,
            next: Instant::now(),
            shown: None,
            is_line_open: false,
            is_below_block: false,
            is_live: false,
            has_news: false,
            out,
        }
    }

    fn has_changed(&self) -> bool {
        self.shown != Some(self.account.standing())
    }

    fn write(&mut self) -> io::Result<()> {
        let now = self.account.standing();
        if std::mem::replace(&mut self.is_below_block, false) {
            writeln!(self.out)?;
        }
        match self.screen {
            Some(known) => {
                let columns = surroundings::columns().or(known);
                let plain = standing::line(now, Palette::PLAIN);
                let line = match columns {
                    // Colours are for what is whole.
                    Some(columns) if width::columns(&plain) > columns => {
                        width::truncated(&plain, columns).into_owned()
                    }
                    _ => standing::line(now, self.palette),
                };
                // Behind a line that fills the screen there is nothing to clear.
                let is_full = columns.is_some_and(|columns| width::columns(&plain) >= columns);
                write!(self.out, "\r{line}{}", if is_full { "" } else { "\x1b[K" })?;
                self.is_line_open = true;
            }
            None => writeln!(self.out, "{}", standing::line(now, self.palette))?,
        }
        self.shown = Some(now);
        self.next = Instant::now() + self.refresh;
        Ok(())
    }

    /// Leaves the line that is rewritten.
    fn leave_line(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.is_line_open, false) { writeln!(self.out) } else { Ok(()) }
    }

    fn tell_ends(&mut self) -> io::Result<()> {
        self.has_news = false;
        if self.has_changed() {
            self.write()?;
        }
        self.leave_line()?;
        writeln!(self.out)?;
        self.account.tell_ends(self.palette, self.out)?;
        self.is_below_block = true;
        if self.account.sessions.count() > 1 {
            // What all of them come to is said again.
            self.shown = None;
        }
        Ok(())
    }
}

impl Sink for Minimal<'_> {
    fn begin(&mut self, _: SourceId, _: u64) {}

    fn event(&mut self, event: &EventRef<'_>, _: u64) {
        if let Some((_, has_ended)) = self.account.add(event) {
            self.has_news |= has_ended;
        }
    }

    fn defect(&mut self, line: u64, _: Defect) {
        self.account.defect(line);
    }

    fn end(&mut self, _: u64, _: u64) {}
}

impl Show for Minimal<'_> {
    fn take(&mut self, chunk: &mut Chunk<'_>) -> io::Result<()> {
        self.account.begin(chunk.name());
        chunk.decode(self);
        Ok(())
    }

    fn caught_up(&mut self, _: bool) -> io::Result<()> {
        if std::mem::replace(&mut self.is_live, true) {
            return Ok(());
        }
        // What has ended long ago among many is no news.
        if self.is_once || (self.account.sessions.count() > 1 && !self.until_complete) {
            self.account.sessions.forget_ends();
            self.has_news = false;
        }
        Ok(())
    }

    fn refresh(&mut self) -> io::Result<Flow> {
        if self.has_news && self.is_live {
            self.tell_ends()?;
        } else if self.due().is_some_and(|due| Instant::now() >= due) {
            self.write()?;
        }
        self.out.flush()?;
        Ok(Flow::Continue)
    }

    fn due(&self) -> Option<Instant> {
        // A line that stays is not written for what is only on the way.
        let may_be_shown = !self.is_once && (self.is_live || self.screen.is_some());
        (may_be_shown && self.has_changed()).then_some(self.next)
    }

    fn finish(&mut self) -> io::Result<()> {
        if self.has_news {
            return self.tell_ends();
        }
        if self.has_changed() {
            self.write()?;
        }
        self.leave_line()
    }

    fn lets_speak(&self) -> bool {
        self.screen.is_none()
    }

    fn sessions(&self) -> Option<&Sessions> {
        Some(&self.account.sessions)
    }

    fn malformed(&self) -> Option<&MalformedLines> {
        Some(&self.account.malformed)
    }
}
