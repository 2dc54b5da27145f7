//! `scripts/recipes/push_metrics.sh` pushes a session's metrics to a Pushgateway.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use sigil_testkit::samples::store;
use sigil_testkit::{Place, Tool, binary};
use sigil_tests::not_run;

use crate::http::request;
use crate::program;
use crate::pushgateway::Pushgateway;

/// An id with what means something in an address, and for a shell.
const ID: &str = "agent:main?x=1&y#z%2F $HOME é";

/// The recipe with the environment that cron gives.
fn push(place: &Place, args: &[&str]) -> Tool<'static> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts/recipes/push_metrics.sh");
    let path = format!("PATH={}:/usr/bin:/bin", place.path().join("bin").display());
    let home = format!("HOME={}", place.path().display());
    Tool::new("env").args(["-i", &path, &home, "TZ=UTC"]).arg(script).args(args)
}

fn furnished() -> Place {
    let place = Place::new();
    store(&place.path().join(".sigil/logs"), &["lead-1", ID]).expect("a store can be made");
    std::fs::create_dir(place.path().join("bin")).expect("a directory can be made");
    symlink(binary("sigil-report"), place.path().join("bin/sigil-report")).expect("a link can be made");
    place
}

#[test]
fn metrics_of_a_session_are_pushed_under_its_name() {
    let test = "metrics_of_a_session_are_pushed_under_its_name";
    let Some(program) = program(test, "bin/prometheus-pushgateway") else { return };
    if Command::new("curl").arg("--version").output().is_err() {
        return not_run(test, "no curl; apt-get install curl");
    }
    let gateway = Pushgateway::start(&program);
    let place = furnished();
    let address = format!("localhost:{}", gateway.port);
    // Twice: what was pushed before gives way.
    for id in ["lead-1", ID, "lead-1"] {
        push(&place, &[id, &address, "-q"]).stdout("").status(0);
    }
    let (status, served) = request(gateway.port, "GET", "/metrics", "").expect("it answers");
    assert_eq!(status, 200);
    for id in ["lead-1", ID] {
        let instance = format!("instance=\"{id}\"");
        let lines: Vec<_> = served.lines().filter(|line| line.contains(&instance)).collect();
        assert!(
            lines.iter().any(|line| line.starts_with("sigil_") && line.ends_with(" 650")),
            "{id}: {served}"
        );
    }
    // What cannot be reported is not pushed.
    let gone = push(&place, &["gone", &address]).run();
    assert_eq!(gone.status.code(), Some(2));
    assert!(gone.stderr_text().contains("E001_SESSION_NF"), "{}", gone.stderr_text());
}

#[test]
fn a_pushgateway_that_is_not_there_is_told() {
    if Command::new("curl").arg("--version").output().is_err() {
        return not_run("a_pushgateway_that_is_not_there_is_told", "no curl; apt-get install curl");
    }
    // Nobody listens on that one.
    let output = push(&furnished(), &["lead-1", "127.0.0.1:1", "-q"]).run();
    assert!(output.stderr_text().contains("curl: ("), "{}", output.stderr_text());
    assert_eq!(output.status.code(), Some(7));
}
