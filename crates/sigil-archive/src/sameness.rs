//! Whether bytes are the same, without holding more than a little of them.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::FileExt;

/// How much is compared at a time.
const BUFFER_BYTES: usize = 256 << 10;

/// Whether the file begins with all that `beginning` holds.
pub(crate) fn begins_with(file: &File, beginning: &File) -> io::Result<bool> {
    let (mut one, mut other) = (vec![0; BUFFER_BYTES], vec![0; BUFFER_BYTES]);
    let mut at = 0;
    loop {
        let wanted = fill(beginning, &mut one, at)?;
        if wanted == 0 {
            return Ok(true);
        }
        let found = fill(file, &mut other[..wanted], at)?;
        if one[..wanted] != other[..found] {
            return Ok(false);
        }
        at += wanted as u64;
    }
}

fn fill(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], at + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
    Ok(filled)
}

/// Whether both give the same bytes to their ends.
pub(crate) fn is_same(one: impl Read, other: impl Read) -> io::Result<bool> {
    let mut one = BufReader::with_capacity(BUFFER_BYTES, one);
    let mut other = BufReader::with_capacity(BUFFER_BYTES, other);
    loop {
        let (left, right) = (one.fill_buf()?, other.fill_buf()?);
        let common = left.len().min(right.len());
        if common == 0 {
            return Ok(left.is_empty() && right.is_empty());
        }
        if left[..common] != right[..common] {
            return Ok(false);
        }
        one.consume(common);
        other.consume(common);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    #[test]
    fn a_beginning_is_one_only_to_its_last_byte() {
        let long = vec![7; BUFFER_BYTES + 10];
        let mut other = long.clone();
        other[BUFFER_BYTES + 3] = 8;
        assert!(begins_with(&file(&long), &file(&long)).unwrap());
        assert!(begins_with(&file(&long), &file(&long[..BUFFER_BYTES + 1])).unwrap());
        assert!(begins_with(&file(&long), &file(b"")).unwrap());
        assert!(!begins_with(&file(&long), &file(&other)).unwrap());
        assert!(!begins_with(&file(&long[..BUFFER_BYTES]), &file(&long)).unwrap());
    }

    #[test]
    fn the_same_is_the_same_to_both_ends() {
        let long = vec![7; BUFFER_BYTES + 10];
        assert!(is_same(&long[..], (&long[..3]).chain(&long[3..])).unwrap());
        assert!(!is_same(&long[..], &long[1..]).unwrap());
        assert!(!is_same(&b""[..], &b"x"[..]).unwrap());
    }
}
