//! What can be typed, and what it means.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, bail};
use chrono_tz::Tz;
use clap::{Args as Group, Parser, Subcommand};
use sigil_cli::OutputArgs;
use sigil_cli::color::Color;
use sigil_input::moment::Age;
use sigil_input::zone;
use sigil_store::{Config, Store, home, nearest, size};

use crate::pruning::KeepRules;

/// The names of the actions that are subcommands.
const ACTIONS: [&str; 5] = ["list", "prune", "restore", "rotate", "verify"];

/// Archive old sessions, and lose none of them
///
/// Without a command, sessions that nothing has been written to for --days days are packed into
/// archive/DATE/ID.tar.gz, read back, compared, and only then removed. Other commands look after what is in the
/// archive, and after logs that grow.
#[derive(Clone, Debug, Parser)]
#[command(name = "sigil-archive", version, max_term_width = 100, subcommand_precedence_over_arg = true)]
#[command(subcommand_help_heading = "Commands", disable_help_subcommand = true)]
#[command(subcommand_value_name = "COMMAND")]
pub struct Args {
    #[command(subcommand)]
    action: Option<Action>,

    #[command(flatten)]
    archive: ArchiveArgs,

    #[command(flatten)]
    common: CommonArgs,

    #[command(flatten)]
    output: OutputArgs,
}

/// What is done instead of archiving.
#[derive(Clone, Debug, Subcommand)]
enum Action {
    /// Show what is in the archive
    List,
    /// Delete archives by age, number and size
    Prune(PruneArgs),
    /// Bring sessions back, never over what is there
    Restore(RestoreArgs),
    /// Set logs aside that have grown large, and begin new ones
    Rotate(RotateArgs),
    /// Read archives through and check every member; exit 1 if any is bad
    Verify(VerifyArgs),
}

/// Flags of archiving.
#[derive(Clone, Debug, Group)]
struct ArchiveArgs {
    /// With --from: the transcripts or their directories
    #[arg(value_name = "DIR")]
    operands: Vec<PathBuf>,

    /// Archive sessions that are at least so many days old [default: 7]
    #[arg(long, value_name = "N")]
    days: Option<u32>,

    /// Then delete archives that are older than so many days
    #[arg(long, value_name = "N")]
    prune_days: Option<u32>,

    /// Rotate error.log, and delete its rotations that are older than so many days
    #[arg(long, value_name = "N")]
    error_log_days: Option<u32>,

    /// Keep what is archived where it is, too: a copy is made of what is new or has changed
    #[arg(long)]
    copy: bool,

    /// Archive the transcripts of another agent, claude or codex; only with --copy
    #[arg(long, value_name = "FORMAT", value_parser = ["claude", "codex"], hide_possible_values = true)]
    from: Option<String>,

    /// Archive sessions that are running, too; never one that a process holds open
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    keep: KeepArgs,

    /// Delete the oldest archives while all of them are larger: 5GB; bare numbers are MB
    #[arg(long, value_name = "SIZE", value_parser = size::parse)]
    max_size: Option<u64>,
}

/// What pruning spares.
#[derive(Clone, Debug, Default, Group)]
struct KeepArgs {
    /// When pruning, keep the N newest archives
    #[arg(long, value_name = "N")]
    keep_last: Option<usize>,

    /// When pruning, keep the newest archive of each of the last N days that have one
    #[arg(long, value_name = "N")]
    keep_daily: Option<usize>,

    /// When pruning, keep the newest archive of each of the last N weeks that have one
    #[arg(long, value_name = "N")]
    keep_weekly: Option<usize>,

    /// When pruning, keep the newest archive of each of the last N months that have one
    #[arg(long, value_name = "N")]
    keep_monthly: Option<usize>,
}

/// Flags of `prune`.
#[derive(Clone, Debug, Group)]
struct PruneArgs {
    /// Delete archives that are older than so many days
    #[arg(long, visible_alias = "archive-days", value_name = "N")]
    days: Option<u32>,

