//! What is on the screen, in the sizes that it is looked at in.

use sigil_testkit::samples::claude::{Answer, ToolResult, tool_result, user};
use sigil_testkit::samples::{GuideSession, guide_session};

use super::*;

/// Keeps the screens of a scene in all sizes.
fn keep(name: &str, scene: &Scene) {
    for (columns, rows) in [(80, 24), (120, 40), (40, 10)] {
        insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), scene.screen(columns, rows, Look::Fine));
    }
}

fn several() -> Scene {
    let mut scene = Scene::of(&guide_session("lead-analysis-001"));
    scene.feed(&GuideSession::new("agent-build-acme-001").later(1).running().to_string());
    scene.feed(&events(
        "research-market-2026q1-003",
        &[
            (0, "session_start", "orchestrator", 0),
            (5, "step_complete", "reasoning", 120_000),
            (60, "step_complete", "reasoning", 100_000),
            (61, "session_error", "orchestrator", 0),
        ],
    ));
    scene.feed(&events(
        "test-routing-debug",
        &[(20, "session_start", "orchestrator", 0), (90, "step_complete", "memory", 33_000)],
    ));
    scene.feed(&GuideSession::new("old").later(-60).running().to_string());
    scene.expecting(&["not-there-yet"]).at(END_US + 100_000_000)
}

fn claude() -> Scene {
    let answer = |id: &str, at: &str| Answer::new(id).session("0c3d9a60-6f1e-4f57-9b3c-6f7fd3a1e9d4").at(at);
    let session = "0c3d9a60-6f1e-4f57-9b3c-6f7fd3a1e9d4";
    let log = [
        user(session, "2026-02-12T16:02:25.000Z", "Fix the test"),
        answer("msg_1", "2026-02-12T16:02:27.718Z")
            .usage(3, 80)
            .cache(15_000, 11_000)
            .tool_use("toolu_1", "Bash")
            .snapshots(&[1, 9, 80]),
        tool_result(
            session,
            "2026-02-12T16:02:29.000Z",
            "toolu_1",
            ToolResult::Failed("Exit code 1\nno such file"),
        ),
        answer("msg_2", "2026-02-12T16:03:40.000Z").usage(5, 900).cache(62_000, 26_000).text("Done.").line(),
    ];
    Scene::of(&log.concat()).at(1_770_912_230_000_000)
}

#[test]
fn a_session_that_is_waited_for() {
    keep("waiting", &Scene::new(None).expecting(&["my-session"]));
}

#[test]
fn the_guide_s_session() {
    keep("guide", &Scene::of(&guide_session("lead-analysis-001")));
}

#[test]
fn a_session_that_runs() {
    let scene = Scene::of(&GuideSession::new("lead-analysis-001").running().to_string());
    keep("running", &scene.at(END_US + 20_000_000));
}

#[test]
fn several_sessions() {
    keep("several", &several());
}

#[test]
fn the_list_is_filtered_while_it_is_typed() {
    let mut scene = several();
    scene.press("/er");
    keep("filter", &scene);
}

#[test]
fn what_a_list_is_sorted_by_is_shown() {
    let mut scene = several();
    let title = |scene: &Scene| scene.screen(120, 40, Look::Fine).lines().nth(2).unwrap().to_owned();
    assert!(!title(&scene).contains("PER MIN"));
    scene.press("sss");
    assert!(title(&scene).contains("PER MIN"), "{}", title(&scene));
}

#[test]
fn a_session_is_opened() {
    let mut scene = several();
    scene.press("jj<Enter>");
    keep("opened", &scene);
}

#[test]
fn help() {
    let mut scene = several();
    scene.press("?");
    keep("help", &scene);
}

#[test]
fn a_session_of_claude_has_a_context_and_a_cost() {
    keep("claude", &claude());
}

#[test]
fn a_budget_that_is_exceeded() {
    let mut scene = Scene::new(Some(600));
    scene.feed(&GuideSession::new("lead-analysis-001").running().to_string());
    keep("exceeded", &scene);
}

#[test]
fn a_session_that_failed() {
    let log = GuideSession::new("lead-analysis-001").running().to_string()
        + &events(
            "lead-analysis-001",
            &[
                (1, "retry_attempt", "contracts", 0),
                (2, "step_error", "contracts", 120),
                (3, "session_error", "orchestrator", 0),
            ],
        );
    keep("failed", &Scene::of(&log).at(END_US + 5_000_000));
}

#[test]
fn plain_screens_are_ascii() {
    let mut scenes =
        [("plain_guide", Scene::of(&guide_session("lead-analysis-001"))), ("plain_several", several())];
    for (name, scene) in &mut scenes {
        for (columns, rows) in [(80, 24), (120, 40), (40, 10)] {
            let screen = scene.screen(columns, rows, Look::Plain);
            assert!(screen.is_ascii(), "{screen}");
            if columns < 120 {
                insta::assert_snapshot!(format!("{name}_{columns}x{rows}"), screen);
            }
        }
        scene.press("?");
        assert!(scene.screen(80, 24, Look::Plain).is_ascii());
    }
}

#[test]
fn lines_that_are_wrong_are_told_of() {
    let scene = Scene::of(&(guide_session("lead-1") + "not json\n"));
    let screen = scene.screen(80, 24, Look::Fine);
    assert!(screen.ends_with("1 malformed line\n"), "{screen}");
}

#[test]
fn colours_say_what_the_guide_says() {
    use ratatui::buffer::Buffer;
    use ratatui::layout::Rect;
    use ratatui::style::Color;

    let level_colour = |budget: u64| {
        let mut scene = Scene::new(Some(budget));
        scene.feed(&guide_session("s"));
        let picture = scene.picture();
        let mut buffer = Buffer::empty(Rect::new(0, 0, 80, 24));
        let strips = picture.screen(&scene.choice, 80, 24, Look::Fine);
        paint::draw(&strips, Look::Fine, Palette::COLORED, &mut buffer);
        let text: Vec<String> =
            (0..24).map(|y| (0..80).map(|x| buffer[(x, y)].symbol().to_owned()).collect()).collect();
        let y = text.iter().position(|line| line.contains("Status:  ")).unwrap();
        buffer[(14, y as u16)].fg
    };
    assert_eq!(level_colour(256_000), Color::Green);
    assert_eq!(level_colour(1_300), Color::Yellow);
    assert_eq!(level_colour(800), Color::Red);
    assert_eq!(level_colour(600), Color::Red);
}
