//! Sessions of the log store.

use sigil_testkit::samples::store;

use crate::{Place, event};

#[test]
fn sessions_are_named_globbed_and_repeated() {
    let place = Place::new();
    store(place.path(), &["lead-1", "lead-2", "other"]).unwrap();
    let cases: [(&[&str], u64); 6] = [
        (&["-s", "lead-1"], 650),
        (&["-s", "lead-*"], 1_300),
        (&["-s", "*"], 1_950),
        (&["-s", "lead-1", "-s", "other"], 1_300),
        (&["-s", "lead-1", "-s", "lead-*"], 1_300),
        (&[], 1_950),
    ];
    for (args, used) in cases {
        place
            .tool()
            .args(["--json", "-l", "."])
            .args(args)
            .stdout_json(|v| assert_eq!(v["total_used"], used, "{args:?}"))
            .status(0);
    }
}

#[test]
fn the_store_is_where_flag_environment_configuration_or_home_say() {
    let place = Place::new();
    for (n, root) in ["flag", "env", "conf", "home/.sigil/logs"].into_iter().enumerate() {
        place.file(&format!("{root}/sessions/s/execution.jsonl"), event("s", "step_complete", "a", 1 << n));
    }
    place.file("c.toml", "log_path = \"conf\"\n");
    let used = |args: &[&str], env: &[(&str, &str)], used: u64| {
        let home = place.path().join("home");
        let tool = place.tool().args(["--json", "-s", "s"]).args(args).env("HOME", home);
        let tool = env.iter().fold(tool, |tool, (name, value)| tool.env(name, value));
        tool.stdout_json(|v| assert_eq!(v["total_used"], used, "{args:?} {env:?}")).status(0);
    };
    let env = [("SIGIL_LOG_PATH", "env")];
    used(&["-l", "flag", "--config", "c.toml"], &env, 1);
    used(&["--config", "c.toml"], &env, 2);
    used(&["--config", "c.toml"], &[], 4);
    used(&[], &[], 8);
}

#[test]
fn the_store_never_reads_standard_input() {
    // Cron's empty standard input must not be mistaken for a log, nor a full one be read.
    let place = Place::new();
    store(place.path(), &["lead-1"]).unwrap();
    for args in [&["-l", "."][..], &["-l", ".", "-s", "lead-1"]] {
        place
            .tool()
            .args(["--json", "--summary"])
            .args(args)
            .stdin(event("piped", "step_complete", "a", 5))
            .stdout_json(|v| assert_eq!(v["total_used"], 650))
            .status(0);
    }
}

#[test]
fn ids_with_colons_are_found_under_their_encoded_names() {
    let place = Place::with(
        "sessions/agent%3Amain%3A1/execution.jsonl",
        event("agent:main:1", "step_complete", "a", 5),
    );
    place
        .tool()
        .args(["--json", "-l", ".", "-s", "agent:main:1"])
        .stdout_json(|v| {
            assert_eq!((&v["session_id"], &v["total_used"]), (&"agent:main:1".into(), &5.into()))
        })
        .status(0);
}
