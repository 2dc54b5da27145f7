//! What is followed, in words.

use sigil_cli::escape;
use sigil_input::follow::Target;
use sigil_store::is_glob;

/// What a header says of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Subject {
    /// `lead-1`, `lead-*`, `3 sessions`, `all sessions`, or what was named on the command line.
    pub(crate) name: String,
    /// Whether there may be several sessions from the beginning, so that each line must say its own.
    pub(crate) is_several: bool,
    /// Whether the name is not that of a session: the first one that comes has a better one.
    pub(crate) is_log: bool,
    /// Whether it is all streams, which tell only by their ends that all has come.
    pub(crate) is_stream: bool,
    /// Ids of sessions that must begin before all have ended.
    pub(crate) awaited: Vec<String>,
}

impl Subject {
    pub(crate) fn of(targets: &[Target]) -> Self {
        let is_stream = targets.iter().all(|target| target.root().is_none());
        if let Some(patterns) = stored(targets) {
            return Self { is_stream, ..Self::of_sessions(&patterns) };
        }
        match targets {
            [target] => Self { name: operand(target), is_log: true, is_stream, ..Self::default() },
            _ => {
                let name = format!("{} logs", targets.len());
                Self { name, is_several: true, is_stream, ..Self::default() }
            }
        }
    }

    fn of_sessions(patterns: &[String]) -> Self {
        let awaited = patterns.iter().filter(|pattern| !is_glob(pattern)).cloned().collect();
        let name = match patterns {
            [] => "all sessions".to_owned(),
            [one] => escape::for_terminal(one).into_owned(),
            // How many sessions a glob means changes.
            _ if patterns.iter().any(|pattern| is_glob(pattern)) => {
                escape::for_terminal(&patterns.join(", ")).into_owned()
            }
            _ => format!("{} sessions", patterns.len()),
        };
        let is_several = patterns.len() != 1 || patterns.iter().any(|pattern| is_glob(pattern));
        Self { name, is_several, awaited, ..Self::default() }
    }
}

/// What was asked for of a store, if nothing else is followed.
fn stored(targets: &[Target]) -> Option<Vec<String>> {
    let mut patterns: Vec<String> = Vec::new();
    for target in targets {
        let new = match target {
            Target::Sessions { patterns, .. } => patterns.as_slice(),
            Target::Archived { pattern, .. } => std::slice::from_ref(pattern),
            _ => return None,
        };
        for pattern in new {
            if !patterns.contains(pattern) {
                patterns.push(pattern.clone());
            }
        }
    }
    (!targets.is_empty()).then_some(patterns)
}

fn operand(target: &Target) -> String {
    let name = match target {
        Target::Log(path)
        | Target::Tree(path)
        | Target::OwnTree(path)
        | Target::Stream(path)
        | Target::Archived { path, .. } => path.display().to_string(),
        Target::Glob(pattern) => pattern.clone(),
        Target::Stdin => "stdin".to_owned(),
        Target::Sessions { .. } => String::new(),
    };
    escape::for_terminal(&name).into_owned()
}
