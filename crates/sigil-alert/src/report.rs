//! An alert in the source document's report form, for people.

use std::fmt::Write as _;

use sigil_cli::escape::one_line;
use sigil_cli::number;

use crate::alert::Alert;

/// Above this, a number is written with an exponent; below it, `f64` has all digits of a whole number.
const LARGEST_PLAIN: f64 = 1e15;

/// The report of one alert: lines, and an empty one behind them, so that reports can stand one after another.
pub(crate) fn text(alert: &Alert) -> String {
    let mut text = String::from("## Alert Report\n");
    let mut line = |name: &str, value: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "- {name}: {}", one_line(value));
    };
    line("Timestamp", &alert.timestamp);
    line("Alert Type", alert.alert_type.name());
    line("Severity", alert.severity.name());
    line("Status", alert.status.name());
    if let Some(session) = &alert.session_id {
        line("Session", session);
    }
    line("Affected Component", &alert.affected_component);
    line("Message", &alert.message);
    line("Current Value", &value(alert.current_value, &alert.unit));
    line("Threshold", &value(alert.threshold, &alert.unit));
    line("Recommended Action", &alert.recommended_action);
    text.push('\n');
    text
}

/// A value with its unit: `64.51%`, `5.2 s`, `15,000 tokens`, `1.50 KiB`, `3`. At most two decimals.
pub(crate) fn value(number: f64, unit: &str) -> String {
    match unit {
        "" => plain(number),
        "%" => format!("{}%", plain(number)),
        "B" if (0.0..LARGEST_PLAIN).contains(&number) => number::size(number.round() as u64),
        _ => format!("{} {unit}", plain(number)),
    }
}

/// A number with separators between thousands, without zeros at the end of its decimals.
fn plain(number: f64) -> String {
    if !number.is_finite() || number.abs() >= LARGEST_PLAIN {
        return format!("{number:e}").replace("e0", "");
    }
    let fixed = format!("{:.2}", number.abs());
    let (whole, decimals) = fixed.split_once('.').unwrap_or((&fixed, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), number::thousands);
    let decimals = decimals.trim_end_matches('0');
    let is_zero = whole == "0" && decimals.is_empty();
    let sign = if number < 0.0 && !is_zero { "-" } else { "" };
    let point = if decimals.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{decimals}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::alert::{AlertType, Severity, Status};

    fn growth() -> Alert {
        Alert {
            timestamp: "2025-05-20T10:00:00Z".to_owned(),
            alert_type: AlertType::Growth,
            severity: Severity::Warning,
            status: Status::Firing,
            affected_component: "scheduler.log".to_owned(),
            session_id: None,
            rule: "log-growth".to_owned(),
            message: "scheduler.log has grown by 64.51%".to_owned(),
            current_value: 64.51,
            threshold: 50.0,
            unit: "%".to_owned(),
            recommended_action: "rotate the log".to_owned(),
            fingerprint: "0123456789abcdef".to_owned(),
            starts_at: "2025-05-20T10:00:00Z".to_owned(),
        }
    }

    #[test]
    fn the_source_document_s_example_has_its_form() {
        let expected = "## Alert Report\n\
            - Timestamp: 2025-05-20T10:00:00Z\n\
            - Alert Type: Growth\n\
            - Severity: Warning\n\
            - Status: firing\n\
            - Affected Component: scheduler.log\n\
            - Message: scheduler.log has grown by 64.51%\n\
            - Current Value: 64.51%\n\
            - Threshold: 50%\n\
            - Recommended Action: rotate the log\n\n";
        assert_eq!(text(&growth()), expected);
    }

    #[test]
    fn a_session_is_named_and_hostile_text_stays_on_its_line() {
        let alert = Alert {
            session_id: Some("lead-1".to_owned()),
            message: "a\n- Severity: Critical\x1b[2J".to_owned(),
            ..growth()
        };
        let text = text(&alert);
        assert!(text.contains("- Session: lead-1\n"));
        assert!(text.contains("- Message: a - Severity: Critical\\x1b[2J\n"), "{text}");
    }

    #[test]
    fn values_have_the_form_of_their_unit() {
        for (number, unit, text) in [
            (64.51, "%", "64.51%"),
            (50.0, "%", "50%"),
            (5.2, "s", "5.2 s"),
            (15_000.0, "tokens", "15,000 tokens"),
            (1_536.0, "B", "1.50 KiB"),
            (3.0, "", "3"),
            (0.0, "errors", "0 errors"),
            (-0.001, "", "0"),
            (-1_234.5, "s", "-1,234.5 s"),
            (1e300, "", "1e300"),
            (f64::INFINITY, "%", "inf%"),
        ] {
            assert_eq!(value(number, unit), text, "{number} {unit}");
        }
        assert_eq!(value(f64::NAN, ""), "NaN");
    }

    proptest! {
        #[test]
        fn every_number_can_be_said(number in any::<f64>(), unit in "[%Bs]?") {
            prop_assert!(!value(number, &unit).is_empty());
        }
    }
}
