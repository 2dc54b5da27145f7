//! The terminal: taken over as a whole, and given back on every way out.

use std::io::{self, Write};
use std::panic;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::cursor::{Hide, Show};
use crossterm::execute;
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use rustix::process::{Signal, getpid, kill_process};
use sigil_cli::Palette;

use super::paint;
use super::view::{Look, Strip};

/// Whether the terminal is taken over now, for a panic to know.
static IS_TAKEN: AtomicBool = AtomicBool::new(false);

/// The terminal, which is taken over when something is drawn first: by then signals are watched for.
pub(crate) struct Terminal<'a> {
    inner: ratatui::Terminal<CrosstermBackend<&'a mut dyn Write>>,
    is_taken: bool,
}

impl<'a> Terminal<'a> {
    /// The terminal that `out` leads to.
    pub(crate) fn new(out: &'a mut dyn Write) -> io::Result<Self> {
        restore_on_panic();
        Ok(Self { inner: ratatui::Terminal::new(CrosstermBackend::new(out))?, is_taken: false })
    }

    /// Takes it over; whatever comes of that, it is given back.
    fn take(&mut self) -> io::Result<()> {
        self.is_taken = true;
        enter(self.inner.backend_mut())
    }

    /// Columns and rows.
    pub(crate) fn size(&self) -> (usize, usize) {
        self.inner.size().map_or((80, 24), |size| (size.width.into(), size.height.into()))
    }

    /// Shows what `make` makes for the columns and rows that there are.
    pub(crate) fn draw(
        &mut self,
        look: Look,
        palette: Palette,
        make: impl FnOnce(usize, usize) -> Vec<Strip>,
    ) -> io::Result<()> {
        if !self.is_taken {
            self.take()?;
        }
        execute!(self.inner.backend_mut(), BeginSynchronizedUpdate)?;
        self.inner.draw(|frame| {
            let area = frame.area();
            let strips = make(area.width.into(), area.height.into());
            paint::draw(&strips, look, palette, frame.buffer_mut());
        })?;
        execute!(self.inner.backend_mut(), EndSynchronizedUpdate)
    }

    /// Gives the terminal back to the shell, stops this process, and takes the terminal over again when the shell
    /// lets it go on.
    pub(crate) fn suspend(&mut self) -> io::Result<()> {
        restore(self.inner.backend_mut());
        kill_process(getpid(), Signal::TSTP)?;
        self.take()?;
        self.clear()
    }

    /// Gives the terminal back.
    pub(crate) fn leave(&mut self) {
        restore(self.inner.backend_mut());
    }

    /// Where it is written to.
    pub(crate) fn out(&mut self) -> &mut dyn Write {
        self.inner.backend_mut()
    }

    /// Forgets what the screen shows: all of it will be drawn again.
    pub(crate) fn clear(&mut self) -> io::Result<()> {
        // `clear` would ask the terminal where its cursor is; another thread would take the answer for keys.
        let size = self.inner.size()?;
        self.inner.resize(Rect::from(size))
    }
}

impl Drop for Terminal<'_> {
    fn drop(&mut self) {
        self.leave();
    }
}

fn enter(out: &mut impl Write) -> io::Result<()> {
    IS_TAKEN.store(true, Ordering::SeqCst);
    enable_raw_mode()?;
    execute!(out, EnterAlternateScreen, Hide)
}

/// Gives the terminal back, once. Whatever fails here, nobody can be told.
fn restore(out: &mut impl Write) {
    if IS_TAKEN.swap(false, Ordering::SeqCst) {
        let _ = execute!(out, EndSynchronizedUpdate, LeaveAlternateScreen, Show);
        let _ = disable_raw_mode();
    }
}

/// A panic is told on the screen that was there before: the hook that tells it comes behind this one.
fn restore_on_panic() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let next = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            restore(&mut io::stdout());
            next(info);
        }));
    });
}
