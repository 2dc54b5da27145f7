//! What the tests of the tools share: running a tool as a process, and logs to run it on.
//!
//! [`Tool`] runs a program to its end and checks stdout, stderr and status together;
//! [`Stream`] talks to one that is still running; [`samples`] makes logs of every format.
//! What a tool should print is left to its own tests.

mod binary;
mod check;
mod memory;
mod output;
pub mod samples;
mod setup;
mod stream;
mod tool;

pub use binary::binary;
pub use output::Output;
pub use stream::Stream;
pub use tool::Tool;
