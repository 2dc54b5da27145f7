//! Places at which tests kill or stop the program, to show that nothing is lost there.
//!
//! Only builds with debug assertions have them; what users install has none.

/// The program may die here: the test that asks for it has it killed as if by `kill -9`.
///
/// `SIGIL_ARCHIVE_KILL_AT=NAME:N` means the Nth time that the point NAME is reached, `SIGIL_ARCHIVE_STOP_AT=NAME:N` that it is
/// stopped there, until it gets SIGCONT. `SIGIL_ARCHIVE_KILL_POINTS=FILE`
/// writes the name of every point that is reached to FILE, a line for each time.
#[cfg(debug_assertions)]
pub(crate) fn kill_point(name: &str) {
    use std::collections::HashMap;
    use std::io::Write;
    use std::sync::{LazyLock, Mutex, PoisonError};

    static WANTED: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("SIGIL_ARCHIVE_KILL_AT").ok());
    static STOP: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("SIGIL_ARCHIVE_STOP_AT").ok());
    static LIST: LazyLock<Option<std::path::PathBuf>> =
        LazyLock::new(|| std::env::var_os("SIGIL_ARCHIVE_KILL_POINTS").map(Into::into));
    static REACHED: LazyLock<Mutex<HashMap<String, usize>>> = LazyLock::new(Mutex::default);

    if WANTED.is_none() && STOP.is_none() && LIST.is_none() {
        return;
    }
    let mut reached = REACHED.lock().unwrap_or_else(PoisonError::into_inner);
    let times = reached.entry(name.to_owned()).or_default();
    *times += 1;
    if let Some(list) = &*LIST {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(list);
        let _ = file.and_then(|mut file| writeln!(file, "{name}"));
    }
    if STOP.as_deref() == Some(format!("{name}:{times}").as_str()) {
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::STOP);
    }
    if WANTED.as_deref() == Some(format!("{name}:{times}").as_str()) {
        let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        // The signal may reach another thread first.
        loop {
            std::thread::park();
        }
    }
}

/// Nothing.
#[cfg(not(debug_assertions))]
#[inline]
pub(crate) fn kill_point(_: &str) {}
