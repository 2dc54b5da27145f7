//! Processes that are watched.

use std::os::unix::process::CommandExt;
use std::process::{Child, Command};

use sigil_testkit::Place;

use super::{at_home, told};

/// A process that ends with the test.
struct Running(Child);

impl Running {
    fn new(script: &str) -> Self {
        Self(Command::new("sh").args(["-c", script]).process_group(0).spawn().unwrap())
    }

    fn id(&self) -> String {
        self.0.id().to_string()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let group = rustix::process::Pid::from_child(&self.0);
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        let _ = self.0.wait();
    }
}

fn home(config: &str) -> Place {
    let place = Place::new();
    place.file(".sigil/config.toml", config);
    place
}

#[test]
fn memory_is_measured_at_once_and_processor_time_between_two_looks() {
    let place = home(
        "[alert.rules.process_memory]\nwarning = \"10KB\"\n[alert.rules.process_cpu]\nwarning = 1\nfor = 0\n",
    );
    let busy = Running::new("while :; do :; done");
    let output = at_home(place.path()).args(["--pid", &busy.id()]).run();
    assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)));
    let alerts = output.jsonl().unwrap();
    assert_eq!(told(&alerts), ["process_memory firing Warning", "process_cpu firing Warning"]);
    assert_eq!(alerts[0]["affected_component"], format!("process {}", busy.id()));
    // They have been told.
    at_home(place.path()).args(["--pid", &busy.id()]).stdout("").stderr("").status(0);
}

#[test]
fn an_idle_process_uses_no_processor() {
    let place = home("[alert.rules.process_cpu]\nwarning = 50\nfor = 0\n");
    let idle = Running::new("exec sleep 600");
    at_home(place.path()).args(["--pgid", &idle.id()]).stdout("").stderr("").status(0);
}

#[test]
fn a_group_is_one_and_what_it_fired_is_over_when_it_has_ended() {
    let place = home("[alert.rules.process_memory]\nwarning = \"10KB\"\n");
    let group = Running::new("exec sleep 600");
    let id = group.id();
    let output = at_home(place.path()).args(["--pgid", &id]).run();
    assert_eq!(told(&output.jsonl().unwrap()), ["process_memory firing Warning"]);
    drop(group);
    let output = at_home(place.path()).args(["--pgid", &id]).run();
    assert_eq!(told(&output.jsonl().unwrap()), ["process_memory resolved Warning"]);
    assert_eq!(
        output.stderr_text(),
        format!("sigil-alert: E001_SESSION_NF: there is no process group {id}; it may have ended\n")
    );
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn watching_ends_with_the_process() {
    let place = home("[alert.rules.process_memory]\nwarning = \"10KB\"\n");
    let short = Running::new("sleep 2");
    let output = at_home(place.path()).args(["--pid", &short.id(), "--interval", "1s"]);
    // Who has started it has to hear of its end, or it goes on as a zombie, which is none.
    let output = output.run();
    assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)));
    let told = told(&output.jsonl().unwrap());
    assert_eq!(told, ["process_memory firing Warning", "process_memory resolved Warning"]);
}

#[test]
fn disk_traffic_is_measured_between_two_looks() {
    let place = home("[alert.rules.process_io]\nwarning = \"1KB\"\nfor = 0\n");
    let script =
        format!("while :; do head -c 3000000 /dev/zero > '{}'; sync; done", place.path().join("x").display());
    let busy = Running::new(&script);
    let output = at_home(place.path()).args(["--pgid", &busy.id()]).run();
    let alerts = output.jsonl().unwrap();
    if alerts.is_empty() {
        // In memory nothing is written; and some kernels tell nobody.
        super::not_run("disk traffic", "what is written here is no traffic that /proc/PID/io tells of");
        return;
    }
    assert_eq!(told(&alerts), ["process_io firing Warning"]);
    let idle = Running::new("exec sleep 600");
    at_home(place.path()).args(["--pgid", &idle.id()]).stdout("").stderr("").status(0);
}
