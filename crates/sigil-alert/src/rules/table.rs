//! The rules in force, for people and for programs: `sigil-alert rules`.

use std::io::{self, Write};

use serde::Serialize;
use sigil_cli::table::{Column, Table};
use sigil_cli::{Palette, number};

use super::{Matcher, Rule, Rules};
use crate::figure::figure;

#[derive(Serialize)]
struct Object<'a> {
    rule: &'a str,
    enabled: bool,
    measure: &'static str,
    what: &'static str,
    unit: &'static str,
    warning: Option<f64>,
    error: Option<f64>,
    critical: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    window_s: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least: Option<u64>,
    for_s: f64,
    keep_s: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    session: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    component: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    action: &'a str,
}

/// A line of JSON for each rule.
pub(crate) fn json(rules: &Rules, out: &mut dyn Write) -> io::Result<()> {
    for rule in rules.all() {
        let nature = rule.measure.nature();
        let has = |term: &str| nature.terms.contains(&term);
        let object = Object {
            rule: &rule.name,
            enabled: rule.is_enabled,
            measure: nature.name,
            what: nature.what,
            unit: nature.unit,
            warning: rule.levels.warning,
            error: rule.levels.error,
            critical: rule.levels.critical,
            window_s: has("window").then_some(rule.window_us as f64 / 1e6),
            last: has("last").then_some(rule.last),
            at_least: has("at_least").then_some(rule.at_least),
            for_s: rule.hold_us as f64 / 1e6,
            keep_s: rule.keep_us as f64 / 1e6,
            session: rule.filter.session.as_ref().map(Matcher::text),
            component: rule.filter.component.as_ref().map(Matcher::text),
            file: rule.filter.file.as_ref().map(Matcher::text),
            action: &rule.action,
        };
        serde_json::to_writer(&mut *out, &object)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

/// A table.
pub(crate) fn text(
    rules: &Rules,
    palette: Palette,
    columns: Option<usize>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut table = Table::new([
        Column::left("RULE"),
        Column::left("LEVELS").yielding(20),
        Column::left("OVER"),
        Column::left("FOR"),
        Column::left("MEASURE").yielding(8),
    ])
    .within(columns);
    for rule in rules.all() {
        let hold = if rule.hold_us > 0 { span(rule.hold_us) } else { "-".to_owned() };
        let levels = if rule.is_enabled { levels(rule) } else { "off".to_owned() };
        table.row([rule.name.to_string(), levels, over(rule), hold, measured(rule)]);
    }
    out.write_all(table.text(palette).as_bytes())
}

/// `Warning 50%, Error 80%`.
fn levels(rule: &Rule) -> String {
    let unit = rule.measure.nature().unit;
    let each = rule.levels.each().map(|(severity, at)| {
        let name = severity.name();
        if unit.is_empty() { name.to_owned() } else { format!("{name} {}", figure(at, unit)) }
    });
    each.collect::<Vec<_>>().join(", ")
}

/// What it looks at: how far back, how many, of how many at least.
fn over(rule: &Rule) -> String {
    let terms = rule.measure.nature().terms;
    let mut parts = Vec::new();
    if terms.contains(&"window") {
        parts.push(span(rule.window_us));
    }
    if terms.contains(&"last") {
        parts.push(format!("last {}", number::thousands(rule.last.into())));
    }
    if terms.contains(&"at_least") {
        parts.push(format!("of {}", number::thousands(rule.at_least)));
    }
    if parts.is_empty() { "-".to_owned() } else { parts.join(", ") }
}

fn measured(rule: &Rule) -> String {
    let filters = [&rule.filter.session, &rule.filter.component, &rule.filter.file];
    let filters: Vec<&str> = filters.into_iter().flatten().map(Matcher::text).collect();
    let name = rule.measure.nature().name;
    if filters.is_empty() { name.to_owned() } else { format!("{name} of {}", filters.join(", ")) }
}

fn span(us: i64) -> String {
    number::duration(us.unsigned_abs())
}
