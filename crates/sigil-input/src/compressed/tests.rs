//! Compressed data, whole and damaged. What real programs make of it is held against ours in the tools' tests.

use std::io::Write;

use flate2::write::GzEncoder;
use proptest::prelude::*;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use super::*;

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut gz = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

fn zstandard(bytes: &[u8]) -> Vec<u8> {
    compress_to_vec(bytes, CompressionLevel::Fastest)
}

/// What `bytes` hold, and what is wrong with them.
fn read(bytes: &[u8]) -> (Vec<u8>, Option<String>) {
    let mut held = Vec::new();
    let result = plain(bytes).and_then(|mut input| input.read_to_end(&mut held));
    (held, result.err().map(|why| why.to_string()))
}

#[track_caller]
fn holds(bytes: &[u8], text: &str) {
    let (held, why) = read(bytes);
    assert_eq!((String::from_utf8_lossy(&held).as_ref(), why), (text, None));
}

#[test]
fn what_is_not_compressed_is_itself() {
    for text in ["", "x", "{}\n", "\u{1f}"] {
        holds(text.as_bytes(), text);
    }
}

#[test]
fn members_and_frames_follow_each_other() {
    let skipped = [&[0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
    holds(&[gzipped(b"one\n"), gzipped(b""), gzipped(b"two\n")].concat(), "one\ntwo\n");
    holds(&[zstandard(b"one\n"), zstandard(b""), zstandard(b"two\n")].concat(), "one\ntwo\n");
    let mixed =
        [skipped.clone(), zstandard(b"one\n"), skipped.clone(), zstandard(b"two\n"), skipped].concat();
    holds(&mixed, "one\ntwo\n");
}

#[test]
fn zeros_may_follow_gzip_and_nothing_else_may() {
    let gz = gzipped(b"one\n");
    holds(&[&gz[..], &[0; 70_000]].concat(), "one\n");
    for garbage in [&b"garbage"[..], b"\0\0x", b"\0\0\x1f\x8b"] {
        let (held, why) = read(&[&gz[..], garbage].concat());
        assert_eq!(held, b"one\n");
        assert_eq!(why.unwrap(), "trailing garbage behind the compressed data is left out");
    }
    let (held, why) = read(&[zstandard(b"one\n"), b"garbage".to_vec()].concat());
    assert_eq!(held, b"one\n");
    assert_eq!(why.unwrap(), "trailing garbage behind the compressed data is left out");
}

#[test]
fn a_wrong_checksum_is_told_once_all_is_read() {
    let mut gz = gzipped(b"one\n");
    let at = gz.len() - 6;
    gz[at] ^= 0xff;
    let (held, why) = read(&gz);
    assert_eq!(held, b"one\n");
    assert_eq!(why.unwrap(), "corrupt gzip stream does not have a matching checksum");
    let mut zst = zstandard(b"one\n");
    *zst.last_mut().unwrap() ^= 0xff;
    let (held, why) = read(&zst);
    assert_eq!(held, b"one\n");
    assert_eq!(why.unwrap(), "the checksum of a zstd frame is wrong");
}

#[test]
fn wherever_it_breaks_off_that_is_said() {
    let text = "one two three one two three one two three\n".repeat(50);
    for whole in [gzipped(text.as_bytes()), zstandard(text.as_bytes())] {
        for end in 5..whole.len() {
            let (held, why) = read(&whole[..end]);
            assert!(text.as_bytes().starts_with(&held));
            assert_eq!(why.unwrap(), "unexpected end of file", "after {end} bytes of {}", whole.len());
        }
    }
}

/// A window of up to 128 MiB is not held back.
#[test]
fn what_stands_before_the_damage_is_given() {
    let lines = |from: u32| (from..from + 40_000).map(|n| format!("{n}\n")).collect::<String>();
    let text = lines(0) + &lines(40_000);
    for whole in [gzipped(text.as_bytes()), zstandard(text.as_bytes())] {
        let (held, why) = read(&whole[..whole.len() * 3 / 4]);
        assert!(held.len() > text.len() / 3, "{} of {}", held.len(), text.len());
        assert!(text.as_bytes().starts_with(&held) && why.is_some());
    }
}

#[test]
fn a_stream_may_come_byte_by_byte() {
    struct Slow<'s>(&'s [u8]);
    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = buffer.len().min(1);
            self.0.read(&mut buffer[..length])
        }
    }
    for bytes in [gzipped(b"one\n"), zstandard(b"one\n"), b"one\n".to_vec()] {
        let mut held = String::new();
        plain(Slow(&bytes)).unwrap().read_to_string(&mut held).unwrap();
        assert_eq!(held, "one\n");
    }
}

proptest! {
    #[test]
    fn flipped_bits_never_panic(at in 0usize..400, bit in 0u8..8) {
        let text = "one two three\n".repeat(30);
        for mut bytes in [gzipped(text.as_bytes()), zstandard(text.as_bytes())] {
            let at = at % bytes.len();
            bytes[at] ^= 1 << bit;
            let _ = read(&bytes);
        }
    }
}
