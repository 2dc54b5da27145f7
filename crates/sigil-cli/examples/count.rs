//! The smallest tool in the usual frame: counts to a number. `tests/process.rs` runs it.

use std::process::ExitCode;

use clap::Parser;
use sigil_cli::{Io, OutputArgs, Status, Tool};

/// Count to a number
#[derive(Parser)]
#[command(name = "count", version)]
struct Args {
    #[command(flatten)]
    output: OutputArgs,
    /// Exit 2 if the number is greater than 10, and print no number
    #[arg(long)]
    check: bool,
    /// The last number
    last: u64,
}

fn main() -> ExitCode {
    Tool::new("count").verdict_flag("--check").run(count)
}

fn count(args: Args, io: &mut Io<'_>) -> anyhow::Result<Status> {
    assert!(args.last != 13, "13 is\nunlucky");
    io.note(format_args!("counting to {}", args.last));
    if args.check {
        writeln!(io.stdout(), "checking")?;
        io.stdout().flush()?;
        return Ok(if args.last > 10 { Status::Code(2) } else { Status::Success });
    }
    for number in 1..=args.last {
        writeln!(io.stdout(), "{number}")?;
    }
    Ok(Status::Success)
}
