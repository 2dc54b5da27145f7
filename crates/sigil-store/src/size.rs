//! Sizes as people type them.

/// Reads `10MB`, `5GB`, `512K`, `1.5G` or `300B` as a number of bytes. Units are powers of 1024, in either case, with
/// or without `B` or `iB`; a bare number is MB (guide 6.3: `--max-size 10`).
///
/// # Errors
/// It is no size; the text says what was expected.
pub fn parse(text: &str) -> Result<u64, String> {
    bytes(text.trim()).ok_or_else(|| "expected a size such as 10MB, 1.5GB or 512K".to_owned())
}

fn bytes(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    let end = lower.find(|letter: char| letter.is_ascii_alphabetic()).unwrap_or(lower.len());
    let (number, unit) = lower.split_at(end);
    let power = match unit {
        "b" => 0,
        "k" | "kb" | "kib" => 1,
        "" | "m" | "mb" | "mib" => 2,
        "g" | "gb" | "gib" => 3,
        "t" | "tb" | "tib" => 4,
        _ => return None,
    };
    let unit_bytes = 1024_u64.pow(power);
    let number = number.trim_end();
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(fraction) || number.ends_with('.') {
        return None;
    }
    let whole = whole.parse::<u64>().ok()?.checked_mul(unit_bytes)?;
    if fraction.is_empty() {
        return Some(whole);
    }
    // Nine digits tell a byte of a gibibyte; what is behind them is less than one of a tebibyte's thousand.
    let digits = &fraction[..fraction.len().min(9)];
    let scale = 10_u128.pow(u32::try_from(digits.len()).ok()?);
    let part = u128::from(unit_bytes) * digits.parse::<u128>().ok()? / scale;
    whole.checked_add(u64::try_from(part).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_they_are_written() {
        for (text, bytes) in [
            ("10", 10 << 20),
            ("10MB", 10 << 20),
            ("10 mib", 10 << 20),
            ("1.5G", 3 << 29),
            ("512k", 512 << 10),
            ("300b", 300),
            ("0", 0),
            ("2TB", 2 << 40),
        ] {
            assert_eq!(parse(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for text in ["", "MB", "-1", "1,5G", "10 apples", "1.", ".5", "99999999999999999TB", "1e3"] {
            assert_eq!(parse(text), Err("expected a size such as 10MB, 1.5GB or 512K".to_owned()), "{text}");
        }
    }
}
