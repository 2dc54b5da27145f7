//! Arguments and configurations that mean nothing: one line with the guide's code, exit 2, or 1 with `--check`.

use sigil_testkit::samples::guide_session;

use crate::Place;

/// Runs on a good log with wrong arguments, with and without `--check`.
#[track_caller]
fn refused(place: &Place, args: &[&str], message: &str) {
    place.file("log.jsonl", guide_session("s"));
    for (check, status) in [(&[][..], 2), (&["--check"][..], 1)] {
        place
            .tool()
            .arg("log.jsonl")
            .args(args)
            .args(check)
            .env("RUST_BACKTRACE", "1")
            .stdout("")
            .stderr(format!("sigil-tokens: E010_CONFIG_ERR: {message}\n"))
            .status(status);
    }
}

#[test]
fn a_budget_that_is_no_number() {
    let message = |text: &str| {
        format!(
            "invalid value '{text}' for '--budget <N>': \"{text}\" is not a number of tokens; write 256000, 256k or \
             1.5M (see sigil-tokens --help)"
        )
    };
    for text in ["12x", "k", "1.5", "1e3", "9".repeat(30).as_str()] {
        refused(&Place::new(), &["--budget", text], &message(text));
    }
}

#[test]
fn a_format_that_is_not_known() {
    let message = "invalid value 'sigl' for '--from <FORMAT>' [possible values: auto, sigil, claude, codex, higress, text]; did you mean \
                   'sigil'? (see sigil-tokens --help)";
    refused(&Place::new(), &["--from", "sigl"], message);
}

#[test]
fn a_zone_that_is_not_known() {
    for flag in ["--timezone", "--input-timezone"] {
        let message = "time zone \"Mars/Base\" is not known; use utc, local or a name like Europe/Berlin";
        refused(&Place::new(), &[flag, "Mars/Base"], message);
    }
}

#[test]
fn a_time_that_is_none() {
    let example = "write 2026-01-11T10:00:00Z, 2026-01-11, or an age such as 7d, 36h, 10m";
    for flag in ["--since", "--until"] {
        for text in ["yesterday", "2026-02-30", "7y", "7"] {
            refused(&Place::new(), &[flag, text], &format!("{flag} \"{text}\" is no time; {example}"));
        }
    }
}

#[test]
fn flags_that_do_not_exist() {
    let message = "unexpected argument '--bugdet'; did you mean '--budget'? (see sigil-tokens --help)";
    refused(&Place::new(), &["--bugdet", "1"], message);
}

#[test]
fn a_key_that_is_not_known_in_the_configuration() {
    let place = Place::with("c.toml", "# mine\n\n[budget]\nsesion = 5\n");
    refused(
        &place,
        &["--config", "c.toml"],
        "c.toml:4: unknown key \"budget.sesion\"; did you mean \"budget.session\"?",
    );
}

#[test]
fn a_value_of_the_wrong_type_in_the_configuration() {
    let place = Place::with("c.toml", "timezone = 5\n");
    refused(&place, &["--config", "c.toml"], "c.toml:1: timezone: expected a string, found an integer");
    place.file("c.toml", "color = \"always\"\n[check]\nwarn_at = \"a lot\"\n");
    refused(
        &place,
        &["--config", "c.toml"],
        "c.toml:3: check.warn_at: expected a number of percent, such as 80, found a string",
    );
}

#[test]
fn a_configuration_that_is_no_toml_names_its_line() {
    let place = Place::with("c.toml", "color = \"auto\"\n[budget\n");
    place.file("log.jsonl", guide_session("s"));
    place
        .tool()
        .args(["--config", "c.toml", "log.jsonl"])
        .stdout("")
        .stderr_contains("sigil-tokens: E010_CONFIG_ERR: c.toml:2: ")
        .status(2);
}

#[test]
fn a_zone_that_is_not_known_in_the_configuration_is_refused() {
    let place = Place::with("c.toml", "timezone = \"Mars/Base\"\n");
    place.file("log.jsonl", guide_session("s"));
    place
        .tool()
        .args(["--config", "c.toml", "log.jsonl"])
        .stdout("")
        .stderr_contains("sigil-tokens: E010_CONFIG_ERR: ")
        .stderr_contains("\"Mars/Base\"")
        .status(2);
}

#[test]
fn a_configuration_that_is_asked_for_must_exist() {
    let place = Place::new();
    refused(&place, &["--config", "no.toml"], "cannot read config file no.toml: no such file or directory");
    place
        .tool()
        .env("SIGIL_CONFIG", "no.toml")
        .stdout("")
        .stderr("sigil-tokens: E010_CONFIG_ERR: cannot read config file no.toml: no such file or directory\n")
        .status(2);
}

#[test]
fn the_configuration_of_the_environment_and_of_home_are_read() {
    let place = Place::with("c.toml", "[budget]\nsession = 1300\n");
    place.file(".sigil/config.toml", "[budget]\nsession = 6500\n");
    let tool = || place.tool().arg("--summary").stdin(guide_session("s"));
    tool().env("SIGIL_CONFIG", "c.toml").stdout_contains("650 / 1,300 (50.00%)").status(0);
    tool().env("HOME", place.path()).stdout_contains("650 / 6,500 (10.00%)").status(0);
    place.file(".sigil/config.toml", "buget = 1\n");
    let message = "sigil-tokens: E010_CONFIG_ERR: ~/.sigil/config.toml:1: unknown key \"buget\"; did you mean \"budget\"?\n";
    tool().env("HOME", place.path()).stdout("").stderr(message).status(2);
}

#[test]
fn help_and_version_are_no_errors() {
    crate::tool().arg("--help").stdout_contains("Usage: sigil-tokens").status(0);
    crate::tool().arg("-V").stdout("sigil-tokens 0.1.0\n").status(0);
}
