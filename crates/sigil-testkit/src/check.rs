//! What a test expects of one channel, and how a miss is told.

use crate::output::Output;
use serde_json::Value;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// A test's own look at what was printed.
type Look<'t, T> = Box<dyn FnOnce(&T) + 't>;

/// An expectation of stdout.
pub(crate) enum Check<'t> {
    Exact(String),
    Contains(String),
    Json(Look<'t, Value>),
    JsonLines(Look<'t, [Value]>),
}

impl Check<'_> {
    /// What is wrong with `output`'s stdout, if anything.
    pub(crate) fn miss(self, output: &Output) -> Option<String> {
        match self {
            Check::Exact(expected) => differs("stdout", &expected, &output.stdout_text()),
            Check::Contains(part) => lacks("stdout", &part, &output.stdout_text()),
            Check::Json(check) => match output.json() {
                Ok(value) => panic_of(|| check(&value)),
                Err(error) => Some(error),
            },
            Check::JsonLines(check) => match output.jsonl() {
                Ok(values) => panic_of(|| check(&values)),
                Err(error) => Some(error),
            },
        }
    }
}

/// Says where `actual` leaves `expected`; `None` when they are equal.
pub(crate) fn differs(channel: &str, expected: &str, actual: &str) -> Option<String> {
    if expected == actual {
        return None;
    }
    let mut expected_lines = expected.split_inclusive('\n');
    let mut actual_lines = actual.split_inclusive('\n');
    let mut line = 0;
    loop {
        line += 1;
        let (want, got) = (expected_lines.next(), actual_lines.next());
        if want != got {
            let shown =
                |text: Option<&str>| text.map_or("nothing more".to_owned(), |text| format!("{text:?}"));
            return Some(format!(
                "{channel} differs at line {line}\n  expected {}\n  got      {}",
                shown(want),
                shown(got)
            ));
        }
    }
}

/// Says that `actual` does not contain `part`; `None` when it does.
pub(crate) fn lacks(channel: &str, part: &str, actual: &str) -> Option<String> {
    (!actual.contains(part)).then(|| format!("{channel} does not contain {part:?}"))
}

/// The message of the panic in `check`, so that it can be told together with all three channels.
fn panic_of(check: impl FnOnce()) -> Option<String> {
    let payload = catch_unwind(AssertUnwindSafe(check)).err()?;
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
    Some(format!("the check of stdout failed: {}", text.unwrap_or("see the panic above")))
}

#[cfg(test)]
mod tests {
    use super::differs;

    #[test]
    fn the_first_line_that_differs_is_named() {
        let told = differs("stdout", "a\nb\nc\n", "a\nB\nc\n").unwrap();
        assert_eq!(told, "stdout differs at line 2\n  expected \"b\\n\"\n  got      \"B\\n\"");
    }

    #[test]
    fn an_output_that_stops_early_is_told_as_such() {
        let told = differs("stderr", "a\nb\n", "a\n").unwrap();
        assert_eq!(told, "stderr differs at line 2\n  expected \"b\\n\"\n  got      nothing more");
        let told = differs("stderr", "a\n", "a").unwrap();
        assert_eq!(told, "stderr differs at line 1\n  expected \"a\\n\"\n  got      \"a\"");
    }
}
