//! What several runs have gathered is reported on as if one had: `--partial`, `--merge`, and what is kept from run to
//! run.

#![expect(clippy::unwrap_used, reason = "a test that cannot write its own logs has failed")]

mod cache;
mod logs;
mod refused;
mod split;

use std::path::Path;

use sigil_testkit::{Output, Tool};

/// The tool in a directory that holds logs.
fn report<'t>(directory: &Path) -> Tool<'t> {
    Tool::new(env!("CARGO_BIN_EXE_sigil-report")).current_dir(directory)
}

/// Writes what is gathered of `operands` to the file `name` there.
fn make_partial(directory: &Path, name: &str, flags: &[&str], operands: &[&str]) {
    let output = report(directory).arg("--partial").args(flags).args(operands).run();
    assert_eq!(output.status.code(), Some(0), "{}", output.stderr_text());
    std::fs::write(directory.join(name), output.stdout).unwrap();
}

fn said(output: &Output) -> (String, String, Option<i32>) {
    (output.stdout_text(), output.stderr_text(), output.status.code())
}
