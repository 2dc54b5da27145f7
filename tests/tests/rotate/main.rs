//! `sigil-archive rotate` beside the tools that read: a follower loses nothing, and rotated parts count.

mod following;
mod totals;

use sigil_testkit::{Place, Tool, binary};

/// `sigil-archive rotate` on this place as a store; all that is more than 1 KiB is too large.
fn rotate<'t>(place: &Place, args: &[&str]) -> Tool<'t> {
    place
        .tool(binary("sigil-archive"))
        .args(["rotate", "-q", "-l", ".", "--max-size", "1KiB"])
        .args(args)
        .stdout("")
}
