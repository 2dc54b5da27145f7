//! E-mail addresses.

use super::{EMAIL, Secret, end_of};

/// The address around the `@` at `at`; none of it before `floor`.
pub(super) fn around(text: &str, at: usize, floor: usize) -> Option<Secret> {
    let bytes = text.as_bytes();
    let before = bytes.get(floor..at)?;
    let is_local =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-');
    let length = before.iter().rev().take_while(|byte| is_local(**byte)).count();
    let local = before.get(before.len() - length..)?;
    let skipped = local.iter().position(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')?;
    // A repository's address, not a person's.
    if local.get(skipped..)? == b"git" {
        return None;
    }
    let to = domain_end(bytes, at + 1)?;
    Some(Secret { from: at - length + skipped, to, mark: EMAIL })
}

/// Where the domain that begins at `at` ends.
fn domain_end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut end = None;
    let mut labels = 0;
    let mut from = at;
    let mut first: &[u8] = b"";
    loop {
        let to = end_of(bytes, from, |byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let label = bytes.get(from..to)?;
        if label.is_empty() {
            return end;
        }
        labels += 1;
        match labels {
            1 => first = label,
            // A version: package@1.2.3-rc.one, or v1.2.
            2 if is_version(first) && label.first().is_some_and(u8::is_ascii_digit) => return None,
            2 if is_scale(first) => return None,
            _ => {}
        }
        let name = label.strip_suffix(b"-").unwrap_or(label);
        let is_top = labels > 1 && name.len() > 1 && name.iter().all(u8::is_ascii_alphabetic);
        if is_top {
            end = Some(from + name.len());
        }
        if bytes.get(to) != Some(&b'.') {
            return end;
        }
        from = to + 1;
    }
}

fn is_version(label: &[u8]) -> bool {
    label.strip_prefix(b"v").unwrap_or(label).iter().all(u8::is_ascii_digit)
}

/// `icon@2x.png`.
fn is_scale(label: &[u8]) -> bool {
    label.strip_suffix(b"x").is_some_and(|number| number.iter().all(u8::is_ascii_digit))
}
