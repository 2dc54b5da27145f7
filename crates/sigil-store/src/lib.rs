//! The log directory on disk: where it is, what is in it, and how it is written safely.
//!
//! Knows names, directories and the configuration file, and how all cores share work on very many of them. What stands inside a log is the business of
//! the crates that read it; what a tool prints is the business of the tools.

pub mod archived;
pub mod atomic;
pub mod cause;
pub mod code;
mod complaint;
pub mod config;
mod error;
pub mod escape;
mod glob_pattern;
pub mod home;
mod kept;
pub mod layout;
pub mod lock;
pub mod nearest;
pub mod quantity;
pub mod rotation;
pub mod session_id;
pub mod size;
pub mod threads;

pub use archived::{Archived, Day};
pub use complaint::Complaint;
pub use config::Config;
pub use error::Error;
pub use glob_pattern::is_glob;
pub use kept::Kept;
pub use layout::{EXECUTION_LOG, Store, StoredSession};
pub use lock::Lock;
pub use session_id::SessionId;
