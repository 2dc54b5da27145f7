//! Messages for Slack's incoming webhooks, with the attachments of the guide (8.4).
//!
//! Slack's published limits are 40,000 characters of `text` and 100 attachments a message; of an attachment's
//! text it shows 8,000 characters. Messages here stay far below, however long the texts of alerts are: what is
//! left out is said, as `…` or as a number.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sigil_cli::escape::one_line;
use sigil_cli::number::thousands;

use crate::alert::{Alert, Severity, Status};
use crate::figure::figure;

/// Up to so many alerts have an attachment each.
const MOST_IN_FULL: usize = 5;
/// How many alerts and rules a digest names.
const NAMED: usize = 10;

/// The longest texts, in characters as Slack counts them: escaped.
const TITLE: usize = 150;
const MESSAGE: usize = 2_000;
const FIELD: usize = 300;
const LINE: usize = 300;
const NAME: usize = 80;

/// One message about all of the alerts: an attachment for each if there are few, and else a digest.
pub(super) fn message(alerts: &[Alert]) -> Value {
    match alerts {
        [alert] => {
            let text = format!("{}: {}", state(alert), cut(&alert.message, LINE));
            wrap(&text, vec![attachment(alert)])
        }
        _ if alerts.len() <= MOST_IN_FULL => wrap(&counts(alerts), alerts.iter().map(attachment).collect()),
        _ => wrap(&counts(alerts), vec![digest(alerts)]),
    }
}

/// `text` is what notifications show, and programs that know no attachments.
fn wrap(text: &str, attachments: Vec<Value>) -> Value {
    json!({ "text": text, "mrkdwn": false, "link_names": false, "attachments": attachments })
}

fn attachment(alert: &Alert) -> Value {
    let field = |title: &str, value: &str, is_short: bool| json!({ "title": title, "value": cut(value, FIELD), "short": is_short });
    let mut fields = vec![
        field("Severity", &state(alert), true),
        field("Rule", &alert.rule, true),
        field("Component", &alert.affected_component, true),
        field("Value", &figure(alert.current_value, &alert.unit), true),
        field("Threshold", &figure(alert.threshold, &alert.unit), true),
        field("Since", &alert.starts_at, true),
    ];
    if !alert.recommended_action.is_empty() {
        fields.push(field("Recommended action", &alert.recommended_action, false));
    }
    json!({
        "color": color(alert),
        "title": format!("Sigil Alert: {}", cut(subject(alert), TITLE)),
        "text": cut(&alert.message, MESSAGE),
        "fallback": cut(&alert.message, LINE),
        "fields": fields,
        "footer": "Sigil Monitoring",
        "mrkdwn_in": [],
    })
}

/// How many of what, and the worst.
fn digest(alerts: &[Alert]) -> Value {
    let mut worst: Vec<&Alert> = alerts.iter().collect();
    worst.sort_by_key(|alert| std::cmp::Reverse(weight(alert)));
    let mut text = format!("{}\nBy rule: {}\n", counts(alerts), rules(alerts));
    for alert in worst.iter().take(NAMED) {
        let line = format!("{} {} ({}): {}", state(alert), alert.rule, subject(alert), alert.message);
        text.push_str(&format!("• {}\n", cut(&line, LINE)));
    }
    if alerts.len() > NAMED {
        text.push_str(&format!("and {} more", thousands((alerts.len() - NAMED) as u64)));
    }
    let mut subjects: Vec<&str> = alerts.iter().map(subject).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let title = match subjects.as_slice() {
        [one] => cut(one, TITLE),
        more => {
            format!("{} alerts from {} sessions and components", count(alerts), thousands(more.len() as u64))
        }
    };
    json!({
        "color": worst.first().map_or("", |alert| color(alert)),
        "title": format!("Sigil Alert: {title}"),
        "text": text.trim_end(),
        "fallback": counts(alerts),
        "footer": "Sigil Monitoring",
        "mrkdwn_in": [],
    })
}

/// `1,000 alerts: 10 Critical, 990 Warning, 3 resolved`.
fn counts(alerts: &[Alert]) -> String {
    let firing = |severity| {
        alerts.iter().filter(|alert| alert.status == Status::Firing && alert.severity == severity).count()
    };
    let by_severity = Severity::ALL.iter().rev().map(|severity| (firing(*severity), severity.name()));
    let resolved = alerts.iter().filter(|alert| alert.status == Status::Resolved).count();
    let parts: Vec<String> = by_severity
        .chain([(resolved, Status::Resolved.name())])
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{} {name}", thousands(count as u64)))
        .collect();
    format!("{} alerts: {}", count(alerts), parts.join(", "))
}

/// `error-rate 400, log-growth 300 and 17 more rules`, the most frequent first.
fn rules(alerts: &[Alert]) -> String {
    let mut by_rule: BTreeMap<&str, u64> = BTreeMap::new();
    for alert in alerts {
        *by_rule.entry(&alert.rule).or_default() += 1;
    }
    let mut rules: Vec<(&str, u64)> = by_rule.into_iter().collect();
    rules.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let named =
        rules.iter().take(NAMED).map(|(rule, count)| format!("{} {}", cut(rule, NAME), thousands(*count)));
    let named = named.collect::<Vec<_>>().join(", ");
    match rules.len().saturating_sub(NAMED) {
        0 => named,
        1 => format!("{named} and 1 more rule"),
        more => format!("{named} and {} more rules", thousands(more as u64)),
    }
}

fn count(alerts: &[Alert]) -> String {
    thousands(alerts.len() as u64)
}

/// What fires is worse than what is over.
fn weight(alert: &Alert) -> (bool, Severity) {
    (alert.status == Status::Firing, alert.severity)
}

/// Its severity, or that it is over.
fn state(alert: &Alert) -> String {
    match alert.status {
        Status::Firing => alert.severity.name().to_owned(),
        Status::Resolved => format!("{} resolved", alert.severity.name()),
    }
}

/// The session, or else what is concerned.
fn subject(alert: &Alert) -> &str {
    alert.session_id.as_deref().unwrap_or(&alert.affected_component)
}

/// The colours of the guide (8.4), and one for what it has none.
fn color(alert: &Alert) -> &'static str {
    match (alert.status, alert.severity) {
        (Status::Resolved, _) => "#36a64f",
        (Status::Firing, Severity::Warning) => "#ffcc00",
        (Status::Firing, Severity::Error) => "#ff0000",
        (Status::Firing, Severity::Critical) => "#990000",
    }
}

/// `text` on one line and with Slack's three control characters escaped, so that it cannot mention a channel or pose
/// as a link; at most `most` characters long. What is cut off is shown as `…`.
fn cut(text: &str, most: usize) -> String {
    let text = one_line(text);
    let escaped = |letter: char| match letter {
        '&' => "&amp;".to_owned(),
        '<' => "&lt;".to_owned(),
        '>' => "&gt;".to_owned(),
        _ => letter.to_string(),
    };
    let is_whole = text.chars().map(|letter| escaped(letter).chars().count()).sum::<usize>() <= most;
    let most = if is_whole { most } else { most.saturating_sub(1) };
    let (mut short, mut length) = (String::new(), 0);
    for letter in text.chars().map(escaped) {
        length += letter.chars().count();
        if length > most {
            break;
        }
        short.push_str(&letter);
    }
    if !is_whole {
        short.push('…');
    }
    short
}
