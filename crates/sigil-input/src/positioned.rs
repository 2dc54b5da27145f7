//! A file that is read from its beginning, however often and by how many it is read.

use std::borrow::Borrow;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;

pub(crate) struct Positioned<F> {
    file: F,
    at: u64,
}

impl<F: Borrow<File>> Positioned<F> {
    pub(crate) fn new(file: F) -> Self {
        Self { file, at: 0 }
    }
}

impl<F: Borrow<File>> Read for Positioned<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.borrow().read_at(buffer, self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}
