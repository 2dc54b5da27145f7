//! The recipes that tell people what goes wrong, each as a terminal, cron or systemd runs it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::symlink;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use serde_json::Value;
use sigil_testkit::samples::guide_session;
use sigil_testkit::{Output, Place, Tool, binary};
use sigil_tests::not_run;
use sigil_tests::recipes::{directory, recipe};

/// How long what is about to happen may take on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A home whose `bin` has the tools. How full the disk of the tests is, is not for them to say.
fn home() -> Place {
    let home = Place::new();
    fs::create_dir(home.path().join("bin")).expect("a directory can be made");
    for tool in ["sigil-alert", "sigil-tail"] {
        symlink(binary(tool), home.path().join("bin").join(tool)).expect("a link can be made");
    }
    home.file(".sigil/config.toml", "[alert.rules.disk_use]\nenabled = false\n");
    home
}

/// A program with the environment that cron gives: an empty standard input, and next to nothing else.
fn bare(home: &Place, more: &[String], program: &Path, args: &[&str]) -> Tool<'static> {
    let path = format!("PATH={}:/usr/bin:/bin", home.path().join("bin").display());
    let env =
        [path, format!("HOME={}", home.path().display()), "TZ=UTC".to_owned(), "SHELL=/bin/sh".to_owned()];
    Tool::new("env").arg("-i").args(env).args(more).arg(program).args(args).current_dir(home.path())
}

/// Runs what must have nothing to complain of, and gives what it has printed.
#[track_caller]
fn printed(output: &Output) -> String {
    assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)));
    output.stdout_text()
}

/// A session whose tokens jump to 95% of its budget.
fn costly(id: &str) -> String {
    let line = |second: u32, event: &str, rest: &str| {
        format!(
            "{{\"timestamp\":\"2026-01-11T10:00:{second:02}Z\",\"session_id\":\"{id}\",\"event_type\":\"{event}\"{rest}}}\n"
        )
    };
    line(0, "session_start", ",\"metadata\":{\"budget\":100}")
        + &line(1, "token_consumption", ",\"component\":\"tool\",\"tokens\":95")
        + &line(2, "session_complete", "")
}

/// A webhook on this machine that accepts everything: its address, and what was posted.
fn webhook() -> (String, Receiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = format!("http://{}/services/T0/B0/SECRET", listener.local_addr().expect("an address"));
    let (sender, posted) = channel();
    // It ends with the test.
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut reader = BufReader::new(stream);
            let mut length = 0;
            for header in
                reader.by_ref().lines().map_while(Result::ok).take_while(|header| !header.is_empty())
            {
                if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap_or(0);
                }
            }
            let mut body = vec![0; length];
            if reader.read_exact(&mut body).is_ok() {
                let _ = sender.send(serde_json::from_slice(&body).unwrap_or_default());
            }
            let _ = reader
                .get_mut()
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
        }
    });
    (address, posted)
}

#[test]
fn slack_alert_watches_a_session_to_its_end_and_tells_slack() {
    let home = home();
    home.file(".sigil/logs/sessions/hot/execution.jsonl", costly("hot"));
    let (address, posted) = webhook();
    let environment = [format!("SLACK_WEBHOOK_URL={address}")];
    let script = directory().join("slack_alert.sh");
    let output = bare(&home, &environment, &script, &["hot", "--format", "report"]).run();
    let said = printed(&output);
    assert!(said.contains("- Severity: Critical\n- Status: firing\n- Session: hot\n"), "{said}");
    assert!(!said.contains("SECRET"));
    // Both may come in one message.
    let message = posted.recv_timeout(PATIENCE).expect("a message");
    let first = &message["attachments"][0];
    assert_eq!(
        (&first["color"], &first["title"]),
        (&"#990000".into(), &"Sigil Alert: hot".into()),
        "{message}"
    );
    assert_eq!(first["footer"], "Sigil Monitoring");
}

#[test]
fn slack_alert_says_what_it_needs() {
    let home = home();
    let script = directory().join("slack_alert.sh");
    let address = ["SLACK_WEBHOOK_URL=http://127.0.0.1:9/x".to_owned()];
    for (environment, args, why) in
        [(&[][..], &["hot"][..], "SLACK_WEBHOOK_URL is not set"), (&address, &[], "usage: ")]
    {
        let output = bare(&home, environment, &script, args).run();
        assert_eq!((output.stdout_text().as_str(), output.status.code()), ("", Some(2)));
        assert!(output.stderr_text().contains(why), "{}", output.stderr_text());
    }
}

/// A process that is killed at the end, and is the leader of a group of its own.
struct Victim(Child);

