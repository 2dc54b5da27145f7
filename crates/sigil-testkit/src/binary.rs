//! Finding a tool's binary from a package that is not the tool's own.

use std::env;
use std::path::{Path, PathBuf};

/// The binary `name` in the target directory that the running test was built into.
///
/// Cargo sets `CARGO_BIN_EXE_*` only inside a tool's own package, and does not build the binaries
/// of other packages for a test: `cargo build --workspace` comes first, as in `scripts/test.sh`.
///
/// # Panics
///
/// When the binary is not there, saying how to build it.
#[track_caller]
pub fn binary(name: &str) -> PathBuf {
    let test = env::current_exe().expect("a running test knows where its executable is");
    let path = profile_dir(&test).join(format!("{name}{}", env::consts::EXE_SUFFIX));
    assert!(path.is_file(), "{}", missing(&path));
    path
}

/// What to say when `path`, a tool's binary, does not exist.
pub(crate) fn missing(path: &Path) -> String {
    format!("{} is missing; build it first: cargo build --workspace", path.display())
}

/// Test executables lie in `PROFILE/deps`, examples in `PROFILE/examples`, binaries in `PROFILE`.
fn profile_dir(executable: &Path) -> &Path {
    let dir = executable.parent().unwrap_or(executable);
    match dir.file_name().and_then(|name| name.to_str()) {
        Some("deps" | "examples") => dir.parent().unwrap_or(dir),
        _ => dir,
    }
}

#[cfg(test)]
mod tests {
    use super::profile_dir;
    use std::path::Path;

    #[test]
    fn binaries_lie_one_level_above_test_executables() {
        let cases = [
            ("/t/debug/deps/cli-0a1b", "/t/debug"),
            ("/t/release/examples/demo", "/t/release"),
            ("/t/debug/sigil-tokens", "/t/debug"),
        ];
        for (executable, dir) in cases {
            assert_eq!(profile_dir(Path::new(executable)), Path::new(dir), "{executable}");
        }
    }
}
