//! For tests: alerts, and a small HTTP server on this machine.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Instant;

use serde_json::Value;

use super::sink::{Sink, WebhookFormat};
use crate::alert::{Alert, AlertType, Severity, Status};

/// An alert that fires, number `number` of its fingerprint.
pub(super) fn alert(fingerprint: &str, number: usize) -> Alert {
    Alert {
        timestamp: format!("2025-05-20T10:00:{:02}Z", number % 60),
        alert_type: AlertType::Error,
        severity: Severity::Error,
        status: Status::Firing,
        affected_component: "parser".to_owned(),
        session_id: None,
        rule: "error-rate".to_owned(),
        message: format!("{fingerprint} {number}"),
        current_value: 12.5,
        threshold: 10.0,
        unit: "%".to_owned(),
        recommended_action: "look at the log".to_owned(),
        fingerprint: fingerprint.to_owned(),
        starts_at: "2025-05-20T10:00:00Z".to_owned(),
    }
}

/// The same, when it is over.
pub(super) fn resolved(fingerprint: &str, number: usize) -> Alert {
    Alert { status: Status::Resolved, ..alert(fingerprint, number) }
}

/// What the server does with a request.
pub(super) enum Reply {
    /// A status, further header lines, a body.
    Answer(u16, &'static str, String),
    /// Closes the connection without a word.
    Close,
    /// Says nothing, and keeps the connection.
    Hang,
    /// Says what is no HTTP.
    Nonsense,
}

impl Reply {
    pub(super) fn status(status: u16) -> Self {
        Self::Answer(status, "", String::new())
    }
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) at: Instant,
    /// The request line and the header lines.
    pub(super) head: String,
    pub(super) body: Value,
}

impl Request {
    /// The messages of the alerts in a request of the form `json`.
    pub(super) fn messages(&self) -> Vec<String> {
        let alerts = self.body["alerts"].as_array().unwrap();
        alerts.iter().map(|alert| alert["message"].as_str().unwrap().to_owned()).collect()
    }
}

/// A server that answers as it is told to, as long as it lives.
pub(super) struct Server {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts it. `reply` is asked with the number of the request, from 0, and the request.
    pub(super) fn start(mut reply: impl FnMut(usize, &Request) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let is_over = Arc::new(AtomicBool::new(false));
        let (seen, over) = (Arc::clone(&requests), Arc::clone(&is_over));
        let thread = thread::spawn(move || {
            let mut kept = Vec::new();
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    break;
                }
                let mut stream = stream.unwrap();
                let Some(request) = read(&stream) else { continue };
                let number = {
                    let mut seen = seen.lock().unwrap();
                    seen.push(request.clone());
                    seen.len() - 1
                };
                match reply(number, &request) {
                    Reply::Answer(status, headers, body) => {
                        let length = body.len();
                        let answer =
                            format!("HTTP/1.1 {status} X\r\n{headers}Content-Length: {length}\r\n\r\n{body}");
                        // Who asked may have left.
                        let _ = stream.write_all(answer.as_bytes());
                    }
                    Reply::Close => {}
                    Reply::Hang => kept.push(stream),
                    Reply::Nonsense => drop(stream.write_all(b"220 smtp ready\r\n")),
                }
            }
        });
        Self { address, requests, is_over, thread: Some(thread) }
    }

    /// An address at this server.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// A webhook at this server.
    pub(super) fn sink(&self) -> Sink {
        Sink::webhook(&self.url("/services/T000SECRET"), WebhookFormat::Json).unwrap()
    }

    /// What has been asked so far.
    pub(super) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// The messages of all alerts that it has seen, in the order in which they came.
    pub(super) fn messages(&self) -> Vec<String> {
        self.requests().iter().flat_map(Request::messages).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    // What begins with TLS may have no end of a line at all.
    if reader.fill_buf().ok()?.first() != Some(&b'P') {
        return None;
    }
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).ok()? == 0 {
            return None;
        }
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    })?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Request { at: Instant::now(), head, body: serde_json::from_slice(&body).ok()? })
}
