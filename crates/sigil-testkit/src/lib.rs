//! What the tests of the tools share: running a tool as a process, and logs to run it on.
//!
//! [`Tool`] runs a program to its end and checks stdout, stderr and status together;
//! [`Stream`] talks to one that is still running, [`Tmux`] is a terminal for one; [`samples`] makes logs of every
//! format, and a [`Place`] holds them.
//! What a tool should print is left to its own tests.

mod binary;
mod check;
mod memory;
mod output;
mod place;
pub mod samples;
mod setup;
mod shuffle;
mod stream;
pub mod tmux;
mod tool;

pub use binary::binary;
pub use output::Output;
pub use place::Place;
pub use shuffle::Shuffle;
pub use stream::Stream;
pub use tmux::Tmux;
pub use tool::Tool;
