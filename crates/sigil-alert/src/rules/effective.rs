//! The rules in force: the built-in ones as the configuration changes them, and those that it adds.

use anyhow::{Error, Result, anyhow};
use sigil_input::moment::Age;
use sigil_store::config::{Config, RuleSettings, SettingValue};
use sigil_store::{escape, home, nearest, quantity, size};

use super::measure::{self, Measure};
use super::{Filter, Levels, Matcher, Rule, Rules, builtin};
use crate::alert::Severity;
use crate::settings::Said;

/// As many errors of a window are remembered.
const MOST_ERRORS: f64 = 1_000.0;

impl Rules {
    /// The rules that `config` leaves in force.
    ///
    /// # Errors
    /// What stands there means nothing; the text names file, line and key.
    pub(crate) fn effective(config: &Config) -> Result<Self> {
        let mut rules = builtin::rules();
        for settings in &config.alert.rules {
            match rules.iter_mut().find(|rule| *rule.name == *settings.name) {
                Some(rule) => change(rule, settings, config)?,
                None => rules.push(added(settings, config, &rules)?),
            }
        }
        Ok(Self(rules))
    }
}

/// A rule that the configuration adds.
fn added(settings: &RuleSettings, config: &Config, known: &[Rule]) -> Result<Rule> {
    let Some(measure) = settings.settings.iter().find(|setting| setting.key == "measure") else {
        let near = nearest::closest(&settings.name, known.iter().map(|rule| &*rule.name));
        let hint = nearest::question(&near);
        return Err(anyhow!(
            "E010_CONFIG_ERR: {}:{}: there is no rule {}{hint}; a new one needs a measure",
            config.file.as_deref().map(home::shown).unwrap_or_default(),
            settings.line,
            escape::quoted(&settings.name),
        ));
    };
    let measure = named(&Said::new(measure, config))?;
    let mut rule = Rule {
        name: settings.name.as_str().into(),
        levels: Levels::NONE,
        filter: Filter::default(),
        action: String::new(),
        ..builtin::like(measure).unwrap_or_else(|| unreachable!("every measure has a rule"))
    };
    change(&mut rule, settings, config)?;
    if rule.levels == Levels::NONE {
        return Err(anyhow!(
            "E010_CONFIG_ERR: {}:{}: the rule {} says nothing: set threshold, or warning, error or critical",
            config.file.as_deref().map(home::shown).unwrap_or_default(),
            settings.line,
            escape::quoted(&settings.name),
        ));
    }
    Ok(rule)
}

/// Sets what `settings` say.
fn change(rule: &mut Rule, settings: &RuleSettings, config: &Config) -> Result<()> {
    let (mut threshold, mut severity) = (None, None);
    for setting in &settings.settings {
        let said = Said::new(setting, config);
        let key = setting.key.as_str();
        check_term(rule.measure, key, &said)?;
        match key {
            "enabled" => rule.is_enabled = said.bool()?,
            "measure" if named(&said)? != rule.measure => {
                return Err(said.wrong("a built-in rule keeps its measure; give yours another name"));
            }
            "threshold" => threshold = Some(figure(rule.measure, &said)?),
            "severity" => severity = Some(severity_named(&said)?),
            "warning" => rule.levels.warning = Some(figure(rule.measure, &said)?),
            "error" => rule.levels.error = Some(figure(rule.measure, &said)?),
            "critical" => rule.levels.critical = Some(figure(rule.measure, &said)?),
            "window" => rule.window_us = said.positive_span_us()?,
            "last" => rule.last = u32::try_from(said.whole(1, 100_000)?).unwrap_or(u32::MAX),
            "at_least" => rule.at_least = said.whole(1, u64::from(u32::MAX))?,
            "for" => rule.hold_us = said.span_us()?,
            "keep" => rule.keep_us = said.span_us()?,
            "session" => rule.filter.session = Some(Matcher::new(said.glob()?)),
            "component" => rule.filter.component = Some(Matcher::new(said.glob()?)),
            "file" => rule.filter.file = Some(Matcher::new(said.glob()?)),
            "action" => rule.action = said.text()?.to_owned(),
            _ => {}
        }
    }
    if threshold.is_some() || severity.is_some() {
        let (mildest, lowest) = rule.levels.each().next().unwrap_or((Severity::Warning, 0.0));
        let at = Some(threshold.unwrap_or(lowest));
        rule.levels = Levels::NONE;
        match severity.unwrap_or(mildest) {
            Severity::Warning => rule.levels.warning = at,
            Severity::Error => rule.levels.error = at,
            Severity::Critical => rule.levels.critical = at,
        }
    }
    if rule.measure == Measure::Errors && rule.levels.each().any(|(_, at)| at > MOST_ERRORS) {
        return Err(wrong(
            settings,
            config,
            &format!("more than {MOST_ERRORS} errors are not counted; use error_rate"),
        ));
    }
    let has_both = ["last", "at_least"].iter().all(|term| rule.measure.nature().terms.contains(term));
    if has_both && u64::from(rule.last) < rule.at_least {
        return Err(wrong(settings, config, "at_least is more than last, so that it would never fire"));
    }
    let thresholds: Vec<f64> = rule.levels.each().map(|(_, at)| at).collect();
    if !thresholds.is_sorted() {
        return Err(wrong(settings, config, "a worse severity begins at a lower figure than a milder one"));
    }
    Ok(())
}

