//! How what has been used stands to its budget, for people.

use sigil_cli::bar::bar;
use sigil_cli::number::{percent_of_whole, thousands};
use sigil_cli::style::{Palette, Tone};
use sigil_event::Level;
use sigil_summary::budget::Standing;

/// Cells of the bar in the guide's minimal line (3.3).
const BAR: usize = 31;

/// What each level looks like (guide 3.4).
pub fn tone(level: Level) -> Tone {
    match level {
        Level::Normal => Tone::Good,
        Level::Elevated => Tone::Warning,
        Level::Critical | Level::Exceeded => Tone::Bad,
    }
}

/// `650 / 256,000 (0.25%)`; without a budget only what is used.
pub fn share(standing: Standing) -> String {
    let used = thousands(standing.used);
    match standing.budget {
        Some(budget) => {
            format!("{used} / {} ({})", thousands(budget), percent_of_whole(standing.used, budget))
        }
        None => used,
    }
}

/// The guide's minimal line (3.3): `Tokens: 650 / 256,000 (0.25%) [#....] 255,350 left`.
pub fn line(standing: Standing, palette: Palette) -> String {
    let share = share(standing);
    match (standing.budget, standing.level()) {
        (Some(budget), Some(level)) => {
            let bar = palette.paint(tone(level), &bar(standing.used, budget, BAR));
            format!("Tokens: {share} {bar} {} left", thousands(standing.remaining().unwrap_or(0)))
        }
        _ => format!("Tokens: {share}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guide_s_session_stands_as_the_guide_shows_it() {
        let standing = Standing { used: 650, budget: Some(256_000) };
        let bar = "[#..............................]";
        let expected = format!("Tokens: 650 / 256,000 (0.25%) {bar} 255,350 left");
        assert_eq!(line(standing, Palette::PLAIN), expected);
        let expected = format!("Tokens: 650 / 256,000 (0.25%) \x1b[32m{bar}\x1b[0m 255,350 left");
        assert_eq!(line(standing, Palette::COLORED), expected);
    }

    #[test]
    fn without_a_budget_only_what_is_used_is_told() {
        assert_eq!(line(Standing { used: 1_234, budget: None }, Palette::COLORED), "Tokens: 1,234");
    }
}