    #[command(flatten)]
    keep: KeepArgs,

    /// Delete the oldest archives while all of them are larger: 5GB; bare numbers are MB
    #[arg(long, value_name = "SIZE", value_parser = size::parse)]
    max_size: Option<u64>,
}

/// Flags of `rotate`.
#[derive(Clone, Debug, Group)]
struct RotateArgs {
    /// The logs to rotate [default: execution.jsonl of every session, and error.log]
    #[arg(value_name = "FILE")]
    logs: Vec<PathBuf>,

    /// Rotate logs that are larger: 10MB; bare numbers are MB
    #[arg(long, value_name = "SIZE", default_value = "10MB", value_parser = size::parse)]
    max_size: u64,

    /// Keep only the N newest rotated parts of a log; without it none is deleted
    #[arg(long, value_name = "N")]
    keep: Option<u32>,

    /// Copy the log and truncate it, for writers that cannot open a new one. What is written in the instant
    /// between is lost
    #[arg(long)]
    copytruncate: bool,
}

/// Flags of `verify`.
#[derive(Clone, Debug, Group)]
struct VerifyArgs {
    /// Archives, or ids of archived sessions [default: all of the archive]
    #[arg(value_name = "ID|FILE")]
    what: Vec<PathBuf>,
}

/// Flags of `restore`.
#[derive(Clone, Debug, Group)]
struct RestoreArgs {
    /// Ids of archived sessions, or archives
    #[arg(value_name = "ID|FILE", required = true)]
    what: Vec<PathBuf>,

    /// Put them there [default: the store's sessions]
    #[arg(long, value_name = "DIR")]
    to: Option<PathBuf>,
}

/// Flags of all actions.
#[derive(Clone, Debug, Group)]
#[command(next_help_heading = "Store")]
struct CommonArgs {
    /// Only this session. Repeatable, * globs
    #[arg(short, long = "session", value_name = "ID", global = true)]
    sessions: Vec<String>,

    /// The log store [default: $SIGIL_LOG_PATH, else ~/.sigil/logs]
    #[arg(short, long, value_name = "DIR", global = true)]
    log_path: Option<PathBuf>,

    /// Say what would be done, and do nothing
    #[arg(short = 'n', long, global = true)]
    dry_run: bool,

    /// How many sessions to work on at a time [default: one for each core, at most 16]
    #[arg(short, long, value_name = "N", global = true, value_parser = jobs)]
    jobs: Option<usize>,

    /// Wait so long for another run on the same store to end, such as 90s or 10m [default: 0s]
    #[arg(long, value_name = "TIME", global = true, value_parser = wait)]
    wait: Option<Duration>,

    /// What days are cut by: an IANA name, utc or local [default: local]
    #[arg(long, value_name = "TZ", global = true)]
    timezone: Option<String>,
}

/// What the arguments mean.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) action: Task,
    pub(crate) terms: Terms,
    pub(crate) color: Option<Color>,
}

/// What is to be done.
#[derive(Clone, Debug)]
pub(crate) enum Task {
    Archive(Archiving),
    List,
    Prune(Pruning),
    Restore { what: Vec<PathBuf>, to: Option<PathBuf> },
    Rotate(Rotating),
    Verify { what: Vec<PathBuf> },
}

/// How sessions are archived.
#[derive(Clone, Debug)]
pub(crate) struct Archiving {
    pub(crate) min_age_days: u32,
    pub(crate) is_copy: bool,
    pub(crate) is_forced: bool,
    /// Whose transcripts, if not the store's sessions: the format, and where they are.
    pub(crate) from: Option<(Owner, Vec<PathBuf>)>,
    /// What is deleted afterwards.
    pub(crate) pruning: Option<Pruning>,
    pub(crate) error_log_days: Option<u32>,
}

/// Another agent that keeps transcripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    Claude,
    Codex,
}

/// What is deleted of the archive.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pruning {
    pub(crate) older_than_days: Option<u32>,
    pub(crate) keep: KeepRules,
    pub(crate) max_bytes: Option<u64>,
}

