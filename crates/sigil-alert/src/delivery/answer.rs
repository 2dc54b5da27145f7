//! What came of an attempt to deliver, and what users are told of it.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use sigil_cli::escape;
use sigil_store::code;
use ureq::http::StatusCode;

/// How many letters of an answer's body, or of what a program says, are shown.
const SHOWN_LETTERS: usize = 100;

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer {
    /// All of it has arrived.
    Delivered,
    /// The sink asks to be left alone for a while.
    Later(Duration, Trouble),
    /// It did not work; the next attempt may.
    Failed(Trouble),
    /// The sink does not want this: what was sent is the reason, not the sink.
    Refused(Trouble),
    /// Given up because the tool ends.
    Abandoned,
}

/// Why something has not been delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Trouble {
    /// The guide's code.
    pub(super) code: &'static str,
    /// What the sink does, as it follows its name: `does not answer (connection refused)`.
    pub(super) what: String,
}

impl Trouble {
    /// A trouble with a network or with a server.
    pub(super) fn network(what: impl Into<String>) -> Self {
        Self { code: code::NETWORK_TIMEOUT, what: what.into() }
    }

    /// A trouble that lasts until somebody changes something.
    pub(super) fn configuration(what: impl Into<String>) -> Self {
        Self { code: code::CONFIGURATION, what: what.into() }
    }

    /// Whether users need not hear of it after the other one: they differ in what somebody says at most.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        let unquoted = |what: &str| what.split('"').next().unwrap_or(what).to_owned();
        self.code == other.code && unquoted(&self.what) == unquoted(&other.what)
    }

    /// The line that users read.
    pub(super) fn line(&self, shown: &str, waiting: usize) -> String {
        let alerts = if waiting == 1 { "1 alert waits".to_owned() } else { format!("{waiting} alerts wait") };
        format!("{}: {shown} {}; {alerts}", self.code, self.what)
    }
}

/// What a server's answer means.
///
/// `retry_after` is the header of that name, `body` what the server says to people, without any secret.
pub(super) fn of_http(status: u16, retry_after: Option<&str>, body: &str, now_us: i64) -> Answer {
    if (200..300).contains(&status) {
        return Answer::Delivered;
    }
    let reason = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let reason = reason.map_or_else(String::new, |reason| format!(" {reason}"));
    let said = if body.trim().is_empty() { String::new() } else { format!(": {}", excerpt(body)) };
    let answer = format!("({status}{reason}{said})");
    let configuration =
        |what: &str, advice: &str| Trouble::configuration(format!("{what} {answer}: {advice}"));
    let failed = |what: &str, advice: &str| Answer::Failed(configuration(what, advice));
    match status {
        429 | 503 => {
            let trouble = Trouble::network(format!("cannot take alerts now {answer}"));
            match retry_after.and_then(|value| wait(value, now_us)) {
                Some(after) => Answer::Later(after, trouble),
                None => Answer::Failed(trouble),
            }
        }
        408 | 500.. => Answer::Failed(Trouble::network(format!("cannot take alerts {answer}"))),
        400 | 413 | 422 => Answer::Refused(configuration(
            "refuses what is sent",
            "check that --webhook-format is the form it wants",
        )),
        401 | 403 | 407 => {
            failed("does not allow it", "check that its address is complete and that it may still be used")
        }
        404 | 410 => failed("is gone", "make a new webhook and give its address"),
        405 => failed("takes no POST requests", "check that its address is that of a webhook"),
        300..400 => {
            failed("sends to another address, which is not followed", "give the address that it leads to")
        }
        _ => failed("does not take alerts", "check its address"),
    }
}

