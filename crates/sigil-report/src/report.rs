//! What a report says: each session, all of them together, and the lines that could not be read.

use sigil_input::Source;
use sigil_summary::findings::Thresholds;
use sigil_summary::{Context, Input, Key, Resolved, Rows, SessionSummary, Shown, Status};

use crate::course::Course;
use crate::figures::Figures;
use crate::findings::{Found, found};
use crate::performance::Performance;
use crate::terms::Terms;
use crate::view::{State, States};

/// Everything a report says.
#[derive(Clone, Debug)]
pub(crate) struct Report<'a> {
    pub(crate) sessions: Sessions<'a>,
    pub(crate) totals: Figures<'a>,
    /// What came when, if hours were told apart.
    pub(crate) course: Course,
    /// How fast it went, and what was found.
    pub(crate) going: Going<'a>,
    pub(crate) input: Input,
    /// What events are in.
    pub(crate) sources: &'a [Source],
    pub(crate) limits: Thresholds,
    pub(crate) malformed: Malformed<'a>,
}

/// How sessions went: what is found out only where it is told.
#[derive(Clone, Debug)]
pub(crate) struct Going<'a> {
    pub(crate) performance: Performance<'a>,
    /// The worst first.
    pub(crate) findings: Vec<Found<'a>>,
}

impl<'a> Going<'a> {
    fn of(sessions: &'a [SessionSummary], figures: &Figures<'_>, terms: &Terms) -> Self {
        Self { performance: Performance::of(sessions, figures), findings: found(sessions, terms) }
    }
}

/// The sessions of a report, in the order in which they are shown. There may be very many: what is to be said of
/// each is found out when it is said.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sessions<'a> {
    summaries: &'a [SessionSummary],
    /// How many of them are shown: the first ones.
    shown: usize,
    sources: &'a [Source],
    terms: &'a Terms,
}

impl<'a> Sessions<'a> {
    pub(crate) fn len(&self) -> usize {
        self.summaries.len()
    }

    /// How many sessions are not shown.
    pub(crate) fn left_out(&self) -> usize {
        self.len() - self.shown
    }

    /// How they fare.
    pub(crate) fn states(&self) -> States {
        States::of(self.summaries, self.terms)
    }

    /// Those that are shown.
    pub(crate) fn iter(&self) -> impl Iterator<Item = SessionReport<'a>> + use<'a> {
        let terms = self.terms;
        let shown = self.summaries.get(..self.shown).unwrap_or(self.summaries);
        shown.iter().map(move |session| SessionReport::of(session, terms))
    }

    /// Whether all of them are logs of text.
    pub(crate) fn are_text(&self) -> bool {
        self.len() > 0 && self.summaries.iter().all(|session| session.is_text)
    }

    /// What their events are in.
    pub(crate) fn sources(&self) -> &'a [Source] {
        self.sources
    }

    /// From where on something is found.
    pub(crate) fn limits(&self) -> &'a Thresholds {
        &self.terms.limits
    }

    /// How one of them went.
    pub(crate) fn going(&self, session: &SessionReport<'a>) -> Going<'a> {
        Going::of(std::slice::from_ref(session.summary), &session.figures, self.terms)
    }

    /// Those that are shown, with sums alone.
    pub(crate) fn sums(&self) -> impl Iterator<Item = SessionReport<'a>> + use<'a> {
        let terms = self.terms;
        let shown = self.summaries.get(..self.shown).unwrap_or(self.summaries);
        shown.iter().map(move |session| SessionReport::sums(session, terms))
    }

    /// The session, if it is only one.
    pub(crate) fn only(&self) -> Option<SessionReport<'a>> {
        self.iter().next().filter(|_| self.len() == 1)
    }
}

/// What `--by` tells: tokens by keys and what all of it comes to, but neither latency nor single errors.
#[derive(Clone, Debug)]
pub(crate) struct Breakdown<'a> {
    pub(crate) rows: Rows,
    pub(crate) sessions: usize,
    pub(crate) states: States,
    pub(crate) totals: Figures<'a>,
    pub(crate) malformed: Malformed<'a>,
}

