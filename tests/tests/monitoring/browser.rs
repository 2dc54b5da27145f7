//! Chromium opens the page: it has nothing to say on its console, and asks for nothing but the page.

use std::path::Path;
use std::process::Command;

use sigil_tests::not_run;

use crate::http::Server;
use crate::{log, report};

/// What Chromium says on its console, and the page as it understood it.
fn opened(port: u16, home: &Path) -> Option<(Vec<String>, String)> {
    let output = Command::new("chromium")
        .args(["--headless", "--disable-gpu", "--dump-dom", "--enable-logging=stderr", "--no-first-run"])
        .args(["--virtual-time-budget=2000", "--disable-background-networking", "--disable-component-update"])
        // In a container there is no sandbox to be had; the page is ours.
        .args(["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"])
        .arg(format!("--user-data-dir={}", home.join("profile").display()))
        .arg(format!("http://127.0.0.1:{port}/"))
        .env("HOME", home)
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let console = said.lines().filter(|line| line.contains("CONSOLE")).map(str::to_owned).collect();
    Some((console, String::from_utf8_lossy(&output.stdout).into_owned()))
}

#[test]
fn a_browser_has_nothing_to_say_and_nothing_to_ask() {
    let test = "a_browser_has_nothing_to_say_and_nothing_to_ask";
    let home = tempfile::tempdir().expect("a temporary directory");
    // A page that does what ours must not is caught.
    let live = |port: u16| {
        format!(
            "<!DOCTYPE html><title>x</title><meta http-equiv=Content-Security-Policy content=\"style-src 'none'\">\
             <p style='color:red'><img src='http://127.0.0.1:{port}/leak'>"
        )
    };
    let control = Server::start(live);
    let Some((console, _)) = opened(control.port, home.path()) else {
        not_run(test, "no chromium; apt-get install chromium");
        return;
    };
    assert!(!console.is_empty() && control.asked().contains(&"/leak".to_owned()), "{console:?}");
    for args in [&[][..], &["--by", "session,component"], &["--by", "day"]] {
        // Names that would ask for something if they were markup.
        let server = Server::start(|port| {
            let leak = format!("<img src='http://127.0.0.1:{port}/leak'><link rel=icon href=/leak>");
            let log = log().replace("<img src=x onerror=alert(1)>", &leak);
            report(&log, &[&["--format", "html"], args].concat())
        });
        let (console, dom) = opened(server.port, home.path()).expect("it ran before");
        assert_eq!(console, [""; 0], "{args:?}");
        let asked = server.asked();
        assert!(asked.iter().all(|path| path == "/" || path == "/favicon.ico"), "{asked:?}");
        assert_eq!(asked.first().map(String::as_str), Some("/"));
        assert!(dom.contains("<table>") && dom.contains("lead-1") != args.contains(&"day"), "{dom}");
        assert!(!dom.contains("<script") && !dom.contains("<img"), "{dom}");
    }
}
