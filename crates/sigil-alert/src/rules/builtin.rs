//! The rules that there are without a configuration (`CLI.md`, sigil-alert).

use super::{Filter, Levels, Matcher, Rule};
use crate::rules::measure::Measure;

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

const MIB: f64 = 1_048_576.0;
const GIB: f64 = 1_024.0 * MIB;

/// What stands in the table for a rule.
struct Entry {
    name: &'static str,
    measure: Measure,
    levels: Levels,
    window_us: i64,
    last: u32,
    at_least: u64,
    hold_us: i64,
    /// How long it stays fired when the figure is below its threshold again.
    keep_us: i64,
    component: &'static str,
    file: &'static str,
    action: &'static str,
}

const NONE: Entry = Entry {
    name: "",
    measure: Measure::Errors,
    levels: Levels::NONE,
    window_us: 0,
    last: 0,
    at_least: 0,
    hold_us: 0,
    keep_us: 0,
    component: "",
    file: "",
    action: "",
};

const fn warning(threshold: f64) -> Levels {
    Levels { warning: Some(threshold), ..Levels::NONE }
}

const fn error(threshold: f64) -> Levels {
    Levels { error: Some(threshold), ..Levels::NONE }
}

const BUDGET: Levels = Levels { warning: Some(50.0), error: Some(80.0), critical: Some(95.0) };

const TABLE: &[Entry] = &[
    Entry {
        name: "log_growth",
        measure: Measure::Growth,
        levels: warning(50.0),
        at_least: 4096,
        action: "Rotate the log (sigil-archive rotate), adjust its level, clean up old logs",
        ..NONE
    },
    Entry {
        name: "log_errors",
        measure: Measure::LineErrors,
        levels: error(10.0),
        at_least: 20,
        action: "Read the newest errors of the log; look at what was changed last",
        ..NONE
    },
    Entry {
        name: "error_log_speed",
        measure: Measure::GrowthSpeed,
        levels: warning(100.0 * 1024.0),
        at_least: 64 * 1024,
        file: "*err*",
        action: "Find what fails again and again; rotate the log before the disk is full",
        ..NONE
    },
    Entry {
        name: "error_rate",
        measure: Measure::ErrorRate,
        levels: error(10.0),
        window_us: 10 * MINUTE,
        at_least: 20,
        keep_us: 10 * MINUTE,
        action: "Look at the errors: sigil-report -s SESSION --all-errors",
        ..NONE
    },
    Entry {
        name: "error_burst",
        measure: Measure::Errors,
        levels: error(5.0),
        window_us: MINUTE,
        keep_us: 15 * MINUTE,
        action: "Look at the errors: sigil-report -s SESSION --all-errors",
        ..NONE
    },
    Entry {
        name: "response_time",
        measure: Measure::ResponseTime,
        levels: warning(2.0),
        last: 20,
        at_least: 5,
        keep_us: MINUTE,
        action: "Find the slow component: sigil-report -s SESSION",
        ..NONE
    },
    Entry {
        name: "session_budget",
        measure: Measure::SessionBudget,
        levels: BUDGET,
        action: "Finish soon, or go on in a new session: sigil-tokens -s SESSION",
        ..NONE
    },
    Entry {
        name: "component_budget",
        measure: Measure::ComponentBudget,
        levels: BUDGET,
        action: "Look at what the component uses: sigil-tokens -s SESSION --by component",
        ..NONE
    },
    Entry {
        name: "memory_latency",
        measure: Measure::Latency,
        levels: warning(5.0),
        component: "memory",
        action: "Limit RAG results, optimize queries",
        ..NONE
    },
    Entry {
        name: "reasoning_tokens",
        measure: Measure::OperationTokens,
        levels: warning(15_000.0),
        component: "reasoning",
        action: "Review the selection of the reasoning strategy",
        ..NONE
    },
    Entry {
        name: "retries",
        measure: Measure::Retries,
        levels: warning(3.0),
        action: "Check the network and the status of the API",
        ..NONE
    },
    Entry {
        name: "failed_after_routing",
        measure: Measure::FailedAfterRouting,
        levels: error(1.0),
        action: "Review whether the task description is clear",
        ..NONE
    },
    Entry {
        name: "over_budget",
        measure: Measure::OverBudget,
        levels: error(1.0),
        action: "Break the task into smaller ones",
        ..NONE
    },
    Entry {
        name: "session_error",
        measure: Measure::SessionError,
        levels: error(1.0),
        action: "Look at the errors: sigil-report -s SESSION --all-errors",
        ..NONE
    },
    Entry {
        name: "stuck_session",
        measure: Measure::Silence,
        levels: warning(600.0),
        action: "Look whether its process still runs; its writer may have died",
        ..NONE
    },
    Entry {
        name: "long_session",
        measure: Measure::SessionAge,
        levels: warning(4.0 * 3600.0),
        action: "Look at what it does: sigil-tail -s SESSION; break the task into smaller ones",
        ..NONE
    },
    Entry {
        name: "malformed_lines",
        measure: Measure::Malformed,
        levels: warning(1.0),
        last: 1000,
        at_least: 3,
        action: "See which lines: sigil-report --validate FILE",
        ..NONE
    },
    Entry {
        name: "store_size",
        measure: Measure::StoreSize,
        levels: warning(5.0 * GIB),
        action: "Archive and prune: sigil-archive --days 7 --prune-days 30",
        ..NONE
    },
    Entry {
        name: "disk_use",
        measure: Measure::DiskUse,
        levels: Levels { warning: Some(90.0), critical: Some(97.0), error: None },
        action: "Clean up old logs: sigil-archive prune --max-size 5GB",
        ..NONE
    },
    Entry {
        name: "process_memory",
        measure: Measure::Memory,
        levels: warning(2.0 * GIB),
        action: "Close what is not needed, raise the limit, or restart the process",
        ..NONE
    },
    Entry {
        name: "process_cpu",
        measure: Measure::Cpu,
        levels: warning(90.0),
        hold_us: 5 * MINUTE,
        action: "Look at what it does; limit it or spread the work",
        ..NONE
    },
    Entry {
        name: "process_io",
        measure: Measure::Io,
        levels: warning(100.0 * MIB),
        hold_us: 5 * MINUTE,
        action: "Look at what it reads and writes: /proc/PID/io",
        ..NONE
    },
];

/// How long a watched session may be silent before nobody waits for it any more, and what it fired is forgotten.
pub(crate) const FORGOTTEN_US: i64 = 7 * 24 * HOUR;

/// The rules as they are without a configuration.
pub(super) fn rules() -> Vec<Rule> {
    let filter = |pattern: &str| (!pattern.is_empty()).then(|| Matcher::new(pattern));
    let rule = |entry: &Entry| Rule {
        name: entry.name.into(),
        measure: entry.measure,
        is_enabled: true,
        levels: entry.levels,
        window_us: entry.window_us,
        last: entry.last,
        at_least: entry.at_least,
        hold_us: entry.hold_us,
        keep_us: entry.keep_us,
        filter: Filter { session: None, component: filter(entry.component), file: filter(entry.file) },
        action: entry.action.to_owned(),
    };
    TABLE.iter().map(rule).collect()
}

/// The terms that a rule of its own has for `measure` unless it says otherwise: those of the first rule that goes by it.
pub(super) fn like(measure: Measure) -> Option<Rule> {
    rules().into_iter().find(|rule| rule.measure == measure)
}
