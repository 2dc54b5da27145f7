//! What `sigil-report` writes for other programs, beside those programs: promtool, a Pushgateway,
//! opentelemetry-proto and Chromium. Each runs on this machine only.

mod browser;
mod collector;
mod http;
mod pushgateway;
mod recipe;

use std::env;
use std::path::{Path, PathBuf};

use sigil_testkit::samples::claude::Answer;
use sigil_testkit::samples::guide_session;
use sigil_testkit::{Place, Tool, binary};
use sigil_tests::not_run;

/// Finds one of what `scripts/prometheus.sh` sees to. Without it says so loudly.
fn program(test: &str, name: &str) -> Option<PathBuf> {
    let cache = || {
        let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        cache.or_else(|| Some(Path::new(&env::var_os("HOME")?).join(".cache")))
    };
    let named = env::var_os("SIGIL_MONITORING").filter(|dir| !dir.is_empty()).map(PathBuf::from);
    let dir = named.or_else(|| Some(cache()?.join("sigil-tests/monitoring")));
    let found = dir.map(|dir| dir.join(name)).filter(|path| path.exists());
    if found.is_none() {
        not_run(test, &format!("no {name}; scripts/prometheus.sh sees to it, $SIGIL_MONITORING tells where"));
    }
    found
}

/// What the tool writes of `log` in a format.
fn report(log: &str, args: &[&str]) -> String {
    // A file, as a session that is named is not looked for in a pipe.
    let place = Place::new();
    let file = place.file("log.jsonl", log);
    let tool = Tool::new(binary("sigil-report")).args(["-q", "--timezone", "utc"]).args(args);
    let output = tool.arg(file).run();
    assert_eq!((output.stderr_text().as_str(), output.status.code()), ("", Some(0)));
    output.stdout_text()
}

/// Sessions of two formats, and one whose names are what no format takes as it is.
fn log() -> String {
    let hostile = "<img src=x onerror=alert(1)>\\\"}\\n# HELP x\\u0000\\u202e`|<script>alert(2)</script>";
    let line = format!(
        "{{\"timestamp\":\"2026-01-11T10:30:00\",\"session_id\":\"{hostile}\",\"event_type\":\"step_error\",\
         \"component\":\"{hostile}\",\"message\":\"{hostile}\",\"tokens\":5,\"metadata\":{{\"model\":\"{hostile}\",\
         \"latency_ms\":5}}}}\n"
    );
    let answer = Answer::new("m").model("claude-opus-4-5").usage(1_000, 20).cache(100, 1_000).line();
    guide_session("lead-1") + &line + &answer
}
