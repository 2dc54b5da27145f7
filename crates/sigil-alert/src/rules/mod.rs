//! Rules: what is measured, from which figure on it is said, how bad that is and what to do. Rules are data.

mod builtin;
mod effective;
pub(crate) mod measure;
mod table;

pub(crate) use builtin::FORGOTTEN_US;
pub(crate) use measure::{Measure, Scope};
pub(crate) use table::{json, text};

use glob::Pattern;

use crate::alert::Severity;

/// One rule.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rule {
    pub(crate) name: Box<str>,
    pub(crate) measure: Measure,
    pub(crate) is_enabled: bool,
    pub(crate) levels: Levels,
    /// How far back it looks, in microseconds.
    pub(crate) window_us: i64,
    /// How many of the last it looks at.
    pub(crate) last: u32,
    /// Of how many at least.
    pub(crate) at_least: u64,
    /// How long the figure has to be so before it is said, in microseconds: `for`.
    pub(crate) hold_us: i64,
    /// How long it has to be well again before that is said, in microseconds: `keep`.
    pub(crate) keep_us: i64,
    pub(crate) filter: Filter,
    /// What to do about it.
    pub(crate) action: String,
}

/// From which figures on something is said, by severity.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Levels {
    pub(crate) warning: Option<f64>,
    pub(crate) error: Option<f64>,
    pub(crate) critical: Option<f64>,
}

/// What a rule is about; everything if it says nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Filter {
    pub(crate) session: Option<Matcher>,
    pub(crate) component: Option<Matcher>,
    /// Of the file's name.
    pub(crate) file: Option<Matcher>,
}

/// A glob, or a name that is none.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Matcher {
    text: String,
    glob: Option<Pattern>,
}

impl Matcher {
    pub(crate) fn new(text: &str) -> Self {
        let glob = sigil_store::is_glob(text).then(|| Pattern::new(text).ok()).flatten();
        Self { text: text.to_owned(), glob }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    fn matches(&self, name: &str) -> bool {
        self.text == name || self.glob.as_ref().is_some_and(|glob| glob.matches(name))
    }
}

impl Levels {
    pub(crate) const NONE: Self = Self { warning: None, error: None, critical: None };

    /// Each severity with its threshold, the mildest first.
    pub(crate) fn each(&self) -> impl DoubleEndedIterator<Item = (Severity, f64)> {
        let thresholds = [self.warning, self.error, self.critical];
        Severity::ALL.into_iter().zip(thresholds).filter_map(|(severity, at)| Some((severity, at?)))
    }

    /// The worst severity whose threshold `value` has reached, or exceeded.
    #[inline]
    fn reached(&self, value: f64, exceeds: bool) -> Option<(Severity, f64)> {
        let is_reached = |(_, at): &(Severity, f64)| if exceeds { value > *at } else { value >= *at };
        self.each().rfind(is_reached)
    }

    /// The threshold that has to be gone below for it to be well again.
    pub(crate) fn lowest(&self) -> f64 {
        self.each().map(|(_, at)| at).fold(f64::INFINITY, f64::min)
    }
}

impl Rule {
    /// The worst severity that `value` is, with its threshold.
    #[inline]
    pub(crate) fn reached(&self, value: f64) -> Option<(Severity, f64)> {
        self.levels.reached(value, self.measure.nature().exceeds)
    }

    /// Whether it is about this session and component.
    pub(crate) fn is_about(&self, session: &str, component: Option<&str>) -> bool {
        let Filter { session: sessions, component: components, .. } = &self.filter;
        sessions.as_ref().is_none_or(|sessions| sessions.matches(session))
            && components
                .as_ref()
                .is_none_or(|components| component.is_some_and(|one| components.matches(one)))
    }

    /// Whether it is about a file of this name.
    pub(crate) fn is_about_file(&self, name: &str) -> bool {
        self.filter.file.as_ref().is_none_or(|files| files.matches(name))
    }
}

/// The rules in force, in a fixed order; a rule is known by its number in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Rules(Vec<Rule>);

impl Rules {
    /// All rules, also those that are switched off.
    pub(crate) fn all(&self) -> &[Rule] {
        &self.0
    }

    /// A rule.
    #[inline]
    pub(crate) fn get(&self, number: u16) -> &Rule {
        &self.0[usize::from(number)]
    }

    /// Rules that are on and go by `measure`, with their numbers.
    pub(crate) fn by(&self, measure: Measure) -> Vec<u16> {
        let is_meant = |rule: &Rule| rule.is_enabled && rule.measure == measure;
        (0..).zip(&self.0).filter(|(_, rule)| is_meant(rule)).map(|(number, _)| number).collect()
    }

    /// Whether any rule that is on takes its figures from there.
    pub(crate) fn need(&self, scope: Scope) -> bool {
        self.0.iter().any(|rule| rule.is_enabled && rule.measure.nature().scope == scope)
    }

    /// The number of the rule of that name, if it is on.
    pub(crate) fn number(&self, name: &str) -> Option<u16> {
        let position = self.0.iter().position(|rule| rule.is_enabled && &*rule.name == name)?;
        u16::try_from(position).ok()
    }
}
