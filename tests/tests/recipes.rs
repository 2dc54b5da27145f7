//! The recipes in `scripts/` that follow logs, each as it stands there.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use sigil_testkit::samples::{GuideSession, guide_session, store};
use sigil_testkit::{Tmux, Tool, binary, tmux};
use sigil_tests::not_run;
use tempfile::TempDir;

/// How long a running tool may take for what it is about to do anyway.
const PATIENCE: Duration = Duration::from_secs(30);

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../scripts").join(name).canonicalize().expect("a script")
}

/// A home with a store of two sessions, and a `bin` of its own.
struct Home(TempDir);

impl Home {
    fn new() -> Home {
        let home = Home(tempfile::tempdir().expect("a temporary directory"));
        store(&home.path().join(".sigil/logs"), &["lead-1", "lead-2"]).expect("a store can be made");
        fs::create_dir(home.path().join("bin")).expect("a directory can be made");
        home
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Puts a program in `bin`.
    fn with(self, name: &str, text: &str) -> Home {
        let path = self.path().join("bin").join(name);
        fs::write(&path, format!("#!/bin/sh\n{text}\n")).expect("a script can be written");
        fs::set_permissions(&path, Permissions::from_mode(0o755)).expect("it is ours");
        self
    }

    /// Puts the real `sigil-tail` there.
    fn with_sigil_tail(self) -> Home {
        symlink(binary("sigil-tail"), self.path().join("bin/sigil-tail")).expect("a link can be made");
        self
    }

    /// A recipe, with `bin` first on the path.
    fn run(&self, name: &str) -> Tool<'static> {
        let path = format!("{}:/usr/bin:/bin", self.path().join("bin").display());
        Tool::new(script(name)).env("PATH", path).env("HOME", self.path()).current_dir(self.path())
    }
}

fn first_sessions() -> String {
    GuideSession::new("lead-1").to_string() + &GuideSession::new("lead-2").later(1).to_string()
}

#[test]
fn every_recipe_says_how_it_is_used() {
    for name in ["watch.sh", "remote.sh"] {
        let home = Home::new();
        let usage = format!("usage: scripts/{name} ");
        home.run(name).arg("-h").stdout_contains(&usage).status(0);
        home.run(name).stderr_contains(&usage).stdout("").status(2);
    }
}

#[test]
fn without_tmux_one_tool_follows_all_sessions() {
    let home = Home::new().with_sigil_tail();
    let tmux = home.path().join("bin/sed");
    symlink("/usr/bin/sed", tmux).or_else(|_| symlink("/bin/sed", home.path().join("sed"))).expect("a link");
    let bin = home.path().join("bin");
    let mut stream = home.run("watch.sh").env("PATH", bin).args(["-m", "jsonl", "lead-1", "lead-2"]).stream();
    let mut came: Vec<_> = (0..14).filter_map(|_| stream.next_line(PATIENCE)).collect();
    came.sort();
    let sessions = first_sessions();
    let mut expected: Vec<_> = sessions.lines().collect();
    expected.sort_unstable();
    assert_eq!(came, expected);
}

/// How the recipe is typed, whatever the path of the server is.
fn watch(home: &Home, before: &str) -> String {
    let path = format!("{}:/usr/bin:/bin", home.path().join("bin").display());
    let store = home.path().join(".sigil/logs");
    let watch = script("watch.sh");
    format!(
        "{before} env PATH={path} TZ=UTC LC_ALL=C.UTF-8 {} -m jsonl -l {} lead-1 lead-2; sleep 60",
        watch.display(),
        store.display()
    )
}

/// Whether a pane shows this session and no other.
fn shows(pane: &str, id: &str) -> bool {
    let other = if id == "lead-1" { "lead-2" } else { "lead-1" };
    pane.contains(id) && !pane.contains(other) && pane.contains("session_complete")
}

#[test]
fn inside_tmux_each_session_has_a_pane() {
    let home = Home::new().with_sigil_tail();
    // tmux starts what it is told without a shell between; the path is that of the server.
    let Some(tmux) = Tmux::start_with("watch.sh in tmux", 120, 40, &watch(&home, "")) else { return };
    tmux.wait_for_panes("a pane for each session", |panes| {
        panes.len() == 3 && ["lead-1", "lead-2"].iter().all(|id| panes.iter().any(|pane| shows(pane, id)))
    });
}

#[test]
fn outside_tmux_it_starts_with_a_pane_for_each_session() {
    let home = Home::new().with_sigil_tail();
    fs::create_dir(home.path().join("inner")).expect("a directory can be made");
    let inner = format!("env -u TMUX TMUX_TMPDIR={}", home.path().join("inner").display());
    let Some(tmux) = Tmux::start_with("watch.sh outside tmux", 120, 40, &watch(&home, &inner)) else {
        return;
    };
    // The server that it starts shows its panes in the one pane of the test's own.
    tmux.wait_for_panes("both sessions on one screen", |panes| {
        panes.len() == 1 && panes[0].contains("lead-1") && panes[0].contains("lead-2")
    });
    let socket = fs::read_dir(home.path().join("inner")).expect("a directory").filter_map(Result::ok).next();
    tmux::end_server(&socket.expect("the directory of a server").path().join("default"));
}

/// A machine at the other end: a shell with these words.
const SSH: &str = "while [ \"${1#-}\" != \"$1\" ]; do shift; done\nshift\n";

