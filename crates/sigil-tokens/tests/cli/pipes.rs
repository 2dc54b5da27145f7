//! Inputs that can be read once, in order: pipes, devices, what `tail` and `head` write.

use std::fs;
use std::path::Path;
use std::thread;

use sigil_testkit::Tool;
use sigil_testkit::samples::{guide_session, store};

use crate::{BINARY, Place, event, gzipped, tool};

fn make_fifo(path: &Path) {
    let output = Tool::new("mkfifo").arg(path).run();
    assert!(output.status.success(), "mkfifo: {}", output.stderr_text());
}

#[test]
fn headers_of_tail_tell_whose_lines_follow() {
    let place = Place::with("sessions/lead-1/execution.jsonl", "{\"tokens\":1}\n{\"tokens\":2}\n");
    place.file("sessions/lead-2/execution.jsonl", "{\"tokens\":4}\n");
    place.file("nightly.jsonl", "{\"tokens\":8}\n");
    let files = ["sessions/lead-1/execution.jsonl", "sessions/lead-2/execution.jsonl", "nightly.jsonl"];
    for program in [&["tail", "-n", "+1"][..], &["head", "-n", "99"]] {
        let merged = Tool::new(program[0]).args(&program[1..]).args(files).current_dir(place.path()).run();
        assert!(merged.stdout.starts_with(b"==> sessions/lead-1/execution.jsonl <==\n"));
        tool()
            .args(["--by", "session"])
            .stdin(merged.stdout.clone())
            .stdout("SESSION  TOKENS\nnightly       8\nlead-2        4\nlead-1        3\ntotal        15\n")
            .status(0);
        place.file("saved.txt", &merged.stdout);
        place.file("saved.gz", gzipped(&merged.stdout));
        for saved in ["saved.txt", "saved.gz"] {
            place
                .tool()
                .args(["--by", "session", saved])
                .stdout(
                    "SESSION  TOKENS\nnightly       8\nlead-2        4\nlead-1        3\ntotal        15\n",
                )
                .status(0);
        }
        tool()
            .arg("--json")
            .stdin(merged.stdout)
            .stdout_jsonl(|lines| assert_eq!(lines.last().unwrap()["total"], 15))
            .status(0);
    }
}

#[test]
fn a_header_in_a_file_is_passed_over() {
    let place = Place::with("log.jsonl", format!("==> x <==\n{}", guide_session("s")));
    place.tool().args(["--json", "log.jsonl"]).stdout_json(|v| assert_eq!(v["total_used"], 650)).status(0);
}

#[test]
fn named_pipes_are_operands() {
    let place = Place::with("log.jsonl", event("file", "step_complete", "a", 1));
    let fifo = place.path().join("fifo");
    make_fifo(&fifo);
    let writer = thread::spawn({
        let fifo = fifo.clone();
        move || fs::write(fifo, guide_session("piped")).expect("a reader opens the pipe")
    });
    place
        .tool()
        .args(["--by", "session", "fifo", "log.jsonl"])
        .stdout("SESSION  TOKENS\npiped       650\nfile          1\ntotal       651\n")
        .status(0);
    writer.join().unwrap();
}

#[test]
fn process_substitution_works() {
    let place = Place::new();
    store(place.path(), &["a", "b"]).unwrap();
    Tool::new("bash")
        .args([
            "-c",
            "\"$0\" --summary <(cat sessions/a/execution.jsonl) <(cat sessions/b/execution.jsonl)",
            BINARY,
        ])
        .current_dir(place.path())
        .stdout_contains("Tokens: 1,300 / 512,000")
        .status(0);
}

#[test]
fn dev_stdin_is_standard_input() {
    let place = Place::with("log.jsonl", guide_session("s"));
    tool()
        .args(["--json", "/dev/stdin"])
        .stdin(guide_session("s"))
        .stdout_json(|v| assert_eq!(v["total_used"], 650))
        .status(0);
    let redirected = tool().args(["--json", "/dev/stdin"]).stdin_file(place.path().join("log.jsonl"));
    redirected.stdout_json(|v| assert_eq!(v["total_used"], 650)).status(0);
}

#[test]
fn a_dash_is_standard_input_beside_files_and_counts_once() {
    let place = Place::with("log.jsonl", event("file", "step_complete", "a", 1));
    place
        .tool()
        .args(["--json", "log.jsonl", "-", "-"])
        .stdin(guide_session("piped"))
        .stdout_json(|v| assert_eq!(v["total_used"], 651))
        .status(0);
}

#[test]
fn a_redirected_file_reads_like_a_pipe() {
    let place = Place::with("log.jsonl", guide_session("s"));
    let piped = tool().stdin(guide_session("s")).run();
    let redirected = tool().stdin_file(place.path().join("log.jsonl")).run();
    assert_eq!(redirected.stdout_text(), piped.stdout_text());
    assert!(redirected.status.success() && redirected.stderr.is_empty());
}

#[test]
fn a_closed_standard_input_is_an_empty_one() {
    Tool::new("sh")
        .args(["-c", "\"$0\" --summary <&-", BINARY])
        .stdout_contains("Tokens: 0 / 256,000 (0.00%)")
        .status(0);
}

#[test]
fn a_closed_standard_output_is_no_crash() {
    let output = Tool::new("sh").args(["-c", "\"$0\" --summary >&-", BINARY]).stdin(guide_session("s")).run();
    assert!(!output.stderr_text().contains("E006_COMPONENT_FAIL"), "{}", output.stderr_text());
}

#[test]
fn a_directory_as_standard_input_is_an_error_and_no_crash() {
    let place = Place::new();
    let output = Tool::new("sh").args(["-c", "\"$0\" --summary < .", BINARY]).current_dir(place.path()).run();
    let stderr = output.stderr_text();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.starts_with("sigil-tokens: E003_PARSE_FAIL: stdin: "), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
}

#[test]
fn a_pipe_and_a_file_give_the_same_summary() {
    let log: String = (0..40)
        .map(|n| {
            sigil_testkit::samples::GuideSession::new(&format!("s{n}")).stated_total(650).later(n).to_string()
        })
        .collect();
    let place = Place::with("log.jsonl", &log);
    let by = ["--json", "--by", "session,component", "--timezone", "utc"];
    let file = place.tool().args(by).arg("log.jsonl").run();
    let pipe = place.tool().args(by).stdin(log).run();
    assert_eq!(file.stdout_text(), pipe.stdout_text());
}

#[test]
fn named_pipes_that_one_writer_fills_in_turn_are_read_in_turn() {
    let place = Place::with("m", event("s", "step_complete", "a", 1).repeat(20_000));
    ["a", "b"].iter().for_each(|name| make_fifo(&place.path().join(name)));
    let script = format!("(cat m > a; cat m > b) & {BINARY} --summary a b; status=$?; wait; exit $status");
    let tool = Tool::new("sh").current_dir(place.path()).args(["-c", &script]);
    tool.stdout_contains("Tokens: 40,000 / ").status(0);
}
