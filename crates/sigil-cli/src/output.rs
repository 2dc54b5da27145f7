//! Standard output as tools see it: it may outlive its reader, and it says what it is when it fails.

use std::io::{self, ErrorKind, Write};

use sigil_store::cause;

/// Whether somebody has to read what is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reader {
    /// Without a reader there is nothing left to do: writing fails with a broken pipe.
    Needed,
    /// The work goes on without one: what is written goes nowhere.
    Optional,
}

/// A writer around standard output.
pub(crate) struct Output<'a> {
    inner: &'a mut dyn Write,
    pub(crate) reader: Reader,
    reader_is_gone: bool,
}

impl<'a> Output<'a> {
    pub(crate) fn new(inner: &'a mut dyn Write) -> Self {
        Self { inner, reader: Reader::Needed, reader_is_gone: false }
    }

    fn attempt<T>(&mut self, gone: T, act: impl FnOnce(&mut dyn Write) -> io::Result<T>) -> io::Result<T> {
        if self.reader_is_gone {
            return Ok(gone);
        }
        match act(self.inner) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe && self.reader == Reader::Optional => {
                self.reader_is_gone = true;
                Ok(gone)
            }
            Err(error) => Err(named(error)),
            done => done,
        }
    }
}

impl Write for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.attempt(bytes.len(), |inner| inner.write(bytes))
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.attempt((), |inner| inner.write_all(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt((), |inner| inner.flush())
    }
}

/// Says that it is standard output that failed, unless the kind alone decides what happens next.
fn named(error: io::Error) -> io::Error {
    match error.kind() {
        ErrorKind::BrokenPipe | ErrorKind::Interrupted | ErrorKind::WouldBlock => error,
        kind => io::Error::new(kind, format!("cannot write to standard output: {}", cause::of_io(&error))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes nothing and fails in one way.
    struct Failing(ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(self.0.into())
        }
    }

    #[test]
    fn a_needed_reader_that_leaves_is_a_broken_pipe() {
        let mut inner = Failing(ErrorKind::BrokenPipe);
        let mut output = Output::new(&mut inner);
        assert_eq!(output.write_all(b"x").unwrap_err().kind(), ErrorKind::BrokenPipe);
    }

    #[test]
    fn an_optional_reader_may_leave() {
        let mut inner = Failing(ErrorKind::BrokenPipe);
        let mut output = Output::new(&mut inner);
        output.reader = Reader::Optional;
        output.write_all(b"x").unwrap();
        assert_eq!(output.write(b"xyz").unwrap(), 3);
        output.flush().unwrap();
    }

    #[test]
    fn another_failure_says_where() {
        let mut inner = Failing(ErrorKind::StorageFull);
        let mut output = Output::new(&mut inner);
        output.reader = Reader::Optional;
        let error = output.flush().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        assert_eq!(error.to_string(), "cannot write to standard output: no storage space");
    }
}
