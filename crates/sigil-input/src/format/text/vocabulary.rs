//! Words that mean something, among very many that do not.

/// Words in small letters, and what each means.
pub(super) struct Vocabulary<T: 'static> {
    words: &'static [(&'static str, T)],
    /// By first letter: the lengths of words, as bits. Tells nearly all other words at no cost.
    lengths: [u32; 26],
}

impl<T: Copy> Vocabulary<T> {
    /// A vocabulary of `words` of at most 31 small letters.
    pub(super) const fn new(words: &'static [(&'static str, T)]) -> Self {
        let mut lengths = [0; 26];
        let mut n = 0;
        while n < words.len() {
            let word = words[n].0.as_bytes();
            lengths[(word[0] - b'a') as usize] |= 1 << word.len();
            n += 1;
        }
        Self { words, lengths }
    }

    /// What `word` means, in letters of any case.
    #[inline]
    pub(super) fn find(&self, word: &[u8]) -> Option<T> {
        let letter = usize::from((word.first()? | 0x20).wrapping_sub(b'a'));
        let lengths = *self.lengths.get(letter)?;
        if word.len() > 31 || lengths & (1 << word.len()) == 0 {
            return None;
        }
        self.look_up(word)
    }

    fn look_up(&self, word: &[u8]) -> Option<T> {
        let first = word.first()? | 0x20;
        let mut words = self.words.iter();
        let found = words.find(|(known, _)| {
            known.as_bytes().first() == Some(&first) && known.as_bytes().eq_ignore_ascii_case(word)
        });
        found.map(|(_, meaning)| *meaning)
    }
}
