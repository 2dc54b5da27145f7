//! What is posted to a webhook, in each of the forms.

mod alertmanager;
mod slack;
#[cfg(test)]
mod tests;

use serde_json::{Value, json};

use super::outbox::Portion;
use super::sink::WebhookFormat;
use crate::alert::Alert;

/// How many alerts go into one request. More follow in the next one.
const MOST: usize = 500;
/// Slack gets a digest instead of many alerts, so that it is no flood of messages.
const MOST_FOR_SLACK: usize = 5_000;

/// How many alerts a request of this form may have.
pub(super) fn portion(format: WebhookFormat) -> Portion {
    match format {
        WebhookFormat::Slack => Portion { most: MOST_FOR_SLACK, is_distinct: false },
        WebhookFormat::Json => Portion { most: MOST, is_distinct: false },
        // A group of Alertmanager's has no alert twice.
        WebhookFormat::Alertmanager => Portion { most: MOST, is_distinct: true },
    }
}

/// The body of a request, JSON.
pub(super) fn body(format: WebhookFormat, alerts: &[Alert]) -> Value {
    match format {
        WebhookFormat::Slack => slack::message(alerts),
        WebhookFormat::Json => json!({ "alerts": alerts }),
        WebhookFormat::Alertmanager => alertmanager::message(alerts),
    }
}
