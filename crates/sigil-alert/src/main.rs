//! `sigil-alert`: events and logs in, alerts out.

use std::process::ExitCode;

use sigil_cli::run_tool;

fn main() -> ExitCode {
    run_tool("sigil-alert", sigil_alert::run)
}
