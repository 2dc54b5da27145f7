//! `sigil-tokens`: what a stream of events has cost so far.

use std::process::ExitCode;

use sigil_cli::Tool;

fn main() -> ExitCode {
    Tool::new("sigil-tokens").verdict_flag("--check").run(sigil_tokens::run)
}