#[test]
fn a_remote_session_is_shown_by_the_tool_there() {
    let home = Home::new().with_sigil_tail().with("ssh", &format!("{SSH}exec sh -c \"$*\""));
    home.run("remote.sh")
        .args(["host", "lead-1", "--once", "-m", "jsonl"])
        .stdout(guide_session("lead-1"))
        .status(0);
    // Words with spaces and quotes arrive as they were.
    home.run("remote.sh")
        .args(["host", "it's * no session", "--once"])
        .stdout("")
        .stderr_contains("E001_SESSION_NF: session \"it's * no session\" not found")
        .status(2);
}

#[test]
fn a_remote_session_is_read_by_the_tool_here() {
    let there = format!("{SSH}PATH=\"$HOME/there:/usr/bin:/bin\" exec sh -c \"$*\"");
    let home = Home::new().with_sigil_tail().with("ssh", &there);
    // tail would not end.
    fs::create_dir(home.path().join("there")).expect("a directory can be made");
    let home = home.with("../there/tail", "for log; do :; done\nexec cat \"$log\"");
    home.run("remote.sh")
        .args(["host", "lead-2", "-m", "jsonl"])
        .stdout(GuideSession::new("lead-2").later(1).to_string())
        .status(0);
}

#[test]
fn a_connection_that_fails_is_no_session() {
    let home = Home::new().with_sigil_tail().with("ssh", "echo 'ssh: no route to host' >&2\nexit 255");
    let watched = home.run("remote.sh").args(["host", "lead-1", "-m", "jsonl"]);
    watched.stdout("").stderr("ssh: no route to host\n").status(255);
}

#[test]
fn the_line_for_cron_gathers_every_event_once() {
    let home = Home::new().with_sigil_tail();
    let (log, gathered) = (home.path().join("access.log"), home.path().join("events.jsonl"));
    let sample = fs::read_to_string(script("sigil-tail.cron")).expect("a sample");
    let settings = sample
        .replace("/usr/local/bin", home.path().join("bin").to_str().expect("a path that is text"))
        .replace("/var/lib/sigil", home.path().to_str().expect("a path that is text"))
        .replace("/var/log/proxy", home.path().to_str().expect("a path that is text"));
    let (mut environment, mut commands) = (Vec::new(), Vec::new());
    for line in settings.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        match line.split_once('=').filter(|(name, _)| name.chars().all(|letter| letter.is_ascii_uppercase()))
        {
            Some(_) => environment.push(line),
            None => commands.push(line.splitn(6, ' ').nth(5).expect("five fields and a command")),
        }
    }
    assert_eq!(commands.len(), 1);
    assert!(!commands[0].contains('%'), "cron makes an end of the line of it");
    let run = || {
        let tool = Tool::new("env").arg("-i").args(&environment).args(["/bin/sh", "-c", commands[0]]);
        tool.stdout("").status(0);
    };
    fs::write(&log, guide_session("lead-1")).expect("a log can be written");
    run();
    run();
    fs::rename(&log, home.path().join("access.log.1")).expect("a log can be renamed");
    fs::write(&log, GuideSession::new("lead-2").later(1).to_string()).expect("a log can be written");
    run();
    assert_eq!(fs::read_to_string(gathered).expect("what was gathered"), first_sessions());
}

#[test]
fn systemd_accepts_the_unit() {
    let home = Home::new().with_sigil_tail();
    let sample = fs::read_to_string(script("sigil-tail.service")).expect("a sample");
    let program = home.path().join("bin/sigil-tail");
    let unit = home.path().join("sigil-tail.service");
    let text = sample.replace("/usr/local/bin/sigil-tail", program.to_str().expect("a path that is text"));
    assert_ne!(text, sample);
    let verify = |text: &str| {
        fs::write(&unit, text).expect("a unit can be written");
        Command::new("systemd-analyze").args(["--man=no", "verify"]).arg(&unit).output()
    };
    let Ok(told) = verify(&text) else {
        not_run("systemd-analyze verify", "no systemd-analyze; apt-get install systemd");
        return;
    };
    let words = String::from_utf8_lossy(&told.stderr);
    assert!(told.status.success() && words.is_empty(), "{}: {words}", told.status);
    // It would have said so.
    let wrong = verify(&text.replace("RestartSec=", "RestartSeconds=")).expect("it started before");
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("RestartSeconds"));

    // What it starts does what it says; a second time it adds what is new, which is nothing.
    let start = text.lines().find_map(|line| line.strip_prefix("ExecStart=/bin/sh -c '")).expect("a command");
    let start = start.strip_suffix('\'').expect("one word for the shell").replace("$$", "$");
    assert!(!start.contains(['%', '\'']), "systemd or the shell would take it for more: {start}");
    let state = home.path().join("sigil-tail");
    fs::create_dir(&state).expect("a directory can be made");
    for once in ["", " --once"] {
        let start = start.replace(" --state", &format!("{once} --state"));
        let tool = Tool::new("/bin/sh").args(["-c", &start]).env("HOME", home.path());
        let tool = tool.env("STATE_DIRECTORY", &state);
        if once.is_empty() {
            let stream = tool.stream();
            let begin = Instant::now();
            while gathered(&state).lines().count() < 14 {
                assert!(begin.elapsed() < PATIENCE, "{}", gathered(&state));
                thread::sleep(Duration::from_millis(50));
            }
            let id = stream.id().to_string();
            assert!(Command::new("kill").args(["-TERM", &id]).status().is_ok_and(|told| told.success()));
            assert_eq!(stream.finish().status.code(), Some(0));
        } else {
            tool.stdout("").stderr("").status(0);
        }
    }
    assert_eq!(gathered(&state).lines().count(), 14);
}

/// What the unit has written into its directory.
fn gathered(directory: &Path) -> String {
    fs::read_to_string(directory.join("events.jsonl")).unwrap_or_default()
}
