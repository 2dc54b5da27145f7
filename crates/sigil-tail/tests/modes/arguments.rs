//! Arguments that make no sense together.

use crate::Place;

#[test]
fn what_makes_no_sense_together_is_refused_with_a_hint() {
    let place = Place::new();
    let totals = "--state begins where the run before stopped, which would make totals partial; use it with -m jsonl or -m stream";
    let minimal = "-m minimal shows the total of everything, which choosing events does not change; use -m stream, or sigil-tokens for parts of it";
    let cases: [(&[&str], &str); 8] = [
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
        (
            &["--state", "x", "-n", "5"],
            "--state begins where the run before stopped, -n before the end; use one of them",
        ),
    ];
    for (args, why) in cases {
        place.tool().args(args).stdout("").stderr(format!("sigil-tail: E010_CONFIG_ERR: {why}\n")).status(2);
    }
}
