//! What Prometheus' Alertmanager posts to webhooks, version 4
//! (<https://prometheus.io/docs/alerting/latest/configuration/#webhook_config>).

use serde_json::{Map, Value, json};

use crate::alert::{Alert, Status};
use crate::figure::figure;

/// Go's zero time: when an alert ends that still fires.
const NOT_ENDED: &str = "0001-01-01T00:00:00Z";

/// All alerts as one group. Each is in it once.
pub(super) fn message(alerts: &[Alert]) -> Value {
    let is_firing = alerts.iter().any(|alert| alert.status == Status::Firing);
    let status = if is_firing { Status::Firing } else { Status::Resolved };
    json!({
        "version": "4",
        // Grouped by nothing, as Alertmanager writes it.
        "groupKey": "{}:{}",
        // All that there are; what is too much for a request comes with the next one.
        "truncatedAlerts": 0,
        "status": status.name(),
        "receiver": "sigil-alert",
        "groupLabels": {},
        "commonLabels": common(alerts.iter().map(labels)),
        "commonAnnotations": common(alerts.iter().map(annotations)),
        "externalURL": "",
        "alerts": alerts.iter().map(alert).collect::<Vec<_>>(),
    })
}

fn alert(alert: &Alert) -> Value {
    let ends_at = match alert.status {
        Status::Firing => NOT_ENDED,
        Status::Resolved => &alert.timestamp,
    };
    json!({
        "status": alert.status.name(),
        "labels": labels(alert),
        "annotations": annotations(alert),
        "startsAt": alert.starts_at,
        "endsAt": ends_at,
        "generatorURL": "",
        "fingerprint": alert.fingerprint,
    })
}

fn labels(alert: &Alert) -> Map<String, Value> {
    let mut labels = Map::new();
    let mut put = |name: &str, value: &str| labels.insert(name.to_owned(), value.into());
    put("alertname", &alert.rule);
    put("alert_type", alert.alert_type.name());
    put("component", &alert.affected_component);
    put("severity", &alert.severity.name().to_lowercase());
    if let Some(session) = &alert.session_id {
        put("session_id", session);
    }
    labels
}

fn annotations(alert: &Alert) -> Map<String, Value> {
    let mut annotations = Map::new();
    let mut put = |name: &str, value: String| annotations.insert(name.to_owned(), value.into());
    put("summary", alert.message.clone());
    put("description", alert.recommended_action.clone());
    put("current_value", figure(alert.current_value, &alert.unit));
    put("threshold", figure(alert.threshold, &alert.unit));
    annotations
}

/// What all have, with the same value.
fn common(mut all: impl Iterator<Item = Map<String, Value>>) -> Map<String, Value> {
    let mut common = all.next().unwrap_or_default();
    for one in all {
        common.retain(|name, value| one.get(name) == Some(value));
    }
    common
}
