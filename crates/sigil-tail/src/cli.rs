//! What can be typed, and what it means.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use clap::{Parser, ValueEnum};
use sigil_breakdown::{CostArgs, cost};
use sigil_cli::color::Color;
use sigil_cli::{CountArgs, OutputArgs};
use sigil_input::follow::Archives;
use sigil_input::moment::Age;
use sigil_input::{ContentArgs, Disclosure, EstimateArgs, Followed, InputArgs};
use sigil_store::quantity::parse_tokens;
use sigil_summary::budget::Budgets;
use sigil_summary::price::Prices;
use sigil_summary::{CountAll, Selection, StatedCosts};

use crate::filter::{Filter, Names};
use crate::subject::Subject;

/// Find, read and follow the logs of LLM agents
///
/// Reads what is there and then follows it by name: through rotation, truncation, deletion and return. In a
/// pipe events come out as JSON lines; on a terminal a dashboard shows what the sessions do and use.
#[derive(Clone, Debug, Parser)]
#[command(name = "sigil-tail", version, max_term_width = 100)]
pub struct Args {
    /// How events are shown [default: dashboard on a terminal, else jsonl]
    #[arg(short, long, value_name = "MODE", value_enum)]
    mode: Option<Mode>,

    /// How often the display changes, and how often is looked where the system does not tell of changes, in
    /// seconds
    #[arg(long, value_name = "SECONDS", default_value = "0.1", value_parser = seconds)]
    refresh_rate: Duration,

    /// Follow by name, which is what happens anyway
    #[arg(short = 'f', long, visible_short_alias = 'F')]
    follow: bool,

    /// Stop at the end of what is there
    #[arg(long, conflicts_with = "follow")]
    once: bool,

    /// Begin N events before the end
    #[arg(short = 'n', long, value_name = "N")]
    lines: Option<usize>,

    /// Every session of the store, new ones as they appear
    #[arg(long, conflicts_with_all = ["sessions", "operands"])]
    all: bool,

    /// Start where the run before stopped, as FILE tells, and keep it
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// Stop when every session that is followed has ended; exit 1 if one ended in error
    #[arg(long)]
    until_complete: bool,

    /// Only events of this component. Repeatable, * globs, ! before it negates
    #[arg(long = "component", value_name = "NAME")]
    components: Vec<String>,

    /// Only events of this type. Repeatable, * globs, ! before it negates
    #[arg(long = "event-type", value_name = "TYPE")]
    event_types: Vec<String>,

    /// Only events that tell of an error
    #[arg(long)]
    errors_only: bool,

    /// Only events with at least N tokens
    #[arg(long, value_name = "N", value_parser = parse_tokens)]
    min_tokens: Option<u64>,

    /// The budget of a session in tokens (256k and 1.5M are understood)
    #[arg(long, value_name = "N", value_parser = parse_tokens)]
    budget: Option<u64>,

    /// Show a running session as stale when its last event is that old
    #[arg(long, value_name = "AGE", default_value = "10m", value_parser = Age::parse)]
    stale_after: Age,

    #[command(flatten)]
    count: CountArgs,

    #[command(flatten)]
    estimate: EstimateArgs,

    #[command(flatten)]
    cost: CostArgs,

    // Behind the tool's own flags: its heading would be theirs, too.
    #[command(flatten)]
    input: InputArgs,

    #[command(flatten)]
    content: ContentArgs,

    #[command(flatten)]
    output: OutputArgs,
}

/// How events are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// The whole screen: budgets, latency, recent events
    Dashboard,
    /// A line for each event
    Stream,
    /// One line, rewritten in place
    Minimal,
    /// Events as JSON lines
    Jsonl,
}

/// What the arguments mean.
pub(crate) struct Config {
    pub(crate) followed: Followed,
    pub(crate) filter: Filter,
    pub(crate) mode: Mode,
    pub(crate) refresh: Duration,
    pub(crate) is_once: bool,
    pub(crate) stale_after: Age,
    pub(crate) until_complete: bool,
    pub(crate) subject: Subject,
    /// How many events of what is there are wanted; all if that is not said.
    pub(crate) last: Option<usize>,
    pub(crate) state: Option<PathBuf>,
    pub(crate) budgets: Budgets,
    pub(crate) count_all: CountAll,
    pub(crate) prices: Arc<Prices>,
    pub(crate) stated_costs: StatedCosts,
    pub(crate) is_strict: bool,
    pub(crate) color: Option<Color>,
}

