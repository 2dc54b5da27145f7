//! What a mode is: it takes what comes and shows it.

use std::io;
use std::time::Instant;

use sigil_event::Sink;
use sigil_input::MalformedLines;
use sigil_input::follow::Chunk;

use crate::completion::Sessions;

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

    /// All that was there has been taken: before each wait, and with `is_done` once more before
    /// [`finish`](Self::finish), as nothing comes any more.
    fn caught_up(&mut self, _is_done: bool) -> io::Result<()> {
        Ok(())
    }

    /// Shows what has changed, and flushes it: before each wait, and when it is [`due`](Self::due) while lines come.
    fn refresh(&mut self) -> io::Result<Flow>;

    /// Whether it would lose something that it has taken, if it ended now.
    fn keeps_back(&self) -> bool {
        false
    }

    /// When it wants to show something, whether anything has come or not.
    fn due(&self) -> Option<Instant>;

    /// The last words. Not called if nobody is there to read them.
    fn finish(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Whether standard error may be written to meanwhile. Else what is to be said waits for the end.
    fn lets_speak(&self) -> bool {
        true
    }

    /// Whether the terminal is not as it was, and has to be given back.
    fn holds_terminal(&self) -> bool {
        false
    }

    /// How the sessions fare, for `--until-complete`; none if that is not kept.
    fn sessions(&self) -> Option<&Sessions> {
        None
    }

    /// The lines that were wrong.
    fn malformed(&self) -> Option<&MalformedLines> {
        None
    }
}
