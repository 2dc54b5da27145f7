//! What can be typed, and what it means.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use clap::{Args as Group, Parser, Subcommand, ValueEnum};
use sigil_cli::color::Color;
use sigil_cli::{CountArgs, OutputArgs};
use sigil_input::moment::Age;
use sigil_input::{InputArgs, Inputs};
use sigil_store::quantity::parse_tokens;
use sigil_store::{Config as ConfigFile, Store, cause, code, home};
use sigil_summary::CountAll;
use sigil_summary::budget::Budgets;

use crate::checks::{Checks, Processes};
use crate::delivery::{Sink, WebhookFormat};
use crate::rules::Rules;
use crate::settings::Said;

/// How long a program that is told of an alert may run.
const EXEC_TIMEOUT: Age = Age { us: 10_000_000 };

/// After how long what still fires is told again.
const REPEAT_US: i64 = 4 * 3_600 * 1_000_000;

/// Hear about it once, in time, where you look
///
/// Reads events, or looks at logs and processes, and writes a line of JSON for every alert: when it begins to fire,
/// when it still does after --repeat, and when it is over. Alerts go to webhooks, programs and files, too.
#[derive(Clone, Debug, Parser)]
#[command(name = "sigil-alert", version, max_term_width = 100, subcommand_precedence_over_arg = true)]
#[command(subcommand_help_heading = "Commands", disable_help_subcommand = true)]
#[command(subcommand_value_name = "COMMAND")]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,

    #[command(flatten)]
    watch: WatchArgs,

    #[command(flatten)]
    tell: TellArgs,

    #[command(flatten)]
    count: CountArgs,

    // Behind the tool's own flags: its heading would be theirs, too.
    #[command(flatten)]
    input: InputArgs,

    #[command(flatten)]
    output: OutputArgs,
}

/// What is done instead of watching.
#[derive(Clone, Copy, Debug, Subcommand)]
enum Action {
    /// Show the rules in force
    Rules,
}

/// What is looked at beside events.
#[derive(Clone, Debug, Group)]
#[command(next_help_heading = "Watching")]
struct WatchArgs {
    /// Look at these logs: growth, errors, and the log store's size; repeatable. Standard input is read
    /// only if - is given, too
    #[arg(long, value_name = "GLOB")]
    watch_logs: Vec<String>,

    /// Look at memory, processor time and disk traffic of this process; repeatable
    #[arg(long, value_name = "PID")]
    pid: Vec<u32>,

    /// Look at those of this process group; repeatable
    #[arg(long, value_name = "PGID")]
    pgid: Vec<u32>,

    /// Look again and again, so often; else once
    #[arg(long, value_name = "AGE", value_parser = Age::parse)]
    interval: Option<Age>,

    /// The budget of a session in tokens (256k and 1.5M are understood)
    #[arg(long, value_name = "N", value_parser = parse_tokens, allow_negative_numbers = true)]
    budget: Option<u64>,
}

/// Who is told, and how often.
#[derive(Clone, Debug, Group)]
#[command(next_help_heading = "Telling")]
struct TellArgs {
    /// How alerts are written to standard output
    #[arg(long, value_name = "FORMAT", default_value = "jsonl")]
    format: Format,

    /// Send alerts to this address; better --webhook-env, as others see what is typed
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,

    /// Send alerts to the address in this environment variable
    #[arg(long, value_name = "VAR")]
    webhook_env: Option<String>,

    /// Send alerts to the address in this file
    #[arg(long, value_name = "FILE")]
    webhook_file: Option<PathBuf>,

    /// What a webhook is sent [default: slack]
    #[arg(long, value_name = "FORMAT")]
    webhook_format: Option<WebhookFormat>,

    /// Run this program for each alert, which it gets as JSON on its standard input; without a shell
    #[arg(long, value_name = "CMD")]
    exec: Option<String>,

    /// How long that may take [default: 10s]
    #[arg(long, value_name = "AGE", value_parser = Age::parse)]
    exec_timeout: Option<Age>,

    /// Append alerts to this file as reports
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,

    /// Keep what is known between runs in this file: an alert is told once, and waits until it is delivered
    /// [default with --watch-logs: alert.json in ~/.sigil/state]
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// Tell again what still fires after this time; 0s for never [default: 4h]
    #[arg(long, value_name = "AGE", value_parser = Age::parse)]
    repeat: Option<Age>,

