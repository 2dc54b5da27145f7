//! Card numbers: 13 to 19 digits, in one group or as they are printed, that pass Luhn's test.

use super::{CARD, Secret, end_of, is_word};

/// How many groups a number is printed in, at most.
const GROUPS: usize = 5;
const DIGITS: std::ops::RangeInclusive<usize> = 13..=19;

/// The card number whose first digit is at `at`, where a group of digits begins.
pub(super) fn at(bytes: &[u8], at: usize) -> Option<Secret> {
    if !begins_alone(bytes, at) {
        return None;
    }
    let mut digits = [0; 19];
    let mut count = 0;
    let mut ends = [0; GROUPS];
    let mut groups = 0;
    let mut from = at;
    let mut separator = None;
    while groups < GROUPS {
        let to = end_of(bytes, from, |byte| byte.is_ascii_digit());
        let group = bytes.get(from..to).unwrap_or(&[]);
        let Some(room) = digits.get_mut(count..count + group.len()) else { break };
        room.copy_from_slice(group);
        count += group.len();
        let is_printed = match groups {
            0 => true,
            _ => group.len() <= 6,
        };
        if !is_printed || group.is_empty() {
            break;
        }
        ends[groups] = if is_card(&digits[..count]) && ends_alone(bytes, to) { to } else { 0 };
        groups += 1;
        // Groups of four, but for the last; American Express and Diners have one of six.
        let may_go_on = if groups == 1 { group.len() == 4 } else { (4..=6).contains(&group.len()) };
        match bytes.get(to) {
            Some(&byte @ (b' ' | b'-')) if may_go_on && separator.is_none_or(|known| known == byte) => {
                separator = Some(byte);
            }
            _ => break,
        }
        from = to + 1;
    }
    let to = ends[..groups].iter().copied().rfind(|end| *end > 0)?;
    Some(Secret { from: at, to, mark: CARD })
}

/// Whether digits that begin at `at` are no part of another number, an amount or a word.
fn begins_alone(bytes: &[u8], at: usize) -> bool {
    match at.checked_sub(1).and_then(|before| bytes.get(before)) {
        Some(b'.' | b'+' | b'@') => false,
        // A number that is printed in groups, or a negative one, or the end of an identifier.
        Some(b'-') => at < 2 || bytes.get(at - 2).is_some_and(u8::is_ascii_digit),
        Some(byte) => !is_word(*byte),
        None => true,
    }
}

/// Whether digits that end before `at` do.
fn ends_alone(bytes: &[u8], at: usize) -> bool {
    match (bytes.get(at), bytes.get(at + 1)) {
        (Some(b'.'), Some(next)) => !next.is_ascii_digit(),
        (Some(b'-'), Some(next)) => !next.is_ascii_alphabetic(),
        (Some(b'@'), _) => false,
        (Some(byte), _) => !is_word(*byte),
        (None, _) => true,
    }
}

fn is_card(digits: &[u8]) -> bool {
    DIGITS.contains(&digits.len()) && has_issuer(digits) && luhn(digits)
}

/// Whether some issuer has numbers of that beginning and length (ISO/IEC 7812). Most other numbers of that
/// length, such as points in time, are told from cards by it.
fn has_issuer(digits: &[u8]) -> bool {
    match digits.len() {
        13 => digits.starts_with(b"4"),
        14 | 15 => digits.starts_with(b"3"),
        16 => matches!(digits, [b'2', b'2'..=b'7', ..] | [b'3'..=b'6', ..]),
        _ => matches!(digits, [b'4'..=b'6', ..]),
    }
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = (0..)
        .zip(digits.iter().rev())
        .map(|(place, digit)| {
            let value = u32::from(digit - b'0');
            match value * 2 {
                _ if place % 2 == 0 => value,
                twice if twice > 9 => twice - 9,
                twice => twice,
            }
        })
        .sum();
    sum.is_multiple_of(10)
}
