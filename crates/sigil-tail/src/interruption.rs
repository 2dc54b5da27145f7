//! What ends the tool from outside: a signal, or the reader of its output who leaves.
//!
//! Both are noted, and wake whoever waits; the loop then ends as at the end of its input.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::{FileType, fstat};
use rustix::stdio::stdout;
use sigil_cli::signals;
use sigil_input::follow::Waker;
use signal_hook::flag;
use signal_hook::iterator::Signals;

/// Why to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Somebody asked for it.
    Signal,
    /// Nobody reads any more.
    ReaderLeft,
}

/// What a second signal does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Second {
    /// It ends the process at once, as nothing else can where a reader has stopped reading.
    Ends,
    /// As the first: the terminal has to be given back before.
    Waits,
}

/// What has happened so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interruption {
    signal: Arc<AtomicBool>,
    reader_left: Arc<AtomicBool>,
}

impl Interruption {
    /// Watches from now on, and wakes `waker` when something happens.
    ///
    /// # Errors
    /// The system refuses a handler or a thread.
    pub(crate) fn watch(waker: &Waker, second: Second) -> io::Result<Self> {
        let interruption = Self::default();
        let signals = signals::asking_to_end();
        let ending = signals.iter().filter(|_| second == Second::Ends);
        for signal in ending {
            flag::register_conditional_default(*signal, Arc::clone(&interruption.signal))?;
        }
        for signal in &signals {
            flag::register(*signal, Arc::clone(&interruption.signal))?;
        }
        let mut signals = Signals::new(&signals)?;
        let signal_waker = waker.clone();
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for _ in signals.forever() {
                signal_waker.wake();
            }
        })?;
        if is_pipe_or_socket() {
            let (reader_left, waker) = (Arc::clone(&interruption.reader_left), waker.clone());
            thread::Builder::new().name("reader".to_owned()).spawn(move || {
                if wait_for_reader_to_leave() {
                    reader_left.store(true, Ordering::SeqCst);
                    waker.wake();
                }
            })?;
        }
        Ok(interruption)
    }

    /// Why to stop, if there is a reason.
    pub(crate) fn reason(&self) -> Option<Reason> {
        if self.reader_left.load(Ordering::SeqCst) {
            return Some(Reason::ReaderLeft);
        }
        self.signal.load(Ordering::SeqCst).then_some(Reason::Signal)
    }
}

fn is_pipe_or_socket() -> bool {
    let kind = fstat(stdout()).map(|stat| FileType::from_raw_mode(stat.st_mode));
    matches!(kind, Ok(FileType::Fifo | FileType::Socket))
}

/// Waits; says whether the reader has left, which it cannot if the system does not tell.
fn wait_for_reader_to_leave() -> bool {
    let out = stdout();
    loop {
        // Asked for nothing, it still tells of errors and hang-ups.
        let mut descriptors = [PollFd::new(&out, PollFlags::empty())];
        match poll(&mut descriptors, None) {
            Ok(_) if descriptors[0].revents().intersects(PollFlags::ERR | PollFlags::HUP) => return true,
            Ok(_) if descriptors[0].revents().is_empty() => {}
            Err(rustix::io::Errno::INTR) => {}
            _ => return false,
        }
    }
}
