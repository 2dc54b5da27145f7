//! What is red, what is yellow, and that a pipe is neither.

use sigil_testkit::samples::guide_session;

use crate::{Place, event};

#[test]
fn errors_are_red_and_levels_have_their_colours() {
    let log = event("s", 1, "step_complete", "c", "fine", 100)
        + &event("s", 2, "step_error", "c", "it broke", 0)
        + &event("s", 3, "retry_attempt", "c", "once more", 450)
        + &event("s", 4, "session_error", "c", "over", 300);
    let place = Place::with("s", log);
    let args = ["-m", "stream", "-s", "s", "--once", "--budget", "1000", "--color", "always"];
    let shown = place.tool().args(args).run().stdout_text();
    insta::assert_snapshot!(shown.replace('\x1b', "ESC"), @r"
    ========== SIGIL v2 EXECUTION MONITOR ==========
    Session: s
    Mode: Stream
    --------------------------------------------------

    [10:15:01.500] c          | fine                       |   100 tokens | Total:    100
    [10:15:02.500] c          | ESC[31mit brokeESC[0m                   |     0 tokens | Total:    100
    [10:15:03.500] c          | ESC[33monce moreESC[0m                  |   450 tokens | Total: ESC[33m   550ESC[0m
    [10:15:04.500] c          | ESC[31moverESC[0m                       |   300 tokens | Total: ESC[31m   850ESC[0m

    ========== EXECUTION COMPLETE ==========
    Session: s ESC[31mended with an error: overESC[0m
    Duration: 3.0 seconds
    Final token usage: 850 / 1,000 (85.00%)

    --------------------------------------------------
    Status: Error | Tokens: ESC[31m850 / 1,000 (85.00%)ESC[0m
    ");
    let args = ["-m", "minimal", "-s", "s", "--once", "--budget", "1000", "--color", "always"];
    let line = "Tokens: 850 / 1,000 (85.00%) \x1b[31m[##########################.....]\x1b[0m 150 left\n";
    place.tool().args(args).stdout(line).status(0);
}

#[test]
fn a_pipe_has_no_colour_and_nothing_is_rewritten() {
    let place = Place::with("s", guide_session("s"));
    for mode in ["stream", "minimal"] {
        let shown = place.tool().args(["-m", mode, "-s", "s", "--once"]).run().stdout_text();
        assert!(!shown.contains(['\x1b', '\r']), "{shown:?}");
    }
}
