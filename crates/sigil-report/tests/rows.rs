//! `--format jsonl` and `--format csv`: a row per line.

use std::io::{self, Read, Write};

use serde_json::{Value, json};
use sigil_testkit::Tool;
use sigil_testkit::samples::{GuideSession, guide_session};

/// Prints what Python's csv reads, as a JSON list of objects.
const PYTHON: &str = "import csv, json, sys\n\
                      sys.stdin.reconfigure(newline='', encoding='utf-8')\n\
                      print(json.dumps(list(csv.DictReader(sys.stdin, strict=True))))";

fn report<'t>() -> Tool<'t> {
    Tool::new(env!("CARGO_BIN_EXE_sigil-report"))
}

fn stdout(log: impl Into<Vec<u8>>, args: &[&str]) -> Vec<u8> {
    let output = report().args(["-q", "--timezone", "utc"]).args(args).stdin(log).run();
    assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)));
    output.stdout
}

fn jsonl(log: &str, args: &[&str]) -> Vec<Value> {
    let text = String::from_utf8(stdout(log, &[&["--format", "jsonl"], args].concat())).expect("text");
    text.lines().map(|line| serde_json::from_str(line).expect("an object")).collect()
}

/// What Python's csv reads of `--format csv`.
fn csv(log: &str, args: &[&str]) -> Vec<Value> {
    let text = stdout(log, &[&["--format", "csv"], args].concat());
    let output = Tool::new("python3").args(["-c", PYTHON]).stdin(text).run();
    assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)));
    output.json().expect("what Python prints").as_array().expect("a list").clone()
}

/// Names with all that a table is made of.
const NAME: &str = "a,b \"c\"\r\nd\ne;\t=1+1 'f' \\\\ é日本 \u{1b}[2J";

fn named_log() -> String {
    let name = Value::from(NAME);
    format!(
        "{{\"session_id\":{name},\"timestamp\":\"2026-01-11T10:00:00\",\"event_type\":\"step_complete\",\"component\":{name},\
         \"tokens\":7,\"metadata\":{{\"model\":{name},\"latency_ms\":12.5}}}}\n"
    ) + &guide_session("lead-1")
}

/// A value of JSON as CSV has it.
fn plain(value: &Value) -> Value {
    match value {
        Value::Null => "".into(),
        Value::String(text) => text.as_str().into(),
        value => value.to_string().into(),
    }
}

#[test]
fn a_line_for_each_session_is_what_json_has_in_its_list() {
    let log = guide_session("a") + &GuideSession::new("b").later(5).to_string();
    let whole: Value = serde_json::from_slice(&stdout(log.as_str(), &["--json"])).unwrap();
    assert_eq!(Value::from(jsonl(&log, &[])), whole["sessions"]);
    let whole: Value =
        serde_json::from_slice(&stdout(log.as_str(), &["--json", "--by", "component"])).unwrap();
    assert_eq!(Value::from(jsonl(&log, &["--by", "component"])), whole["rows"]);
}

#[test]
fn sessions_go_through_python_s_csv_unchanged() {
    let (rows, objects) = (csv(&named_log(), &[]), jsonl(&named_log(), &[]));
    assert_eq!(rows.len(), 2);
    for (row, object) in rows.iter().zip(&objects) {
        for (name, value) in row.as_object().unwrap() {
            let of = match name.strip_prefix("usage_") {
                Some(part) => &object["usage"][part],
                None => object.get(name).unwrap_or_else(|| panic!("{name} is not in jsonl")),
            };
            assert_eq!(*value, plain(of), "{name}");
        }
    }
    assert_eq!(rows[0]["session_id"], NAME);
    assert_eq!(rows[0]["slowest_component"], NAME);
    assert_eq!((&rows[1]["total_used"], &rows[1]["cost_usd"]), (&json!("650"), &json!("")));
}

#[test]
fn rows_go_through_python_s_csv_unchanged() {
    let args = ["--by", "session,component,model"];
    let (rows, objects) = (csv(&named_log(), &args), jsonl(&named_log(), &args));
    assert_eq!(rows.len(), objects.len());
    for (row, object) in rows.iter().zip(&objects) {
        for name in ["session", "component", "model", "tokens", "operations", "cost_usd"] {
            assert_eq!(row[name], plain(&object[name]), "{name}");
        }
        assert_eq!(row["usage_input"], plain(&object["usage"]["input"]));
    }
    assert!(rows.iter().any(|row| row["model"] == NAME && row["component"] == NAME));
}

#[test]
fn a_csv_line_ends_as_rfc_4180_says_and_nothing_has_its_header_only() {
    let text = String::from_utf8(stdout("", &["--format", "csv", "--by", "day,model"])).unwrap();
    assert!(text.starts_with("day,model,tokens,") && text.ends_with(",last,mean_latency_ms\r\n"), "{text}");
    assert_eq!(text.lines().count(), 1);
    assert_eq!(stdout("", &["--format", "jsonl"]), b"");
    let text = String::from_utf8(stdout("", &["--format", "csv"])).unwrap();
    assert!(text.starts_with("session_id,status,stale,first,last,") && text.lines().count() == 1, "{text}");
}

#[test]
fn a_reader_that_leaves_is_no_trouble_and_a_full_disk_is() {
    let line = |n: u32| format!("{{\"session_id\":\"s{n}\",\"event_type\":\"note\",\"tokens\":1}}\n");
    let log: String = (0..5_000).map(line).collect();
    for format in ["csv", "jsonl", "markdown", "html"] {
        report().args(["--format", format]).stdin(log.clone()).head(2).status(0);
        let full = format!("exec \"$0\" --format {format} >/dev/full");
        Tool::new("sh")
            .args(["-c", &full, env!("CARGO_BIN_EXE_sigil-report")])
            .stdin(log.clone())
            .stderr(
                "sigil-report: E009_DISK_FULL: cannot write to standard output: no space left on device\n",
            )
            .status(2);
    }
}

/// Rows are written one after the other: very many of them take no more memory than the sessions themselves.
#[test]
fn very_many_sessions_stream() {
    const SESSIONS: u64 = 100_000;
    fn write(to: &mut dyn Write) -> io::Result<()> {
        let mut to = io::BufWriter::with_capacity(1 << 20, to);
        (0..SESSIONS).try_for_each(|n| {
            writeln!(to, "{{\"session_id\":\"s{n:06}\",\"event_type\":\"step_complete\",\"component\":\"a\",\"tokens\":1}}")
        })?;
        to.flush()
    }
    fn lines(stdout: &mut dyn Read) -> Vec<u8> {
        let mut text = Vec::new();
        stdout.read_to_end(&mut text).unwrap();
        text.iter().filter(|byte| **byte == b'\n').count().to_string().into_bytes()
    }
    for (format, header) in [("csv", 1), ("jsonl", 0)] {
        report()
            .args(["--format", format])
            .stdin_written(write)
            .stdout_reduced(lines)
            .stdout((SESSIONS + header).to_string())
            // About 1,350 bytes a session were seen with --json.
            .memory_below(SESSIONS * 5_000)
            .status(0);
    }
}
