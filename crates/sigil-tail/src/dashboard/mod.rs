//! The whole screen: what the sessions do and use, as it happens.
//!
//! [`Dashboard`] takes events, asks the [`Monitor`] for figures when that is worth its time, and draws; `figures`
//! computes, `choice` knows what the person wants to see, `view` lays out, `terminal` and `keys` are the device.

mod choice;
mod figures;
mod keys;
mod opening;
mod paint;
mod picture;
mod still;
mod terminal;
mod view;

use std::io::{self, Write};
use std::time::{Duration, Instant};

use crossterm::event::{Event, KeyEventKind};
use sigil_cli::Palette;
use sigil_event::{Defect, EventRef, Sink, SourceId};
use sigil_input::MalformedLines;
use sigil_input::follow::{Chunk, Waker};

use crate::cli::Config;
use crate::completion::Sessions;
use crate::monitor::Monitor;
use crate::show::{Flow, Show};
use choice::{Choice, Reaction};
use figures::Terms;
use keys::Keys;
use picture::Picture;
pub(crate) use still::Still;
use terminal::Terminal;
use view::Look;

/// How often the screen changes when nothing comes: times tell how long ago something was.
const TICK: Duration = Duration::from_secs(1);

/// Figures may take one twentieth of the time.
const SHARE: u32 = 19;

/// How a dashboard looks and how often it changes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Display {
    pub(crate) look: Look,
    pub(crate) palette: Palette,
    pub(crate) refresh: Duration,
    /// Those of a terminal.
    pub(crate) columns: Option<usize>,
}

/// The mode.
pub(crate) struct Dashboard<'a> {
    monitor: Monitor,
    terms: Terms,
    display: Display,
    choice: Choice,
    /// What the screen shows.
    picture: Picture,
    keys: Keys,
    until_complete: bool,
    /// The screen is not to be drawn any more.
    is_over: bool,
    /// When to draw next.
    due: Instant,
    /// When figures may be asked for again.
    figures_due: Instant,
    terminal: Terminal<'a>,
}

impl<'a> Dashboard<'a> {
    /// On the terminal that `out` leads to.
    pub(crate) fn new(
        config: &Config,
        display: Display,
        waker: Waker,
        out: &'a mut dyn Write,
    ) -> io::Result<Self> {
        let now = Instant::now();
        Ok(Self {
            terminal: Terminal::new(out)?,
            keys: Keys::listen(waker)?,
            monitor: Monitor::of(config),
            terms: Terms::of(config),
            display,
            choice: Choice::default(),
            picture: Picture::default(),
            until_complete: config.until_complete,
            is_over: false,
            due: now,
            figures_due: now,
        })
    }

    /// Looks at what has been pressed; whether there is something else to be shown, or nothing any more.
    fn look_at_keys(&mut self) -> io::Result<Reaction> {
        let mut result = Reaction::Nothing;
        for event in self.keys.take() {
            let reaction = match event {
                Event::Key(key) if key.kind != KeyEventKind::Release => {
                    let (_, height) = self.terminal.size();
                    self.choice.press(key, &self.picture.rows, view::list::page(height.saturating_sub(1)))
                }
                Event::Resize(..) => Reaction::Changed,
                _ => Reaction::Nothing,
            };
            match reaction {
                Reaction::Nothing => {}
                Reaction::Quit => return Ok(Reaction::Quit),
                Reaction::Suspend => {
                    self.terminal.suspend()?;
                    result = Reaction::Changed;
                }
                Reaction::Redraw => {
                    self.terminal.clear()?;
                    result = Reaction::Changed;
                }
                Reaction::Changed => {
                    result = Reaction::Changed;
                    self.choice.arrange(&mut self.picture.rows);
                }
            }
        }
        Ok(result)
    }

    /// Finds out what there is to be seen now, as far as the monitor is up to date.
    fn look_again(&mut self) {
        let now_us = chrono::Utc::now().timestamp_micros();
        self.picture = Picture::of(&self.monitor, &self.terms, &self.choice, now_us);
    }

    /// Draws everything.
    fn draw(&mut self) -> io::Result<()> {
        let begin = Instant::now();
        let are_figures_due = begin >= self.figures_due;
        if are_figures_due && self.monitor.is_changed() {
            self.monitor.update();
        }
        self.look_again();
        if are_figures_due {
            self.figures_due = Instant::now() + begin.elapsed() * SHARE;
        }
        let Self { picture, choice, .. } = self;
        let Display { look, palette, refresh, .. } = self.display;
        self.terminal.draw(look, palette, |columns, rows| picture.screen(choice, columns, rows, look))?;
        self.due = Instant::now() + refresh;
        Ok(())
    }
}

impl Sink for Dashboard<'_> {
    fn begin(&mut self, source: SourceId, start: u64) {
        self.monitor.begin(source, start);
    }

    fn event(&mut self, event: &EventRef<'_>, offset: u64) {
        self.monitor.event(event, offset);
    }

    fn defect(&mut self, line: u64, defect: Defect) {
        self.monitor.defect(line, defect);
    }

    fn end(&mut self, end: u64, lines: u64) {
        self.monitor.end(end, lines);
    }
}

impl Show for Dashboard<'_> {
    fn take(&mut self, chunk: &mut Chunk<'_>) -> io::Result<()> {
        self.monitor.take(chunk);
        Ok(())
    }

    fn refresh(&mut self) -> io::Result<Flow> {
        let reaction = self.look_at_keys()?;
        self.is_over |= reaction == Reaction::Quit;
        if self.is_over {
            return Ok(Flow::Stop);
        }
        if reaction == Reaction::Changed || Instant::now() >= self.due().unwrap_or(self.due) {
            self.draw()?;
        }
        Ok(Flow::Continue)
    }

    fn due(&self) -> Option<Instant> {
        if self.keys.are_waiting() {
            return Some(Instant::now());
        }
        let is_waiting = self.monitor.is_changed();
        Some(if is_waiting { self.due.max(self.figures_due) } else { self.due + TICK })
    }

    /// What is left on the screen that was there before: the guide's words on sessions that were waited for, else
    /// what was seen last; nothing for a person who has seen enough.
    fn finish(&mut self) -> io::Result<()> {
        let was_over = std::mem::replace(&mut self.is_over, true);
        let (columns, rows) = self.terminal.size();
        self.terminal.leave();
        let Display { look, palette, .. } = self.display;
        if self.until_complete && self.monitor.ends().have_ended() {
            self.monitor.tell_ends(palette, self.terminal.out())?;
        } else if !was_over {
            self.monitor.update();
            self.look_again();
            let mut strips = self.picture.screen(&self.choice, columns, rows, look);
            // The last row tells of keys.
            strips.pop();
            paint::write(&strips, look, palette, self.terminal.out())?;
        }
        self.terminal.out().flush()
    }

    fn holds_terminal(&self) -> bool {
        true
    }

    fn lets_speak(&self) -> bool {
        false
    }

    fn sessions(&self) -> Option<&Sessions> {
        Some(self.monitor.ends())
    }

    fn malformed(&self) -> Option<&MalformedLines> {
        Some(self.monitor.malformed())
    }
}

#[cfg(test)]
mod tests;
