//! What a report says: each session, all of them together, and the lines that could not be read.

use sigil_input::Source;
use sigil_summary::budget::Standing;
use sigil_summary::findings::Thresholds;
use sigil_summary::{Context, Input, Resolved, Rows, SessionSummary};

use crate::brief::Brief;
use crate::course::Course;
use crate::figures::Figures;
use crate::findings::{Found, found};
use crate::performance::Performance;
use crate::terms::Terms;
use crate::totals::Totals;
use crate::view::{State, States};

/// How many sessions are in a share.
const AT_ONCE: usize = 512;

/// Everything a report says.
#[derive(Clone, Debug)]
pub(crate) struct Report<'a> {
    pub(crate) sessions: Sessions<'a>,
    pub(crate) totals: Figures,
    /// What came when, if that was told apart.
    pub(crate) course: Course,
    /// How fast it went, and what was found.
    pub(crate) going: Going,
    pub(crate) input: Input,
    pub(crate) malformed: Malformed<'a>,
    /// Whether some of what was read is not told of: other sessions, states or times were asked for.
    pub(crate) is_of_some: bool,
}

/// How sessions went.
#[derive(Clone, Debug)]
pub(crate) struct Going {
    pub(crate) performance: Performance,
    /// The worst first.
    pub(crate) findings: Vec<Found>,
}

impl Going {
    fn of(totals: &Totals, figures: &Figures) -> Self {
        Self { performance: Performance::of(&totals.pace, figures), findings: found(&totals.found) }
    }
}

/// The sessions of a report. There may be very many: what is to be said of each is found out when it is said.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sessions<'a> {
    briefs: &'a [Box<Brief>],
    /// All there is to tell of each, in the same order; none if some were not read, of which only that much is known.
    summaries: Option<&'a [SessionSummary]>,
    /// Which of them are shown, in their order.
    shown: &'a [usize],
    sources: &'a [Source],
    terms: &'a Terms,
}

impl<'a> Sessions<'a> {
    pub(crate) fn len(&self) -> usize {
        self.briefs.len()
    }

    /// How many sessions are not shown.
    pub(crate) fn left_out(&self) -> usize {
        self.len() - self.shown.len()
    }

    /// How they fare.
    pub(crate) fn states(&self) -> States {
        States::of(self.briefs, self.terms)
    }

    /// What each that is shown may use, and does.
    pub(crate) fn standings(&self) -> impl Iterator<Item = Standing> {
        self.shown.iter().filter_map(|index| self.briefs.get(*index)).map(|brief| brief.standing(self.terms))
    }

    /// The same in several shares of those that are shown, for as many threads.
    pub(crate) fn shares(self) -> Vec<Self> {
        self.shown.chunks(AT_ONCE).map(|shown| Self { shown, ..self }).collect()
    }

    /// A row for each that is shown.
    pub(crate) fn rows(&self) -> impl Iterator<Item = SessionRow<'a>> + use<'a> {
        let (briefs, terms) = (self.briefs, self.terms);
        self.shown.iter().filter_map(move |index| briefs.get(*index)).map(move |brief| SessionRow {
            id: &brief.id,
            state: brief.state(terms),
            figures: Figures::of_brief(brief, terms),
        })
    }

    /// Those that are shown, if all of them were read.
    pub(crate) fn iter(&self) -> impl Iterator<Item = SessionReport<'a>> + use<'a> {
        let (summaries, terms) = (self.summaries, self.terms);
        let shown = self.shown.iter().filter_map(move |index| summaries?.get(*index));
        shown.map(move |session| SessionReport::of(session, terms))
    }

    /// Whether all of them are logs of text.
    pub(crate) fn are_text(&self) -> bool {
        self.len() > 0 && self.summaries.is_some_and(|all| all.iter().all(|session| session.is_text))
    }

    /// What their events are in.
    pub(crate) fn sources(&self) -> &'a [Source] {
        self.sources
    }

    /// From where on something is found.
    pub(crate) fn limits(&self) -> &'a Thresholds {
        &self.terms.limits
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
    pub(crate) totals: Figures,
    pub(crate) malformed: Malformed<'a>,
}

/// What a row tells of a session.
#[derive(Clone, Debug)]
pub(crate) struct SessionRow<'a> {
    pub(crate) id: &'a str,
    pub(crate) state: State,
    /// Only what is one figure each.
    pub(crate) figures: Figures,
}

/// One session.
#[derive(Clone, Debug)]
pub(crate) struct SessionReport<'a> {
    pub(crate) id: &'a str,
    pub(crate) state: State,
    /// What the last answer left in the context.
    pub(crate) context: Option<&'a Context>,
    /// How many tokens that can hold, if it is known.
    pub(crate) window: Option<u64>,
    pub(crate) figures: Figures,
    pub(crate) going: Going,
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

/// What was read, and what it comes to.
#[derive(Clone, Copy)]
pub(crate) struct Basis<'a> {
    pub(crate) resolved: &'a Resolved,
    pub(crate) briefs: &'a [Box<Brief>],
    pub(crate) totals: &'a Totals,
    pub(crate) sources: &'a [Source],
    pub(crate) terms: &'a Terms,
    pub(crate) is_of_some: bool,
}

impl<'a> Report<'a> {
    /// The report on what was read, of whose sessions some are shown.
    pub(crate) fn of(basis: Basis<'a>, shown: &'a [usize]) -> Self {
        let Basis { resolved, briefs, totals, sources, terms, is_of_some } = basis;
        let figures = Figures::of(totals, terms);
        let summaries = Some(&*resolved.sessions).filter(|read| read.len() == briefs.len());
        Self {
            sessions: Sessions { briefs, summaries, shown, sources, terms },
            going: Going::of(totals, &figures),
            totals: figures,
            input: resolved.input,
            course: Course::of(totals, terms),
            malformed: Malformed::of(resolved, sources),
            is_of_some,
        }
    }
}

impl<'a> Breakdown<'a> {
    /// What was read, told apart by rows.
    pub(crate) fn of(basis: Basis<'a>, rows: Rows) -> Self {
        let Basis { resolved, briefs, totals, sources, terms, .. } = basis;
        Self {
            rows,
            sessions: briefs.len(),
            states: States::of(briefs, terms),
            totals: Figures::of(totals, terms),
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
        let totals = Totals::of([session], terms);
        let figures = Figures::of(&totals, terms);
        Self {
            id: &session.id,
            state: State::of(session.status, session.last, terms),
            context: session.context.as_ref(),
            window: session.context.as_ref().and_then(|context| context.window(&terms.prices)),
            going: Going::of(&totals, &figures),
            figures,
        }
    }
}
