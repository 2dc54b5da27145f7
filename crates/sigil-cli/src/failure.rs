//! What users read when a tool fails: `CODE: text`, and whether it failed at all.

use std::io;

use sigil_store::{cause, code};

/// Whether the error is, or comes from, a reader that left.
///
/// A tool that writes to other pipes or sockets has to deal with their ends itself.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().filter_map(as_io).any(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

/// The chain of causes in one text, `CODE: what: why: why`.
///
/// The code is the outermost one that stands at the start of a cause's text; without one it follows from the
/// I/O error in the chain, and else is `E010_CONFIG_ERR`. A cause that the text before it repeats is left out.
pub fn describe(error: &anyhow::Error) -> String {
    let mut found_code = None;
    let mut causes: Vec<String> = Vec::new();
    for error in error.chain() {
        let raw = error.to_string();
        let text = as_io(error).map_or_else(|| raw.clone(), cause::of_io);
        let text = match code::split(&text) {
            Some((code, text)) => {
                found_code.get_or_insert_with(|| code.to_owned());
                text
            }
            None => &text,
        };
        let is_repeated = causes.last().is_some_and(|last| last.ends_with(text) || last.ends_with(&raw));
        if !is_repeated {
            causes.push(text.to_owned());
        }
    }
    let code = found_code.unwrap_or_else(|| {
        let io = error.chain().find_map(as_io);
        io.map_or(code::CONFIGURATION, code::of_io).to_owned()
    });
    format!("{code}: {}", causes.join(": "))
}

fn as_io<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a io::Error> {
    error.downcast_ref()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use anyhow::{Context, anyhow};
    use sigil_store::Error;

    use super::*;

    fn not_found() -> io::Error {
        io::Error::from_raw_os_error(2)
    }

    #[test]
    fn an_error_of_the_operating_system_gets_a_code() {
        let error = anyhow::Error::new(not_found()).context("cannot open \"x.jsonl\"");
        assert_eq!(describe(&error), "E001_SESSION_NF: cannot open \"x.jsonl\": no such file or directory");
        let full = anyhow::Error::new(io::Error::from(io::ErrorKind::StorageFull));
        assert_eq!(describe(&full), "E009_DISK_FULL: no storage space");
    }

    #[test]
    fn what_has_no_code_is_a_configuration_error() {
        assert_eq!(
            describe(&anyhow!("--since is after --until")),
            "E010_CONFIG_ERR: --since is after --until"
        );
    }

    #[test]
    fn a_code_inside_the_chain_moves_to_the_front() {
        let error =
            Err::<(), _>(anyhow!("E003_PARSE_FAIL: line 3 ends early")).context("in x.jsonl").unwrap_err();
        assert_eq!(describe(&error), "E003_PARSE_FAIL: in x.jsonl: line 3 ends early");
    }

    #[test]
    fn a_cause_is_not_said_twice() {
        let error = Error::Io { action: "read", path: PathBuf::from("/x"), source: not_found() };
        assert_eq!(describe(&error.into()), "E001_SESSION_NF: cannot read /x: no such file or directory");
        let error = anyhow::Error::new(not_found()).context(not_found().to_string());
        assert_eq!(describe(&error), "E001_SESSION_NF: No such file or directory (os error 2)");
    }

    #[test]
    fn a_broken_pipe_is_seen_anywhere_in_the_chain() {
        let pipe = || io::Error::from(io::ErrorKind::BrokenPipe);
        assert!(is_broken_pipe(&pipe().into()));
        assert!(is_broken_pipe(&anyhow::Error::new(pipe()).context("writing").context("reporting")));
        let inside = Error::Io { action: "write", path: PathBuf::from("/x"), source: pipe() };
        assert!(is_broken_pipe(&inside.into()));
        assert!(!is_broken_pipe(&not_found().into()));
        assert!(!is_broken_pipe(&anyhow!("broken pipe")));
    }
}
