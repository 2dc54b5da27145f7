//! The guide's example session (sections 2.1, 3.2, 4.2): five steps, 650 tokens of 256,000.

use super::quoted;
use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use std::fmt::{self, Display, Formatter};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Component, message, tokens, latency in ms, and when after the first step it completed, in µs.
const STEPS: [(&str, &str, u64, u64, i64); 5] = [
    ("routing", "Intent classified as lead_analysis", 50, 1200, 0),
    ("memory", "Retrieved 5 relevant memories", 150, 1500, 1_333_333),
    ("planning", "Plan created with 3 steps", 0, 100, 1_888_888),
    ("reasoning", "Analysis complete", 450, 2100, 4_111_111),
    ("validation", "Output validated", 0, 80, 5_444_444),
];

/// The session with `id` as the guide shows it, `session_complete` stating 0 tokens.
pub fn guide_session(id: &str) -> String {
    GuideSession::new(id).to_string()
}

/// The guide's session with something changed; `to_string()` is its log.
///
/// `session_start` is at 10:15:30.923456 on 2026-01-11, the steps complete between 10:15:32.123456 and
/// 10:15:37.567900, `session_complete` is at 10:15:38.789012; times carry no zone.
#[derive(Debug, Clone)]
pub struct GuideSession {
    id: String,
    first_step: NaiveDateTime,
    budget: u64,
    stated_total: u64,
    complete: bool,
}

impl GuideSession {
    /// The session with `id`, nothing changed.
    pub fn new(id: &str) -> GuideSession {
        let day = NaiveDate::from_ymd_opt(2026, 1, 11).expect("a day of the calendar");
        let first_step = day.and_hms_micro_opt(10, 15, 32, 123_456).expect("a time of that day");
        GuideSession { id: id.to_owned(), first_step, budget: 256_000, stated_total: 0, complete: true }
    }

    /// `session_complete` states this many tokens: 0 in some versions of the writer, the sum in others.
    pub fn stated_total(self, tokens: u64) -> Self {
        GuideSession { stated_total: tokens, ..self }
    }

    /// `session_start` grants this many tokens.
    pub fn budget(self, tokens: u64) -> Self {
        GuideSession { budget: tokens, ..self }
    }

    /// Everything happens this many minutes later.
    pub fn later(self, minutes: i64) -> Self {
        GuideSession { first_step: self.first_step + TimeDelta::minutes(minutes), ..self }
    }

    /// Without `session_complete`: the session still runs.
    pub fn running(self) -> Self {
        GuideSession { complete: false, ..self }
    }
}

impl Display for GuideSession {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut line = |after_us: i64,
                        kind: &str,
                        component: &str,
                        message: &str,
                        tokens: u64,
                        metadata: String| {
            let at = self.first_step + TimeDelta::microseconds(after_us);
            writeln!(
                f,
                "{{\"timestamp\":\"{}\",\"session_id\":{},\"event_type\":\"{kind}\",\"component\":\"{component}\",\
                 \"message\":{},\"tokens\":{tokens},\"metadata\":{metadata}}}",
                at.format("%Y-%m-%dT%H:%M:%S%.6f"),
                quoted(&self.id),
                quoted(message),
            )
        };
        let start = format!("{{\"task\":\"Analyze Acme Corp\",\"budget\":{}}}", self.budget);
        line(
            -1_200_000,
            "session_start",
            "orchestrator",
            "Starting pipeline for: Analyze Acme Corp",
            0,
            start,
        )?;
        for (component, message, tokens, latency_ms, after_us) in STEPS {
            let metadata = format!("{{\"latency_ms\":{latency_ms}}}");
            line(after_us, "step_complete", component, message, tokens, metadata)?;
        }
        if self.complete {
            let metadata = "{\"total_latency_ms\":4980,\"steps_completed\":5}".to_owned();
            let message = "Pipeline completed successfully";
            line(6_665_556, "session_complete", "orchestrator", message, self.stated_total, metadata)?;
        }
        Ok(())
    }
}

/// A log store in `dir` with the guide's session for each of `ids`, each one minute after the last.
///
/// Ids are used as directory names as they are. Gives back the logs' paths.
///
/// # Errors
///
/// When a directory or a log cannot be written.
pub fn store(dir: &Path, ids: &[&str]) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::with_capacity(ids.len());
    for (minute, id) in (0..).zip(ids) {
        let session = dir.join("sessions").join(id);
        fs::create_dir_all(&session)?;
        let path = session.join("execution.jsonl");
        fs::write(&path, GuideSession::new(id).later(minute).to_string())?;
        paths.push(path);
    }
    Ok(paths)
}
