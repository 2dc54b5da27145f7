//! The keys that a configuration may have, and what each of them sets.

use std::path::Path;

use super::document::{Document, Entry};
use super::{Alerting, Budget, Check, Color, Config, Findings, Price, RuleSettings, Setting};
use crate::Error;
use crate::home::Environment;

pub(super) fn read(document: &Document<'_>, environment: &Environment) -> Result<Config, Error> {
    let table = document.parse()?;
    let mut config = Config::default();
    for entry in document.entries("", &table) {
        match entry.key() {
            "log_path" => {
                let path = environment.expand(Path::new(filled(&entry)?))?;
                config.log_path = Some(document.directory().join(path));
            }
            "timezone" => config.timezone = Some(filled(&entry)?.to_owned()),
            "input_timezone" => config.input_timezone = Some(filled(&entry)?.to_owned()),
            "color" => config.color = Some(entry.choice(&Color::NAMES, Color::from_name)?),
            "budget" => config.budget = budget(&entry)?,
            "check" => config.check = check(&entry)?,
            "findings" => config.findings = findings(&entry)?,
            "alert" => config.alert = alerting(&entry)?,
            "prices" => {
                for model in entry.table()? {
                    config.prices.insert(model.key().to_owned(), price(&model)?);
                }
            }
            _ => {
                return Err(entry.unknown(&[
                    "log_path",
                    "timezone",
                    "input_timezone",
                    "color",
                    "budget",
                    "check",
                    "findings",
                    "alert",
                    "prices",
                ]));
            }
        }
    }
    Ok(config)
}

fn budget(table: &Entry<'_>) -> Result<Budget, Error> {
    let mut budget = Budget::default();
    for entry in table.table()? {
        match entry.key() {
            "session" => budget.session = Some(entry.tokens()?),
            "components" => {
                for component in entry.table()? {
                    budget.components.insert(component.key().to_owned(), component.tokens()?);
                }
            }
            _ => return Err(entry.unknown(&["session", "components"])),
        }
    }
    Ok(budget)
}

fn check(table: &Entry<'_>) -> Result<Check, Error> {
    let mut check = Check::default();
    for entry in table.table()? {
        match entry.key() {
            "warn_at" => check.warn_at = Some(entry.percent()?),
            "critical_at" => check.critical_at = Some(entry.percent()?),
            _ => return Err(entry.unknown(&["warn_at", "critical_at"])),
        }
    }
    match (check.warn_at, check.critical_at) {
        (Some(warn_at), Some(critical_at)) if critical_at < warn_at => {
            Err(table.wrong(&format!("critical_at \"{critical_at}\" is below warn_at \"{warn_at}\"")))
        }
        _ => Ok(check),
    }
}

fn findings(table: &Entry<'_>) -> Result<Findings, Error> {
    let mut findings = Findings::default();
    for entry in table.table()? {
        match entry.key() {
            "reasoning_tokens" => findings.reasoning_tokens = Some(entry.tokens()?),
            "memory_latency_ms" => findings.memory_latency_ms = Some(entry.whole()?),
            "steady_latency_ms" => findings.steady_latency_ms = Some(entry.whole()?),
            "retries" => findings.retries = Some(entry.whole()?),
            "low_usage_percent" => findings.low_usage_percent = Some(entry.percent()?),
            "name_length" => findings.name_length = Some(entry.whole()?),
            _ => {
                return Err(entry.unknown(&[
                    "reasoning_tokens",
                    "memory_latency_ms",
                    "steady_latency_ms",
                    "retries",
                    "low_usage_percent",
                    "name_length",
                ]));
            }
        }
    }
    Ok(findings)
}

fn alerting(table: &Entry<'_>) -> Result<Alerting, Error> {
    let mut alerting = Alerting::default();
    for entry in table.table()? {
        if entry.key() == "rules" {
            for rule in entry.table()? {
                let mut settings = Vec::new();
                for entry in rule.table()? {
                    settings.push(setting(&entry, &Alerting::RULE_KEYS)?);
                }
                alerting.rules.push(RuleSettings {
                    name: rule.key().to_owned(),
                    line: rule.line(),
                    settings,
                });
            }
        } else {
            let known: Vec<&str> = Alerting::KEYS.into_iter().chain(["rules"]).collect();
            alerting.settings.push(setting(&entry, &known)?);
        }
    }
    Ok(alerting)
}

fn setting(entry: &Entry<'_>, known: &[&str]) -> Result<Setting, Error> {
    if !known.contains(&entry.key()) {
        return Err(entry.unknown(known));
    }
    Ok(Setting { key: entry.key().to_owned(), path: entry.path(), line: entry.line(), value: entry.value()? })
}

fn price(table: &Entry<'_>) -> Result<Price, Error> {
    let mut price = Price::default();
    for entry in table.table()? {
        match entry.key() {
            "input" => price.input = Some(entry.price()?),
            "output" => price.output = Some(entry.price()?),
            "cache_read" => price.cache_read = Some(entry.price()?),
            "cache_write" => price.cache_write = Some(entry.price()?),
            "cache_write_1h" => price.cache_write_1h = Some(entry.price()?),
            "context_window" => price.context_window = Some(entry.tokens()?),
            _ => {
                return Err(entry.unknown(&[
                    "input",
                    "output",
                    "cache_read",
                    "cache_write",
                    "cache_write_1h",
                    "context_window",
                ]));
            }
        }
    }
    Ok(price)
}

/// A string that says something.
fn filled<'a>(entry: &Entry<'a>) -> Result<&'a str, Error> {
    match entry.string()? {
        "" => Err(entry.wrong("is empty; leave the key out for the default")),
        text => Ok(text),
    }
}
