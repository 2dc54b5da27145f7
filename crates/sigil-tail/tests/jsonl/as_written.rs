//! Sigil lines come out byte for byte, whatever they hold.

use sigil_testkit::samples::{GuideSession, guide_session, spaced};

use crate::{Place, event};

/// Expects that `log` comes out as it went in: as it stands, and when all that passes is looked at.
#[track_caller]
fn passes(log: &[u8]) {
    let place = Place::with(log);
    for args in [&[][..], &["--component", "!none"], &["--min-tokens", "0"]] {
        place.gives(args, log);
    }
}

#[test]
fn nothing_comes_of_nothing() {
    passes(b"");
    Place::with("\n\r\n \n").gives(&[], b"");
    Place::with("\n\r\n \n").gives(&["--errors-only"], b"");
}

#[test]
fn a_session_of_the_guide() {
    passes(guide_session("lead-1").as_bytes());
    passes(spaced(&guide_session("lead-1")).as_bytes());
}

#[test]
fn fields_of_any_kind_and_order() {
    passes(
        concat!(
            r#"{"tokens":3,"z":[1,{"a":null}],"component":"a","message":"\u0041\/\ud83d \"x\"","tokens":4}"#,
            "\n",
            r#"{ "component" : "a" , "metadata" : { "type" : "x", "ai_log" : 1e400 } }"#,
            "\n",
            r#"{"event_type":"x","message":"a}{b","type":1}"#,
            "\n",
            r#"{"event_type":"","component":"€ \u20ac 😀"}"#,
            "\n",
        )
        .as_bytes(),
    );
}

#[test]
fn thousands_of_lines_in_several_pieces() {
    let mut log = String::new();
    for number in 0..6_000 {
        log += &GuideSession::new("lead-1").later(number % 600).to_string();
        if number % 100 == 0 {
            log += "{\"component\":\"a\",\"other\":[1,2]}\n";
        }
    }
    // More than what is read at once.
    assert!(log.len() > 8 << 20, "{}", log.len());
    passes(log.as_bytes());
    let expected: String = log
        .lines()
        .filter(|line| line.contains("\"reasoning\""))
        .map(|line| line.to_owned() + "\n")
        .collect();
    Place::with(log).gives(&["--component", "reasoning"], expected.as_bytes());
}

#[test]
fn accidents_of_files_are_taken_off() {
    let (one, two) = (event("s", "note", "a", 1), event("s", "note", "b", 2));
    let clean = format!("{one}{two}{one}");
    let crlf = clean.replace('\n', "\r\n");
    let bom = format!("\u{feff}{one}\u{feff}{two}{one}");
    let nul = format!("{one}\0\0\0{two}\0\0\n{one}");
    let spaces = format!("  {one}{} \n\n{one}", two.trim_end());
    for log in [crlf, bom, nul, spaces] {
        let place = Place::with(log);
        place.gives(&[], clean.as_bytes());
        place.gives(&["--component", "b"], two.as_bytes());
    }
}

#[test]
fn bytes_that_are_no_utf_8_stay_as_they_are() {
    let bad = b"{\"component\":\"a\",\"message\":\"\xff\xc3\x28\xed\xa0\x80\xf0\x9f\x98\",\"tokens\":3}\n";
    let good = event("s", "note", "a", 1).into_bytes();
    passes(&[&good[..], bad, &good, bad].concat());
    passes(bad);
}

#[test]
fn two_objects_on_a_line_are_two_events() {
    let (one, two) = (event("s", "note", "a", 1), event("s", "note", "b", 2));
    let bad = "{\"component\":\"b\",\"message\":\"".as_bytes();
    let place = Place::with(format!("{one}{}{two}{} {one}", one.trim_end(), two.trim_end()));
    place.gives(&[], format!("{one}{one}{two}{two}{one}").as_bytes());
    place.gives(&["--component", "b"], format!("{two}{two}").as_bytes());
    let bad = [bad, b"\xff\"}"].concat();
    let place = Place::with([&bad[..], b" ", &bad, b"\n"].concat());
    place.gives(&[], &[&bad[..], b"\n", &bad, b"\n"].concat());
}

#[test]
fn what_was_said_changes_sigil_lines_only_where_secrets_are_taken_out() {
    let log = event("s", "note", "a", 1)
        + "{\"component\":\"a\",\"message\":\"mail a@b.example\",\"x\":\"\\u0041\"}\n";
    let place = Place::with(&log);
    for args in [&["--content", "full"][..], &["--estimate"], &["--content", "text", "--estimate"]] {
        place.gives(args, log.as_bytes());
    }
    let redacted = place.tool().args(["--content", "text", "--redact", "log.jsonl"]).run();
    let (text, rest) = (redacted.stdout_text(), log.lines().next().unwrap().to_owned());
    assert!(!text.contains("a@b.example") && text.starts_with(&rest), "{text}");
    assert_eq!(text.lines().count(), 2);
}
