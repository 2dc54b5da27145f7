//! A terminal of a fixed size, by tmux, with a shell or a program in it.

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
pub const PROMPT: &str = "ready> ";

/// A tmux server of its own. It ends with this value.
pub struct Tmux {
    dir: TempDir,
}

impl Tmux {
    /// A shell on that many columns and rows; nothing if there is no tmux here, which is said loudly.
    ///
    /// # Panics
    ///
    /// When tmux is there and does not start. What is below panics when tmux does not do as told, or what is
    /// waited for does not come.
    #[track_caller]
    pub fn start(test: &str, columns: u16, rows: u16) -> Option<Tmux> {
        let tmux = Tmux::start_with(test, columns, rows, "exec sh")?;
        tmux.wait_for("the prompt", |screen| screen.starts_with(PROMPT.trim_end()));
        Some(tmux)
    }

    /// The same with what a shell makes of `command`, whose end is that of the terminal.
    #[track_caller]
    pub fn start_with(test: &str, columns: u16, rows: u16, command: &str) -> Option<Tmux> {
        if Command::new("tmux").arg("-V").output().is_err() {
            let _ = writeln!(io::stderr(), "NOT RUN: {test}: tmux is not installed");
            return None;
        }
        let tmux = Tmux { dir: tempfile::tempdir().expect("a temporary directory can be made") };
        let config = "set -g status off\nset -g escape-time 0\nset -g default-terminal screen-256color\n";
        fs::write(tmux.path("tmux.conf"), config).expect("a file can be written");
        let (columns, rows) = (columns.to_string(), rows.to_string());
        tmux.run(&["new-session", "-d", "-x", &columns, "-y", &rows, command]);
        Some(tmux)
    }

    /// A file beside the server's socket.
    pub fn path(&self, name: &str) -> PathBuf {
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
            .expect("tmux starts");
        assert!(output.status.success(), "tmux {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    /// Types a line into the shell.
    pub fn type_line(&self, line: &str) {
        self.run(&["send-keys", "-l", line]);
        self.run(&["send-keys", "Enter"]);
    }

    /// Presses a key by tmux's name for it.
    pub fn press(&self, key: &str) {
        self.run(&["send-keys", key]);
    }

    /// Gives the terminal another size.
    pub fn resize(&self, columns: u16, rows: u16) {
        self.run(&["resize-window", "-x", &columns.to_string(), "-y", &rows.to_string()]);
    }

    /// What the screen shows.
    pub fn screen(&self) -> String {
        text(&self.run(&["capture-pane", "-p"]))
    }

    /// What each of its panes shows, lines that were wrapped being whole again.
    pub fn panes(&self) -> Vec<String> {
        let ids = text(&self.run(&["list-panes", "-s", "-F", "#{pane_id}"]));
        ids.lines().map(|id| text(&self.run(&["capture-pane", "-p", "-J", "-t", id]))).collect()
    }

    /// Waits until its panes are as they should be.
    #[track_caller]
    pub fn wait_for_panes(&self, what: &str, are_right: impl Fn(&[String]) -> bool) {
        let begin = Instant::now();
        loop {
            let panes = self.panes();
            if are_right(&panes) {
                return;
            }
            assert!(
                begin.elapsed() < PATIENCE,
                "no {what} within {PATIENCE:?}:\n{}",
                panes.join("\n=====\n")
            );
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Whether a program has taken the screen over.
    pub fn is_taken(&self) -> bool {
        self.run(&["display-message", "-p", "#{alternate_on}"]).stdout.starts_with(b"1")
    }

    /// The screen, once it is as expected.
    #[track_caller]
    pub fn wait_for(&self, what: &str, is_there: impl Fn(&str) -> bool) -> String {
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
    pub fn wait_for_text(&self, text: &str) -> String {
        self.wait_for(text, |screen| screen.contains(text))
    }

    /// Starts a program, ready to be ended by its process id.
    pub fn start_program(&self, command: &str) {
        // The shell that writes its id becomes the program. The line goes into a file: a screen may be narrow.
        let script = format!("echo $$ > {}\nexec {command}\n", shown(&self.path("pid")));
        fs::write(self.path("t"), script).expect("a file can be written");
        self.type_line(&format!("sh {}", shown(&self.path("t"))));
    }

    /// Sends a signal to the tool that was started last.
    pub fn signal(&self, name: &str) {
        let pid = fs::read_to_string(self.path("pid")).expect("the program has noted its id");
        let status = Command::new("kill").arg(format!("-{name}")).arg(pid.trim()).status();
        assert!(status.is_ok_and(|status| status.success()), "kill -{name} {pid}");
    }

    /// Keeps how the terminal is set, to be compared by [`Tmux::check_restored`].
    pub fn note_settings(&self) {
        self.type_line("stty -a > \"$HOME\"/before; clear");
        self.wait_for("the settings", |screen| screen.trim() == PROMPT.trim_end());
    }

    /// Checks that the shell has the terminal back as it was, and that it can be used.
    #[track_caller]
    pub fn check_restored(&self) {
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
        end_server(&self.path("socket"));
    }
}

/// Ends the server of a socket, whoever has started it.
pub fn end_server(socket: &Path) {
    // Fails only when the server is gone already.
    let _ = Command::new("tmux").arg("-S").arg(socket).arg("kill-server").output();
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A path as a shell reads it: those of temporary directories hold nothing that needs quotes.
pub fn shown(path: &Path) -> String {
    path.to_str().expect("a path that is text").to_owned()
}
