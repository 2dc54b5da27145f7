//! Keys.

use sigil_testkit::samples::GuideSession;

use super::*;

/// Ten sessions, `s9` the youngest and first of them.
fn ten() -> Scene {
    let mut scene = Scene::new(None);
    for n in 0..10 {
        scene.feed(&GuideSession::new(&format!("s{n}")).later(n).to_string());
    }
    scene
}

fn selected(scene: &Scene) -> String {
    let rows = scene.picture().rows;
    rows.get(scene.choice.index(&rows)).map_or_else(String::new, |row| row.id.to_string())
}

fn ids(scene: &Scene) -> String {
    scene.picture().rows.iter().map(|row| row.id.to_string()).collect::<Vec<_>>().join(" ")
}

#[test]
fn keys_move_through_the_list() {
    for (keys, expected) in [
        ("", "s9"),
        ("j", "s8"),
        ("<Down>jj", "s6"),
        ("jjk", "s8"),
        ("k<Up>", "s9"),
        ("G", "s0"),
        ("<End>j", "s0"),
        ("Gg", "s9"),
        ("<PageDown>", "s0"),
        ("G<PageUp>", "s9"),
        ("G<Home>j", "s8"),
    ] {
        let mut scene = ten();
        scene.press(keys);
        assert_eq!(selected(&scene), expected, "{keys}");
    }
}

#[test]
fn a_session_that_was_chosen_stays_so() {
    let mut scene = ten();
    scene.press("j");
    scene.feed(&GuideSession::new("younger").later(60).to_string());
    assert_eq!(selected(&scene), "s8");
    // Nobody has chosen the first: whatever comes first is.
    let mut scene = ten();
    scene.feed(&GuideSession::new("younger").later(60).to_string());
    assert_eq!(selected(&scene), "younger");
}

#[test]
fn enter_opens_and_escape_goes_back() {
    let mut scene = ten();
    assert_eq!(scene.press("j<Enter>"), Reaction::Changed);
    assert!(scene.choice.is_open);
    scene.press("j");
    assert_eq!((selected(&scene).as_str(), scene.choice.is_open), ("s7", true));
    scene.press("<Esc>");
    assert!(!scene.choice.is_open);
    // What is open stays, also if nobody moved before.
    let mut scene = ten();
    scene.press("<Enter>");
    scene.feed(&GuideSession::new("younger").later(60).to_string());
    assert_eq!(selected(&scene), "s9");
}

#[test]
fn a_filter_is_typed_kept_and_dropped() {
    let mut scene = ten();
    scene.press("/S3");
    assert_eq!((ids(&scene).as_str(), scene.choice.is_typing), ("s3", true));
    scene.press("<Backspace>5<Enter>");
    assert_eq!((ids(&scene).as_str(), scene.choice.is_typing), ("s5", false));
    // Letters are commands again.
    assert_eq!(scene.press("q"), Reaction::Quit);
    scene.press("<Esc>");
    assert_eq!(scene.picture().rows.len(), 10);
    scene.press("/nothing");
    assert_eq!(ids(&scene), "");
    assert_eq!(scene.press("<Enter>jkG<Enter>"), Reaction::Nothing);
    scene.press("/<Esc>");
    assert_eq!(scene.picture().rows.len(), 10);
    scene.press("/a<Backspace><Backspace>");
    assert!(!scene.choice.is_typing);
    scene.press("/q?j");
    assert_eq!(scene.choice.filter, "q?j");
}

#[test]
fn a_status_is_text_to_filter_by() {
    let mut scene = ten();
    scene.feed(&GuideSession::new("runs").later(30).running().to_string());
    scene.press("/running");
    assert_eq!(ids(&scene), "runs");
}

#[test]
fn orders_follow_each_other() {
    let mut scene = Scene::new(None);
    scene.feed(&events("b", &[(0, "step_complete", "x", 10)]));
    scene.feed(&events("a", &[(1, "step_complete", "x", 20), (2, "session_complete", "x", 0)]));
    scene.feed(&events("c", &[(2, "step_complete", "x", 30)]));
    let mut seen = Vec::new();
    for _ in 0..6 {
        seen.push(format!("{}: {}", scene.choice.order.name(), ids(&scene)));
        scene.press("s");
    }
    let expected =
        ["status: c b a", "tokens: c a b", "cost: a b c", "rate: a b c", "id: a b c", "status: c b a"];
    assert_eq!(seen, expected);
}

#[test]
fn help_goes_with_any_key() {
    let mut scene = ten();
    scene.press("?");
    assert!(scene.choice.shows_help);
    scene.press("j");
    assert_eq!((scene.choice.shows_help, selected(&scene).as_str()), (false, "s9"));
    assert_eq!(scene.press("?q"), Reaction::Quit);
}

#[test]
fn control_keys_hold_everywhere() {
    let mut choice = Choice::default();
    (choice.is_typing, choice.filter) = (true, "abc".to_owned());
    let mut press =
        |letter| choice.press(KeyEvent::new(KeyCode::Char(letter), KeyModifiers::CONTROL), &[], 5);
    assert_eq!(press('l'), Reaction::Redraw);
    assert_eq!(press('u'), Reaction::Changed);
    assert_eq!(press('x'), Reaction::Nothing);
    assert_eq!(press('c'), Reaction::Quit);
    assert_eq!(choice.filter, "");
}
