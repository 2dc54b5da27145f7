//! What the configuration says about alerts, understood; what is wrong is said with file, line and key.

use anyhow::{Error, Result, anyhow};
use sigil_input::moment::Age;
use sigil_store::config::{Config, Setting, SettingValue};
use sigil_store::{escape, home};

/// A setting, and where it stands.
pub(crate) struct Said<'a> {
    setting: &'a Setting,
    config: &'a Config,
}

impl<'a> Said<'a> {
    pub(crate) fn new(setting: &'a Setting, config: &'a Config) -> Self {
        Self { setting, config }
    }

    /// The setting of `[alert]` with this key.
    pub(crate) fn of(config: &'a Config, key: &str) -> Option<Self> {
        let setting = config.alert.settings.iter().find(|setting| setting.key == key)?;
        Some(Self { setting, config })
    }

    pub(crate) fn value(&self) -> &'a SettingValue {
        &self.setting.value
    }

    /// What is wrong with it.
    pub(crate) fn wrong(&self, text: &str) -> Error {
        let file = self.config.file.as_deref().map(home::shown).unwrap_or_default();
        anyhow!("E010_CONFIG_ERR: {file}:{}: {}: {text}", self.setting.line, self.setting.path)
    }

    pub(crate) fn text(&self) -> Result<&'a str> {
        match &self.setting.value {
            SettingValue::Text(text) if !text.is_empty() => Ok(text),
            SettingValue::Text(_) => Err(self.wrong("is empty; leave the key out for the default")),
            _ => Err(self.wrong("expected a string")),
        }
    }

    pub(crate) fn bool(&self) -> Result<bool> {
        match self.setting.value {
            SettingValue::Bool(value) => Ok(value),
            _ => Err(self.wrong("expected true or false")),
        }
    }

    pub(crate) fn whole(&self, least: u64, most: u64) -> Result<u64> {
        match self.setting.value {
            SettingValue::Number(number)
                if number.fract() == 0.0 && number >= least as f64 && number <= most as f64 =>
            {
                Ok(number as u64)
            }
            _ => Err(self.wrong(&format!("expected a whole number from {least} to {most}"))),
        }
    }

    /// A span of time in microseconds: seconds, or a text such as `10m`.
    pub(crate) fn span_us(&self) -> Result<i64> {
        let us = match &self.setting.value {
            SettingValue::Number(seconds) => Some(seconds * 1e6).filter(|us| (0.0..1e17).contains(us)),
            SettingValue::Text(text) => Age::parse(text).ok().map(|age| age.us as f64),
            SettingValue::Bool(_) => None,
        };
        us.map(|us| us as i64).ok_or_else(|| self.wrong("expected a span of time such as 30s, 10m or 4h"))
    }

    pub(crate) fn positive_span_us(&self) -> Result<i64> {
        match self.span_us()? {
            0 => Err(self.wrong("expected more than no time")),
            us => Ok(us),
        }
    }

    pub(crate) fn glob(&self) -> Result<&'a str> {
        let text = self.text()?;
        match glob::Pattern::new(text) {
            Ok(_) => Ok(text),
            Err(why) => Err(self.wrong(&format!("{} is no glob: {}", escape::quoted(text), why.msg))),
        }
    }
}
