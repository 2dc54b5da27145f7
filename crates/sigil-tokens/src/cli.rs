//! What can be typed, and what it means.

use std::sync::Arc;

use anyhow::{Result, bail};
use clap::Parser;
use sigil_breakdown::{ByArgs, CostArgs, cost};
use sigil_cli::color::Color;
use sigil_cli::{CountArgs, OutputArgs};
use sigil_event::Content;
use sigil_input::{ContentArgs, Disclosure, EstimateArgs, InputArgs, Inputs};
use sigil_store::quantity::parse_tokens;
use sigil_summary::budget::Budgets;
use sigil_summary::price::Prices;
use sigil_summary::{CountAll, Key, StatedCosts};

/// What a stream of events has cost so far
///
/// Reads events and says how many tokens they come to, each counted once: as they arrive from standard
/// input, as a summary with budgets from files or the log store, as a table, or as an exit status.
#[derive(Clone, Debug, Parser)]
#[command(name = "sigil-tokens", version, max_term_width = 100)]
pub struct Args {
    /// Only the summary, no running lines
    #[arg(long)]
    summary: bool,

    #[command(flatten)]
    by: ByArgs,

    /// The budget of a session in tokens (256k and 1.5M are understood); with --check the limit
    #[arg(long, value_name = "N", value_parser = parse_tokens, allow_negative_numbers = true)]
    budget: Option<u64>,

    /// Only an exit status: 0 fine, 1 warning or cannot tell, 2 critical
    #[arg(long, conflicts_with_all = ["summary", "by"])]
    check: bool,

    /// With --check, warn from this share of the limit on, in percent [default: 80]
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    warn_at: Option<f64>,

    /// With --check, critical from this share of the limit on, in percent [default: 90]
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    critical_at: Option<f64>,

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

/// What comes out.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Output {
    /// A line for each event of a stream, then the summary; for files the summary.
    Running,
    Summary,
    Table(Vec<Key>),
    Check(Thresholds),
}

impl Output {
    pub(crate) fn is_check(&self) -> bool {
        matches!(self, Self::Check(_))
    }
}

/// Where `--check` begins to complain, in percent of the limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Thresholds {
    pub(crate) warn_at: f64,
    pub(crate) critical_at: f64,
}

/// What the arguments mean.
pub(crate) struct Config {
    pub(crate) inputs: Inputs,
    pub(crate) output: Output,
    pub(crate) budgets: Budgets,
    pub(crate) count_all: CountAll,
    pub(crate) prices: Arc<Prices>,
    pub(crate) stated_costs: StatedCosts,
    pub(crate) is_strict: bool,
    pub(crate) json: bool,
    pub(crate) color: Option<Color>,
}

impl Args {
    /// Finds out what was meant; `now_us` is what ages count back from.
    pub(crate) fn resolve(&self, now_us: i64) -> Result<Config> {
        let file = self.output.load_config()?;
        let budgets = Budgets::new(self.budget.or(file.budget.session), &file.budget.components);
        let thresholds = Thresholds {
            warn_at: self.warn_at.or(file.check.warn_at).unwrap_or(80.0),
            critical_at: self.critical_at.or(file.check.critical_at).unwrap_or(90.0),
        };
        if !self.check && (self.warn_at.is_some() || self.critical_at.is_some()) {
            bail!("E010_CONFIG_ERR: --warn-at and --critical-at say when --check complains; add --check");
        }
        if self.check && thresholds.critical_at < thresholds.warn_at {
            bail!(
                "E010_CONFIG_ERR: critical at {} % would come before the warning at {} %",
                thresholds.critical_at,
                thresholds.warn_at
            );
        }
        let output = match (self.check, self.by.keys(), self.summary) {
            (true, ..) => Output::Check(thresholds),
            (_, Some(keys), _) => Output::Table(keys),
            (_, None, true) => Output::Summary,
            (_, None, false) => Output::Running,
        };
        let disclosure = self.content.resolve()?;
        let mut inputs = self.input.resolve(&file, now_us)?;
        let is_running = output == Output::Running && self.output.json && inputs.is_stdin();
        check_content(disclosure, is_running)?;
        inputs.options.disclosure = disclosure;
        inputs.options.estimates = self.estimate.resolve();
        Ok(Config {
            inputs,
            output,
            budgets,
            count_all: if self.count.count_all { CountAll::Yes } else { CountAll::No },
            prices: cost::prices(&file),
            stated_costs: self.cost.stated_costs(),
            is_strict: self.count.strict,
            json: self.output.json,
            color: file.color,
        })
    }
}

/// What was said has its place in the objects of a running stream alone.
fn check_content(disclosure: Disclosure, is_running_json: bool) -> Result<()> {
    if disclosure.content != Content::None && !is_running_json {
        bail!(
            "E010_CONFIG_ERR: --content adds to the lines that --json writes as a stream runs; pipe the log in, \
             with --json and without --summary, --by or --check"
        );
    }
    Ok(())
}

fn percent(text: &str) -> Result<f64, String> {
    match text.trim_end_matches('%').parse::<f64>() {
        Ok(percent) if percent.is_finite() && percent >= 0.0 => Ok(percent),
        _ => Err("expected a percentage such as 80".to_owned()),
    }
}
