//! Programs that are started for alerts.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::super::testing::alert;
use super::super::{Outbox, Sink};
use super::{LONG, finish, first_trouble, start, until};
use crate::alert::Alert;

/// A script, run by a shell that is named like any other program.
fn script(text: &str, time_limit: Duration) -> Sink {
    let argv = ["sh", "-c", text].map(str::to_owned).to_vec();
    Sink::Exec { argv, time_limit, hidden: vec!["PATH".to_owned()] }
}

/// Lines of JSON, as the messages of the alerts in them.
fn messages(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap_or_default();
    let alerts = text.lines().map(|line| serde_json::from_str::<Alert>(line).unwrap());
    alerts.map(|alert| alert.message).collect()
}

#[test]
fn each_alert_is_a_line_for_a_program_of_its_own_in_order() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("got");
    let delivery = start(script(&format!("/bin/cat >> {}", path.display()), LONG));
    delivery.send(&(0..5).map(|number| alert("a", number)).collect::<Vec<_>>());
    assert_eq!(finish(delivery).outbox, Outbox::default());
    assert_eq!(messages(&path), ["a 0", "a 1", "a 2", "a 3", "a 4"]);
}

#[test]
fn what_is_hidden_is_not_in_the_environment() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("got");
    let sink = script(&format!("/usr/bin/env > {}", path.display()), LONG);
    // Cargo sets this one.
    let Sink::Exec { argv, time_limit, .. } = sink else { unreachable!() };
    let hidden = vec!["CARGO_MANIFEST_DIR".to_owned()];
    let delivery = start(Sink::Exec { argv, time_limit, hidden });
    delivery.send(&[alert("a", 0)]);
    assert!(finish(delivery).waiting.is_empty());
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains("PATH=") && !text.contains("CARGO_MANIFEST_DIR="), "{text}");
}

#[test]
fn a_program_that_fails_is_tried_again_and_shown_with_its_last_words() {
    let directory = tempfile::tempdir().unwrap();
    let (got, flag) = (directory.path().join("got"), directory.path().join("flag"));
    let text = format!(
        "[ -e {flag} ] || {{ echo first >&2; echo 'no route' >&2; exit 3; }}; /bin/cat >> {got}",
        flag = flag.display(),
        got = got.display()
    );
    let delivery = start(script(&text, LONG));
    delivery.send(&[alert("a", 0), alert("b", 1)]);
    assert_eq!(
        first_trouble(&delivery),
        "E006_COMPONENT_FAIL: --exec sh fails (exit status 3: \"no route\"); 2 alerts wait"
    );
    fs::write(&flag, "").unwrap();
    assert!(finish(delivery).waiting.is_empty());
    let mut messages = messages(&got);
    messages.sort_unstable();
    assert_eq!(messages, ["a 0", "b 1"]);
}

#[test]
fn a_big_alert_that_is_not_read_blocks_nothing() {
    let delivery = start(script("exec <&-; exit 0", LONG));
    delivery.send(&[Alert { message: "x".repeat(4 << 20), ..alert("a", 0) }, alert("a", 1)]);
    assert_eq!(finish(delivery).outbox, Outbox::default());
}

#[test]
fn a_program_that_says_very_much_is_not_stored() {
    let delivery =
        start(script("i=0; while [ $i -lt 20000 ]; do echo $i; echo $i >&2; i=$((i+1)); done; exit 1", LONG));
    delivery.send(&[alert("a", 0)]);
    assert!(first_trouble(&delivery).contains("fails (exit status 1: \"19999\")"));
}

#[test]
fn a_program_that_takes_too_long_is_killed_with_all_that_it_started() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("pid");
    let text = format!("/bin/sleep 1000 & echo $! > {}; echo waiting >&2; wait", path.display());
    let delivery = start(script(&text, Duration::from_millis(500)));
    delivery.send(&[alert("a", 0)]);
    // On a slow machine it does not come so far at once.
    until("it has started its child", || fs::read_to_string(&path).is_ok_and(|pid| pid.ends_with('\n')));
    let trouble = first_trouble(&delivery);
    assert!(
        trouble.starts_with("E006_COMPONENT_FAIL: --exec sh is not done after 0.5s and is killed"),
        "{trouble}"
    );
    assert_eq!(delivery.settle(Instant::now()).waiting[0].alerts, 1);
    let pid = fs::read_to_string(&path).unwrap().trim().to_owned();
    until("its child is gone", || {
        // A process that nobody has waited for yet is dead, too.
        let status = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        status.is_empty() || status.contains(") Z ")
    });
}

#[test]
fn a_program_under_way_is_given_up_at_the_end() {
    let begun = Instant::now();
    let delivery = start(script("exec /bin/sleep 1000", Duration::from_secs(900)));
    delivery.send(&[alert("a", 0)]);
    let settled = delivery.settle(Instant::now() + Duration::from_millis(300));
    assert!(begun.elapsed() < LONG);
    assert_eq!(
        settled.waiting[0].to_string(),
        "E006_COMPONENT_FAIL: --exec sh is not done yet; 1 alert waits"
    );
    assert_ne!(settled.outbox, Outbox::default());
}

#[test]
fn a_background_process_of_a_program_is_left_alone() {
    let begun = Instant::now();
    let delivery = start(script("/bin/sleep 100 & exit 0", LONG));
    delivery.send(&[alert("a", 0)]);
    assert!(finish(delivery).waiting.is_empty());
    // It holds standard error open, which nobody waits for.
    assert!(begun.elapsed() < LONG);
}

#[test]
fn a_program_that_is_not_there_is_said() {
    let delivery = start(Sink::exec("/nonexistent/program --token secret", LONG, &[]).unwrap());
    delivery.send(&[alert("a", 0)]);
    assert_eq!(
        first_trouble(&delivery),
        "E010_CONFIG_ERR: --exec /nonexistent/program cannot be started (no such file or directory): check the \
         command; 1 alert waits"
    );
}

#[test]
fn an_alert_that_a_program_cannot_stand_holds_up_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("got");
    let text =
        format!("read line; case $line in *'bad 0'*) exit 1;; esac; echo \"$line\" >> {}", path.display());
    let sink = script(&text, LONG);
    let key = sink.key();
    let delivery = start(sink);
    delivery.send(&[alert("bad", 0), alert("good", 1), alert("bad", 2)]);
    until("the good one is taken", || delivery.outbox().waiting(&key) == 2);
    assert_eq!(messages(&path), ["good 1"]);
    assert_eq!(delivery.settle(Instant::now()).waiting[0].alerts, 2);
}
