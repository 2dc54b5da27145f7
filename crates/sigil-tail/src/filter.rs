//! Which events pass: `--component`, `--event-type`, `--errors-only`, `--min-tokens`, times and sessions.
//!
//! What does not pass is not shown. What is counted, counts all the same: the ledger decides first.

use anyhow::{Result, anyhow, bail};
use sigil_event::{EventRef, Text};
use sigil_store::is_glob;
use sigil_summary::Selection;

/// What an event must be to pass.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// Components that are wanted.
    pub(crate) components: Names,
    /// Event types that are wanted.
    pub(crate) event_types: Names,
    /// Only what tells of an error.
    pub(crate) errors_only: bool,
    /// At least so many tokens; none are 0.
    pub(crate) min_tokens: u64,
    /// Times and sessions.
    pub(crate) selection: Selection,
}

impl Filter {
    /// Whether everything passes, so that no event need be looked at.
    pub(crate) fn is_idle(&self) -> bool {
        self.components.are_all()
            && self.event_types.are_all()
            && !self.errors_only
            && self.min_tokens == 0
            && self.selection.is_everything()
    }

    /// Whether an event passes.
    #[inline]
    pub(crate) fn passes(&self, event: &EventRef<'_>) -> bool {
        self.components.hold(event.component)
            && self.event_types.hold(event.type_name)
            && (!self.errors_only || event.event_type.is_error())
            && event.tokens.unwrap_or(0) >= self.min_tokens
            && self.selection.holds(event)
    }
}

/// Names that are wanted, and names that are not.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    wanted: Vec<Name>,
    unwanted: Vec<Name>,
}

impl Names {
    /// The names that `patterns` mean, which were given to `flag`: any of those without a leading `!`, if there
    /// is one, and none of the others.
    pub(crate) fn new(flag: &str, patterns: &[String]) -> Result<Self> {
        let mut names = Self::default();
        for pattern in patterns {
            match pattern.strip_prefix('!') {
                Some("") => bail!("E010_CONFIG_ERR: {flag} \"!\" negates nothing; write a name behind the !"),
                Some(negated) => names.unwanted.push(Name::new(flag, pattern, negated)?),
                None => names.wanted.push(Name::new(flag, pattern, pattern)?),
            }
        }
        Ok(names)
    }

    fn are_all(&self) -> bool {
        self.wanted.is_empty() && self.unwanted.is_empty()
    }

    /// Whether a name is among them. What has none is no name that is wanted, nor one that is not.
    #[inline]
    fn hold(&self, name: Option<Text<'_>>) -> bool {
        let Some(name) = name else { return self.wanted.is_empty() };
        (self.wanted.is_empty() || self.wanted.iter().any(|wanted| wanted.is(name)))
            && !self.unwanted.iter().any(|unwanted| unwanted.is(name))
    }
}

/// A name, or names by their pattern.
#[derive(Clone, Debug)]
enum Name {
    Literal(String),
    Glob(glob::Pattern),
}

impl Name {
    fn new(flag: &str, typed: &str, pattern: &str) -> Result<Self> {
        if !is_glob(pattern) {
            return Ok(Self::Literal(pattern.to_owned()));
        }
        let glob = glob::Pattern::new(pattern);
        glob.map(Self::Glob).map_err(|why| {
            anyhow!("E010_CONFIG_ERR: {flag} {typed:?} is not a glob: {}", why.msg.to_lowercase())
        })
    }

    #[inline]
    fn is(&self, name: Text<'_>) -> bool {
        match self {
            Self::Literal(literal) => name.is(literal),
            Self::Glob(glob) => glob.matches(&name.decode()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn names(patterns: &[&str]) -> Names {
        let patterns: Vec<_> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
        Names::new("--component", &patterns).unwrap()
    }

    fn event(line: &str) -> EventRef<'_> {
        EventRef::parse(line).unwrap().event
    }

    #[test]
    fn names_are_wanted_by_any_pattern_and_unwanted_by_any_negated_one() {
        let cases: [(&[&str], &str); 9] = [
            (&[], "reasoning routing mem/x none"),
            (&["reasoning"], "reasoning"),
            (&["reasoning", "routing"], "reasoning routing"),
            (&["r*"], "reasoning routing"),
            (&["!r*"], "mem/x none"),
            (&["r*", "!*ing"], ""),
            (&["r*", "!routing"], "reasoning"),
            (&["*"], "reasoning routing mem/x"),
            (&["mem*", "r?uting", "[a-q]*"], "routing mem/x"),
        ];
        for (patterns, expected) in cases {
            let names = names(patterns);
            let all = ["reasoning", "routing", "mem/x"];
            let mut held: Vec<_> =
                all.into_iter().filter(|name| names.hold(Some(Text::plain(name)))).collect();
            held.extend(names.hold(None).then_some("none"));
            assert_eq!(held.join(" "), expected, "{patterns:?}");
        }
    }

    #[test]
    fn names_are_what_escapes_stand_for() {
        let routing = event(r#"{"component":"rout\u0069ng"}"#);
        for pattern in ["routing", "routin?"] {
            assert!(names(&[pattern]).hold(routing.component), "{pattern}");
        }
        assert!(!names(&["!routing"]).hold(routing.component));
    }

    #[test]
    fn what_is_not_a_glob_is_refused() {
        for (pattern, why) in [
            ("a[", "E010_CONFIG_ERR: --component \"a[\" is not a glob: "),
            ("!a[", "E010_CONFIG_ERR: --component \"!a[\" is not a glob: "),
            ("!", "E010_CONFIG_ERR: --component \"!\" negates nothing"),
        ] {
            let error = Names::new("--component", &[pattern.to_owned()]).unwrap_err().to_string();
            assert!(error.starts_with(why), "{error}");
        }
    }

    #[test]
    fn every_part_of_a_filter_must_be_met() {
        let line =
            r#"{"session_id":"s","event_type":"step_error","component":"a","tokens":5,"metadata":{"x":1}}"#;
        let all = || Filter {
            components: names(&["a"]),
            event_types: names(&["step_*"]),
            errors_only: true,
            min_tokens: 5,
            selection: Selection { session: Some(Arc::new(|id: &str| id == "s")), ..Selection::default() },
        };
        assert!(all().passes(&event(line)));
        let others = [
            Filter { components: names(&["b"]), ..all() },
            Filter { event_types: names(&["!step_error"]), ..all() },
            Filter { min_tokens: 6, ..all() },
            Filter {
                selection: Selection { session: Some(Arc::new(|_: &str| false)), ..Selection::default() },
                ..all()
            },
            Filter { selection: Selection { since_us: Some(0), ..Selection::default() }, ..all() },
        ];
        for (number, filter) in others.iter().enumerate() {
            assert!(!filter.passes(&event(line)), "{number}");
            assert!(!filter.is_idle(), "{number}");
        }
        assert!(!all().passes(&event(&line.replace("step_error", "step_start"))));
        assert!(Filter::default().is_idle());
        assert!(Filter::default().passes(&event(line)));
        let errors = Filter { errors_only: true, ..Filter::default() };
        for (name, passes) in [("log_error", true), ("tool_error", true), ("log_warning", false), ("", false)]
        {
            assert_eq!(errors.passes(&event(&format!("{{\"event_type\":\"{name}\"}}"))), passes, "{name}");
        }
    }
}
