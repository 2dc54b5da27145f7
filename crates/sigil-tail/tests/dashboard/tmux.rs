//! A terminal of a fixed size, by tmux, with a shell in it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long anything may take on a machine that has much else to do.
const PATIENCE: Duration = Duration::from_secs(60);

/// What the shell says when it waits.
pub(crate) const PROMPT: &str = "ready> ";

/// A tmux server of its own. It ends with this value.
pub(crate) struct Tmux {
    dir: TempDir,
}

impl Tmux {
    /// A shell on that many columns and rows; nothing if there is no tmux here, which is said loudly.
    pub(crate) fn start(test: &str, columns: u16, rows: u16) -> Option<Tmux> {
        if Command::new("tmux").arg("-V").output().is_err() {
            let _ = writeln!(io::stderr(), "NOT RUN: {test}: tmux is not installed");
            return None;
        }
        let tmux = Tmux { dir: tempfile::tempdir().unwrap() };
        let config = "set -g status off\nset -g escape-time 0\nset -g default-terminal screen-256color\n";
        fs::write(tmux.path("tmux.conf"), config).unwrap();
        let (columns, rows) = (columns.to_string(), rows.to_string());
        tmux.run(&["new-session", "-d", "-x", &columns, "-y", &rows, "exec sh"]);
        tmux.wait_for("the prompt", |screen| screen.starts_with(PROMPT.trim_end()));
        Some(tmux)
    }

    /// A file beside the server's socket.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn run(&self, args: &[&str]) -> Output {
        let output = Command::new("tmux")
            .env_clear()
            .envs([("PATH", "/usr/local/bin:/usr/bin:/bin"), ("TZ", "UTC"), ("LC_ALL", "C.UTF-8")])
            .envs([("TERM", "xterm-256color"), ("SHELL", "/bin/sh"), ("PS1", PROMPT)])
            .env("HOME", self.dir.path())
            .arg("-S")
            .arg(self.path("socket"))
            .arg("-f")
            .arg(self.path("tmux.conf"))
            .args(args)
            .output()
            .unwrap();
        assert!(output.status.success(), "tmux {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    /// Types a line into the shell.
    pub(crate) fn type_line(&self, line: &str) {
        self.run(&["send-keys", "-l", line]);
        self.run(&["send-keys", "Enter"]);
    }

    /// Presses a key by tmux's name for it.
    pub(crate) fn press(&self, key: &str) {
        self.run(&["send-keys", key]);
    }

    /// Gives the terminal another size.
    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        self.run(&["resize-window", "-x", &columns.to_string(), "-y", &rows.to_string()]);
    }

    /// What the screen shows.
    pub(crate) fn screen(&self) -> String {
        String::from_utf8(self.run(&["capture-pane", "-p"]).stdout).unwrap()
    }

    /// Whether a program has taken the screen over.
    pub(crate) fn is_taken(&self) -> bool {
        self.run(&["display-message", "-p", "#{alternate_on}"]).stdout.starts_with(b"1")
    }

    /// The screen, once it is as expected.
    #[track_caller]
    pub(crate) fn wait_for(&self, what: &str, is_there: impl Fn(&str) -> bool) -> String {
        let begin = Instant::now();
        loop {
            let screen = self.screen();
            if is_there(&screen) {
                return screen;
            }
            assert!(begin.elapsed() < PATIENCE, "no {what} within {PATIENCE:?}; the screen:\n{screen}");
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// The screen, once it holds a text.
    #[track_caller]
    pub(crate) fn wait_for_text(&self, text: &str) -> String {
        self.wait_for(text, |screen| screen.contains(text))
    }

    /// Starts a program, ready to be ended by its process id.
    pub(crate) fn start_program(&self, command: &str) {
        // The shell that writes its id becomes the program. The line goes into a file: a screen may be narrow.
        let script = format!("echo $$ > {}\nexec {command}\n", shown(&self.path("pid")));
        fs::write(self.path("t"), script).unwrap();
        self.type_line(&format!("sh {}", shown(&self.path("t"))));
    }

    /// Sends a signal to the tool that was started last.
    pub(crate) fn signal(&self, name: &str) {
        let pid = fs::read_to_string(self.path("pid")).unwrap();
        let status = Command::new("kill").arg(format!("-{name}")).arg(pid.trim()).status().unwrap();
        assert!(status.success());
    }

    /// Keeps how the terminal is set, to be compared by [`Tmux::check_restored`].
    pub(crate) fn note_settings(&self) {
        self.type_line("stty -a > \"$HOME\"/before; clear");
        self.wait_for("the settings", |screen| screen.trim() == PROMPT.trim_end());
    }

    /// Checks that the shell has the terminal back as it was, and that it can be used.
    #[track_caller]
    pub(crate) fn check_restored(&self) {
        self.wait_for("the shell", |screen| screen.trim_end().ends_with(PROMPT.trim_end()));
        assert!(!self.is_taken(), "the alternate screen was not left");
        // What is typed is not what is printed.
        self.type_line(
            "stty -a > \"$HOME\"/after; cmp \"$HOME\"/before \"$HOME\"/after && echo \"still ali\"ve",
        );
        let screen = self.wait_for_text("still alive");
        assert!(!screen.contains("differ"), "{screen}");
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let socket = self.path("socket");
        // Fails only when the server is gone already.
        let _ = Command::new("tmux").arg("-S").arg(socket).arg("kill-server").output();
    }
}

/// A path as a shell reads it: those of temporary directories hold nothing that needs quotes.
pub(crate) fn shown(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}
