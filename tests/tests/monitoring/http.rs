//! As much of HTTP as two programs on one machine need.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Sends a request, and gives the answer's status and body.
pub(crate) fn request(port: u16, method: &str, path: &str, body: &str) -> io::Result<(u16, String)> {
    let mut stream = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Ok((status, answer.split_once("\r\n\r\n").map_or(String::new(), |(_, body)| body.to_owned())))
}

/// Serves one page at `/`, and remembers what was asked for.
pub(crate) struct Server {
    pub(crate) port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) fn start(page: impl Fn(u16) -> String) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let (page, asked) = (page(port), Arc::new(Mutex::new(Vec::new())));
        let asked_here = Arc::clone(&asked);
        // It ends with the test.
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let (page, asked) = (page.clone(), Arc::clone(&asked_here));
                thread::spawn(move || serve(&mut stream, &page, &asked));
            }
        });
        Self { port, asked }
    }

    /// The paths that were asked for, in their order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("nobody panics while it is held").clone()
    }
}

fn serve(stream: &mut TcpStream, page: &str, asked: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head);
    // A connection that is opened ahead asks for nothing.
    let Some(path) = head.split(' ').nth(1) else { return };
    asked.lock().expect("nobody panics while it is held").push(path.to_owned());
    let (status, body) = if path == "/" { ("200 OK", page) } else { ("404 Not Found", "") };
    let _ = write!(
        stream,
        "HTTP/1.0 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
}
