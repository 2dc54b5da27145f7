//! Whom alerts go to beside standard output.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use sigil_testkit::Place;

use super::{at_home, line, sigil_alert};

/// A webhook that gives one answer after the other, the last one for ever.
struct Webhook {
    address: String,
    bodies: Receiver<Value>,
}

impl Webhook {
    fn answering(answers: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}/services/T0/SECRET", listener.local_addr().unwrap());
        let (sender, bodies) = channel();
        // It ends with the test.
        thread::spawn(move || {
            for (n, stream) in listener.incoming().enumerate() {
                let answer = answers[n.min(answers.len() - 1)];
                if let Some(body) = take(stream.unwrap(), answer) {
                    let _ = sender.send(body);
                }
            }
        });
        Self { address, bodies }
    }

    /// What was taken so far.
    fn taken(&self) -> Vec<Value> {
        self.bodies.try_iter().collect()
    }
}

/// Reads a request and answers it; what it held, if the answer accepts it.
fn take(stream: TcpStream, answer: &str) -> Option<Value> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
        if header.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    if answer != "close" {
        write!(reader.get_mut(), "HTTP/1.1 {answer}\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
            .ok()?;
    }
    answer.starts_with("200").then(|| serde_json::from_slice(&body).unwrap())
}

fn failures(count: u32) -> String {
    (0..count).map(|n| line(n, "session_error", "").replace("\"s\"", &format!("\"s{n}\""))).collect()
}

#[test]
fn slack_gets_attachments_with_a_colour_and_a_text() {
    let webhook = Webhook::answering(&["200 OK"]);
    let output =
        sigil_alert().env("HOOK", &webhook.address).args(["--webhook-env", "HOOK"]).stdin(failures(1)).run();
    assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)));
    let taken = webhook.taken();
    assert_eq!(taken.len(), 1);
    let attachment = &taken[0]["attachments"][0];
    assert_eq!((&attachment["color"], &attachment["title"]), (&"#ff0000".into(), &"Sigil Alert: s0".into()));
    assert_eq!(attachment["footer"], "Sigil Monitoring");
    assert!(taken[0]["text"].as_str().unwrap().contains("session s0 ended in an error"));
}

#[test]
fn a_webhook_that_has_trouble_gets_everything_in_the_end() {
    let webhook =
        Webhook::answering(&["429 Too Many Requests\r\nRetry-After: 1", "500 Oops", "close", "200 OK"]);
    let tool = sigil_alert().env("HOOK", &webhook.address).args([
        "--webhook-env",
        "HOOK",
        "--webhook-format",
        "json",
    ]);
    let output = tool.stdin(failures(3)).run();
    assert_eq!(output.status.code(), Some(0), "{}", output.stderr_text());
    let sessions: Vec<_> = webhook
        .taken()
        .iter()
        .flat_map(|body| body["alerts"].as_array().unwrap().clone())
        .map(|alert| alert["session_id"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(sessions, ["s0", "s1", "s2"]);
}

#[test]
fn what_an_absent_webhook_misses_waits_in_the_state_for_the_next_run() {
    let place = Place::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}/SECRET", listener.local_addr().unwrap());
    drop(listener);
    let state = place.path().join("s.json");
    let run = |address: &str, log: String| {
        let tool = at_home(place.path()).env("HOOK", address).args([
            "--webhook-env",
            "HOOK",
            "--webhook-format",
            "json",
        ]);
        tool.arg("--state").arg(&state).stdin(log).run()
    };
    let began = Instant::now();
    let output = run(&address, failures(2));
    assert!(began.elapsed() < Duration::from_secs(90), "cron is kept waiting");
    let told = output.stderr_text();
    assert_eq!((output.status.code(), output.jsonl().unwrap().len()), (Some(2), 2));
    assert!(told.contains("E004_NET_TIMEOUT") && told.contains("2 alerts wait"), "{told}");
    let kept = fs::read_to_string(&state).unwrap();
    assert!(!told.contains("SECRET") && !kept.contains("SECRET"));
    // The port is back, with somebody who listens; the alerts of both runs come in their order.
    let port = address.trim_start_matches("http://").trim_end_matches("/SECRET").to_owned();
    let Ok(listener) = TcpListener::bind(&port) else {
        super::not_run("an outbox that is emptied", "another program has taken the port");
        return;
    };
    let (sender, bodies) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = take(stream.unwrap(), "200 OK").map(|body| sender.send(body));
        }
    });
    // It may not be tried before its time has come.
    let mut sessions: Vec<String> = Vec::new();
    let deadline = Instant::now() + Duration::from_secs(120);
    let mut log = line(9, "session_error", "").replace("\"s\"", "\"s9\"");
    while sessions.len() < 3 && Instant::now() < deadline {
        run(&address, std::mem::take(&mut log));
        let taken = bodies.try_iter().flat_map(|body: Value| body["alerts"].as_array().unwrap().clone());
        sessions.extend(taken.map(|alert| alert["session_id"].as_str().unwrap().to_owned()));
    }
    assert_eq!(sessions, ["s0", "s1", "s9"]);
}

#[test]
fn a_program_gets_each_alert_on_its_standard_input_and_no_secret() {
    let place = Place::new();
    let webhook = Webhook::answering(&["200 OK"]);
    let script = place.file("told.sh", "cat >> told.jsonl\nenv >> env.txt\n");
    let tool = place.tool(env!("CARGO_BIN_EXE_sigil-alert")).env("HOOK", &webhook.address);
    let tool = tool.args(["--webhook-env", "HOOK", "--exec"]).arg(format!("sh '{}'", script.display()));
    tool.stdin(failures(3)).stderr("").stdout_contains("session_error").status(0);
    let told = fs::read_to_string(place.path().join("told.jsonl")).unwrap();
    let sessions: Vec<_> =
        told.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["session_id"].clone()).collect();
    assert_eq!(sessions, ["s0", "s1", "s2"]);
    assert!(!fs::read_to_string(place.path().join("env.txt")).unwrap().contains("SECRET"));
}

#[test]
fn a_report_file_is_appended_to() {
    let place = Place::new();
    let report = place.file("report.md", "before\n");
    for _ in 0..2 {
        sigil_alert().arg("--report").arg(&report).stdin(failures(1)).stdout_contains("s0").status(0);
    }
    let text = fs::read_to_string(&report).unwrap();
    assert!(text.starts_with("before\n"));
    assert_eq!(
        text.matches("## Alert Report\n- Timestamp: 2026-01-11T00:00:00Z\n- Alert Type: Error\n").count(),
        2
    );
}

#[test]
fn alertmanager_s_shape_is_the_documented_one() {
    let webhook = Webhook::answering(&["200 OK"]);
    let tool = sigil_alert().env("HOOK", &webhook.address).args([
        "--webhook-env",
        "HOOK",
        "--webhook-format",
        "alertmanager",
    ]);
    tool.stdin(failures(2)).stderr("").stdout_contains("s0").status(0);
    let taken = webhook.taken();
    let alerts: Vec<_> = taken.iter().flat_map(|body| body["alerts"].as_array().unwrap().clone()).collect();
    assert_eq!((alerts.len(), &taken[0]["version"], &taken[0]["status"]), (2, &"4".into(), &"firing".into()));
    assert_eq!(alerts[0]["labels"]["alertname"], "session_error");
    assert_eq!(
        (&alerts[0]["startsAt"], &alerts[0]["endsAt"]),
        (&"2026-01-11T00:00:00Z".into(), &"0001-01-01T00:00:00Z".into())
    );
}
