//! GNU tar, gzip and the guide's own script beside the tool.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::not_run;
use super::store::{Store, log, names};

fn is_installed(program: &str) -> bool {
    ["/usr/local/bin", "/usr/bin", "/bin"].iter().any(|place| Path::new(place).join(program).exists())
}

/// What a shell makes of a script in a directory; it has to end well and say nothing on standard error.
fn shell(script: &str, directory: &Path) -> String {
    let output = Command::new("sh")
        .args(["-ec", script])
        .current_dir(directory)
        .env("HOME", directory)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && told.is_empty(), "{script}: {told}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn gnu_tar_and_gzip_open_every_archive() {
    let store = Store::of(2);
    let session = store.session(&"long-name-".repeat(15), 9);
    std::os::unix::fs::symlink("t".repeat(150), session.join("link")).unwrap();
    fs::write(session.join("new\nline"), "x").unwrap();
    super::store::age(&session.join("new\nline"), 9);
    let before = shell("ls -lnR --time-style=full-iso sessions; md5sum sessions/*/*.json*", store.root());
    store.archive();
    shell(
        "mkdir out; for a in archive/*/*; do gzip -t \"$a\"; tar -xpzf \"$a\" -C out; done; rmdir sessions; mv out sessions",
        store.root(),
    );
    let after = shell("ls -lnR --time-style=full-iso sessions; md5sum sessions/*/*.json*", store.root());
    let lines = |text: &str| {
        text.lines().filter(|line| !line.starts_with("total ")).map(str::to_owned).collect::<Vec<_>>()
    };
    // The directory of all sessions is another one.
    assert_eq!(lines(&after), lines(&before));
}

#[test]
fn other_programs_read_it_too() {
    let store = Store::of(1);
    store.archive();
    let python = "import sys, tarfile; [print(m.name, m.size) for m in tarfile.open(sys.argv[1])]";
    let archive = store.archives()[0].clone();
    let output = Command::new("python3").args(["-c", python]).arg(&archive).output().unwrap();
    let expected = format!("s-000/execution.jsonl {}\ns-000/tokens.json 3\ns-000 0\n", log("s-000").len());
    assert_eq!(
        String::from_utf8_lossy(&output.stdout),
        expected,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for program in ["bsdtar", "busybox"] {
        if !is_installed(program) {
            not_run("other_programs_read_it_too", &format!("{program} is not installed"));
            continue;
        }
        let mut command = Command::new(program);
        command.args(if program == "busybox" { &["tar"][..] } else { &[] }).arg("-tzf").arg(&archive);
        let output = command.output().unwrap();
        assert_eq!(
            String::from_utf8_lossy(&output.stdout),
            "s-000/execution.jsonl\ns-000/tokens.json\ns-000/\n"
        );
    }
}

/// The guide's cleanup (7.3), with places of the test.
const GUIDE: &str = "SESSIONS_DIR=sessions; ARCHIVE_DIR=archive
find \"$SESSIONS_DIR\" -mindepth 1 -maxdepth 1 -type d | while read dir; do
    session=$(basename \"$dir\"); date_dir=2026-01-10
    mkdir -p \"$ARCHIVE_DIR/$date_dir\"
    tar -czf \"$ARCHIVE_DIR/$date_dir/$session.tar.gz\" -C \"$SESSIONS_DIR\" \"$session\"
    rm -rf \"$dir\"
done";

#[test]
fn archives_of_the_guide_s_script_are_listed_verified_and_restored() {
    let store = Store::of(3);
    let ids = store.live();
    shell(GUIDE, store.root());
    assert_eq!(store.live(), [""; 0]);
    store.tool().arg("list").stdout_contains("2026-01-10  s-000").stdout_contains("3 archives, ").status(0);
    store.tool().arg("verify").stdout_contains("3 archives verified").status(0);
    store.tool().args(["restore", "s-00*"]).stdout_contains("3 archives restored").status(0);
    assert_eq!(store.live(), ids);
    // What is there already is not archived twice.
    store.tool().stdout_contains("3 sessions removed, archived before").status(0);
    assert_eq!(names(&store.root().join("archive")), ["2026-01-10"]);
    store.check(&ids, "");
}
