//! Inputs that are not there or cannot be read: one line with the guide's code, exit 2, or 1 with `--check`.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use sigil_testkit::Tool;
use sigil_testkit::samples::{guide_session, store};

use crate::{BINARY, Place, not_run, tool};

#[track_caller]
fn refused(place: &Place, args: &[&str], message: &str) {
    for (check, status) in [(&[][..], 2), (&["--check"][..], 1)] {
        place
            .tool()
            .args(args)
            .args(check)
            .env("RUST_BACKTRACE", "1")
            .stdout("")
            .stderr(format!("sigil-tokens: {message}\n"))
            .status(status);
    }
}

#[test]
fn a_missing_file() {
    let place = Place::with("log.jsonl", guide_session("s"));
    let message = "E001_SESSION_NF: no.jsonl: no such file or directory";
    refused(&place, &["no.jsonl"], message);
    // A total without it would not be the total.
    refused(&place, &["log.jsonl", "no.jsonl"], message);
    refused(&place, &["no*.jsonl"], "E001_SESSION_NF: no*.jsonl: no such file or directory");
}

#[test]
fn a_directory_without_logs() {
    let place = Place::new();
    let message = "E001_SESSION_NF: d: no logs in this directory (-v names what was left out)";
    fs::create_dir(place.path().join("d")).unwrap();
    refused(&place, &["d"], message);
    place.file("d/notes.txt", "hello\n");
    place.file("d/picture.png", [0x89, b'P', b'N', b'G', 0, 1, 2, 3]);
    place.file("d/tokens.json", "{\"session_id\":\"s\",\"total_used\":650}");
    refused(&place, &["d"], message);
}

#[test]
fn a_store_without_sessions() {
    let place = Place::new();
    let message = "E001_SESSION_NF: ./sessions: no sessions here yet; see --log-path";
    refused(&place, &["-l", "."], message);
    refused(&place, &["-l", "gone", "-s", "x"], "E001_SESSION_NF: session \"x\" not found in gone/sessions");
}

#[test]
fn an_unknown_session_comes_with_the_nearest() {
    let place = Place::new();
    store(place.path(), &["lead-10", "lead-20", "research"]).unwrap();
    let unknown = |id: &str, rest: &str| {
        let message = format!("E001_SESSION_NF: session \"{id}\" not found in ./sessions{rest}");
        refused(&place, &["-l", ".", "-s", id], &message);
    };
    unknown("lead-1", "; did you mean \"lead-10\"?");
    unknown("reserach", "; did you mean \"research\"?");
    unknown("LEAD-20", "; did you mean \"lead-20\"?");
    unknown("nothing-like-it", "");
    unknown("nothing-*", "");
}

#[test]
fn session_ids_that_could_leave_the_store_are_refused() {
    let place = Place::new();
    store(place.path(), &["a"]).unwrap();
    place.file("secret/execution.jsonl", guide_session("secret"));
    for id in ["../secret", "..", "/etc", "a/../../secret"] {
        let output = place.tool().args(["-l", ".", "-s", id]).run();
        assert_eq!(output.status.code(), Some(2), "{id}");
        assert!(output.stdout.is_empty(), "{id}");
        assert_eq!(output.stderr_text().lines().count(), 1, "{id}: {}", output.stderr_text());
    }
}

/// Whether these tests may read everything anyway.
fn is_root(place: &Path) -> bool {
    fs::metadata(place).expect("the place is there").uid() == 0
}

/// The tool as somebody who may not read everything, in `place`; `None` if there is no way to be one.
fn ordinary_tool<'t>(place: &Place) -> Option<Tool<'t>> {
    if !is_root(place.path()) {
        return Some(place.tool());
    }
    // Nobody must reach the directory and the tool.
    fs::set_permissions(place.path(), Permissions::from_mode(0o755)).expect("our own directory");
    let copy = place.path().join("sigil-tokens");
    fs::copy(BINARY, &copy).expect("the tool can be copied");
    let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    let probe = Path::new("/usr/bin/setpriv")
        .exists()
        .then(|| Tool::new("setpriv").args(nobody).arg(&copy).arg("-V").run());
    if !probe.is_some_and(|output| output.status.success()) {
        return None;
    }
    Some(Tool::new("setpriv").args(nobody).arg(copy).env("HOME", place.path()).current_dir(place.path()))
}

#[test]
fn an_unreadable_file() {
    let place = Place::with("log.jsonl", guide_session("s"));
    fs::set_permissions(place.path().join("log.jsonl"), Permissions::from_mode(0o000)).unwrap();
    for (args, status) in [(&["log.jsonl"][..], 2), (&["--check", "log.jsonl"], 1)] {
        let Some(tool) = ordinary_tool(&place) else {
            return not_run(
                "an_unreadable_file: root reads everything, and setpriv cannot make us somebody else",
            );
        };
        tool.args(args)
            .stdout("")
            .stderr("sigil-tokens: E002_LOG_PERM: log.jsonl: permission denied; check its mode and owner\n")
            .status(status);
    }
}

#[test]
fn an_unreadable_directory_and_an_unreadable_file_in_a_directory() {
    let place = Place::with("d/sub/execution.jsonl", guide_session("s"));
    let locked = place.path().join("d/sub");
    for target in [&locked, &locked.join("execution.jsonl")] {
        let before = fs::metadata(target).unwrap().permissions();
        fs::set_permissions(target, Permissions::from_mode(0o000)).unwrap();
        let tool = ordinary_tool(&place);
        let output = tool.map(|tool| tool.args(["d"]).run());
        fs::set_permissions(target, before).unwrap();
        let Some(output) = output else {
            return not_run(
                "an_unreadable_directory: root reads everything, and setpriv cannot make us somebody else",
            );
        };
        let stderr = output.stderr_text();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains("sigil-tokens: E002_LOG_PERM: d/sub"), "{stderr}");
    }
}

#[test]
fn nothing_to_read_is_a_report_of_nothing() {
    let nothing =
        "Tokens: 0 / 256,000 (0.00%) [...............................] 256,000 left\nLevel:  NORMAL\n";
    let place = Place::with("empty.jsonl", "");
    place.file("sessions/s/execution.jsonl", "");
    place.file("blank.jsonl", "\n\r\n \0\n\u{feff}");
    for args in [
        &["empty.jsonl"][..],
        &["sessions"],
        &["sessions/s"],
        &["-l", ".", "-s", "s"],
        &["blank.jsonl"],
        &["/dev/null"],
    ] {
        place.tool().args(args).stdout(nothing).status(0);
    }
    tool().stdout(nothing).status(0);
    tool().stdin("").stdout(nothing).status(0);
    tool().arg("-").stdin("").stdout(nothing).status(0);
    tool().arg("--json").stdin("").stdout("").status(0);
    tool()
        .args(["--json", "--summary"])
        .stdout_json(|v| {
            assert!(v["session_id"].is_null() && v["timestamp"].is_null());
            assert_eq!((&v["total_used"], &v["total_budget"]), (&0.into(), &256_000.into()));
            assert_eq!(v["components"], serde_json::json!({}));
        })
        .status(0);
}

#[test]
fn a_file_without_anything_known_is_said() {
    let place = Place::with("other.jsonl", "{\"level\":\"info\"}\n{\"level\":\"warn\"}\n");
    place
        .tool()
        .arg("other.jsonl")
        .stdout_contains("Tokens: 0 / ")
        .stderr("sigil-tokens: E003_PARSE_FAIL: other.jsonl: no line is of a known format (see --from)\n")
        .status(0);
}