impl Drop for Victim {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn monitor_resources_tells_once_and_ends_with_the_process_or_the_group() {
    let home = home();
    home.file(".sigil/config.toml", "[alert.rules.process_memory]\nwarning = 1\n");
    let script = directory().join("monitor_resources.sh");
    for sign in ["", "-"] {
        let child = Command::new("sleep").arg("600").process_group(0).spawn().expect("sleep can be started");
        let victim = Victim(child);
        let target = format!("{sign}{}", victim.0.id());
        let mut monitor = bare(&home, &[], &script, &[&target, "1"]).stream();
        let mut lines = Vec::new();
        while lines.last().is_none_or(|line: &String| !line.starts_with("- Recommended Action")) {
            lines.push(monitor.next_line(PATIENCE).expect("an alert"));
        }
        let named = if sign.is_empty() { "process" } else { "process group" };
        let affected = format!("- Affected Component: {named} {}", victim.0.id());
        assert!(lines.contains(&affected), "{lines:?}");
        // Looked at again, and not told again.
        thread::sleep(Duration::from_secs(2));
        drop(victim);
        let output = monitor.finish();
        assert_eq!(output.status.code(), Some(0), "{}", output.stderr_text());
        assert!(!output.stdout_text().contains("- Status: firing"), "{}", output.stdout_text());
    }
}

#[test]
fn monitor_resources_says_what_it_needs() {
    let home = home();
    let script = directory().join("monitor_resources.sh");
    for (args, status, why) in
        [(&[][..], 2, "usage: "), (&["init"], 2, "usage: "), (&["4194305"], 2, "there is no process 4194305")]
    {
        let output = bare(&home, &[], &script, args).run();
        assert_eq!((output.stdout_text().as_str(), output.status.code()), ("", Some(status)));
        assert!(output.stderr_text().contains(why), "{}", output.stderr_text());
    }
}

/// The commands of the sample for cron, on logs of this home.
fn cron_lines(home: &Place) -> [String; 2] {
    let text = recipe("sigil-alert.cron");
    // For cron a percent sign is the end of the line.
    assert!(!text.contains('%'));
    let lines = text.lines().filter_map(|line| line.strip_prefix("*/10 * * * * "));
    let app = home.path().join("app").display().to_string();
    let commands: Vec<String> = lines.map(|line| line.replace("/var/log/app", &app)).collect();
    commands.try_into().expect("two commands")
}

fn run_cron(home: &Place, line: &str) -> String {
    printed(&bare(home, &[], Path::new("/bin/sh"), &["-c", line]).run())
}

#[test]
fn the_line_for_cron_tells_of_a_log_that_grows_once_and_when_it_is_over() {
    let home = home();
    let [line, _] = cron_lines(&home);
    let log =
        |bytes: usize| home.file("app/scheduler.log", "INFO all is well\n".repeat(bytes).split_at(bytes).0);
    log(100_000);
    assert_eq!(run_cron(&home, &line), "");
    log(164_510);
    let said = run_cron(&home, &line);
    assert!(said.contains("- Alert Type: Growth\n") && said.contains("- Current Value: 64.51%\n"), "{said}");
    log(167_800);
    assert!(run_cron(&home, &line).contains("- Status: resolved\n"));
    assert_eq!(run_cron(&home, &line), "");
}

#[test]
fn the_line_for_cron_tells_of_each_event_of_sessions_once() {
    let home = home();
    home.file(".sigil/logs/sessions/lead-1/execution.jsonl", guide_session("lead-1"));
    let [_, line] = cron_lines(&home);
    assert_eq!(run_cron(&home, &line), "");
    home.file(".sigil/logs/sessions/hot/execution.jsonl", costly("hot"));
    let said = run_cron(&home, &line);
    assert_eq!(said.matches("- Status: firing\n- Session: hot\n").count(), 1, "{said}");
    assert_eq!(run_cron(&home, &line), "");
}

#[test]
fn systemd_takes_the_service_and_its_timer() {
    let home = home();
    let service = recipe("sigil-alert.service");
    let program = "/usr/local/bin/sigil-alert";
    let line =
        service.lines().find_map(|line| line.strip_prefix("ExecStart=")).expect("a command").to_owned();
    let service = service.replace(program, &binary("sigil-alert").display().to_string());
    let units = [
        home.file("sigil-alert.service", service),
        home.file("sigil-alert.timer", recipe("sigil-alert.timer")),
    ];
    match Command::new("systemd-analyze").args(["verify", "--man=no"]).args(&units).output() {
        Ok(told) => {
            let words = String::from_utf8_lossy(&told.stderr);
            assert!(told.status.success() && !words.contains("sigil-alert"), "{}: {words}", told.status);
        }
        Err(_) => {
            not_run("systemd_takes_the_service_and_its_timer", "no systemd-analyze; apt-get install systemd")
        }
    }
    // What it starts is something that the tool takes; systemd expands no globs.
    let secret = home.file("credentials/slack", "http://127.0.0.1:9/services/SECRET\n");
    let state = home.path().join("state.json");
    home.file("app/scheduler.log", "");
    let line = line
        .replace("/var/log/app", &home.path().join("app").display().to_string())
        .replace("${CREDENTIALS_DIRECTORY}/slack", &secret.display().to_string())
        .replace("/var/lib/sigil-alert/state.json", &state.display().to_string());
    let mut words = line.split(' ');
    assert_eq!(words.next(), Some(program));
    let args: Vec<&str> = words.collect();
    let output = bare(&home, &[], &binary("sigil-alert"), &args).run();
    assert_eq!(printed(&output), "");
    assert!(state.is_file());
}
