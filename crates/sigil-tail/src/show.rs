//! What a mode is: it takes what comes and shows it.

use std::io;
use std::time::Instant;

use sigil_event::Sink;
use sigil_input::follow::Chunk;

/// Whether to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    Continue,
    Stop,
}

/// A mode. As a [`Sink`] it also takes what decoders hand on before a wait.
pub(crate) trait Show: Sink {
    /// Takes lines.
    fn take(&mut self, chunk: &mut Chunk<'_>) -> io::Result<()>;

    /// Shows what has changed, and flushes it: before each wait, and when it is [`due`](Self::due) while lines come.
    fn refresh(&mut self) -> io::Result<Flow>;

    /// Takes note that all that was there has been taken, before each wait, and whether nothing will come any more.
    fn caught_up(&mut self, _is_done: bool) -> io::Result<()> {
        Ok(())
    }

    /// Whether it would lose something that it has taken, if it ended now.
    fn keeps_back(&self) -> bool {
        false
    }

    /// When it wants to show something, whether anything has come or not.
    fn due(&self) -> Option<Instant>;
}
