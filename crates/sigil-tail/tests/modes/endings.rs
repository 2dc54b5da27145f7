//! Signals, and readers that leave.

use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use sigil_testkit::samples::GuideSession;

use crate::{Place, RULE, SOON, lines_until, send};

const LAST: &str = "[10:15:37.567] validation | Output validated           |     0 tokens | Total:    650";

#[test]
fn a_signal_ends_it_as_the_end_of_its_input_would() {
    for signal in ["INT", "TERM", "HUP"] {
        let place = Place::with("s", GuideSession::new("s").running().to_string());
        let mut tool = place.tool().args(["-m", "stream", "-s", "s"]).stream();
        lines_until(&mut tool, LAST);
        send(signal, tool.id());
        let output = tool.finish();
        let end = format!("\n{RULE}\nStatus: Running | Tokens: 650 / 256,000 (0.25%)\n");
        assert_eq!((output.stdout_text(), output.status.code()), (end, Some(0)), "{signal}");
        assert_eq!(output.stderr_text(), "");
    }
}

#[test]
fn events_for_programs_end_with_the_last_event() {
    let log = GuideSession::new("s").running().to_string();
    let place = Place::with("s", &log);
    let mut tool = place.tool().args(["-m", "jsonl", "-s", "s"]).stream();
    log.lines().for_each(|line| tool.expect_line(line, SOON));
    send("TERM", tool.id());
    let output = tool.finish();
    assert_eq!((output.stdout_text().as_str(), output.status.code()), ("", Some(0)));
}

#[test]
fn a_signal_that_was_switched_off_stays_so() {
    let place = Place::with("s", GuideSession::new("s").running().to_string());
    let script = "trap '' HUP; exec \"$0\" -l . --refresh-rate 0.02 -m stream -s s";
    let tool = env!("CARGO_BIN_EXE_sigil-tail");
    let mut shell =
        sigil_testkit::Tool::new("sh").args(["-c", script, tool]).current_dir(place.path()).stream();
    lines_until(&mut shell, LAST);
    send("HUP", shell.id());
    place.append("s", crate::event("s", 50, "step_complete", "late", "still here", 1));
    shell.expect_line(
        "[10:15:50.500] late       | still here                 |     1 tokens | Total:    651",
        SOON,
    );
    send("TERM", shell.id());
    assert_eq!(shell.finish().status.code(), Some(0));
}

#[test]
fn a_reader_that_leaves_while_nothing_comes_ends_it() {
    let place = Place::with("s", GuideSession::new("s").running().to_string());
    for (mode, lines) in [("stream", 3), ("jsonl", 6), ("minimal", 1)] {
        place.tool().args(["-m", mode, "-s", "s"]).head(lines).status(0);
    }
}

#[test]
fn a_reader_that_leaves_does_not_change_what_was_found_out() {
    let log = GuideSession::new("s").running().to_string() + "no event\n";
    let place = Place::with("s", log);
    let skipped = "sigil-tail: E003_PARSE_FAIL: skipped 1 malformed line: sessions/s/execution.jsonl:7\n";
    // More than a pipe holds, so that writing fails.
    let line = crate::event("s", 40, "step_complete", "c", &"x".repeat(1000), 1);
    place.append("s", line.repeat(1000));
    let tool = place.tool().args(["-m", "stream", "--once", "--strict", "sessions/s/execution.jsonl"]);
    tool.head(1).stderr(skipped).status(2);
}

#[test]
fn a_second_signal_ends_it_at_once_where_nobody_reads() {
    let place = Place::new();
    // More than a pipe and the tool's own memory of it hold, so that it can only wait for its reader.
    place.append("s", crate::event("s", 40, "step_complete", "c", &"x".repeat(1000), 1).repeat(2000));
    let mut child = Command::new(env!("CARGO_BIN_EXE_sigil-tail"))
        .args(["-m", "stream", "-s", "s", "-l"])
        .arg(place.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the tool can be started");
    let mut out = child.stdout.take().expect("stdout is piped");
    out.read_exact(&mut [0]).expect("something comes");
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            break status;
        }
        if began.elapsed() > SOON {
            let _ = child.kill();
        }
        send("INT", child.id());
        sleep(Duration::from_millis(20));
    };
    assert_eq!(status.signal(), Some(2), "{status}");
}
