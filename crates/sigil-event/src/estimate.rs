//! How many tokens text may come to where nothing counts them: words × 1.3.
//!
//! Words stand between white space. A character of a script that writes none between its words, such as a
//! Chinese one, is a word of its own; what stands between two such characters is one, too. Korean and
//! Vietnamese, which write spaces, are counted by them.

use std::ops::RangeInclusive;

/// What of an event is reckoned from its text, because its line states no count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Estimate {
    /// Its tokens.
    Tokens,
    /// Only how they divide: `usage.reasoning`. The tokens themselves are stated.
    Reasoning,
}

/// How many tokens `text` may come to: its words × 1.3, to the nearest.
///
/// More text never comes to less. Text of a million words comes to 1.3 million tokens, in whatever language:
/// this is no tokenizer, and may be far from what a model's own would say.
pub fn estimate(text: &str) -> u64 {
    tokens_of_words(words(text))
}

/// How many tokens so many words may come to: × 1.3, to the nearest.
pub fn tokens_of_words(words: u64) -> u64 {
    words.saturating_mul(13).saturating_add(5) / 10
}

/// How many words `text` has. Those of texts with white space between them add up.
pub fn words(text: &str) -> u64 {
    let (mut words, mut is_inside) = (0, false);
    for letter in text.chars() {
        match Letter::of(letter) {
            Letter::Space => is_inside = false,
            Letter::Mark => {}
            Letter::Word => {
                words += 1;
                is_inside = false;
            }
            Letter::Part => {
                words += u64::from(!is_inside);
                is_inside = true;
            }
        }
    }
    words
}

/// What a character does to the words around it.
enum Letter {
    /// It keeps them apart.
    Space,
    /// It belongs to the one before, whatever that is.
    Mark,
    /// It is one itself.
    Word,
    /// It is a part of one.
    Part,
}

impl Letter {
    #[inline]
    fn of(letter: char) -> Self {
        match letter {
            '!'..='~' => Self::Part,
            _ if letter.is_whitespace() || letter == ZERO_WIDTH_SPACE => Self::Space,
            ..FIRST_UNSPACED => Self::Part,
            _ if holds(MARKS, letter) => Self::Mark,
            _ if holds(UNSPACED, letter) => Self::Word,
            _ => Self::Part,
        }
    }
}

fn holds(ranges: &[RangeInclusive<char>], letter: char) -> bool {
    ranges.iter().any(|range| range.contains(&letter))
}

/// Where Thai and Khmer writers mark the end of a word.
const ZERO_WIDTH_SPACE: char = '\u{200b}';

const FIRST_UNSPACED: char = '\u{e00}';

/// The scripts that write no spaces between words.
const UNSPACED: &[RangeInclusive<char>] = &[
    '\u{e01}'..='\u{e5b}',     // Thai
    '\u{e81}'..='\u{eff}',     // Lao
    '\u{1000}'..='\u{109f}',   // Burmese
    '\u{1780}'..='\u{17ff}',   // Khmer
    '\u{3005}'..='\u{3007}',   // ideographs for "again", "shut" and "zero"
    '\u{3021}'..='\u{3029}',   // numerals of merchants
    '\u{3041}'..='\u{30ff}',   // hiragana, katakana
    '\u{3105}'..='\u{312f}',   // bopomofo
    '\u{31a0}'..='\u{31bf}',   // bopomofo, extended
    '\u{31f0}'..='\u{31ff}',   // katakana, extended
    '\u{3400}'..='\u{4dbf}',   // ideographs, extension A
    '\u{4e00}'..='\u{9fff}',   // ideographs
    '\u{f900}'..='\u{faff}',   // ideographs, for compatibility
    '\u{ff66}'..='\u{ff9d}',   // katakana, of half width
    '\u{1b000}'..='\u{1b16f}', // kana, supplement and extensions
    '\u{20000}'..='\u{3ffff}', // ideographs, further extensions
];

/// Vowels and tones of those scripts that stand above, below or around the letter before.
const MARKS: &[RangeInclusive<char>] = &[
    '\u{e31}'..='\u{e31}',
    '\u{e34}'..='\u{e3a}',
    '\u{e47}'..='\u{e4e}',
    '\u{eb1}'..='\u{eb1}',
    '\u{eb4}'..='\u{ebc}',
    '\u{ec8}'..='\u{ece}',
    '\u{102b}'..='\u{103e}',
    '\u{1056}'..='\u{1059}',
    '\u{17b4}'..='\u{17d3}',
    '\u{17dd}'..='\u{17dd}',
    '\u{3099}'..='\u{309a}',
    '\u{ff9e}'..='\u{ff9f}',
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_stand_between_white_space() {
        for (text, count) in [
            ("", 0),
            (" \t\n\u{3000}\u{a0}", 0),
            ("one", 1),
            (" two  words\n", 2),
            ("{\"tokens\":5, \"a b\"}", 3),
            ("na\u{ef}ve caf\u{e9} \u{1f600}\u{1f600}", 3),
            ("Привет, мир", 2),
            ("한국어 문장 하나", 3),
            ("מה שלומך", 2),
            ("हिन्दी में", 2),
        ] {
            assert_eq!(words(text), count, "{text:?}");
        }
    }

    #[test]
    fn a_character_of_a_script_without_spaces_is_a_word() {
        for (text, count) in [
            ("一二三四", 4),
            ("GPT模型很好", 5),
            ("模型GPT-5 mini很好", 6),
            ("ひらがなカタカナ", 8),
            ("ｶﾀｶﾅ", 4),
            // A voiced kana in one character or in two.
            ("が", 1),
            ("か\u{3099}", 1),
            ("𠀀𠀁", 2),
            // Five letters; vowels and tones are parts of them.
            ("ที่นี่ดีจัง", 5),
            ("ไทย\u{200b}ดี", 4),
        ] {
            assert_eq!(words(text), count, "{text:?}");
        }
    }

    #[test]
    fn an_estimate_is_to_the_nearest() {
        for (words, tokens) in [(0, 0), (1, 1), (2, 3), (3, 4), (4, 5), (5, 7), (10, 13), (1000, 1300)] {
            assert_eq!(estimate(&"word ".repeat(words)), tokens, "{words} words");
        }
        assert_eq!(tokens_of_words(u64::MAX), u64::MAX / 10);
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof!["\\PC{0,40}", "[a \n一かก\u{e31}\u{200b}]{0,40}"]
    }

    proptest! {
        #[test]
        fn more_text_never_comes_to_less(before in text(), text in text(), behind in text()) {
            let more = format!("{before}{text}{behind}");
            prop_assert!(estimate(&more) >= estimate(&text), "{more:?}");
            // Nor if it comes in between.
            let (around, inside) = (format!("{before}{behind}"), more);
            prop_assert!(estimate(&inside) >= estimate(&around), "{inside:?}");
        }

        #[test]
        fn repeated_text_comes_to_as_many_times_as_much(text in text(), times in 0_usize..50) {
            let repeated = format!("{text} ").repeat(times);
            let times = times as u64;
            prop_assert_eq!(words(&repeated), words(&text) * times);
            // Each of both is rounded by less than a half, or by a half.
            prop_assert!(estimate(&repeated).abs_diff(estimate(&text) * times) <= times.div_ceil(2) + 1);
        }
    }
}
