//! Whether output is coloured.

pub use sigil_store::config::Color;

use crate::surroundings::Surroundings;

/// Decides: `always` and `never` hold whoever said them; `auto` asks `NO_COLOR`, then `CLICOLOR_FORCE`, then
/// whether standard output is a terminal that is not dumb.
pub fn is_on(choice: Color, surroundings: &Surroundings) -> bool {
    match choice {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if surroundings.no_color => false,
        Color::Auto if surroundings.force_color => true,
        Color::Auto => surroundings.is_terminal && !surroundings.is_dumb,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auto_asks_the_environment_then_the_terminal() {
        let pipe = Surroundings::default();
        let terminal = Surroundings { is_terminal: true, ..pipe };
        let auto = |surroundings| is_on(Color::Auto, &surroundings);
        assert!(!auto(pipe));
        assert!(auto(terminal));
        assert!(!auto(Surroundings { is_dumb: true, ..terminal }));
        assert!(!auto(Surroundings { no_color: true, ..terminal }));
        assert!(auto(Surroundings { force_color: true, ..pipe }));
        assert!(!auto(Surroundings { force_color: true, no_color: true, ..terminal }));
    }

    #[test]
    fn always_and_never_hold() {
        let no_color = Surroundings { no_color: true, ..Surroundings::default() };
        assert!(is_on(Color::Always, &no_color));
        assert!(!is_on(
            Color::Never,
            &Surroundings { is_terminal: true, force_color: true, ..Surroundings::default() }
        ));
    }
}
