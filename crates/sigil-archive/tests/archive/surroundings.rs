//! Mounts, file systems that can do less than others, and users who may do less.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use super::not_run;
use super::store::{Store, log, names};

/// A user that owns nothing, as a number.
const NOBODY: u32 = 65_534;

/// Runs the tool as a user who is not root, who gets the store's directories; nothing, if that cannot be done.
pub(crate) fn as_nobody(store: &Store, args: &[&str], test: &str) -> Option<Output> {
    let tool = env!("CARGO_BIN_EXE_sigil-archive");
    let is_root = rustix::process::geteuid().is_root();
    let mut command = if is_root { Command::new("setpriv") } else { Command::new(tool) };
    if is_root {
        let id = NOBODY.to_string();
        command.args(["--reuid", &id, "--regid", &id, "--clear-groups", tool]);
        give(store.root());
    }
    let output = command
        .args(args)
        .arg("-l")
        .arg(store.root())
        .env("HOME", store.root())
        .stdin(Stdio::null())
        .output();
    match output {
        Ok(output) if !output.stderr.starts_with(b"setpriv: ") => Some(output),
        refused => {
            not_run(test, &format!("the tool cannot be run as another user: {refused:?}"));
            None
        }
    }
}

/// Gives a directory and what is in it to nobody, but for what is called `roots`.
fn give(path: &Path) {
    chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    if path.is_dir() {
        for name in names(path).iter().filter(|name| *name != "roots") {
            give(&path.join(name));
        }
    }
}

#[test]
fn a_session_of_which_half_would_stay_is_put_back() {
    let test = "a_session_of_which_half_would_stay_is_put_back";
    if !rustix::process::geteuid().is_root() {
        not_run(test, "only root may make files that are another user's");
        return;
    }
    let store = Store::of(1);
    let file = store.file("sessions/s-000/roots/file", "x", 10);
    fs::set_permissions(file.parent().unwrap(), Permissions::from_mode(0o755)).unwrap();
    let Some(output) = as_nobody(&store, &[], test) else { return };
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        told.contains("\"s-000/roots\" belongs to another user, and nothing in it may be removed"),
        "{told}"
    );
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert_eq!(names(&store.sessions().join("s-000")), ["execution.jsonl", "roots", "tokens.json"]);
    store.check(&["s-000".to_owned()], &told);
}

/// A directory that may be changed again when this goes.
struct Immutable(PathBuf);

impl Immutable {
    fn new(path: PathBuf) -> Option<Self> {
        let told = Command::new("chattr").arg("+i").arg(&path).output();
        told.is_ok_and(|told| told.status.success()).then_some(Self(path))
    }
}

impl Drop for Immutable {
    fn drop(&mut self) {
        let _ = Command::new("chattr").arg("-i").arg(&self.0).status();
    }
}

#[test]
fn a_session_that_cannot_be_taken_away_is_there_once() {
    let store = Store::of(2);
    let Some(fixed) = Immutable::new(store.sessions().join("s-000")) else {
        not_run("a_session_that_cannot_be_taken_away_is_there_once", "chattr +i cannot be used here");
        return;
    };
    for run in 1..3 {
        let output = store.tool().run();
        let told = output.stderr_text();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains("it cannot be taken away, so it is not archived"), "{told}");
        store.check(&["s-000".to_owned(), "s-001".to_owned()], &format!("run {run}"));
    }
    drop(fixed);
    store.archive();
    assert_eq!((store.live().len(), store.archives().len()), (0, 2));
}

/// Runs a shell script in the store's directory, with mounts that nobody else sees; whether it could do what it does first.
fn with_mounts(store: &Store, script: &str, test: &str) -> bool {
    let tool = env!("CARGO_BIN_EXE_sigil-archive");
    let namespaces: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];
    let could = namespaces.iter().any(|namespace| {
        let mut command = Command::new("unshare");
        command.args(*namespace).args(["sh", "-c", script, tool]);
        command.current_dir(store.root()).env("HOME", store.root()).stdin(Stdio::null());
        command.output().is_ok_and(|told| told.status.success())
    });
    if !could {
        not_run(test, "file systems cannot be mounted here");
    }
    could
}

#[test]
fn what_is_mounted_in_a_session_is_not_emptied() {
    let store = Store::of(2);
    let precious = store.file("precious/file", "mine", 10);
    fs::create_dir(store.sessions().join("s-000/inner")).unwrap();
    // The same file system, so that only the mount tells.
    let script = "mount --bind precious sessions/s-000/inner || exit 77
\"$0\" -l . >out 2>err
echo $? >status";
    if !with_mounts(&store, script, "what_is_mounted_in_a_session_is_not_emptied") {
        return;
    }
    let told = fs::read_to_string(store.root().join("err")).unwrap();
    assert_eq!(fs::read_to_string(precious).unwrap(), "mine");
    assert!(told.contains("another file system is mounted at \"s-000/inner\""), "{told}");
    assert_eq!(fs::read_to_string(store.root().join("status")).unwrap(), "2\n");
    assert_eq!(store.live(), ["s-000"]);
    store.check(&["s-000".to_owned(), "s-001".to_owned()], &told);
}

