//! Which formats there are, and which of them lines are taken for.

use crate::Error;

/// A format that lines may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Sigil's own execution log.
    Sigil,
    /// Claude Code transcripts.
    Claude,
    /// Codex CLI rollouts.
    Codex,
    /// Higress gateway access logs.
    Higress,
    /// Logs of any other program: lines of text.
    Text,
}

/// What `--from` says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FormatChoice {
    /// Every line is what it looks like.
    #[default]
    Auto,
    /// Every line is of this format.
    Only(Format),
}

impl FormatChoice {
    /// The words `--from` takes.
    pub const NAMES: [&str; 6] = ["auto", "sigil", "claude", "codex", "higress", "text"];

    /// The choice of that name.
    ///
    /// # Errors
    /// There is no such format.
    pub fn named(name: &str) -> Result<Self, Error> {
        match name {
            "auto" => Ok(Self::Auto),
            "sigil" => Ok(Self::Only(Format::Sigil)),
            "claude" => Ok(Self::Only(Format::Claude)),
            "codex" => Ok(Self::Only(Format::Codex)),
            "higress" => Ok(Self::Only(Format::Higress)),
            "text" => Ok(Self::Only(Format::Text)),
            _ => Err(Error::Usage(format!("--from {name:?} is no format; use {}", Self::NAMES.join(", ")))),
        }
    }
}
