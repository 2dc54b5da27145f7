//! What may be typed, and what is said of what may not.

use super::store::Store;

#[test]
fn what_makes_no_sense_is_refused_before_anything_is_done() {
    let store = Store::of(1);
    for (args, reason) in [
        (&["lst"][..], "\"lst\" is no command; did you mean \"list\"?"),
        (
            &["--from", "claude"],
            "--from names logs that belong to another program; add --copy, with which nothing is removed",
        ),
        (
            &["--keep-last", "3"],
            "--keep-last and the like say what pruning spares; add --prune-days or --max-size, or run sigil-archive prune",
        ),
        (
            &["prune"],
            "prune needs to know what to delete; give --days, --max-size or --keep-last and the like",
        ),
        (&["--days", "3", "list"], "--days before a command is not that command's; put it behind it"),
        (
            &["prune", "--max-size", "big"],
            "invalid value 'big' for '--max-size <SIZE>': expected a size such as 10MB, 1.5GB or 512K",
        ),
        (&["--days", "-1"], "unexpected argument '-1'"),
        (&["--jobs", "0"], "invalid value '0' for '--jobs <N>': expected a number from 1 to 1024"),
        (&["--wait", "soon"], "expected an age such as 90s, 10m, 36h or 7d"),
    ] {
        let output = store.tool().args(args).run();
        let told = output.stderr_text();
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(
            told.starts_with("sigil-archive: E010_CONFIG_ERR: ") && told.contains(reason),
            "{args:?}: {told}"
        );
        assert_eq!(told.lines().count(), 1, "{told}");
    }
    assert_eq!(store.live(), ["s-000"]);
}

#[test]
fn a_reader_that_leaves_stops_no_work() {
    let store = Store::of(30);
    let script = format!(
        "{} -l {} --json | head -n 1 >/dev/null",
        env!("CARGO_BIN_EXE_sigil-archive"),
        store.root().display()
    );
    sigil_testkit::Tool::new("sh").args(["-c", &script]).status(0);
    assert_eq!(store.live(), [""; 0]);
}

#[test]
fn flags_may_stand_before_and_behind_a_command() {
    let store = Store::of(1);
    store.archive();
    super::sigil_archive().arg("list").arg("-l").arg(store.root()).stdout_contains("1 archive, ").status(0);
    super::sigil_archive().arg("-l").arg(store.root()).args(["verify", "-q"]).stdout("").status(0);
}