/// What is wrong with settings together; the last one stands for them.
fn wrong(settings: &RuleSettings, config: &Config, text: &str) -> Error {
    let last = settings.settings.last().map(|setting| Said::new(setting, config));
    last.map_or_else(|| anyhow!("E010_CONFIG_ERR: {text}"), |last| last.wrong(text))
}

/// Checks that the measure goes by the key at all.
fn check_term(measure: Measure, key: &str, said: &Said<'_>) -> Result<()> {
    let nature = measure.nature();
    let is_term = ["window", "last", "at_least"].contains(&key);
    if is_term && !nature.terms.contains(&key) {
        return Err(said.wrong(&format!("the measure {} does not go by it", nature.name)));
    }
    let scope = match key {
        "session" | "component" => Some(super::Scope::Session),
        "file" => Some(super::Scope::File),
        _ => None,
    };
    let has_component =
        matches!(measure, Measure::ComponentBudget | Measure::Latency | Measure::OperationTokens);
    if scope.is_some_and(|scope| scope != nature.scope) || (key == "component" && !has_component) {
        return Err(said.wrong(&format!("the measure {} is not about any", nature.name)));
    }
    Ok(())
}

fn named(said: &Said<'_>) -> Result<Measure> {
    let name = said.text()?;
    Measure::named(name).ok_or_else(|| {
        let near = nearest::closest(name, measure::ALL.iter().map(|nature| nature.name));
        let hint =
            if near.is_empty() { "; see sigil-alert rules".to_owned() } else { nearest::question(&near) };
        said.wrong(&format!("there is no measure {}{hint}", escape::quoted(name)))
    })
}

fn severity_named(said: &Said<'_>) -> Result<Severity> {
    let name = said.text()?;
    let found = Severity::ALL.into_iter().find(|severity| severity.name().eq_ignore_ascii_case(name));
    found.ok_or_else(|| said.wrong(&format!("{} is none of warning, error, critical", escape::quoted(name))))
}

/// A threshold, in the unit of the measure. Texts may carry units: `80%`, `5GB`, `10m`, `15k`.
fn figure(measure: Measure, said: &Said<'_>) -> Result<f64> {
    let unit = measure.nature().unit;
    let figure = match said.value() {
        SettingValue::Number(number) => Some(*number),
        SettingValue::Bool(_) => None,
        SettingValue::Text(text) => match unit {
            "%" => text.trim_end_matches('%').trim().parse().ok(),
            "s" => Age::parse(text).ok().map(|age| age.us as f64 / 1e6),
            "B" | "B/s" | "B/min" => size::parse(text).ok().map(|bytes| bytes as f64),
            _ => quantity::parse_tokens(text).ok().map(|tokens| tokens as f64),
        },
    };
    figure.filter(|figure| figure.is_finite() && *figure >= 0.0).ok_or_else(|| {
        let unit = if unit.is_empty() { String::new() } else { format!(" in {unit}") };
        said.wrong(&format!("expected a number from 0{unit}"))
    })
}
