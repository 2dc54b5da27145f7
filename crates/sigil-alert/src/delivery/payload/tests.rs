//! The forms of what is posted, field by field, and their limits.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::super::testing::{alert, resolved};
use super::*;
use crate::alert::{AlertType, Severity};

/// What a hostile log could make messages of.
const HOSTILE: &str = "<!channel> <@U1> <http://evil|Slack> @here & ``` \u{202e}\x1b[2J\n*bold*";

fn slack(alerts: &[Alert]) -> Value {
    body(WebhookFormat::Slack, alerts)
}

fn characters(value: &Value) -> usize {
    value.as_str().map_or(0, |text| text.chars().count())
}

/// Slack's limits, and that nothing in the message is a mention, a link or a control character.
fn assert_fits_slack(message: &Value) {
    let attachments = message["attachments"].as_array().unwrap();
    assert!(attachments.len() <= 100);
    assert!((1..=4_000).contains(&characters(&message["text"])));
    for attachment in attachments {
        assert!(characters(&attachment["text"]) <= 8_000, "{}", characters(&attachment["text"]));
        assert!(attachment["fields"].as_array().is_none_or(|fields| fields.len() <= 10));
    }
    let all = message.to_string();
    assert!(all.chars().count() <= 40_000, "{}", all.chars().count());
    assert!(!all.contains(['<', '>', '\u{202e}', '\x1b']), "{all}");
    assert!(!all.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").contains('&'), "{all}");
}

#[test]
fn json_is_the_alerts_as_they_are() {
    let alerts = [alert("a", 1), resolved("a", 2)];
    let body = body(WebhookFormat::Json, &alerts);
    assert_eq!(body, json!({ "alerts": [alerts[0], alerts[1]] }));
    let again: Vec<Alert> = serde_json::from_value(body["alerts"].clone()).unwrap();
    assert_eq!(again, alerts);
}

#[test]
fn alertmanager_s_version_4_has_all_of_its_fields() {
    let firing = Alert { session_id: Some("lead-1".to_owned()), ..alert("a", 1) };
    let over = Alert { severity: Severity::Critical, ..resolved("b", 2) };
    let expected = json!({
        "version": "4",
        "groupKey": "{}:{}",
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "sigil-alert",
        "groupLabels": {},
        "commonLabels": { "alertname": "error-rate", "alert_type": "Error", "component": "parser" },
        "commonAnnotations": { "description": "look at the log", "current_value": "12.5%", "threshold": "10%" },
        "externalURL": "",
        "alerts": [
            {
                "status": "firing",
                "labels": {
                    "alertname": "error-rate", "alert_type": "Error", "component": "parser",
                    "severity": "error", "session_id": "lead-1",
                },
                "annotations": {
                    "summary": "a 1", "description": "look at the log",
                    "current_value": "12.5%", "threshold": "10%",
                },
                "startsAt": "2025-05-20T10:00:00Z",
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "",
                "fingerprint": "a",
            },
            {
                "status": "resolved",
                "labels": {
                    "alertname": "error-rate", "alert_type": "Error", "component": "parser", "severity": "critical",
                },
                "annotations": {
                    "summary": "b 2", "description": "look at the log",
                    "current_value": "12.5%", "threshold": "10%",
                },
                "startsAt": "2025-05-20T10:00:00Z",
                "endsAt": "2025-05-20T10:00:02Z",
                "generatorURL": "",
                "fingerprint": "b",
            },
        ],
    });
    assert_eq!(body(WebhookFormat::Alertmanager, &[firing, over]), expected);
    assert_eq!(body(WebhookFormat::Alertmanager, &[resolved("a", 1)])["status"], "resolved");
    // Labels and annotations are text and nothing else, as Go's `map[string]string` demands.
    for map in ["labels", "annotations"] {
        assert!(expected["alerts"][0][map].as_object().unwrap().values().all(Value::is_string));
    }
}

#[test]
fn one_alert_is_the_guide_s_attachment() {
    let alert = Alert { session_id: Some("lead-1".to_owned()), ..alert("a", 1) };
    let message = slack(&[alert]);
    assert_eq!(message["text"], "Error: a 1");
    let attachment = &message["attachments"][0];
    assert_eq!(attachment["color"], "#ff0000");
    assert_eq!(attachment["title"], "Sigil Alert: lead-1");
    assert_eq!(attachment["text"], "a 1");
    assert_eq!(attachment["fallback"], "a 1");
    assert_eq!(attachment["footer"], "Sigil Monitoring");
    assert_eq!(attachment["fields"][3], json!({ "title": "Value", "value": "12.5%", "short": true }));
}

#[test]
fn colours_are_those_of_the_guide() {
    let color = |alert: Alert| slack(&[alert])["attachments"][0]["color"].clone();
    assert_eq!(color(Alert { severity: Severity::Warning, ..alert("a", 1) }), "#ffcc00");
    assert_eq!(color(Alert { severity: Severity::Critical, ..alert("a", 1) }), "#990000");
    assert_eq!(color(Alert { severity: Severity::Critical, ..resolved("a", 1) }), "#36a64f");
}

#[test]
fn five_alerts_are_told_in_full_and_six_as_a_digest() {
    let alerts: Vec<Alert> = (0..6).map(|index| alert("a", index)).collect();
    let five = slack(&alerts[..5]);
    assert_eq!(five["text"], "5 alerts: 5 Error");
    assert_eq!(five["attachments"].as_array().unwrap().len(), 5);
    let six = slack(&alerts);
    assert_eq!(six["attachments"].as_array().unwrap().len(), 1);
    assert_eq!(six["attachments"][0]["title"], "Sigil Alert: parser");
    assert!(six["attachments"][0]["text"].as_str().unwrap().contains("• Error error-rate (parser): a 5"));
}

#[test]
fn a_digest_names_the_worst_and_counts_the_rest() {
    let mut alerts: Vec<Alert> = (0..1_000)
        .map(|index| Alert {
            severity: Severity::Warning,
            rule: format!("rule-{}", index % 12),
            session_id: Some(format!("s-{}", index % 100)),
            ..alert("a", index)
        })
        .collect();
    alerts[700].severity = Severity::Critical;
    alerts[800] = resolved("b", 800);
    let message = slack(&alerts);
    assert_eq!(message["text"], "1,000 alerts: 1 Critical, 998 Warning, 1 resolved");
    let digest = &message["attachments"][0];
    assert_eq!(digest["color"], "#990000");
    assert_eq!(digest["title"], "Sigil Alert: 1,000 alerts from 101 sessions and components");
    let text = digest["text"].as_str().unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[1].starts_with("By rule: rule-0 84, ") && lines[1].ends_with(" and 3 more rules"),
        "{text}"
    );
    assert_eq!(lines[2], "• Critical rule-4 (s-0): a 700");
    assert_eq!(lines.len(), 13);
    assert_eq!(lines[12], "and 990 more");
}