/// Which logs are rotated, and how.
#[derive(Clone, Debug)]
pub(crate) struct Rotating {
    /// Those of the store if none is named.
    pub(crate) logs: Vec<PathBuf>,
    pub(crate) max_bytes: u64,
    pub(crate) keep: Option<u32>,
    pub(crate) manner: Manner,
}

/// How a log is set aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// It gets another name, and a new one is made.
    Rename,
    /// It is copied, and emptied.
    CopyTruncate,
}

/// What holds for every action.
#[derive(Clone, Debug)]
pub(crate) struct Terms {
    pub(crate) store: Store,
    /// The store was named, and not just taken for lack of another.
    pub(crate) is_store_named: bool,
    /// Sessions that are meant; all if none is named.
    pub(crate) sessions: Vec<String>,
    pub(crate) zone: Tz,
    pub(crate) now_us: i64,
    pub(crate) jobs: usize,
    pub(crate) is_dry: bool,
    pub(crate) wait: Duration,
    pub(crate) json: bool,
}

impl Args {
    /// Finds out what was meant at `now_us`.
    pub(crate) fn resolve(self, now_us: i64) -> Result<Request> {
        let file = self.output.load_config()?;
        let terms = self.common.resolve(&file, now_us, self.output.json)?;
        if self.action.is_some() {
            self.archive.refuse()?;
        }
        if let Some(Action::Prune(PruneArgs { max_size: Some(_), .. })) = &self.action
            && !terms.sessions.is_empty()
        {
            bail!("E010_CONFIG_ERR: --max-size is that of the whole archive; leave out -s");
        }
        let action = match self.action {
            None => Task::Archive(self.archive.resolve()?),
            Some(Action::List) => Task::List,
            Some(Action::Prune(args)) => Task::Prune(args.resolve()?),
            Some(Action::Restore(args)) => Task::Restore { what: args.what, to: args.to },
            Some(Action::Rotate(args)) => Task::Rotate(Rotating {
                logs: args.logs,
                max_bytes: args.max_size,
                keep: args.keep,
                manner: if args.copytruncate { Manner::CopyTruncate } else { Manner::Rename },
            }),
            Some(Action::Verify(args)) => Task::Verify { what: args.what },
        };
        Ok(Request { action, terms, color: file.color })
    }
}

impl Request {
    /// Whether there is nothing to do without a store.
    pub(crate) fn needs_store(&self) -> bool {
        match &self.action {
            Task::Archive(archiving) => archiving.from.is_none(),
            Task::List | Task::Prune(_) => true,
            Task::Restore { .. } => false,
            Task::Rotate(rotating) => rotating.logs.is_empty(),
            Task::Verify { what } => what.is_empty(),
        }
    }

    /// Whether anything in the store may be changed, which one run at a time does.
    pub(crate) fn changes_store(&self) -> bool {
        let changes = match &self.action {
            Task::Archive(_) | Task::Prune(_) => true,
            // What is restored elsewhere is nothing of the store's.
            Task::Restore { to, .. } => to.is_none(),
            // Those that are named need not be in it; their directories are locked one by one.
            Task::Rotate(rotating) => rotating.logs.is_empty(),
            Task::List | Task::Verify { .. } => false,
        };
        changes && !self.terms.is_dry
    }
}

impl ArchiveArgs {
    fn resolve(self) -> Result<Archiving> {
        let from = match self.from.as_deref() {
            Some(_) if !self.copy => bail!(
                "E010_CONFIG_ERR: --from names logs that belong to another program; add --copy, with which nothing is removed"
            ),
            Some("claude") => Some((Owner::Claude, self.operands)),
            Some(_) => Some((Owner::Codex, self.operands)),
            None => {
                refuse_operand(&self.operands)?;
                None
            }
        };
        let keep = self.keep.rules();
        if self.prune_days.is_none() && self.max_size.is_none() && keep != KeepRules::default() {
            bail!(
                "E010_CONFIG_ERR: --keep-last and the like say what pruning spares; add --prune-days or --max-size, or run sigil-archive prune"
            );
        }
        let prunes = self.prune_days.is_some() || self.max_size.is_some();
        let pruning = Pruning { older_than_days: self.prune_days, keep, max_bytes: self.max_size };
        Ok(Archiving {
            min_age_days: self.days.unwrap_or(7),
            is_copy: self.copy,
            is_forced: self.force,
            from,
            pruning: prunes.then_some(pruning),
            error_log_days: self.error_log_days,
        })
    }