#[test]
fn on_a_file_system_that_is_put_together_of_two_others_sessions_are_archived() {
    let store = Store::new();
    store.file("lower/s-000/execution.jsonl", log("s-000"), 10);
    for name in ["sessions", "disk"] {
        fs::create_dir(store.root().join(name)).unwrap();
    }
    let script = "mount -t tmpfs none disk && mkdir disk/upper disk/work || exit 77
mount -t overlay -o lowerdir=lower,upperdir=disk/upper,workdir=disk/work none sessions || exit 77
cp -r --preserve=timestamps sessions/s-000 sessions/s-001
\"$0\" -l . >out 2>err
echo $? >status
ls -A sessions >left";
    if !with_mounts(&store, script, "on_a_file_system_that_is_put_together_of_two_others") {
        return;
    }
    let told = fs::read_to_string(store.root().join("err")).unwrap();
    assert!(!told.contains("another file system is mounted"), "{told}");
    let left = fs::read_to_string(store.root().join("left")).unwrap();
    // What lies below cannot be renamed there, as some of these file systems are made, and stays.
    assert!(!left.contains("s-001") && store.archives().len() == 2 - left.lines().count(), "{left}: {told}");
}

/// Runs what is behind it so that the system has no hard links, and no renaming that spares what is there.
const WITHOUT_LINKS: &str = "
import ctypes, os, platform, struct, sys
calls = {'x86_64': [86, 265, 316], 'aarch64': [37, 276]}.get(platform.machine())
if not calls: sys.exit(77)
op = lambda code, jt, jf, k: struct.pack('HBBI', code, jt, jf, k)
code = op(0x20, 0, 0, 0)
for n, call in enumerate(calls): code += op(0x15, len(calls) - n, 0, call)
code += op(6, 0, 0, 0x7fff0000) + op(6, 0, 0, 0x00050000 | int(os.environ['REFUSED']))
class Program(ctypes.Structure): _fields_ = [('len', ctypes.c_ushort), ('filter', ctypes.c_char_p)]
libc = ctypes.CDLL(None, use_errno=True)
program = Program(len(code) // 8, code)
if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, ctypes.byref(program), 0, 0): sys.exit(77)
os.execv(sys.argv[1], sys.argv[1:])
";

/// The tool where files have one name only; the system says so by that number.
fn without_links(store: &Store, refused: i32) -> Command {
    let mut command = Command::new("python3");
    command.args(["-c", WITHOUT_LINKS, env!("CARGO_BIN_EXE_sigil-archive"), "-q", "-l"]).arg(store.root());
    command.env("HOME", store.root()).env("REFUSED", refused.to_string()).stdin(Stdio::null());
    command
}

#[test]
fn where_files_have_one_name_only_nothing_is_there_twice_either() {
    use rustix::io::Errno;
    // What this machine cannot be told to be without.
    let probe = without_links(&Store::of(0), 1).output();
    if !probe.is_ok_and(|told| told.status.code() != Some(77) && !told.stderr.starts_with(b"Traceback")) {
        not_run("where_files_have_one_name_only", "system calls cannot be refused here");
        return;
    }
    for refused in [Errno::PERM, Errno::NOSYS, Errno::OPNOTSUPP].map(Errno::raw_os_error) {
        let store = Store::of(2);
        let ids = store.live();
        let output = without_links(&store, refused).output().unwrap();
        let told = format!("{refused}: {}", String::from_utf8_lossy(&output.stderr));
        if refused == Errno::PERM.raw_os_error() {
            // That is no answer to renaming: the run says so, and nothing is lost.
            store.check_with(&["s-000", "s-001"], &[], &told);
            continue;
        }
        assert!(output.status.success(), "{told}");
        store.check(&ids, &told);
        assert_eq!(store.live(), [""; 0], "{told}");
    }
    for point in
        ["noted:2", "published:1", "archive-synced:1", "all-aside:1", "looking:2", "removing:2", "removed:1"]
    {
        let store = Store::of(2);
        let ids = store.live();
        let mut command = without_links(&store, Errno::NOSYS.raw_os_error());
        let killed = command.env("SIGIL_ARCHIVE_KILL_AT", point).status().unwrap();
        assert!(!killed.success(), "not killed at {point}");
        // What is not removed has to be there whatever is asked for.
        store.tool().args(["--days", "3650", "-q"]).status(0);
        store.check(&ids, point);
        store.archive();
        store.check(&ids, point);
        assert_eq!(store.live(), [""; 0], "{point}");
    }
}