    /// Exit 1 if anything fired
    #[arg(long)]
    exit_code: bool,
}

/// How alerts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// A line of JSON each.
    Jsonl,
    /// The source document's Alert Report.
    Report,
}

/// What the arguments mean.
pub(crate) enum Task {
    /// Show the rules.
    Rules {
        rules: Rules,
        json: bool,
        color: Option<Color>,
    },
    Watch(Box<Config>),
}

/// What to watch, and whom to tell.
pub(crate) struct Config {
    /// Where events come from, if any are read.
    pub(crate) inputs: Option<Inputs>,
    pub(crate) checks: Checks,
    pub(crate) interval: Option<Duration>,
    pub(crate) rules: Rules,
    pub(crate) count_all: CountAll,
    pub(crate) budgets: Budgets,
    pub(crate) zone: chrono_tz::Tz,
    pub(crate) repeat_us: i64,
    pub(crate) format: Format,
    pub(crate) sinks: Vec<Sink>,
    pub(crate) state: Option<PathBuf>,
    pub(crate) has_exit_code: bool,
    pub(crate) is_strict: bool,
    pub(crate) color: Option<Color>,
}

impl Args {
    /// Finds out what was meant; `now_us` is what ages count back from.
    pub(crate) fn resolve(&self, now_us: i64) -> Result<Task> {
        let file = self.output.load_config()?;
        let rules = Rules::effective(&file)?;
        if let Some(Action::Rules) = self.action {
            return Ok(Task::Rules { rules, json: self.output.json, color: file.color });
        }
        if self.output.json && self.tell.format == Format::Report {
            bail!("E010_CONFIG_ERR: --json and --format report are two forms of one output; leave one out");
        }
        let watch = &self.watch;
        for pattern in &watch.watch_logs {
            if let Err(why) = glob::Pattern::new(pattern) {
                bail!("E010_CONFIG_ERR: --watch-logs {}: {}", sigil_store::escape::quoted(pattern), why.msg);
            }
        }
        let processes = Processes { ids: watch.pid.clone(), groups: watch.pgid.clone() };
        let has_checks = !watch.watch_logs.is_empty() || !processes.are_none();
        let reads_events = !has_checks
            || !self.input.operands.is_empty()
            || !self.input.sessions.is_empty()
            || self.input.from.is_some();
        let terms = self.input.resolve_without_logs(&file, now_us)?;
        let inputs = reads_events.then(|| self.input.resolve(&file, now_us)).transpose()?;
        let interval_us = match (&watch.interval, Said::of(&file, "interval")) {
            (Some(age), _) => Some(age.us),
            (None, Some(said)) if has_checks => Some(said.positive_span_us()?),
            _ => None,
        };
        if watch.interval.is_some() && !has_checks {
            bail!(
                "E010_CONFIG_ERR: --interval says how often to look at logs and processes; add --watch-logs or --pid"
            );
        }
        if interval_us == Some(0) {
            bail!("E010_CONFIG_ERR: --interval 0s would look without a pause; leave it out to look once");
        }
        // Globs of logs that belong to nobody in particular need no store.
        let store = home::store_root(self.input.log_path.as_deref(), &file).ok().map(Store::new);
        let repeat_us = match (&self.tell.repeat, Said::of(&file, "repeat")) {
            (Some(age), _) => age.us,
            (None, Some(said)) => said.span_us()?,
            (None, None) => REPEAT_US,
        };
        Ok(Task::Watch(Box::new(Config {
            zone: terms.zone,
            checks: Checks { globs: watch.watch_logs.clone(), processes, store, options: terms.options },
            inputs,
            interval: interval_us.map(|us| Duration::from_micros(us.unsigned_abs())),
            rules,
            count_all: if self.count.count_all { CountAll::Yes } else { CountAll::No },
            budgets: Budgets::new(watch.budget.or(file.budget.session), &file.budget.components),
            repeat_us,
            format: self.tell.format,
            sinks: self.tell.sinks(&file)?,
            state: self.tell.state(&file, has_checks)?,
            has_exit_code: self.tell.exit_code,
            is_strict: self.count.strict,
            color: file.color,
        })))
    }
}

