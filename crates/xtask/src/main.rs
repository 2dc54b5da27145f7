//! `cargo xtask`: the project's chores, so that none of them needs more than cargo.

mod check;
mod man;
mod page;
mod pages;
mod prices;
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
    /// Write the table of published prices, from the newest that LiteLLM has published
    ///
    /// Needs Python's pip and the network, unless a table is given.
    Prices {
        /// Take this copy of LiteLLM's table and download nothing
        #[arg(long, value_name = "FILE.json", requires = "release")]
        from: Option<PathBuf>,
        /// The release that FILE.json is of
        #[arg(long, value_name = "VERSION", requires = "from")]
        release: Option<String>,
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
        Chore::Prices { from, release } => {
            prices::write(&root(), from.as_deref().zip(release.as_deref())).map(|()| true)
        }
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
