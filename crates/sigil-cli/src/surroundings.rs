//! Where a tool runs, as far as its output depends on it.

use std::env;
use std::io::{self, IsTerminal};

use terminal_size::{Width, terminal_size_of};

/// What the terminal and the environment say. Given as a value, so that tests need neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Surroundings {
    /// Standard output is a terminal.
    pub is_terminal: bool,
    /// How many columns that terminal has, if it tells.
    pub columns: Option<usize>,
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// `CLICOLOR_FORCE` is set, and neither empty nor `0`.
    pub force_color: bool,
    /// `TERM` is `dumb`.
    pub is_dumb: bool,
    /// The locale's letters are those of Unicode.
    pub is_utf8: bool,
    /// `SIGIL_DEBUG` is `true` (guide 9.3), which is `-v`.
    pub is_debug: bool,
}

/// How many columns the terminal that is standard output has now.
pub fn columns() -> Option<usize> {
    let size = terminal_size_of(io::stdout());
    // A terminal that nobody has sized says 0.
    size.map(|(Width(columns), _)| columns.into()).filter(|columns| *columns > 0)
}

impl Surroundings {
    /// Those of this process.
    pub fn of_process() -> Self {
        let value = |name| env::var_os(name).unwrap_or_default();
        let force = value("CLICOLOR_FORCE");
        let debug = value("SIGIL_DEBUG");
        Self {
            is_terminal: io::stdout().is_terminal(),
            columns: columns(),
            no_color: !value("NO_COLOR").is_empty(),
            force_color: !force.is_empty() && force != "0",
            is_dumb: value("TERM") == "dumb",
            is_utf8: is_utf8(
                ["LC_ALL", "LC_CTYPE", "LANG"].map(|name| value(name).to_string_lossy().into_owned()),
            ),
            is_debug: debug.eq_ignore_ascii_case("true") || debug == "1",
        }
    }
}

/// Whether the locale that these variables name, the strongest first, writes UTF-8.
fn is_utf8(variables: [String; 3]) -> bool {
    let locale = variables.into_iter().find(|value| !value.is_empty()).unwrap_or_default().to_lowercase();
    locale.ends_with("utf-8") || locale.ends_with("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_variable_names_the_locale() {
        let is_utf8 = |all, ctype, lang: &str| is_utf8([all, ctype, lang].map(str::to_owned));
        assert!(is_utf8("", "", "en_GB.UTF-8"));
        assert!(is_utf8("C.utf8", "", "C"));
        assert!(!is_utf8("C", "en_GB.UTF-8", "en_GB.UTF-8"));
        assert!(!is_utf8("", "", ""));
    }
}
