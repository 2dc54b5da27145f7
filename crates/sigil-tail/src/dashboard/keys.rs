//! Keys, as they are pressed.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use crossterm::event::{self, Event};
use sigil_input::follow::Waker;

/// What has been pressed and not been looked at, and whether the terminal has another size.
pub(crate) struct Keys {
    events: Receiver<Event>,
    are_waiting: Arc<AtomicBool>,
}

impl Keys {
    /// Listens on a thread of its own, which wakes the follower at each event. It lasts as long as the process:
    /// there is no way to stop it from reading.
    ///
    /// # Errors
    /// The system refuses a thread.
    pub(crate) fn listen(waker: Waker) -> io::Result<Self> {
        let (sender, events) = channel();
        let are_waiting = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&are_waiting);
        thread::Builder::new().name("keys".to_owned()).spawn(move || {
            // Without a terminal to read from there are no keys; the screen is shown all the same.
            while let Ok(event) = event::read() {
                if sender.send(event).is_err() {
                    return;
                }
                flag.store(true, Ordering::Release);
                waker.wake();
            }
        })?;
        Ok(Self { events, are_waiting })
    }

    /// Whether there is something to look at.
    pub(crate) fn are_waiting(&self) -> bool {
        self.are_waiting.load(Ordering::Acquire)
    }

    /// What has come since this was asked before.
    pub(crate) fn take(&self) -> impl Iterator<Item = Event> {
        self.are_waiting.store(false, Ordering::Release);
        self.events.try_iter()
    }
}
