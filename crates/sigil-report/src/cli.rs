//! What can be typed, and what it means.

use anyhow::Result;
use clap::Parser;
use sigil_breakdown::{CostArgs, cost};
use sigil_cli::color::Color;
use sigil_cli::{CountArgs, OutputArgs};
use sigil_input::moment::Age;
use sigil_input::{EstimateArgs, InputArgs, Inputs, Source};
use sigil_store::Store;
use sigil_store::quantity::parse_tokens;
use sigil_summary::budget::Budgets;
use sigil_summary::findings::Thresholds;
use sigil_summary::{CountAll, Grain};

use crate::format::{Format, FormatArgs};
use crate::gathering::{Gathering, GatheringArgs};
use crate::modes::{Mode, ModeArgs};
use crate::terms::Terms;
use crate::validation::Verdict;
use crate::view::{View, ViewArgs};

/// Bytes of logs of which each second may be told apart.
const LITTLE: u64 = 4 << 20;

/// How many errors a report shows when nobody asks for all (guide 8.3).
const FIRST_ERRORS: usize = 5;

/// What happened in a log: sessions, tokens, time, errors
///
/// Reads the events of one session or of many and reports on them: status, tokens against the budget, how
/// long each component took, what failed. Several sessions become a row each, in the order of their first
/// event, with what they come to together underneath.
#[derive(Clone, Debug, Parser)]
#[command(name = "sigil-report", version, max_term_width = 100)]
pub struct Args {
    #[command(flatten)]
    view: ViewArgs,

    #[command(flatten)]
    format: FormatArgs,

    /// Show every error, not only the first 5
    #[arg(long, conflicts_with = "by")]
    all_errors: bool,

    #[command(flatten)]
    modes: ModeArgs,

    /// Show a running session as stale when its last event is that old
    #[arg(long, value_name = "AGE", default_value = "10m", value_parser = Age::parse)]
    stale_after: Age,

    /// The budget of a session in tokens (256k and 1.5M are understood)
    #[arg(long, value_name = "N", value_parser = parse_tokens)]
    budget: Option<u64>,

    #[command(flatten)]
    gathering: GatheringArgs,

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
    output: OutputArgs,
}

/// What the arguments mean.
pub(crate) struct Config {
    pub(crate) inputs: Inputs,
    /// A store that is meant beside them, all of it, of which much may be known already.
    pub(crate) store: Option<Store>,
    pub(crate) gathering: Gathering,
    pub(crate) uses_cache: bool,
    pub(crate) mode: Mode,
    pub(crate) verdict: Verdict,
    pub(crate) view: View,
    pub(crate) terms: Terms,
    pub(crate) is_strict: bool,
    pub(crate) format: Format,
    /// How finely time is told apart for what is drawn over it.
    pub(crate) drawn_by: Grain,
    pub(crate) color: Option<Color>,
}

impl Args {
    /// Finds out what was meant; `now_us` is what ages count back from.
    pub(crate) fn resolve(&self, now_us: i64) -> Result<Config> {
        let format = self.format.resolve(self.output.json)?;
        let file = self.output.load_config()?;
        let budgets = Budgets::new(self.budget.or(file.budget.session), &file.budget.components);
        let (mut inputs, store) = if self.gathering.reads_logs() {
            self.input.resolve_but_store(&file, now_us)?
        } else {
            (self.input.resolve_without_logs(&file, now_us)?, None)
        };
        inputs.options.estimates = self.estimate.resolve();
        inputs.options.disclosure = self.modes.disclosure();
        let mode = self.modes.resolve(format, inputs.session.is_some())?;
        let (view, gathering) = (self.view.resolve(), self.gathering.resolve(&self.input.operands));
        let is_whole = inputs.since_us.is_none() && inputs.until_us.is_none();
        let is_of_digests = mode == Mode::Report
            && gathering == Gathering::Logs
            && self.gathering.uses_cache()
            && is_whole
            && view.is_of_digests(format);
        // A store may hold much, and what is known of it must be known in the same way each time.
        let may_draw_finely = format == Format::Html && store.is_none();
        let (store, to_read) = if is_of_digests { (store, None) } else { (None, store) };
        if let Some(store) = to_read {
            inputs.add_stored(&store, store.sessions()?)?;
        }
        let drawn_by = if may_draw_finely { drawn_by(&inputs) } else { Grain::Hour };
        // A report on the past does not call stale what was fresh then.
        let seen_us = inputs.until_us.map_or(now_us, |until_us| until_us.min(now_us));
        Ok(Config {
            mode,
            store,
            verdict: Verdict { is_asked: self.modes.exit_code, is_strict: self.count.strict },
            inputs,
            uses_cache: self.gathering.uses_cache(),
            view,
            gathering,
            terms: Terms {
                budgets,
                count_all: if self.count.count_all { CountAll::Yes } else { CountAll::No },
                prices: cost::prices(&file),
                stated_costs: self.cost.stated_costs(),
                most_errors: if self.all_errors { usize::MAX } else { FIRST_ERRORS },
                limits: limits(&file.findings),
                stale_before_us: seen_us.saturating_sub(self.stale_after.us),
            },
            is_strict: self.count.strict,
            drawn_by,
            format,
            color: file.color,
        })
    }
}

/// Seconds, where so little is to be read that it may all have happened within some; not where nobody knows how much.
fn drawn_by(inputs: &Inputs) -> Grain {
    let size: Option<u64> = inputs.sources.iter().map(Source::size).sum();
    if size.is_some_and(|bytes| (1..=LITTLE).contains(&bytes)) { Grain::Second } else { Grain::Hour }
}

/// What the configuration says is much, or little, and else what the guide does.
fn limits(findings: &sigil_store::config::Findings) -> Thresholds {
    let known = Thresholds::default();
    let us = |ms: Option<u64>, known: u64| ms.map_or(known, |ms| ms.saturating_mul(1000));
    Thresholds {
        reasoning_tokens: findings.reasoning_tokens.unwrap_or(known.reasoning_tokens),
        memory_latency_us: us(findings.memory_latency_ms, known.memory_latency_us),
        steady_latency_us: us(findings.steady_latency_ms, known.steady_latency_us),
        retries: findings.retries.unwrap_or(known.retries),
        low_usage_percent: findings.low_usage_percent.unwrap_or(known.low_usage_percent),
        name_length: findings.name_length.unwrap_or(known.name_length),
    }
}
