//! The builder itself, on the programs that every system has.

use sigil_testkit::Tool;
use std::io::{Read, Write};
use std::panic::catch_unwind;

/// What a failing test would print.
fn failure(test: impl FnOnce() + std::panic::UnwindSafe) -> String {
    *catch_unwind(test).expect_err("the check should fail").downcast::<String>().expect("a message")
}

fn sh(script: &str) -> Tool<'static> {
    Tool::new("sh").args(["-c", script])
}

#[test]
fn all_three_channels_are_checked_and_all_three_are_told() {
    let told = failure(|| sh("echo out; echo err >&2; exit 4").stdout("in\n").status(0));
    assert_eq!(
        told,
        "sh -c \"echo out; echo err >&2; exit 4\"\n\
         status differs: expected 0, got 4\n\
         stdout differs at line 1\n  expected \"in\\n\"\n  got      \"out\\n\"\n\
         stderr differs at line 1\n  expected nothing more\n  got      \"err\\n\"\n\
         --- status: 4\n--- stdout:\nout\n--- stderr:\nerr\n---"
    );
}

#[test]
fn stderr_that_nobody_expected_fails_and_stdout_that_nobody_named_does_not() {
    sh("echo out").status(0);
    assert!(failure(|| sh("echo err >&2").status(0)).contains("stderr differs"));
    sh("echo a b c >&2").stderr_contains(" b ").status(0);
    assert!(failure(|| sh("echo a >&2").stderr_contains("b").status(0)).contains("stderr does not contain"));
}

#[test]
fn a_failed_look_at_the_json_is_told_with_the_channels() {
    let told =
        failure(|| sh("echo '{\"n\":1}'").stdout_json(|v| assert_eq!(v["n"], 2, "the number")).status(0));
    assert!(told.contains("the number") && told.contains("--- stdout:\n{\"n\":1}\n"), "{told}");
    let told = failure(|| sh("echo oops").stdout_json(|_| ()).status(0));
    assert!(told.contains("stdout is not one JSON value"), "{told}");
}

#[test]
fn json_lines_are_counted_and_the_bad_one_is_named() {
    sh("printf '1\\n2\\n'").stdout_jsonl(|values| assert_eq!(values.len(), 2)).status(0);
    sh("true").stdout_jsonl(|values| assert!(values.is_empty())).status(0);
    let told = failure(|| sh("printf '1\\nx\\n'").stdout_jsonl(|_| ()).status(0));
    assert!(told.contains("line 2 of stdout is not one JSON value"), "{told}");
    let told = failure(|| sh("printf 1").stdout_jsonl(|_| ()).status(0));
    assert!(told.contains("does not end in a newline"), "{told}");
}

#[test]
fn the_environment_is_fixed_and_home_is_empty() {
    let script = "unset PWD OLDPWD SHLVL _; ls -A \"$HOME\"; env | grep -v -e ^HOME= -e ^PWD= -e ^_= | sort";
    sh(script).stdout("LC_ALL=C.UTF-8\nPATH=/usr/local/bin:/usr/bin:/bin\nTZ=UTC\n").status(0);
    sh("echo $TZ $X").env("TZ", "Asia/Tokyo").env("X", "1").stdout("Asia/Tokyo 1\n").status(0);
}

#[test]
fn more_than_a_pipe_holds_goes_through_in_both_directions() {
    let big = "0123456789\n".repeat(100_000);
    Tool::new("cat").stdin(big.as_str()).stdout(big.as_str()).status(0);
}

#[test]
fn a_tool_may_leave_its_stdin_unread() {
    sh("exit 0").stdin(vec![b'x'; 1 << 20]).status(0);
    sh("cat").stdout("").status(0);
}

#[test]
fn a_file_can_be_stdin() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("log"), "text\n").unwrap();
    Tool::new("cat").stdin_file(dir.path().join("log")).stdout("text\n").status(0);
    sh("pwd; ls").current_dir(dir.path()).stdout_contains("log\n").status(0);
}

#[test]
fn head_closes_the_pipe() {
    let output = sh("while echo y; do :; done").head(2).run();
    assert_eq!(output.stdout_text(), "y\ny\n");
}

#[test]
fn a_death_by_signal_is_no_status() {
    let told = failure(|| sh("kill -9 $$").status(0));
    assert!(told.contains("signal: 9"), "{told}");
}

#[test]
fn a_missing_binary_says_how_to_build_it() {
    let told = failure(|| Tool::new("/nowhere/sigil-tokens").status(0));
    assert_eq!(told, "/nowhere/sigil-tokens is missing; build it first: cargo build --workspace");
    let told = failure(|| drop(sigil_testkit::binary("no-such-tool")));
    assert!(told.ends_with("no-such-tool is missing; build it first: cargo build --workspace"), "{told}");
    let told = failure(|| Tool::new("no-such-program").status(0));
    assert!(told.starts_with("no-such-program is not installed"), "{told}");
}

#[test]
fn memory_is_held_against_a_limit() {
    let eats = "x=$(head -c 30000000 /dev/zero | tr '\\0' x); sleep 0.1";
    sh("sleep 0.05").memory_below(20 << 20).status(0);
    if std::path::Path::new("/proc/self/status").exists() {
        let told = failure(|| sh(eats).memory_below(20 << 20).status(0));
        assert!(told.contains("memory differs: expected less than 20971520 bytes, got "), "{told}");
    }
}

#[test]
fn more_than_memory_should_hold_goes_through_in_pieces() {
    let write = |to: &mut dyn Write| (0..1_000).try_for_each(|n| writeln!(to, "{n}"));
    let count = |stdout: &mut dyn Read| {
        let mut text = String::new();
        let _ = stdout.read_to_string(&mut text);
        text.lines().count().to_string().into_bytes()
    };
    Tool::new("cat").stdin_written(write).stdout_reduced(count).stdout("1000").status(0);
    // What is left unread of stdout does not hold the tool up, nor what it leaves unread its writer.
    let nothing = |_: &mut dyn Read| Vec::new();
    sh("head -n 1; yes | head -n 100000").stdin_written(write).stdout_reduced(nothing).stdout("").status(0);
}
