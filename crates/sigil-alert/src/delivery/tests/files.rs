//! Reports that are appended to files.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Instant;

use super::super::testing::alert;
use super::super::{Delivery, Outbox, Sink};
use super::{finish, first_trouble, start};
use crate::report;

fn sink(path: &Path) -> Sink {
    Sink::Report { path: path.to_owned() }
}

#[test]
fn reports_are_appended_in_order_and_for_the_user_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("alerts.md");
    for number in 0..2 {
        let delivery = start(sink(&path));
        delivery.send(&[alert("a", 2 * number), alert("b", 2 * number + 1)]);
        let settled = finish(delivery);
        assert!(settled.waiting.is_empty());
        assert_eq!(settled.outbox, Outbox::default());
    }
    let expected = ["a", "b", "a", "b"].iter().enumerate();
    let expected: String = expected.map(|(number, name)| report::text(&alert(name, number))).collect();
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn two_that_write_at_once_do_not_mix_their_reports() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("alerts.md");
    let link = directory.path().join("link.md");
    std::os::unix::fs::symlink("alerts.md", &link).unwrap();
    // Two sinks with one file under two names.
    let delivery = Delivery::start(vec![sink(&path), sink(&link)], Outbox::default());
    for number in 0..200 {
        delivery.send(&[alert("a", number)]);
    }
    assert!(finish(delivery).waiting.is_empty());
    let text = fs::read_to_string(&path).unwrap();
    let mut reports: Vec<&str> = text.split_inclusive("\n\n").collect();
    reports.sort_unstable();
    let mut expected: Vec<String> = (0..200)
        .flat_map(|number| [report::text(&alert("a", number)), report::text(&alert("a", number))])
        .collect();
    expected.sort_unstable();
    assert_eq!(reports, expected);
}

#[test]
fn what_cannot_be_written_waits_and_says_why() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing/alerts.md");
    for (path, code, why) in [
        (missing.as_path(), "E001_SESSION_NF", "no such file or directory"),
        (Path::new("/dev/full"), "E009_DISK_FULL", "no space left on device"),
        (directory.path(), "E010_CONFIG_ERR", "is a directory"),
    ] {
        let delivery = start(sink(path));
        delivery.send(&[alert("a", 0)]);
        let trouble = first_trouble(&delivery);
        assert!(trouble.starts_with(&format!("{code}: --report ")), "{trouble}");
        assert!(trouble.ends_with(&format!("cannot be written ({why}); 1 alert waits")), "{trouble}");
        let settled = delivery.settle(Instant::now());
        assert_eq!(settled.waiting.len(), 1);
        assert_eq!((settled.waiting[0].alerts, settled.waiting[0].code), (1, code));
    }
}

#[test]
fn a_pipe_that_nobody_reads_holds_up_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let pipe = directory.path().join("pipe");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR).unwrap();
    let delivery = start(sink(&pipe));
    delivery.send(&[alert("a", 0)]);
    assert!(first_trouble(&delivery).contains("cannot be written"));
    assert_eq!(delivery.settle(Instant::now()).waiting[0].alerts, 1);
}
