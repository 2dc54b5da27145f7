//! Inputs as they should never be: very many sessions, and numbers that are too large.

use std::io::{self, BufReader, Read, Write};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use sigil_testkit::Tool;

const SESSIONS: u64 = 1_000_000;

/// Memory is bounded by sessions, so what one takes decides how many there may be. About 1,350 bytes were seen.
const BYTES_PER_SESSION: u64 = 5_000;

fn report<'t>() -> Tool<'t> {
    Tool::new(env!("CARGO_BIN_EXE_sigil-report"))
}

fn write_sessions(to: &mut dyn Write) -> io::Result<()> {
    let mut to = io::BufWriter::with_capacity(1 << 20, to);
    for n in 0..SESSIONS {
        writeln!(
            to,
            "{{\"session_id\":\"session-{n:07}\",\"event_type\":\"step_complete\",\"component\":\"a\",\"tokens\":1}}"
        )?;
    }
    to.flush()
}

/// The report without its sessions, which fill hundreds of mebibytes; nothing if it is no JSON.
fn totals(stdout: &mut dyn Read) -> Vec<u8> {
    #[derive(Deserialize)]
    struct Report {
        sessions: Count,
        totals: Value,
        malformed: Value,
    }
    let read = serde_json::from_reader::<_, Report>(BufReader::with_capacity(1 << 20, stdout));
    read.map_or(Vec::new(), |Report { sessions: Count(rows), totals, malformed }| {
        serde_json::json!({ "rows": rows, "totals": totals, "malformed": malformed }).to_string().into_bytes()
    })
}

/// How many elements a list has.
struct Count(u64);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Count;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list")
            }
            fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<Count, A::Error> {
                let mut count = 0;
                while list.next_element::<IgnoredAny>()?.is_some() {
                    count += 1;
                }
                Ok(Count(count))
            }
        }
        deserializer.deserialize_seq(Visitor)
    }
}

#[test]
fn a_million_sessions_take_no_more_than_a_million_times_one() {
    report()
        .arg("--json")
        .stdin_written(write_sessions)
        .stdout_reduced(totals)
        .stdout_json(|v| {
            assert_eq!((&v["rows"], &v["totals"]["sessions"]), (&SESSIONS.into(), &SESSIONS.into()));
            assert_eq!((&v["totals"]["total_used"], &v["malformed"]["count"]), (&SESSIONS.into(), &0.into()));
        })
        .memory_below(SESSIONS * BYTES_PER_SESSION)
        .status(0);
}

#[test]
fn no_figure_of_a_line_makes_a_sum_go_round() {
    let line = |n: u64, event_type: &str| {
        format!(
            "{{\"timestamp\":\"9999-12-31T23:59:60-23:59\",\"session_id\":\"{n}\",\"event_type\":\"{event_type}\",\
             \"component\":\"a\",\"tokens\":9007199254740992,\"metadata\":{{\"latency_ms\":9007199254740,\
             \"cost_usd\":1000000,\"budget\":9007199254740992,\"context_window\":9007199254740992,\"model\":\"gpt-5\",\
             \"usage\":{{\"input\":9007199254740992,\"output\":9007199254740992,\"reasoning\":9007199254740992,\
             \"cache_read\":9007199254740992,\"cache_write\":9007199254740992}}}}}}\n"
        )
    };
    let early =
        "{\"timestamp\":\"0001-01-01T00:00:00+23:59\",\"session_id\":\"0\",\"event_type\":\"note\"}\n";
    let sessions = (0..3_000).map(|n| line(n, "session_start"));
    let steps = (0..3_000).map(|_| line(0, "step_complete"));
    let log = early.to_owned() + &sessions.chain(steps).collect::<String>();
    for options in
        [&[][..], &["--by", "component,model"], &["--by", "hour"], &["--recompute-cost"], &["--count-all"]]
    {
        report()
            .arg("--json")
            .args(options)
            .stdin(log.clone())
            .stdout_json(|v| {
                let totals = &v["totals"];
                assert_eq!(
                    (&totals["total_used"], &totals["usage"]["output"]),
                    (&u64::MAX.into(), &u64::MAX.into())
                );
            })
            .status(0);
        report().args(options).stdin(log.clone()).stdout_contains("18,446,744,073,709,551,615").status(0);
    }
}
