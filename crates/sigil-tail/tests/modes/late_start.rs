//! A monitor started late shows what one started first shows (guide 2.2).

use sigil_testkit::samples::{GuideSession, guide_session};

use crate::{Place, RULE, event, lines_until, send};

/// Everything from the header on, without what an early start says of waiting.
fn after_header(shown: &str) -> &str {
    shown.split_once(&format!("{RULE}\n\n")).map_or(shown, |(_, rest)| rest)
}

#[test]
fn early_and_late_show_the_same() {
    let steps = event("s", 45, "token_consumption", "memory", "", 40)
        + &event("s", 46, "step_complete", "memory", "states the same again", 40);
    let log = GuideSession::new("s").running().to_string()
        + &steps
        + &event("s", 50, "session_complete", "c", "", 690);
    let last = "[10:15:50.500] c          |                            |     0 tokens | Total:    690";

    let place = Place::new();
    let mut early = place.tool().args(["-m", "stream", "-s", "s"]).stream();
    let waiting = lines_until(&mut early, RULE);
    assert!(waiting.contains("Waiting"), "{waiting}");
    let mut shown = String::new();
    for line in log.lines() {
        place.append("s", format!("{line}\n"));
    }
    shown += &lines_until(&mut early, last);
    send("TERM", early.id());
    shown += &early.finish().stdout_text();

    let mut late = place.tool().args(["-m", "stream", "-s", "s"]).stream();
    let mut later = lines_until(&mut late, last);
    send("TERM", late.id());
    later += &late.finish().stdout_text();
    let once = place.tool().args(["-m", "stream", "-s", "s", "--once"]).run().stdout_text();
    assert_eq!(shown.trim_start(), after_header(&later));
    assert_eq!(later, once);
}

#[test]
fn only_the_last_and_then_everything_new() {
    let place = Place::with("s", guide_session("s"));
    let mut tool = place.tool().args(["-m", "stream", "-s", "s", "-n", "1"]).stream();
    let shown = lines_until(
        &mut tool,
        "[10:15:38.789] orchestrator | Pipeline completed successfully |     0 tokens | Total:    650",
    );
    assert_eq!(shown.lines().filter(|line| line.starts_with('[')).count(), 1, "{shown}");
    lines_until(&mut tool, "Final token usage: 650 / 256,000 (0.25%)");
    place.append(
        "s",
        event("s", 50, "step_complete", "a", "", 1) + &event("s", 51, "step_complete", "a", "", 2),
    );
    let shown = lines_until(
        &mut tool,
        "[10:15:51.500] a          |                            |     2 tokens | Total:    653",
    );
    assert_eq!(shown.lines().count(), 3, "{shown}");
}
