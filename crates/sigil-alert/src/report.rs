//! An alert in the source document's report form, for people.

use std::fmt::Write as _;

use sigil_cli::escape::one_line;

use crate::alert::Alert;
use crate::figure::figure;

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
    line("Current Value", &figure(alert.current_value, &alert.unit));
    line("Threshold", &figure(alert.threshold, &alert.unit));
    line("Recommended Action", &alert.recommended_action);
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
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
}
