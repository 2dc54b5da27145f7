//! What can be typed, and what it means.

use anyhow::Result;
use clap::Parser;
use sigil_breakdown::{ByArgs, CostArgs, cost};
use sigil_cli::color::Color;
use sigil_cli::{CountArgs, OutputArgs};
use sigil_input::moment::Age;
use sigil_input::{EstimateArgs, InputArgs, Inputs};
use sigil_store::quantity::parse_tokens;
use sigil_summary::budget::Budgets;
use sigil_summary::{CountAll, Key};

use crate::format::{Format, FormatArgs};
use crate::gathering::{Gathering, GatheringArgs};
use crate::modes::{Mode, ModeArgs};
use crate::terms::Terms;
use crate::validation::Verdict;

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
    by: ByArgs,

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
    pub(crate) gathering: Gathering,
    pub(crate) uses_cache: bool,
    pub(crate) mode: Mode,
    pub(crate) verdict: Verdict,
    /// What a table of rows is asked for by; without it the whole report is.
    pub(crate) by: Option<Vec<Key>>,
    pub(crate) terms: Terms,
    pub(crate) is_strict: bool,
    pub(crate) format: Format,
    pub(crate) color: Option<Color>,
}

impl Args {
    /// Finds out what was meant; `now_us` is what ages count back from.
    pub(crate) fn resolve(&self, now_us: i64) -> Result<Config> {
        let format = self.format.resolve(self.output.json)?;
        let file = self.output.load_config()?;
        let budgets = Budgets::new(self.budget.or(file.budget.session), &file.budget.components);
        let mut inputs = if self.gathering.reads_logs() {
            self.input.resolve(&file, now_us)?
        } else {
            self.input.resolve_without_logs(&file, now_us)?
        };
        inputs.options.estimates = self.estimate.resolve();
        // A report on the past does not call stale what was fresh then.
        let seen_us = inputs.until_us.map_or(now_us, |until_us| until_us.min(now_us));
        Ok(Config {
            mode: self.modes.resolve(format, inputs.session.is_some())?,
            verdict: Verdict { is_asked: self.modes.exit_code, is_strict: self.count.strict },
            inputs,
            uses_cache: self.gathering.uses_cache(),
            gathering: self.gathering.resolve(&self.input.operands),
            by: self.by.keys(),
            terms: Terms {
                budgets,
                count_all: if self.count.count_all { CountAll::Yes } else { CountAll::No },
                prices: cost::prices(&file),
                stated_costs: self.cost.stated_costs(),
                most_errors: if self.all_errors { usize::MAX } else { FIRST_ERRORS },
                stale_before_us: seen_us.saturating_sub(self.stale_after.us),
            },
            is_strict: self.count.strict,
            format,
            color: file.color,
        })
    }
}
