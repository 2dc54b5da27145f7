//! Numbers of tokens as people write them.

use crate::escape::quoted;

/// A text that is not a number of tokens.
///
/// It carries no error code, because it becomes a part of a message about a flag or a configuration key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is not a number of tokens; write 256000, 256k or 1.5M", quoted(.0))]
pub struct BadQuantity(pub String);

/// Reads `256000`, `256_000`, `256,000`, `256k`, `1.5M` or `2G` as a number of tokens.
///
/// `k`, `M` and `G` (in either case) are thousands, millions and milliards. Commas must stand where thousands
/// do, so that a decimal comma is not misread.
///
/// # Errors
///
/// Refuses anything else: signs, fractions of a token, more than 2^64 - 1, and the empty text.
pub fn parse_tokens(text: &str) -> Result<u64, BadQuantity> {
    tokens(text.trim()).ok_or_else(|| BadQuantity(text.to_owned()))
}

fn tokens(text: &str) -> Option<u64> {
    let (number, zeros): (&str, usize) = match text.char_indices().next_back()? {
        (at, 'k' | 'K') => (&text[..at], 3),
        (at, 'm' | 'M') => (&text[..at], 6),
        (at, 'g' | 'G') => (&text[..at], 9),
        _ => (text, 0),
    };
    let (whole, fraction) = match number.split_once('.') {
        Some((whole, fraction)) if is_digits(fraction) => (whole, fraction.trim_end_matches('0')),
        Some(_) => return None,
        None => (number, ""),
    };
    // More decimal places than the suffix has zeros would leave a fraction of a token.
    let missing_zeros = zeros.checked_sub(fraction.len())?;
    let mut digits = ungrouped(whole)?;
    digits.push_str(fraction);
    digits.extend(std::iter::repeat_n('0', missing_zeros));
    digits.parse().ok()
}

/// The digits of a whole number without its separators.
fn ungrouped(whole: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let mut digits = first.to_owned();
    let mut comma = false;
    for group in groups {
        if group.len() != 3 {
            return None;
        }
        comma = true;
        digits.push_str(group);
    }
    if comma && (first.len() > 3 || whole.contains('_')) {
        return None;
    }
    let parts_are_digits = digits.split('_').all(is_digits);
    parts_are_digits.then(|| digits.replace('_', ""))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_way_of_writing_is_read() {
        for (text, tokens) in [
            ("0", 0),
            ("256000", 256_000),
            ("256_000", 256_000),
            ("256,000", 256_000),
            ("1,256,000", 1_256_000),
            ("256k", 256_000),
            ("256K", 256_000),
            ("1.5M", 1_500_000),
            ("0.25k", 250),
            ("1.500000k", 1_500),
            ("2G", 2_000_000_000),
            ("1.0", 1),
            (" 5 ", 5),
            ("18446744073709551615", u64::MAX),
        ] {
            assert_eq!(parse_tokens(text), Ok(tokens), "{text}");
        }
    }

    #[test]
    fn what_is_no_number_of_tokens_is_refused() {
        for text in [
            "",
            "k",
            "12x",
            "-5",
            "+5",
            "1.5",
            "0.0005k",
            ".5k",
            "5.k",
            "1,5",
            "25,6000",
            "1234,567",
            "1_,000",
            "_5",
            "5_",
            "5__0",
            "1e6",
            "256 k",
            "0x10",
            "18446744073709551616",
            "99999999999G",
            "٣",
            "1.2.3k",
            "kk",
        ] {
            assert_eq!(parse_tokens(text), Err(BadQuantity(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn the_message_says_what_to_write() {
        let message = BadQuantity("12x".into()).to_string();
        assert_eq!(message, "\"12x\" is not a number of tokens; write 256000, 256k or 1.5M");
    }

    proptest! {
        #[test]
        fn what_is_written_plainly_is_read_back(tokens in any::<u64>()) {
            prop_assert_eq!(parse_tokens(&tokens.to_string()), Ok(tokens));
        }

        #[test]
        fn no_text_makes_it_fail_otherwise(text in ".{0,24}") {
            let _ = parse_tokens(&text);
        }
    }
}
