//! Chance that is the same each time.

/// Orders that look random, the same ones for the same seed (Knuth's MMIX generator).
#[derive(Clone, Debug)]
pub struct Shuffle(u64);

impl Shuffle {
    /// The order with this number.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Puts `items` into the next order.
    pub fn apply<T>(&mut self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            let at = self.below(end + 1);
            items.swap(end, at);
        }
    }

    /// The next number from 0 to below `bound`, which is at least 1.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}