#[test]
fn a_thousand_hostile_alerts_stay_within_slack_s_limits() {
    let hostile = HOSTILE.repeat(100);
    for count in [1, 2, 5, 6, 1_000] {
        let alerts: Vec<Alert> = (0..count)
            .map(|index| Alert {
                message: hostile.clone(),
                rule: format!("{index}{hostile}"),
                session_id: Some(format!("{index}{hostile}")),
                affected_component: hostile.clone(),
                recommended_action: hostile.clone(),
                unit: hostile.clone(),
                ..alert("a", index)
            })
            .collect();
        assert_fits_slack(&slack(&alerts));
    }
}

#[test]
fn mentions_are_disarmed() {
    let text = slack(&[Alert { message: HOSTILE.to_owned(), ..alert("a", 1) }]);
    let text = text["attachments"][0]["text"].as_str().unwrap();
    assert!(
        text.starts_with("&lt;!channel&gt; &lt;@U1&gt; &lt;http://evil|Slack&gt; @here &amp; ```"),
        "{text}"
    );
}

proptest! {
    #[test]
    fn any_text_fits_slack(message in any::<String>(), rule in any::<String>(), count in 1usize..20) {
        let alerts: Vec<Alert> = (0..count)
            .map(|index| Alert {
                message: message.clone(),
                rule: rule.clone(),
                alert_type: AlertType::Budget,
                ..alert("a", index)
            })
            .collect();
        let message = slack(&alerts);
        let text = message.to_string();
        prop_assert!(!text.contains(['<', '>']));
        prop_assert!(text.chars().count() <= 40_000);
    }
}
