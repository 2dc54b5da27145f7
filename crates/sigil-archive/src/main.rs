//! `sigil-archive`: keeps the logs of a store for as long as they are wanted, and loses none.

use std::process::ExitCode;

fn main() -> ExitCode {
    sigil_cli::run_tool("sigil-archive", sigil_archive::run)
}
