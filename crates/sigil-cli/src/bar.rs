//! Progress bars of plain characters (guide 3.3).

/// A bar such as `[##.....]`, with `cells` characters between the brackets.
///
/// At least one `#` when anything is used, none when nothing is; full only when all of `budget` is used. A
/// budget of zero is full as soon as anything is used.
pub fn bar(used: u64, budget: u64, cells: usize) -> String {
    let filled = filled(used, budget, cells);
    format!("[{}{}]", "#".repeat(filled), ".".repeat(cells - filled))
}

fn filled(used: u64, budget: u64, cells: usize) -> usize {
    if used == 0 {
        return 0;
    }
    if used >= budget {
        return cells;
    }
    // Less than the whole: the quotient is less than `cells`, so the conversion cannot fail.
    let share = u128::from(used) * cells as u128 / u128::from(budget);
    usize::try_from(share).unwrap_or(cells).max(1).min(cells)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_guide_s_session_fills_one_cell() {
        assert_eq!(bar(650, 256_000, 31), "[#..............................]");
    }

    #[test]
    fn nothing_and_everything_look_like_it() {
        assert_eq!(bar(0, 100, 4), "[....]");
        assert_eq!(bar(1, 100, 4), "[#...]");
        assert_eq!(bar(50, 100, 4), "[##..]");
        assert_eq!(bar(99, 100, 4), "[###.]");
        assert_eq!(bar(100, 100, 4), "[####]");
        assert_eq!(bar(900, 100, 4), "[####]");
    }

    #[test]
    fn a_budget_of_zero_is_full_at_once() {
        assert_eq!(bar(0, 0, 3), "[...]");
        assert_eq!(bar(1, 0, 3), "[###]");
        assert_eq!(bar(u64::MAX, u64::MAX, 0), "[]");
    }

    proptest! {
        #[test]
        fn a_bar_is_as_long_as_asked(used in any::<u64>(), budget in any::<u64>(), cells in 2_usize..100) {
            let bar = bar(used, budget, cells);
            prop_assert_eq!(bar.len(), cells + 2);
            prop_assert_eq!(bar.contains('#'), used > 0);
            prop_assert_eq!(!bar.contains('.'), used > 0 && used >= budget);
        }
    }
}