/// How long a Retry-After header asks to wait (RFC 9110, 10.2.3): seconds, or a date in one of the three forms
/// of 5.6.7. A date that is over asks to wait no longer.
fn wait(value: &str, now_us: i64) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // What does not fit is capped anyway.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::from(u32::MAX))));
    }
    let old = |form| NaiveDateTime::parse_from_str(value, form).ok().map(|date| date.and_utc());
    let date = DateTime::parse_from_rfc2822(value).ok().map(|date| date.with_timezone(&Utc));
    let date = date.or_else(|| old("%A, %d-%b-%y %H:%M:%S GMT")).or_else(|| old("%a %b %e %H:%M:%S %Y"))?;
    let us = date.timestamp_micros().saturating_sub(now_us);
    Some(Duration::from_micros(u64::try_from(us).unwrap_or(0)))
}

/// The beginning of what a server or a program says, harmless and in quotes.
pub(super) fn excerpt(text: &str) -> String {
    let text = escape::one_line(text);
    match text.char_indices().nth(SHOWN_LETTERS) {
        Some((end, _)) => format!("\"{}…\"", &text[..end]),
        None => format!("\"{text}\""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sun, 06 Nov 1994 08:49:37 GMT.
    const THEN_US: i64 = 784_111_777_000_000;

    fn line(status: u16, body: &str) -> String {
        match of_http(status, None, body, 0) {
            Answer::Failed(trouble) | Answer::Refused(trouble) | Answer::Later(_, trouble) => {
                trouble.line("S", 3)
            }
            Answer::Delivered | Answer::Abandoned => String::new(),
        }
    }

    #[test]
    fn what_was_accepted_is_delivered() {
        for status in [200, 201, 202, 204] {
            assert_eq!(of_http(status, None, "no", 0), Answer::Delivered);
        }
    }

    #[test]
    fn every_refusal_says_what_to_do() {
        assert_eq!(
            line(404, "no_team"),
            "E010_CONFIG_ERR: S is gone (404 Not Found: \"no_team\"): make a new webhook and give its address; \
             3 alerts wait"
        );
        assert_eq!(
            line(500, ""),
            "E004_NET_TIMEOUT: S cannot take alerts (500 Internal Server Error); 3 alerts wait"
        );
        for status in [301, 302, 307, 400, 401, 403, 405, 410, 413, 418, 422, 451] {
            let line = line(status, "why");
            assert!(line.starts_with("E010_CONFIG_ERR: S ") && line.contains("\"why\"): "), "{line}");
        }
        for status in [408, 429, 500, 502, 503, 504, 599] {
            assert!(line(status, "").starts_with("E004_NET_TIMEOUT: S cannot take alerts"), "{status}");
        }
        assert!(matches!(of_http(413, None, "", 0), Answer::Refused(_)));
        assert!(matches!(of_http(403, None, "", 0), Answer::Failed(_)));
    }

    #[test]
    fn retry_after_is_a_number_of_seconds_or_a_date() {
        for (value, seconds) in [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("99999999999999999999", Some(u64::from(u32::MAX))),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60)),
            ("Sunday, 06-Nov-94 08:50:37 GMT", Some(60)),
            ("Sun Nov  6 08:50:37 1994", Some(60)),
            ("Sun, 06 Nov 1994 08:00:00 GMT", Some(0)),
            ("soon", None),
            ("-1", None),
            ("", None),
        ] {
            assert_eq!(wait(value, THEN_US), seconds.map(Duration::from_secs), "{value}");
        }
    }

    #[test]
    fn only_429_and_503_ask_for_patience() {
        for status in [429, 503] {
            assert!(
                matches!(of_http(status, Some("7"), "", 0), Answer::Later(after, _) if after.as_secs() == 7)
            );
            assert!(matches!(of_http(status, Some("soon"), "", 0), Answer::Failed(_)));
        }
        assert!(matches!(of_http(500, Some("7"), "", 0), Answer::Failed(_)));
    }

    #[test]
    fn an_excerpt_is_short_and_harmless() {
        assert_eq!(excerpt("a\n b\x1b[2J"), "\"a b\\x1b[2J\"");
        assert_eq!(excerpt(&"é".repeat(101)), format!("\"{}…\"", "é".repeat(100)));
    }

    #[test]
    fn one_alert_is_not_many() {
        assert_eq!(Trouble::network("x").line("S", 1), "E004_NET_TIMEOUT: S x; 1 alert waits");
    }
}
