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

    /// When it wants to show something, whether anything has come or not.
    fn due(&self) -> Option<Instant>;

    /// The last words. Not called if nobody is there to read them.
    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }
}
