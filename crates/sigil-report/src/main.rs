//! `sigil-report`: what happened in a log.

use std::process::ExitCode;

fn main() -> ExitCode {
    sigil_cli::run_tool("sigil-report", sigil_report::run)
}
