//! `cargo xtask`: the project's chores, so that none of them needs more than cargo.

mod check;
mod man;
mod page;
mod pages;
mod tools;
mod tree;

use clap::{Parser, Subcommand};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Chores of the project")]
struct Args {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Write the man pages and shell completions to man/
    Man {
        /// Write nothing; fail when man/ is not what would be written
        #[arg(long)]
        check: bool,
    },
    /// Run everything that is checked before a change is taken
    ///
    /// The last line is `N passed, N failed`, the sum over all tests.
    Check,
}

fn main() -> ExitCode {
    let outcome = match Args::parse().chore {
        Chore::Man { check: false } => man::write(&root()).map(|()| true),
        Chore::Man { check: true } => man::check(&root()),
        Chore::Check => check::run(&root()),
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // Nothing is left to tell a failure to when stderr is gone.
            let _ = writeln!(io::stderr(), "xtask: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// The root of the workspace.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}
