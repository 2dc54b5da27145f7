//! How it looks: for people, and for programs.

pub(crate) mod csv;
pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod jsonl;
pub(crate) mod markdown;
pub(crate) mod otlp;
pub(crate) mod prometheus;
pub(crate) mod text;
