//! On a terminal: what is rewritten, and what is cut. tmux is the terminal.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use sigil_testkit::Tool;
use sigil_testkit::samples::GuideSession;

use crate::{Place, RULE, SOON, event};

/// A terminal in which the tool runs.
struct Screen {
    socket: PathBuf,
}

impl Screen {
    /// Runs the tool on `place`; none, said aloud, where there is no tmux.
    fn run(place: &Place, columns: u32, args: &str) -> Option<Self> {
        if !["/usr/local/bin", "/usr/bin", "/bin"].iter().any(|dir| Path::new(dir).join("tmux").exists()) {
            // Without a standard error nobody is there to be told.
            let _ = writeln!(std::io::stderr(), "NOT RUN: tmux is not installed");
            return None;
        }
        let screen = Self { socket: place.path().join("tmux") };
        let tool = env!("CARGO_BIN_EXE_sigil-tail");
        // What stays on the screen can be looked at after the end, too.
        let command =
            format!("'{tool}' -l . --refresh-rate 0.02 --timezone utc {args}; echo \"status $?\"; cat");
        let size = ["-x", &columns.to_string(), "-y", "24"].map(str::to_owned);
        let output =
            screen.tmux(&["new-session", "-d"]).args(size).arg(command).current_dir(place.path()).run();
        assert!(output.status.success(), "tmux: {}", output.stderr_text());
        Some(screen)
    }

    fn tmux<'t>(&self, args: &[&str]) -> Tool<'t> {
        Tool::new("tmux").args(["-f", "/dev/null", "-S"]).arg(&self.socket).args(args)
    }

    /// What the screen shows once it shows `text`.
    #[track_caller]
    fn with(&self, text: &str) -> String {
        let began = Instant::now();
        loop {
            let shown = self.tmux(&["capture-pane", "-p"]).run().stdout_text();
            if shown.contains(text) {
                return shown.trim_end().to_owned();
            }
            assert!(began.elapsed() < SOON, "no {text:?} on the screen:\n{shown}");
            sleep(Duration::from_millis(20));
        }
    }

    fn press(&self, key: &str) {
        let output = self.tmux(&["send-keys", key]).run();
        assert!(output.status.success(), "tmux: {}", output.stderr_text());
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        drop(self.tmux(&["kill-server"]).run());
    }
}

#[test]
fn the_status_in_the_header_is_replaced_and_messages_are_cut() {
    let place = Place::new();
    let Some(screen) = Screen::run(&place, 80, "-m stream -s my-session") else { return };
    let waiting = screen.with(RULE);
    assert!(waiting.contains("\nStatus: Waiting for session to start...\n"), "{waiting}");
    place.append("my-session", GuideSession::new("my-session").running().to_string());
    screen.with("] validation");
    screen.press("C-c");
    insta::assert_snapshot!(screen.with("status 0").replace("^C", ""), @r"
    ========== SIGIL v2 EXECUTION MONITOR ==========
    Session: my-session
    Mode: Stream
    Status: In Progress...
    --------------------------------------------------

    [10:15:30.923] orchestrator | Starting pipeline…  |     0 tokens | Total:      0
    [10:15:32.123] routing    | Intent classified as… |    50 tokens | Total:     50
    [10:15:33.456] memory     | Retrieved 5 relevant… |   150 tokens | Total:    200
    [10:15:34.012] planning   | Plan created with 3…  |     0 tokens | Total:    200
    [10:15:36.234] reasoning  | Analysis complete     |   450 tokens | Total:    650
    [10:15:37.567] validation | Output validated      |     0 tokens | Total:    650

    --------------------------------------------------
    Status: Running | Tokens: 650 / 256,000 (0.25%)
    status 0
    ");
}

#[test]
fn the_minimal_line_is_rewritten_in_place() {
    let place = Place::new();
    let Some(screen) = Screen::run(&place, 100, "-m minimal -s s") else { return };
    screen.with("Tokens: 0 / 256,000");
    place.append("s", event("s", 1, "step_complete", "a", "", 128_000));
    screen.with("Tokens: 128,000 / 256,000");
    place.append("s", event("s", 2, "session_error", "a", "it broke", 0));
    screen.with("Final token usage");
    place.append("s", event("s", 3, "session_start", "a", "", 1_000));
    screen.with("Tokens: 129,000");
    screen.press("C-c");
    insta::assert_snapshot!(screen.with("status 0").replace("^C", ""), @r"
    Tokens: 128,000 / 256,000 (50.00%) [###############................] 128,000 left

    ========== EXECUTION COMPLETE ==========
    Session: s ended with an error: it broke
    Duration: 1.0 seconds
    Final token usage: 128,000 / 256,000 (50.00%)

    Tokens: 129,000 / 256,000 (50.39%) [###############................] 127,000 left
    status 0
    ");
}

#[test]
fn a_narrow_terminal_has_a_line_for_each_line() {
    let place = Place::with("s", GuideSession::new("s").running().to_string());
    let Some(screen) = Screen::run(&place, 40, "-m minimal -s s --once") else { return };
    insta::assert_snapshot!(screen.with("status 0"), @r"
    Tokens: 650 / 256,000 (0.25%) [#.......…
    status 0
    ");
    let place = Place::with("s", GuideSession::new("s").running().to_string());
    let Some(screen) = Screen::run(&place, 40, "-m stream -s s --once") else { return };
    insta::assert_snapshot!(screen.with("status 0"), @r"
    ========== SIGIL v2 EXECUTION MONITOR ==
    Session: s
    Mode: Stream
    ----------------------------------------

    [10:15:30.923] orchestrator | Starting…
    [10:15:32.123] routing    | Intent clas…
    [10:15:33.456] memory     | Retrieved 5…
    [10:15:34.012] planning   | Plan create…
    [10:15:36.234] reasoning  | Analysis co…
    [10:15:37.567] validation | Output vali…

    ----------------------------------------
    Status: Running | Tokens: 650 / 256,000
    (0.25%)
    status 0
    ");
}