/// One session.
#[derive(Clone, Debug)]
pub(crate) struct SessionReport<'a> {
    summary: &'a SessionSummary,
    pub(crate) id: &'a str,
    pub(crate) status: Status,
    /// It runs, but nothing has come for long: its writer may have died.
    pub(crate) is_stale: bool,
    /// What the last answer left in the context.
    pub(crate) context: Option<&'a Context>,
    /// How many tokens that can hold, if it is known.
    pub(crate) window: Option<u64>,
    pub(crate) figures: Figures<'a>,
}

/// Lines that are wrong.
#[derive(Clone, Debug, Default)]
pub(crate) struct Malformed<'a> {
    pub(crate) count: u64,
    /// The first of them in each source.
    pub(crate) lines: Vec<MalformedLine<'a>>,
}

#[derive(Clone, Debug)]
pub(crate) struct MalformedLine<'a> {
    pub(crate) file: &'a str,
    pub(crate) line: u64,
    pub(crate) why: String,
}

impl<'a> Report<'a> {
    /// The report on what was read from `sources`.
    ///
    /// Of its sessions the first `shown` are shown.
    pub(crate) fn of(resolved: &'a Resolved, shown: usize, sources: &'a [Source], terms: &'a Terms) -> Self {
        let totals = Figures::of(&resolved.sessions, terms);
        Self {
            sessions: Sessions { summaries: &resolved.sessions, shown, sources, terms },
            going: Going::of(&resolved.sessions, &totals, terms),
            totals,
            input: resolved.input,
            sources,
            limits: terms.limits,
            course: Course::of(&resolved.sessions, terms),
            malformed: Malformed::of(resolved, sources),
        }
    }
}

impl<'a> Breakdown<'a> {
    /// What was read from `sources`, told apart by `keys`.
    pub(crate) fn of(
        resolved: &'a Resolved,
        sources: &'a [Source],
        keys: &[Key],
        shown: &Shown,
        terms: &Terms,
    ) -> Self {
        Self {
            rows: Rows::shown(resolved, keys, terms.count_all, true, shown),
            sessions: resolved.sessions.len(),
            states: States::of(&resolved.sessions, terms),
            totals: Figures::of(&resolved.sessions, terms),
            malformed: Malformed::of(resolved, sources),
        }
    }
}

impl<'a> Malformed<'a> {
    pub(crate) fn of(resolved: &Resolved, sources: &'a [Source]) -> Self {
        let name = |number: u32| sources.get(number as usize).map_or("", |source| source.name.as_str());
        let lines = resolved.defects.iter().map(|defect| MalformedLine {
            file: name(defect.source.0),
            line: defect.line,
            why: defect.defect.to_string(),
        });
        Self { count: resolved.defect_count, lines: lines.collect() }
    }
}

impl<'a> SessionReport<'a> {
    pub(crate) fn of(session: &'a SessionSummary, terms: &Terms) -> Self {
        let figures = Figures::of(std::slice::from_ref(session), terms);
        Self { figures, ..Self::sums(session, terms) }
    }

    /// The session, of whose figures only sums are known.
    fn sums(session: &'a SessionSummary, terms: &Terms) -> Self {
        Self {
            summary: session,
            id: &session.id,
            status: session.status,
            is_stale: State::of(session, terms) == State::Stale,
            context: session.context.as_ref(),
            window: session.context.as_ref().and_then(|context| context.window(&terms.prices)),
            figures: Figures::sums(std::slice::from_ref(session), terms),
        }
    }

    /// Its status in the guide's words.
    pub(crate) fn status_text(&self) -> String {
        let stale = if self.is_stale { " (stale)" } else { "" };
        format!("{}{stale}", self.status.as_str())
    }
}
