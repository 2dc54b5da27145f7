//! `-m minimal`: one line.

use std::time::Duration;

use sigil_testkit::samples::{GuideSession, guide_session, store};

use crate::{Place, SOON, event, send};

const NOTHING: &str = "Tokens: 0 / 256,000 (0.00%) [...............................] 256,000 left";
const GUIDE: &str = "Tokens: 650 / 256,000 (0.25%) [#..............................] 255,350 left";

#[test]
fn once_is_exactly_one_line() {
    let place = Place::with("s", guide_session("s"));
    let once = ["-m", "minimal", "--once"];
    place.tool().args(once).args(["-s", "s"]).stdout(format!("{GUIDE}\n")).status(0);
    place.tool().args(once).args(["-s", "s", "--until-complete"]).stdout(format!("{GUIDE}\n")).status(0);
    place.append("empty", "");
    place.tool().args(once).args(["-s", "empty"]).stdout(format!("{NOTHING}\n")).status(0);
    let place = Place::new();
    store(place.path(), &["a", "b"]).unwrap();
    let both = "Tokens: 1,300 / 512,000 (0.25%) [#..............................] 510,700 left\n";
    place.tool().args(once).arg("--all").stdout(both).status(0);
}

#[test]
fn a_line_comes_whenever_the_figures_have_changed() {
    let place = Place::new();
    let mut tool = place.tool().args(["-m", "minimal", "-s", "s"]).stream();
    tool.expect_line(NOTHING, SOON);
    place.append("s", event("s", 1, "step_complete", "a", "", 256));
    tool.expect_line("Tokens: 256 / 256,000 (0.10%) [#..............................] 255,744 left", SOON);
    place.append("s", event("s", 2, "step_start", "a", "costs nothing", 0));
    tool.expect_silence(Duration::from_millis(300));
    place.append("s", event("s", 3, "step_complete", "a", "", 127_744));
    tool.expect_line(
        "Tokens: 128,000 / 256,000 (50.00%) [###############................] 128,000 left",
        SOON,
    );
    send("TERM", tool.id());
    let output = tool.finish();
    assert_eq!((output.stdout_text().as_str(), output.status.code()), ("", Some(0)));
}

#[test]
fn there_is_at_most_one_line_in_a_refresh_interval() {
    let place = Place::with("s", GuideSession::new("s").running().to_string());
    let mut tool = place.tool().args(["-m", "minimal", "-s", "s", "--refresh-rate", "3600"]).stream();
    tool.expect_line(GUIDE, SOON);
    for second in [50, 51] {
        place.append("s", event("s", second, "step_complete", "a", "", 175));
        tool.expect_silence(Duration::from_secs(1));
    }
    send("INT", tool.id());
    // The last figures come all the same, when it ends.
    let output = tool.finish();
    let last = "Tokens: 1,000 / 256,000 (0.39%) [#..............................] 255,000 left\n";
    assert_eq!((output.stdout_text().as_str(), output.status.code()), (last, Some(0)));
}

#[test]
fn an_end_is_told_once_and_following_goes_on() {
    let place = Place::with("s", GuideSession::new("s").running().to_string());
    let mut tool = place.tool().args(["-m", "minimal", "-s", "s"]).stream();
    tool.expect_line(GUIDE, SOON);
    place.append("s", event("s", 40, "session_complete", "orchestrator", "done", 0));
    let block = [
        "",
        "========== EXECUTION COMPLETE ==========",
        "Session: s completed successfully",
        "Duration: 9.6 seconds",
        "Final token usage: 650 / 256,000 (0.25%)",
    ];
    block.iter().for_each(|line| tool.expect_line(line, SOON));
    place.append("s", event("s", 41, "step_complete", "a", "late", 350));
    tool.expect_line("", SOON);
    tool.expect_line("Tokens: 1,000 / 256,000 (0.39%) [#..............................] 255,000 left", SOON);
    send("TERM", tool.id());
    assert_eq!(tool.finish().stdout_text(), "");
}
