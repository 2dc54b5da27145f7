//! A panic while the terminal is taken over, in a process of its own.

use std::env;
use std::io::{self, Write};

use crate::dashboard::terminal::Terminal;
use crate::dashboard::view::{Look, Strip};
use sigil_cli::Palette;
use sigil_testkit::Tmux;
use sigil_testkit::tmux::shown;

#[test]
fn the_terminal_is_restored_before_a_panic_is_told() {
    let Some(tmux) = Tmux::start("the_terminal_is_restored_before_a_panic_is_told", 80, 24) else { return };
    tmux.note_settings();
    let test = env::current_exe().unwrap();
    let name = "dashboard::tests::panicking::a_program_that_panics";
    tmux.start_program(&format!("{} --exact {name} --ignored --nocapture", shown(&test)));
    let screen = tmux.wait_for_text("test result");
    assert!(screen.contains("this was meant to happen"), "{screen}");
    assert!(!screen.contains("a whole screen"), "{screen}");
    tmux.check_restored();
}

#[test]
#[ignore = "takes the terminal over and panics; run by the test above"]
fn a_program_that_panics() {
    let mut stdout = io::stdout();
    let out: &mut dyn Write = &mut stdout;
    let mut terminal = Terminal::new(out).unwrap();
    terminal.draw(Look::Fine, Palette::COLORED, |_, _| vec![Strip::of("a whole screen")]).unwrap();
    // Without this the panic's way out would restore the terminal, too; there is none in a release build.
    std::mem::forget(terminal);
    panic!("this was meant to happen");
}
