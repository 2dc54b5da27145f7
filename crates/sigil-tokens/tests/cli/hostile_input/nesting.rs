//! Values in values, deeper than any log has them.

use super::{comes_to, samples};

const DEPTH: usize = 10_000;

#[test]
fn ten_thousand_levels_are_malformed_and_the_rest_counts() {
    for sample in samples().into_iter().filter(|sample| sample.format != "text") {
        let [one, two, three] = &sample.lines;
        for (open, close) in [("[", "]"), ("{\"a\":", "}"), ("{\"message\":{\"content\":[", "]}}")] {
            let key = match sample.format {
                "sigil" => "metadata",
                "claude" => "data",
                "codex" => "payload",
                _ => "ai_log",
            };
            let deep = format!("{}1{}", open.repeat(DEPTH), close.repeat(DEPTH));
            let line = format!("{{\"{key}\":{deep},\"type\":\"progress\",\"tokens\":1000}}\n");
            let cut = format!("{{\"{key}\":{}\n", open.repeat(DEPTH));
            let before = sample.head.lines().count() as u64 + 1;
            for wrong in [line, cut] {
                let log = [&*sample.head, one, &wrong, two, three].concat();
                comes_to(sample.format, log.as_bytes(), 7, Some(before + 1));
            }
        }
    }
}

#[test]
fn escaped_ten_thousand_levels_are_malformed_too() {
    let deep =
        format!("{{\\\"messages\\\":{}{},\\\"input_token\\\":5}}", "[".repeat(DEPTH), "]".repeat(DEPTH));
    comes_to("higress", format!("{{\"ai_log\":\"{deep}\"}}\n").as_bytes(), 0, Some(1));
}

#[test]
fn text_may_nest_as_it_likes() {
    comes_to(
        "text",
        format!("ERROR {}\n{}\n", "{[(<".repeat(DEPTH), "{\"a\":".repeat(DEPTH)).as_bytes(),
        0,
        None,
    );
}
