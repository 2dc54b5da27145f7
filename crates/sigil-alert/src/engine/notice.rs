//! An alert, put into words.

use chrono::{DateTime, SecondsFormat};
use chrono_tz::Tz;
use twox_hash::XxHash3_128;

use super::Reading;
use crate::alert::{Alert, Severity, Status};
use crate::figure::figure;
use crate::rules::{Measure, Rule};

/// What a reading is about.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Who<'a> {
    pub(crate) session: Option<&'a str>,
    pub(crate) component: Option<&'a str>,
    /// A file, a process, the store or the input.
    pub(crate) subject: Option<&'a str>,
    /// It has ended, so that nothing more will be measured.
    pub(crate) has_ended: bool,
}

impl<'a> Who<'a> {
    /// What is affected, in one word.
    fn affected(&self) -> &'a str {
        self.component.or(self.subject).or(self.session).unwrap_or("input")
    }

    /// The same for the same rule and the same subject in every run.
    fn fingerprint(&self, rule: &str) -> String {
        let mut text = String::new();
        for part in [Some(rule), self.session, self.component, self.subject] {
            // Lengths tell apart what no separator could: names may hold anything.
            text.push_str(&part.map_or_else(|| "-".to_owned(), |part| format!("{}:{part}", part.len())));
        }
        format!("{:016x}", XxHash3_128::oneshot(text.as_bytes()) as u64)
    }
}

/// What is to be said.
pub(super) struct Word {
    pub(super) status: Status,
    pub(super) severity: Severity,
    pub(super) threshold: f64,
    /// When it began to fire.
    pub(super) began_us: i64,
}

pub(super) fn notice(rule: &Rule, reading: &Reading<'_>, word: &Word, zone: Tz) -> Alert {
    let nature = rule.measure.nature();
    let who = &reading.who;
    let has_value = reading.value.is_finite();
    let message = match word.status {
        Status::Firing => firing(rule, reading, word),
        Status::Resolved if who.has_ended => {
            format!("{}: over; it has ended, or nothing has been heard of it for long", subject(who))
        }
        Status::Resolved if has_value => resolved(rule, reading, word),
        Status::Resolved => format!("{}: over", subject(who)),
    };
    Alert {
        timestamp: time(reading.at_us, zone),
        alert_type: nature.alert_type,
        severity: word.severity,
        status: word.status,
        affected_component: who.affected().to_owned(),
        session_id: who.session.map(str::to_owned),
        rule: rule.name.to_string(),
        message,
        current_value: if has_value { round(reading.value) } else { 0.0 },
        threshold: word.threshold,
        unit: nature.unit.to_owned(),
        recommended_action: action(rule, who),
        fingerprint: who.fingerprint(&rule.name),
        starts_at: time(word.began_us, zone),
    }
}

/// Two decimals are what a person reads.
fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn time(us: i64, zone: Tz) -> String {
    let at = DateTime::from_timestamp_micros(us).unwrap_or_default().with_timezone(&zone);
    let format = if us.rem_euclid(1_000_000) == 0 { SecondsFormat::Secs } else { SecondsFormat::Micros };
    at.to_rfc3339_opts(format, true)
}

fn action(rule: &Rule, who: &Who<'_>) -> String {
    match who.session {
        Some(id) => rule.action.replace("SESSION", id),
        None => rule.action.clone(),
    }
}

/// Who it is, at the beginning of a sentence.
fn subject(who: &Who<'_>) -> String {
    let of_session = who.session.map(|id| format!("session {id}"));
    match (who.component, of_session, who.subject) {
        (Some(component), Some(session), _) => format!("{component} of {session}"),
        (Some(component), None, _) => component.to_owned(),
        (None, Some(session), _) => session,
        (None, None, subject) => subject.unwrap_or("the input").to_owned(),
    }
}

fn firing(rule: &Rule, reading: &Reading<'_>, word: &Word) -> String {
    let unit = rule.measure.nature().unit;
    let (subject, value) = (subject(&reading.who), figure(reading.value, unit));
    let limit = figure(word.threshold, unit);
    let window = || sigil_cli::number::duration(rule.window_us.unsigned_abs());
    match rule.measure {
        Measure::ErrorRate => {
            format!("{subject}: {value} of the events of the last {} are errors (limit {limit})", window())
        }
        Measure::Errors => format!("{subject}: {value} in {} (limit {limit})", window()),
        Measure::ResponseTime => {
            format!("{subject}: the last {} steps took {value} on average (limit {limit})", rule.last)
        }
        Measure::SessionBudget | Measure::ComponentBudget => {
            format!("{subject} has used {value} of its token budget (limit {limit})")
        }
        Measure::Latency => format!("{subject}: a step took {value} (limit {limit})"),
        Measure::OperationTokens => format!("{subject}: {value} in one operation (limit {limit})"),
        Measure::Retries => format!("{subject}: {value} in a row (limit {limit})"),
        Measure::FailedAfterRouting => {
            format!("{subject} failed right after routing: its intent was not understood")
        }
        Measure::OverBudget => format!("{subject} failed after its budget was exceeded"),
        Measure::SessionError => format!("{subject} ended in an error"),
        Measure::Silence => format!("{subject} is running and has said nothing for {value} (limit {limit})"),
        Measure::SessionAge => format!("{subject} has been running for {value} (limit {limit})"),
        Measure::Malformed => format!("{subject}: {value} of the last lines are malformed (limit {limit})"),
        Measure::Growth => format!("{subject} has grown by {value} since the last check (limit {limit})"),
        Measure::LineErrors => {
            format!("{subject}: {value} of the lines since the last check are errors (limit {limit})")
        }
        Measure::GrowthSpeed => format!("{subject} grows by {value} (limit {limit})"),
        Measure::StoreSize => format!("{subject} takes {value} (limit {limit})"),
        Measure::DiskUse => format!("the disk of {subject} is {value} full (limit {limit})"),
        Measure::Memory => format!("{subject} takes {value} of memory (limit {limit})"),
        Measure::Cpu => format!("{subject} takes {value} of a core (limit {limit})"),
        Measure::Io => format!("{subject} reads and writes {value} (limit {limit})"),
    }
}

fn resolved(rule: &Rule, reading: &Reading<'_>, word: &Word) -> String {
    let unit = rule.measure.nature().unit;
    let (subject, value) = (subject(&reading.who), figure(reading.value, unit));
    match rule.measure {
        Measure::FailedAfterRouting | Measure::OverBudget | Measure::SessionError | Measure::Silence => {
            format!("{subject} goes on")
        }
        Measure::Growth => {
            format!(
                "{subject} has grown by {value} since the last check: below {}",
                figure(word.threshold, unit)
            )
        }
        _ => format!("{subject}: {value}, below {}", figure(word.threshold, unit)),
    }
}
