//! Passwords in addresses: `scheme://user:password@host`; RFC 3986, section 3.2.1.

use super::{KEY, Secret};

/// How far before the `@` the password is looked for.
const FAR: usize = 512;

/// The password that ends at the `@` at `at`; none of it before `floor`.
pub(super) fn credentials(bytes: &[u8], at: usize, floor: usize) -> Option<Secret> {
    let from = floor.max(at.saturating_sub(FAR));
    let before = bytes.get(from..at)?;
    let is_part =
        |byte: &u8| !byte.is_ascii_whitespace() && !matches!(byte, b'/' | b'@' | b'"' | b'<' | b'>');
    let length = before.iter().rev().take_while(|byte| is_part(byte)).count();
    let (scheme, user) = before.split_at(before.len() - length);
    if !scheme.ends_with(b"://") {
        return None;
    }
    let colon = user.iter().position(|byte| *byte == b':')?;
    let password = user.get(colon + 1..)?;
    let is_new = !password.is_empty() && !password.starts_with(b"[redacted");
    is_new.then_some(Secret { from: at - password.len(), to: at, mark: KEY })
}
