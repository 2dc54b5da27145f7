//! `sigil-tail`: find, read and follow the logs of LLM agents.

use std::process::ExitCode;

fn main() -> ExitCode {
    sigil_cli::run_tool("sigil-tail", sigil_tail::run)
}
