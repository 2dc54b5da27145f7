//! Man pages and shell completions of all tools, from the same commands that parse their arguments.

use crate::tools::TOOLS;
use crate::tree::{self, Tree};
use anyhow::{Context, Result};
use clap_complete::{Shell, generate};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes `man/`, and removes from it what no tool has any more.
///
/// # Errors
///
/// When a page cannot be rendered or a file cannot be written.
pub(crate) fn write(root: &Path) -> Result<()> {
    tree::write(&pages()?, &root.join("man"))
}

/// Whether `man/` is what [`write()`] would write; says on stdout where it is not.
///
/// # Errors
///
/// When a page cannot be rendered or a file cannot be read.
pub(crate) fn check(root: &Path) -> Result<bool> {
    let drift = tree::drift(&pages()?, &root.join("man"))?;
    let mut out = io::stdout().lock();
    for line in &drift {
        writeln!(out, "man/{line}")?;
    }
    if !drift.is_empty() {
        writeln!(out, "man/ is not what the tools say of themselves; run: cargo xtask man")?;
    }
    Ok(drift.is_empty())
}

/// `man/NAME.1`, and in `man/completions/` `NAME.bash`, `_NAME` for zsh, `NAME.fish`.
fn pages() -> Result<Tree> {
    let mut tree = Tree::new();
    for tool in TOOLS {
        let page = tool.page.render((tool.command)());
        let page = page.with_context(|| format!("cannot render the page of {}", tool.name))?;
        tree.insert(PathBuf::from(format!("{}.1", tool.name)), page);

        let completions = Path::new("completions");
        for (shell, name) in [
            (Shell::Bash, format!("{}.bash", tool.name)),
            (Shell::Zsh, format!("_{}", tool.name)),
            (Shell::Fish, format!("{}.fish", tool.name)),
        ] {
            let mut script = Vec::new();
            generate(shell, &mut (tool.command)(), tool.name, &mut script);
            tree.insert(completions.join(name), String::from_utf8(script)?);
        }
    }
    Ok(tree)
}

#[cfg(test)]
mod tests {
    use super::{TOOLS, pages};
    use std::path::Path;

    const SECTIONS: [&str; 9] = [
        ".SH NAME\n",
        ".SH SYNOPSIS\n",
        ".SH DESCRIPTION\n",
        ".SH OPTIONS\n",
        ".SH EXAMPLES\n",
        ".SH \"EXIT STATUS\"\n",
        ".SH FILES\n",
        ".SH ENVIRONMENT\n",
        ".SH \"SEE ALSO\"\n",
    ];

    #[test]
    fn every_page_has_every_section_once_and_something_in_it() {
        let tree = pages().unwrap();
        for tool in TOOLS {
            let page = &tree[Path::new(&format!("{}.1", tool.name))];
            let mut at = 0;
            for section in SECTIONS {
                assert_eq!(page.matches(section).count(), 1, "{}: {section}", tool.name);
                let found = page.find(section).unwrap();
                assert!(found > at, "{}: {section} comes too early", tool.name);
                assert!(
                    !page[found + section.len()..].starts_with(".SH"),
                    "{}: {section} is empty",
                    tool.name
                );
                at = found;
            }
            assert!(page.contains(".SH \"SEE ALSO\"\n\\fB"), "{}", tool.name);
        }
    }

    #[test]
    fn the_same_tools_give_the_same_bytes() {
        assert_eq!(pages().unwrap(), pages().unwrap());
    }
}
