//! Accidents of files, in each format.

use super::{MODEL, Sample, WAYS, comes_to, samples};
use crate::Place;

/// Expects what `damage` makes of a log of each format to come to the same.
#[track_caller]
fn does_not_matter(damage: impl Fn(&Sample) -> Vec<u8>) {
    for sample in samples() {
        let bytes = damage(&sample);
        comes_to(sample.format, &bytes, sample.used, None);
        comes_to("auto", &bytes, sample.used, None);
    }
}

fn text(sample: &Sample) -> String {
    sample.head.clone() + &sample.lines.concat()
}

#[test]
fn byte_order_marks() {
    does_not_matter(|sample| format!("\u{feff}{}", text(sample)).into_bytes());
    does_not_matter(|sample| {
        ("\u{feff}".to_owned() + &text(sample).replace('\n', "\n\u{feff}")).into_bytes()
    });
}

#[test]
fn carriage_returns_and_missing_newlines() {
    does_not_matter(|sample| text(sample).replace('\n', "\r\n").into_bytes());
    does_not_matter(|sample| text(sample).replace('\n', "\r\n\r\n").trim_end().as_bytes().to_vec());
    does_not_matter(|sample| text(sample).trim_end().as_bytes().to_vec());
}

#[test]
fn runs_of_nul() {
    let nul = "\0".repeat(100_000);
    does_not_matter(|sample| {
        (nul.clone() + &text(sample).replace('\n', &format!("\n{nul}")) + &nul).into_bytes()
    });
    does_not_matter(|sample| text(sample).replace('\n', &format!("{nul}\n{nul}\n")).into_bytes());
}

#[test]
fn objects_without_a_line_break_between_them() {
    for between in ["", " ", "\r", "\t \r"] {
        does_not_matter(|sample| match sample.format {
            "text" => text(sample).into_bytes(),
            _ => text(sample).replace('\n', between).into_bytes(),
        });
    }
}

/// Puts bytes that are no UTF-8 behind each place of `mark`.
fn with_no_text(text: &str, mark: &str) -> Vec<u8> {
    let wrong = b"\xff\xc3\x28\xed\xa0\x80\xf0\x9f";
    let parts: Vec<_> = text.split(mark).map(str::as_bytes).collect();
    parts.join(&[mark.as_bytes(), wrong].concat()[..])
}

#[test]
fn bytes_that_are_no_utf_8() {
    // In names that are counted by, in ids, in keys, in what is said.
    does_not_matter(|sample| {
        let mark = match sample.format {
            "sigil" => "\"component\":\"",
            "claude" => "\"version\":\"",
            "codex" => "\"id\":\"",
            "higress" => "{\\\"",
            _ => "t",
        };
        with_no_text(&text(sample), mark)
    });
}

#[test]
fn a_model_that_is_no_utf_8_is_told_as_text() {
    for sample in samples().into_iter().filter(|sample| !matches!(sample.format, "sigil" | "text")) {
        let bytes = with_no_text(&text(&sample), MODEL);
        for way in WAYS {
            let output = way.tool(&Place::new(), &bytes).args(["--by", "model"]).run();
            let (stdout, stderr) = (std::str::from_utf8(&output.stdout), std::str::from_utf8(&output.stderr));
            assert!(stdout.is_ok_and(|text| text.contains("gpt-5\u{fffd}")), "{}", sample.format);
            // An unknown model is named in the one warning about prices.
            let names_it = |text: &str| text.contains("\u{fffd}") && text.lines().count() == 1;
            assert!(stderr.is_ok_and(names_it), "{}: {}", sample.format, output.stderr_text());
            assert_eq!(output.status.code(), Some(0), "{}", sample.format);
        }
    }
}

#[test]
fn what_is_torn_off_is_told_and_the_rest_counts() {
    for sample in samples().into_iter().filter(|sample| sample.format != "text") {
        let [one, two, three] = &sample.lines;
        let torn = &two[..two.len() / 2];
        let before = sample.head.lines().count() as u64 + 1;
        let bytes = [&sample.head, one, torn, "\n", three].concat();
        comes_to(sample.format, bytes.as_bytes(), 5, Some(before + 1));
    }
}