impl Args {
    /// Finds out what was meant; `now_us` is what ages count back from.
    pub(crate) fn resolve(&self, now_us: i64, is_terminal: bool) -> Result<Config> {
        let file = self.output.load_config()?;
        let budgets = Budgets::new(self.budget.or(file.budget.session), &file.budget.components);
        let mut followed = self.input.follow(&file, now_us, self.all, self.archives())?;
        followed.options.disclosure = self.content.resolve()?;
        followed.options.estimates = self.estimate.resolve();
        let mode = match self.mode {
            Some(Mode::Dashboard | Mode::Stream | Mode::Minimal) if self.output.json => {
                bail!(
                    "E010_CONFIG_ERR: --json writes JSON lines, which is no mode for people; use one of them"
                )
            }
            Some(mode) => mode,
            None if is_terminal && !self.output.json => Mode::Dashboard,
            None => Mode::Jsonl,
        };
        if mode != Mode::Jsonl && followed.options.disclosure != Disclosure::default() {
            bail!("E010_CONFIG_ERR: --content adds to the lines that -m jsonl writes; use that mode");
        }
        let filter = self.filter(&followed)?;
        self.check(mode, &followed)?;
        let subject = Subject::of(&followed.targets);
        Ok(Config {
            followed,
            filter,
            mode,
            refresh: self.refresh_rate,
            is_once: self.once,
            stale_after: self.stale_after,
            until_complete: self.until_complete,
            subject,
            last: self.lines,
            state: self.state.clone(),
            budgets,
            count_all: if self.count.count_all { CountAll::Yes } else { CountAll::No },
            prices: cost::prices(&file),
            stated_costs: self.cost.stated_costs(),
            is_strict: self.count.strict,
            color: file.color,
        })
    }

    /// Which sessions are read from the archive if they are there no more.
    fn archives(&self) -> Archives {
        match (&self.state, self.once) {
            (Some(_), _) => Archives::Leave,
            (None, true) => Archives::Read,
            (None, false) => Archives::ReadNamed,
        }
    }

    /// Refuses flags that make no sense together.
    fn check(&self, mode: Mode, followed: &Followed) -> Result<()> {
        let is_filtered = !self.components.is_empty()
            || !self.event_types.is_empty()
            || self.errors_only
            || self.min_tokens.is_some()
            || followed.since_us.is_some()
            || followed.until_us.is_some();
        let why = match mode {
            Mode::Dashboard | Mode::Minimal if self.state.is_some() => {
                "--state begins where the run before stopped, which would make totals partial; use it with -m jsonl \
                 or -m stream"
            }
            Mode::Minimal if self.lines.is_some() => {
                "-m minimal shows the total of everything and no events; use -n with -m stream"
            }
            Mode::Dashboard if self.lines.is_some() => {
                "-m dashboard shows all of what is there, whatever its last events are; use -n with -m stream or -m jsonl"
            }
            Mode::Minimal if is_filtered => {
                "-m minimal shows the total of everything, which choosing events does not change; use -m stream, or \
                 sigil-tokens for parts of it"
            }
            _ if self.state.is_some() && self.until_complete => {
                "--until-complete needs to have seen how sessions fare, which --state may have passed; use one of them"
            }
            _ => return Ok(()),
        };
        bail!("E010_CONFIG_ERR: {why}")
    }

    /// Which events pass.
    fn filter(&self, followed: &Followed) -> Result<Filter> {
        let Followed { since_us, until_us, session, .. } = followed;
        Ok(Filter {
            components: Names::new("--component", &self.components)?,
            event_types: Names::new("--event-type", &self.event_types)?,
            errors_only: self.errors_only,
            min_tokens: self.min_tokens.unwrap_or(0),
            selection: Selection { since_us: *since_us, until_us: *until_us, session: session.clone() },
        })
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse::<f64>().ok().filter(|seconds| (0.01..=3600.0).contains(seconds));
    seconds
        .map(Duration::from_secs_f64)
        .ok_or_else(|| "expected seconds from 0.01 to 3600, such as 0.5".to_owned())
}
