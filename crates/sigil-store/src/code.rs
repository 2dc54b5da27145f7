//! The error codes that users meet (guide 9.1), and which of them an operating system's error gets.

use std::io;

/// A session or a file that is not there.
pub const SESSION_NOT_FOUND: &str = "E001_SESSION_NF";
/// A log that may not be read or written.
pub const LOG_PERMISSION: &str = "E002_LOG_PERM";
/// A line that could not be understood.
pub const PARSE_FAILED: &str = "E003_PARSE_FAIL";
/// A network that did not answer.
pub const NETWORK_TIMEOUT: &str = "E004_NET_TIMEOUT";
/// A budget that is used up.
pub const BUDGET_EXCEEDED: &str = "E005_BUDGET_EXCEED";
/// A part of a program that failed in itself.
pub const COMPONENT_FAILED: &str = "E006_COMPONENT_FAIL";
/// A result that does not meet its contract.
pub const CONTRACT_FAILED: &str = "E007_CONTRACT_FAIL";
/// Not enough memory.
pub const OUT_OF_MEMORY: &str = "E008_MEMORY_OOM";
/// Not enough room on the disk.
pub const DISK_FULL: &str = "E009_DISK_FULL";
/// Wrong usage or a wrong configuration, and whatever has no code of its own.
pub const CONFIGURATION: &str = "E010_CONFIG_ERR";

/// The code for what the operating system refused.
pub fn of_io(error: &io::Error) -> &'static str {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::NotFound => SESSION_NOT_FOUND,
        Kind::PermissionDenied | Kind::ReadOnlyFilesystem => LOG_PERMISSION,
        Kind::StorageFull | Kind::QuotaExceeded => DISK_FULL,
        Kind::TimedOut => NETWORK_TIMEOUT,
        Kind::OutOfMemory => OUT_OF_MEMORY,
        _ => CONFIGURATION,
    }
}

/// Splits `E003_PARSE_FAIL: text` into the code and the text; `None` if no code stands at the start.
///
/// Codes are `E`, three digits, `_` and capitals, so that codes added later are recognised too.
pub fn split(text: &str) -> Option<(&str, &str)> {
    let (code, rest) = text.split_once(": ")?;
    let (number, name) = code.strip_prefix('E')?.split_once('_')?;
    let is_code = number.len() == 3
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    is_code.then_some((code, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operating_system_s_refusals_have_codes() {
        let code = |kind: io::ErrorKind| of_io(&kind.into());
        assert_eq!(code(io::ErrorKind::NotFound), "E001_SESSION_NF");
        assert_eq!(code(io::ErrorKind::PermissionDenied), "E002_LOG_PERM");
        assert_eq!(code(io::ErrorKind::StorageFull), "E009_DISK_FULL");
        assert_eq!(code(io::ErrorKind::IsADirectory), "E010_CONFIG_ERR");
    }

    #[test]
    fn only_a_code_at_the_start_counts() {
        assert_eq!(split("E001_SESSION_NF: gone"), Some(("E001_SESSION_NF", "gone")));
        assert_eq!(split("E010_CONFIG_ERR: a: b"), Some(("E010_CONFIG_ERR", "a: b")));
        for text in
            ["gone", "E1_X: y", "E001_: y", "E001_x: y", "cannot read: E001_SESSION_NF: x", "E001_SESSION_NF"]
        {
            assert_eq!(split(text), None, "{text}");
        }
    }
}