    /// Refuses what only archiving has.
    fn refuse(&self) -> Result<()> {
        let given = [
            ("--days", self.days.is_some()),
            ("--prune-days", self.prune_days.is_some()),
            ("--error-log-days", self.error_log_days.is_some()),
            ("--copy", self.copy),
            ("--from", self.from.is_some()),
            ("--force", self.force),
            ("--max-size", self.max_size.is_some()),
            ("a directory", !self.operands.is_empty()),
            ("--keep-last and the like", self.keep.rules() != KeepRules::default()),
        ];
        match given.iter().find(|(_, is_given)| *is_given) {
            Some((flag, _)) => {
                bail!("E010_CONFIG_ERR: {flag} before a command is not that command's; put it behind it")
            }
            None => Ok(()),
        }
    }
}

impl KeepArgs {
    fn rules(&self) -> KeepRules {
        KeepRules {
            last: self.keep_last.unwrap_or(0),
            daily: self.keep_daily.unwrap_or(0),
            weekly: self.keep_weekly.unwrap_or(0),
            monthly: self.keep_monthly.unwrap_or(0),
        }
    }
}

impl PruneArgs {
    fn resolve(self) -> Result<Pruning> {
        let keep = self.keep.rules();
        if self.days.is_none() && self.max_size.is_none() && keep == KeepRules::default() {
            bail!(
                "E010_CONFIG_ERR: prune needs to know what to delete; give --days, --max-size or --keep-last and the like"
            );
        }
        Ok(Pruning { older_than_days: self.days, keep, max_bytes: self.max_size })
    }
}

impl CommonArgs {
    fn resolve(self, config: &Config, now_us: i64, json: bool) -> Result<Terms> {
        let zone = match self.timezone.as_ref().or(config.timezone.as_ref()) {
            Some(name) => zone::named(name)?,
            None => zone::local(),
        };
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Ok(Terms {
            store: Store::new(home::store_root(self.log_path.as_deref(), config)?),
            is_store_named: self.log_path.is_some()
                || config.log_path.is_some()
                || std::env::var_os("SIGIL_LOG_PATH").is_some_and(|path| !path.is_empty()),
            sessions: self.sessions,
            zone,
            now_us,
            // More take more memory, and wait for the disk.
            jobs: self.jobs.unwrap_or(cores.min(16)),
            is_dry: self.dry_run,
            wait: self.wait.unwrap_or_default(),
            json,
        })
    }
}

/// Without `--from` an operand is a command that was meant.
fn refuse_operand(operands: &[PathBuf]) -> Result<()> {
    let Some(operand) = operands.first() else { return Ok(()) };
    let name = operand.to_string_lossy();
    let meant: Vec<_> = nearest::nearest(&name, ACTIONS).into_iter().collect();
    bail!(
        "E010_CONFIG_ERR: {} is no command{}; directories are taken with --from claude or --from codex",
        sigil_cli::escape::quoted(&name),
        nearest::question(&meant)
    )
}

fn jobs(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(jobs @ 1..=1024) => Ok(jobs),
        _ => Err("expected a number from 1 to 1024".to_owned()),
    }
}

/// A bare number is seconds.
fn wait(text: &str) -> Result<Duration, String> {
    if let Ok(seconds) = text.parse::<u32>() {
        return Ok(Duration::from_secs(seconds.into()));
    }
    let age = Age::parse(text)?;
    Ok(Duration::from_micros(age.us.unsigned_abs()))
}
