//! How it looks: for people, and for programs.

mod clock;
pub(crate) mod json;
mod sections;
mod sessions;
pub(crate) mod text;