impl TellArgs {
    /// Who is told beside standard output.
    fn sinks(&self, file: &ConfigFile) -> Result<Vec<Sink>> {
        let configured = |key| Said::of(file, key);
        let format = match (self.webhook_format, configured("webhook_format")) {
            (Some(format), _) => format,
            (None, Some(said)) => {
                let name = said.text()?;
                WebhookFormat::from_str(name, true)
                    .map_err(|_| said.wrong("expected one of slack, json, alertmanager"))?
            }
            (None, None) => WebhookFormat::Slack,
        };
        let is_typed = self.webhook.is_some() || self.webhook_env.is_some() || self.webhook_file.is_some();
        let variable = match (&self.webhook_env, configured("webhook_env")) {
            (Some(name), _) => Some(name.clone()),
            (None, Some(said)) if !is_typed => Some(said.text()?.to_owned()),
            _ => None,
        };
        let path = match (&self.webhook_file, configured("webhook_file")) {
            (Some(path), _) => Some(path.clone()),
            (None, Some(said)) if !is_typed => Some(beside(file, said.text()?)?),
            _ => None,
        };
        let mut sinks = Vec::new();
        let mut hidden = Vec::new();
        if let Some(address) = &self.webhook {
            sinks.push(Sink::webhook(address, format)?);
        }
        if let Some(name) = variable {
            let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
            if !name.bytes().all(is_name) {
                // It may be the address itself, which is nobody else's business.
                bail!(
                    "E010_CONFIG_ERR: what --webhook-env says is no name of a variable; give it the name, not the address"
                );
            }
            let address = env::var(&name).unwrap_or_default();
            if address.is_empty() {
                bail!(
                    "E010_CONFIG_ERR: the environment has no {name}, which --webhook-env takes the address from"
                );
            }
            sinks.push(Sink::webhook(&address, format)?);
            hidden.push(name);
        }
        if let Some(path) = path {
            sinks.push(Sink::webhook(&address_in(&path)?, format)?);
        }
        let time_limit = match (&self.exec_timeout, configured("exec_timeout")) {
            (Some(age), _) => age.us,
            (None, Some(said)) => said.positive_span_us()?,
            (None, None) => EXEC_TIMEOUT.us,
        };
        let command = match (&self.exec, configured("exec")) {
            (Some(command), _) => Some(command.as_str()),
            (None, Some(said)) => Some(said.text()?),
            (None, None) => None,
        };
        if let Some(command) = command {
            let time_limit = Duration::from_micros(time_limit.unsigned_abs());
            sinks.push(Sink::exec(command, time_limit, &hidden)?);
        }
        match (&self.report, configured("report")) {
            (Some(path), _) => sinks.push(Sink::Report { path: path.clone() }),
            (None, Some(said)) => sinks.push(Sink::Report { path: beside(file, said.text()?)? }),
            (None, None) => {}
        }
        Ok(sinks)
    }

    fn state(&self, file: &ConfigFile, has_checks: bool) -> Result<Option<PathBuf>> {
        match (&self.state, Said::of(file, "state")) {
            (Some(path), _) => Ok(Some(path.clone())),
            (None, Some(said)) => beside(file, said.text()?).map(Some),
            (None, None) if has_checks => Ok(Some(home::state_dir()?.join("alert.json"))),
            (None, None) => Ok(None),
        }
    }
}

/// A path of the configuration: `~/` is expanded, and a relative one is below the file's directory.
fn beside(file: &ConfigFile, path: &str) -> Result<PathBuf> {
    let expanded = home::Environment::of_process().expand(Path::new(path))?;
    let directory = file.file.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
    Ok(directory.join(expanded))
}

/// The address that a file holds: its first line.
fn address_in(path: &Path) -> Result<String> {
    let text = fs::read_to_string(path).map_err(|why: io::Error| {
        anyhow!("{}: cannot read {}: {}", code::of_io(&why), home::shown(path), cause::of_io(&why))
    })?;
    match text.lines().next().map(str::trim) {
        Some(address) if !address.is_empty() => Ok(address.to_owned()),
        _ => bail!("E010_CONFIG_ERR: {} holds no address", home::shown(path)),
    }
}
