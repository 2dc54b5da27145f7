//! Lines around the longest that is read, and one without end.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};

use super::{MIB, Sample, Way, samples};
use crate::{Place, event};

/// The longest line that is read.
const LONGEST: usize = 64 * MIB;

/// Such a line is read into a buffer that doubles as it fills, and of text it is kept once more until it is known
/// what belongs to it. About 142 MiB were seen.
const LIMIT: u64 = 256 << 20;

/// Of a line that is skipped no more is ever held than of the longest that is read. About 75 MiB were seen.
const SKIP_LIMIT: u64 = 160 << 20;

/// Writes a line of `length` bytes around `line`, without its newline.
fn padded(to: &mut dyn Write, line: &str, length: usize) -> io::Result<()> {
    let line = line.trim_end();
    let (begin, end) = match line.strip_prefix('{') {
        Some(rest) => ("{\"padding\":\"".to_owned(), format!("\",{rest}")),
        None => (format!("{line} "), String::new()),
    };
    to.write_all(begin.as_bytes())?;
    exes(to, length - begin.len() - end.len())?;
    to.write_all(end.as_bytes())
}

fn exes(to: &mut dyn Write, mut count: usize) -> io::Result<()> {
    let chunk = vec![b'x'; MIB];
    while count > 0 {
        let now = count.min(chunk.len());
        to.write_all(&chunk[..now])?;
        count -= now;
    }
    Ok(())
}

/// A line that is just short enough, one that is just too long, and a good one.
fn write_log(to: &mut dyn Write, sample: &Sample) -> io::Result<()> {
    let [one, two, three] = &sample.lines;
    to.write_all(sample.head.as_bytes())?;
    padded(to, one, LONGEST)?;
    to.write_all(b"\n")?;
    padded(to, two, LONGEST + 1)?;
    to.write_all(b"\n")?;
    to.write_all(three.as_bytes())
}

#[test]
fn a_line_of_64_mib_counts_and_one_byte_more_is_skipped() {
    for sample in samples() {
        let place = Place::new();
        let log = place.path().join("log");
        let mut file = io::BufWriter::new(File::create(&log).unwrap());
        write_log(&mut file, &sample).unwrap();
        drop(file);
        let line = sample.head.lines().count() as u64 + 2;
        let used = if sample.used > 0 { 5 } else { 0 };
        for way in [Way::File, Way::Pipe, Way::Running] {
            let tool = place.tool().args(["--json", "--from", sample.format]);
            let tool = match way {
                Way::File => tool.arg("log"),
                Way::Pipe => tool.args(["--summary", "-"]).stdin_file(&log),
                _ => tool.arg("-").stdin_file(&log),
            };
            let words = super::malformed(way.name(), line);
            way.used(tool, used).stderr(words).memory_below(LIMIT).status(0);
        }
    }
}

#[test]
fn a_line_of_a_gibibyte_is_skipped_however_it_comes() {
    let good = event("s", "step_complete", "a", 3);
    let words = |name: &str| super::malformed(name, 2);
    for args in [&["--summary", "--json"][..], &["--json"]] {
        let good = good.clone();
        let tool = crate::tool().args(args).memory_below(SKIP_LIMIT).stdin_written(move |to| {
            to.write_all(good.as_bytes())?;
            to.write_all(b"{\"tokens\":1000,\"message\":\"")?;
            exes(to, 1 << 30)?;
            to.write_all(b"\"}\n")?;
            to.write_all(good.as_bytes())
        });
        let way = if args.len() == 1 { Way::Running } else { Way::Pipe };
        way.used(tool, 6).stderr(words("stdin")).status(0);
    }
    // A file may have a hole instead, which reads as NULs and takes no room.
    let place = Place::with("log.jsonl", &good);
    let mut file = OpenOptions::new().append(true).open(place.path().join("log.jsonl")).unwrap();
    file.set_len(good.len() as u64 + (1 << 30)).unwrap();
    file.write_all(format!("\n{good}").as_bytes()).unwrap();
    let tool = place.tool().args(["--json", "log.jsonl"]).memory_below(SKIP_LIMIT);
    Way::File.used(tool, 6).stderr(words("log.jsonl")).status(0);
}

#[test]
fn a_line_that_never_ends_is_told_once_at_the_end() {
    for args in [&["--summary", "--json"][..], &["--json"]] {
        for format in ["sigil", "claude", "codex", "higress", "text", "auto"] {
            let tool = crate::tool().args(args).args(["-", "--from", format]).memory_below(SKIP_LIMIT);
            let tool = tool.stdin_written(|to| exes(to, LONGEST + 3 * MIB));
            let way = if args.len() == 1 { Way::Running } else { Way::Pipe };
            way.used(tool, 0).stderr(super::malformed("stdin", 1)).status(0);
        }
    }
}
