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
    let mut lengths = [0; GROUPS];
    let mut groups = 0;
    let mut from = at;
    let mut end = None;
    loop {
        let to = end_of(bytes, from, |byte| byte.is_ascii_digit());
        let group = bytes.get(from..to).unwrap_or(&[]);
        let Some(room) = digits.get_mut(count..count + group.len()) else { break };
        room.copy_from_slice(group);
        count += group.len();
        lengths[groups] = group.len();
        groups += 1;
        if is_printed(&lengths[..groups]) && is_card(&digits[..count]) && ends_alone(bytes, to) {
            end = Some(to);
        }
        let separator = bytes.get(to).copied().filter(|byte| matches!(byte, b' ' | b'-'));
        let is_same = groups == 1 || separator == bytes.get(from - 1).copied();
        if group.is_empty() || groups == GROUPS || separator.is_none() || !is_same {
            break;
        }
        from = to + 1;
    }
    end.map(|to| Secret { from: at, to, mark: CARD })
}

/// Whether numbers are printed in groups of such lengths: all in one, in fours, or as on cards of American
/// Express and Diners Club.
fn is_printed(lengths: &[usize]) -> bool {
    match lengths {
        [_] | [4, 6, 4 | 5] => true,
        [4, inner @ .., 1..=4] => inner.len() >= 2 && inner.iter().all(|length| *length == 4),
        _ => false,
    }
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
