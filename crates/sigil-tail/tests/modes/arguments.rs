//! Arguments that make no sense together, and sessions that do not exist.

use sigil_testkit::samples::guide_session;

use crate::Place;

#[test]
fn what_makes_no_sense_together_is_refused_with_a_hint() {
    let place = Place::new();
    let totals = "--state begins where the run before stopped, which would make totals partial; use it with -m jsonl or -m stream";
    let minimal = "-m minimal shows the total of everything, which choosing events does not change; use -m stream, or sigil-tokens for parts of it";
    let cases: [(&[&str], &str); 7] = [
        (&["-m", "minimal", "--state", "x"], totals),
        (&["-m", "dashboard", "--state", "x"], totals),
        (
            &["-m", "minimal", "-n", "5"],
            "-m minimal shows the total of everything and no events; use -n with -m stream",
        ),
        (&["-m", "minimal", "--component", "c"], minimal),
        (&["-m", "minimal", "--errors-only"], minimal),
        (&["-m", "minimal", "--since", "1h"], minimal),
        (
            &["-m", "stream", "--state", "x", "--until-complete"],
            "--until-complete needs to have seen how sessions fare, which --state may have passed; use one of them",
        ),
    ];
    for (args, why) in cases {
        place.tool().args(args).stdout("").stderr(format!("sigil-tail: E010_CONFIG_ERR: {why}\n")).status(2);
    }
}

#[test]
fn an_unknown_session_is_an_error_with_the_nearest() {
    let place = Place::with("lead-1", guide_session("lead-1"));
    let output = place.tool().args(["-m", "stream", "--once", "-s", "laed-1"]).run();
    let said = output.stderr_text();
    assert!(said.starts_with("sigil-tail: E001_SESSION_NF: session \"laed-1\" not found in "), "{said}");
    assert!(said.ends_with("; did you mean \"lead-1\"?\n"), "{said}");
    assert_eq!((output.stdout_text().as_str(), output.status.code()), ("", Some(2)));
}
