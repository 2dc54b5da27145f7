//! A pipe that is written to slowly gets its answer line by line.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use sigil_testkit::Tool;

use crate::{BINARY, Place, event, tool};

/// More than any machine needs; what has not come by then does not come.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long nothing must come to show that nothing comes.
const SILENCE: Duration = Duration::from_millis(300);

#[test]
fn each_line_is_answered_before_the_next_is_written() {
    let mut stream = tool().stream();
    for n in 1..=20 {
        stream.write(event("s", "step_complete", "a", 1));
        stream.expect_line(&format!("a: 1 (Total: {n})"), PATIENCE);
    }
    let output = stream.finish();
    assert!(output.stdout_text().starts_with("Tokens: 20 / 256,000"), "{}", output.stdout_text());
    assert!(output.status.success());
}

#[test]
fn json_lines_come_as_promptly() {
    let mut stream = tool().arg("--json").stream();
    stream.write(event("s", "step_complete", "a", 5));
    let line = stream.next_line(PATIENCE).expect("a line for the event");
    assert!(line.contains("\"total\":5"), "{line}");
    assert_eq!(stream.finish().stdout_text(), "");
}

#[test]
fn a_half_written_line_is_not_counted_before_its_newline() {
    let line = event("s", "step_complete", "a", 5);
    let mut stream = tool().stream();
    for cut in [1, line.len() / 2, line.len() - 1] {
        stream.write(&line[..cut]);
        stream.expect_silence(SILENCE);
        stream.write(&line[cut..]);
        assert!(stream.next_line(PATIENCE).is_some(), "cut at {cut}");
    }
    let text = stream.finish().stdout_text();
    assert!(text.starts_with("Tokens: 15 / "), "{text}");
}

#[test]
fn several_lines_and_a_half_give_several_answers() {
    let line = event("s", "step_complete", "a", 1);
    let mut stream = tool().stream();
    stream.write(line.repeat(3) + &line[..9]);
    for n in 1..=3 {
        stream.expect_line(&format!("a: 1 (Total: {n})"), PATIENCE);
    }
    stream.expect_silence(SILENCE);
    stream.write(&line[9..]);
    stream.expect_line("a: 1 (Total: 4)", PATIENCE);
}

#[test]
fn the_last_line_counts_at_the_end_without_its_newline() {
    let line = event("s", "step_complete", "a", 5);
    let mut stream = tool().stream();
    stream.write(line.trim_end());
    stream.expect_silence(SILENCE);
    stream.close_stdin();
    stream.expect_line("a: 5 (Total: 5)", PATIENCE);
    assert!(stream.next_line(PATIENCE).is_some_and(|line| line.starts_with("Tokens: 5 / ")));
}

#[test]
fn the_summary_waits_for_the_end_of_input() {
    let mut stream = tool().arg("--summary").stream();
    stream.write(event("s", "step_complete", "a", 5));
    stream.expect_silence(SILENCE);
    stream.close_stdin();
    assert!(stream.next_line(PATIENCE).is_some_and(|line| line.starts_with("Tokens: 5 / ")));
}

/// A `tail` that is ended when the test is over, however that comes.
struct Tail(String);

impl Tail {
    /// The one whose id stands in the file at `path`, once it does.
    fn of(path: &Path) -> Self {
        let started = Instant::now();
        loop {
            match fs::read_to_string(path) {
                Ok(id) if id.ends_with('\n') => return Self(id.trim().to_owned()),
                _ if started.elapsed() > PATIENCE => panic!("tail did not start"),
                _ => thread::sleep(Duration::from_millis(5)),
            }
        }
    }
}

impl Drop for Tail {
    fn drop(&mut self) {
        drop(Tool::new("kill").arg(&self.0).run());
    }
}

fn append(file: &mut File, text: &str) {
    file.write_all(text.as_bytes()).expect("a log can be written");
}

#[test]
fn through_tail_a_line_appears_within_50_ms_of_being_written() {
    let place = Place::with("log.jsonl", event("s", "step_complete", "a", 1));
    let pid = place.path().join("pid");
    let script = "{ tail -n +1 -f \"$1\" & echo $! > \"$2\"; wait $!; } | \"$0\"";
    let log = place.path().join("log.jsonl");
    let mut stream = Tool::new("sh").args(["-c", script, BINARY]).arg(&log).arg(&pid).stream();
    let tail = Tail::of(&pid);
    stream.expect_line("a: 1 (Total: 1)", PATIENCE);

    let mut file = OpenOptions::new().append(true).open(&log).unwrap();
    let mut delays: Vec<Duration> = (2..=41)
        .map(|n| {
            let written = Instant::now();
            append(&mut file, &event("s", "step_complete", "a", 1));
            stream.expect_line(&format!("a: 1 (Total: {n})"), PATIENCE);
            let delay = written.elapsed();
            // As a log is written: now and then.
            thread::sleep(Duration::from_millis(5));
            delay
        })
        .collect();
    delays.sort_unstable();
    let median = delays[delays.len() / 2];
    assert!(median < Duration::from_millis(50), "median {median:?} of {delays:?}");

    let line = event("s", "step_complete", "a", 1);
    append(&mut file, &line[..line.len() / 2]);
    stream.expect_silence(SILENCE);
    append(&mut file, &line[line.len() / 2..]);
    stream.expect_line("a: 1 (Total: 42)", PATIENCE);

    drop(tail);
    assert!(stream.next_line(PATIENCE).is_some_and(|line| line.starts_with("Tokens: 42 / 256,000")));
}
