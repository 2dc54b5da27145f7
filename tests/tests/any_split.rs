//! No way of cutting, ordering, merging or piping a set of logs changes what it adds up to.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono_tz::Tz;
use clap::Parser;
use proptest::prelude::*;
use sigil_cli::Io;
use sigil_event::SourceId;
use sigil_input::read::{Options, read_all, read_stream};
use sigil_input::source::{Found, Source};
use sigil_input::{Estimates, FormatChoice};
use sigil_summary::price::Prices;
use sigil_summary::{Bucket, CountAll, Detail, Grain, Resolved, Summary};
use sigil_testkit::Shuffle;
use sigil_testkit::samples::codex;
use tempfile::TempDir;

/// A time: none, on a clock without a zone (most in the hour that comes twice in Berlin), or with one.
fn timestamp() -> impl Strategy<Value = String> {
    let second = || (0..60, 0..60);
    prop_oneof![
        1 => Just(String::new()),
        4 => second().prop_map(|(m, s)| format!("2026-10-25T02:{m:02}:{s:02}")),
        1 => second().prop_map(|(m, s)| format!("2026-10-25T01:{m:02}:{s:02}.5")),
        1 => second().prop_map(|(m, s)| format!("2026-10-25T03:{m:02}:{s:02}")),
        1 => second().prop_map(|(m, s)| format!("2026-10-25T00:{m:02}:{s:02}Z")),
        1 => second().prop_map(|(m, s)| format!("2026-10-25T02:{m:02}:{s:02}+01:00")),
        1 => second().prop_map(|(m, s)| format!("2026-03-29T02:{m:02}:{s:02}")),
    ]
    .prop_map(|at| if at.is_empty() { at } else { format!("\"timestamp\":\"{at}\",") })
}

fn sigil_line() -> impl Strategy<Value = String> {
    let kind = prop_oneof![
        4 => Just("token_consumption"), 3 => Just("step_complete"), 1 => Just("step_start"), 1 => Just("step_error"),
        1 => Just("session_start"), 1 => Just("session_complete"), 1 => Just("session_error"), 1 => Just("retry_attempt"),
    ];
    let session =
        prop_oneof![4 => (0..3).prop_map(|n| format!("\"session_id\":\"s{n}\",")), 1 => Just(String::new())];
    let id =
        prop_oneof![3 => Just(String::new()), 1 => (0..3).prop_map(|n| format!(",\"usage_id\":\"m{n}\""))];
    // A known model and an unknown one; a cost that the line states, one that its usage gives, and none.
    let model = prop_oneof![Just("gpt-5"), Just("x")];
    let cost = (0..3, 1_u64..50).prop_map(|(kind, n)| match kind {
        0 => String::new(),
        1 => format!(",\"cost_usd\":{n}e-6"),
        _ => format!(",\"usage\":{{\"input\":{n},\"output\":7,\"cache_write\":{n},\"cache_write_1h\":3}}"),
    });
    let line = (timestamp(), session, kind, 0..3, 0_u64..90, id, model, cost);
    line.prop_map(|(at, session, kind, component, tokens, id, model, cost)| {
        format!(
            "{{{at}{session}\"event_type\":\"{kind}\",\"component\":\"c{component}\",\"message\":\"m\",\"tokens\":{tokens},\
             \"metadata\":{{\"latency_ms\":{tokens},\"budget\":{tokens},\"model\":\"{model}\"{id}{cost}}}}}"
        )
    })
}

fn claude_line() -> impl Strategy<Value = String> {
    let part =
        prop_oneof![1 => Just(String::new()), 2 => (0..2).prop_map(|n| format!("\"requestId\":\"r{n}\","))];
    let id = prop_oneof![1 => Just(String::new()), 6 => (0..4).prop_map(|n| format!("\"id\":\"m{n}\","))];
    (timestamp(), 0..3, id, part, 0_u64..50, 0..3_usize, any::<bool>()).prop_map(|(at, session, id, part, output, model, inner)| {
        let model = ["claude-sonnet-4-5-20250929", "claude-opus-4-6", "claude-0"][model];
        let cost = if output % 3 == 0 { "\"costUSD\":0.25," } else { "" };
        let answer = format!(
            "\"type\":\"assistant\",{cost}{part}\"message\":{{{id}\"model\":\"{model}\",\"usage\":{{\"input_tokens\":3,\
             \"cache_read_input_tokens\":7,\"output_tokens\":{output}}}}}"
        );
        if inner {
            let data = format!("{{\"type\":\"agent_progress\",\"message\":{{{answer}}}}}");
            format!("{{{at}\"sessionId\":\"s{session}\",\"type\":\"progress\",\"data\":{data}}}")
        } else {
            format!("{{{at}\"sessionId\":\"s{session}\",{answer}}}")
        }
    })
}

fn codex_line() -> impl Strategy<Value = String> {
    let total = || (0_u64..4, 0_u64..3).prop_map(|(input, output)| [input * 10, input, output * 5, output]);
    let minute = || (0..60).prop_map(|minute| format!("2026-10-25T02:{minute:02}:00"));
    let model = prop_oneof![2 => Just("gpt-1"), 1 => Just("gpt-2")];
    prop_oneof![
        2 => (minute(), 0..3, proptest::option::of(0..3)).prop_map(|(at, id, parent)| {
            let parent = parent.map(|parent| format!("t{parent}"));
            codex::session_meta(&at, &format!("t{id}"), parent.as_deref())
        }),
        2 => (minute(), model).prop_map(|(at, model)| codex::turn_context(&at, model)),
        5 => (minute(), total(), total()).prop_map(|(at, total, last)| codex::token_count(&at, total, last)),
        1 => minute().prop_map(|at| codex::error(&at, "gone")),
        1 => minute().prop_map(|at| codex::response_message(&at, "assistant", "three more words")),
        1 => Just(codex::legacy("2025-07-01T10:00:00Z", "t9")),
        1 => Just(codex::bare_message("user", "one two")),
    ]
    .prop_map(|line| line.trim_end().to_owned())
}

fn other_line() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "",
        "not json",
        "{\"tokens\":5",
        "[1]",
        "{\"tokens\":-5}",
        "\0\0\0",
        "{\"type\":\"file-history-snapshot\"}",
        "{\"a\":1}",
        "{\"tokens\":1}{\"tokens\":2}",
        "{\"sessionId\":\"s1\"}",
        "\u{feff}{\"tokens\":4}",
        "==> elsewhere.txt",
        " \t ",
    ])
    .prop_map(str::to_owned)
}

fn text_line() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "2026-10-25 02:30:00 ERROR a failed",
        "2026-10-25 02:10:00,123 INFO a",
        "[25/Oct/2026:02:10:00 +0100] \"GET / HTTP/1.1\" 500",
        "Oct 25 02:20:00 host a: b",
        "a warning",
        "Traceback (most recent call last):",
        "  File \"a.py\", line 1",
        "ValueError: a",
        "\tat a.b(C.java:1)",
        "{",
        "  \"a\": 1",
        "}",
    ])
    .prop_map(str::to_owned)
}

/// A log: lines, each with its end; the last may have none.
fn log() -> impl Strategy<Value = String> {
    let line = prop_oneof![6 => sigil_line(), 4 => claude_line(), 4 => codex_line(), 2 => other_line()];
    let end = prop_oneof![5 => Just("\n"), 1 => Just("\r\n"), 1 => Just("\n\n")];
    let end = || end.clone();
    let lines = prop_oneof![
        3 => proptest::collection::vec((line, end()), 0..30),
        1 => proptest::collection::vec((prop_oneof![6 => text_line(), 1 => sigil_line(), 1 => other_line()], end()), 0..30),
    ];
    (lines, any::<bool>()).prop_map(|(lines, ends)| {
        let mut log: String = lines.into_iter().flat_map(|(line, end)| [line, end.to_owned()]).collect();
        if !ends {
            log.truncate(log.trim_end().len());
        }
        log
    })
}

/// Where a log lies; its rotated parts belong together.
const NAMES: [&str; 4] = ["b.jsonl", "a.log", "sessions/s1/execution.jsonl.1", "sessions/s1/execution.jsonl"];

/// Logs on disk, in the order of their names as sources have it.
struct Logs {
    _directory: TempDir,
    paths: Vec<PathBuf>,
}

impl Logs {
    fn new(logs: &[String]) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory can be made");
        let mut names: Vec<_> = NAMES[..logs.len()].to_vec();
        names.sort_by_key(|name| sigil_store_order(name));
        let paths: Vec<_> = names.iter().map(|name| directory.path().join(name)).collect();
        for (path, log) in paths.iter().zip(logs) {
            fs::create_dir_all(path.parent().expect("a file is in a directory"))
                .expect("directories can be made");
            fs::write(path, log).expect("a file can be written");
        }
        Self { _directory: directory, paths }
    }

    fn sources(&self) -> Vec<Source> {
        self.paths.iter().map(|path| Source::file(path, Found::Named)).collect()
    }
}

/// Rotated parts before the live log.
fn sigil_store_order(name: &str) -> (&str, bool) {
    name.strip_suffix(".1").map_or((name, true), |log| (log, false))
}

fn detail() -> Arc<Detail> {
    let bucket = Some(Bucket::new(Grain::Hour, Tz::UTC));
    let prices = Some(Arc::new(Prices::default()));
    Arc::new(Detail { models: true, bucket, latency: true, errors: 3, prices, ..Detail::default() })
}

fn options(block_bytes: usize, threads: usize, estimates: Estimates) -> Options {
    // 2027-01-15.
    let now_us = 1_800_000_000_000_000;
    Options {
        block_bytes,
        threads,
        now_us,
        estimates,
        ..Options::new(FormatChoice::Auto, Tz::Europe__Berlin)
    }
}

fn estimates() -> impl Strategy<Value = Estimates> {
    prop_oneof![Just(Estimates::None), Just(Estimates::Made)]
}

/// The pieces that reading makes, not yet merged.
fn pieces(sources: &[Source], options: &Options) -> Vec<Summary> {
    let mut pieces = Vec::new();
    let outcome = read_all(sources, options, || Summary::new(detail()), |piece| pieces.push(piece));
    assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    pieces
}

fn merged(pieces: Vec<Summary>) -> Resolved {
    let mut whole = Summary::new(detail());
    pieces.into_iter().for_each(|piece| whole.merge(piece));
    whole.resolve()
}

fn shown(resolved: &Resolved) -> String {
    format!("{resolved:#?}")
}

/// All of it at once, on one thread.
fn whole(sources: &[Source], estimates: Estimates) -> String {
    shown(&merged(pieces(sources, &options(1 << 20, 1, estimates))))
}

/// What the tool prints for these files, in this order.
fn printed(args: &[&str], files: &[PathBuf]) -> String {
    let zones = ["--input-timezone", "Europe/Berlin", "--timezone", "utc", "--config", "/dev/null", "-q"];
    let args = [&["sigil-tokens", "--json"][..], &zones, args].concat();
    let files = files.iter().map(|file| file.as_os_str().to_owned());
    let args = sigil_tokens::Args::parse_from(args.iter().map(Into::into).chain(files));
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let run = sigil_tokens::run(args, &mut Io::for_test("sigil-tokens", &mut out, &mut err));
    assert!(run.is_ok(), "{run:?}");
    String::from_utf8(out).expect("JSON is UTF-8")
}

/// The stream at `path`, read line by line on one thread as a live pipe is.
fn line_by_line(path: &Path, estimates: Estimates) -> String {
    let source = Source::stream(path);
    let mut decoder = options(1, 1, estimates).decoder(&source).first_of_all();
    let mut summary = Summary::of_stream(detail());
    let input = File::open(path).expect("the log is there");
    let Ok(read) = read_stream(input, SourceId(0), &mut decoder, &mut summary, |_| Ok::<(), Infallible>(()));
    assert!(read.is_ok(), "{read:?}");
    shown(&summary.resolve())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_cut_merged_in_any_order_by_any_threads_gives_the_same(
        logs in proptest::collection::vec(log(), 1..5),
        block_bytes in prop_oneof![3 => 1_usize..400, 1 => 400_usize..4_000],
        threads in 1_usize..5,
        estimates in estimates(),
        seed in any::<u64>(),
        heaps in 1_usize..4,
    ) {
        let logs = Logs::new(&logs);
        let sources = logs.sources();
        let mut order = Shuffle::new(seed);
        let mut pieces = pieces(&sources, &options(block_bytes, threads, estimates));
        order.apply(&mut pieces);
        // Merged into several heaps first, which are then merged in turn.
        let mut dealt: Vec<_> = (0..heaps).map(|_| Summary::new(detail())).collect();
        pieces.into_iter().for_each(|piece| dealt[order.below(heaps)].merge(piece));
        prop_assert_eq!(shown(&merged(dealt)), whole(&sources, estimates));
    }

    #[test]
    fn a_pipe_gives_what_the_file_gives(
        log in log(),
        block_bytes in 1_usize..700,
        threads in 1_usize..5,
        estimates in estimates(),
        seed in any::<u64>(),
    ) {
        // The header names the session of lines that name none, as the file's own name does.
        let logs = Logs::new(&[format!("==> b.jsonl <==\n{log}")]);
        let expected = whole(&logs.sources(), estimates);
        let mut pieces = pieces(&[Source::stream(&logs.paths[0])], &options(block_bytes, threads, estimates));
        Shuffle::new(seed).apply(&mut pieces);
        prop_assert_eq!(shown(&merged(pieces)), expected.clone());
        prop_assert_eq!(line_by_line(&logs.paths[0], estimates), expected);
    }

    #[test]
    fn headers_in_a_pipe_hold_across_every_cut(
        logs in proptest::collection::vec(log(), 2..5),
        block_bytes in 1_usize..700,
        threads in 1_usize..5,
        estimates in estimates(),
        seed in any::<u64>(),
        first_has_none in any::<bool>(),
    ) {
        // A stream that begins with a header is read in order at once.
        let beginning = if first_has_none { "{\"tokens\":1}\n" } else { "" };
        let joined = NAMES.iter().zip(&logs).fold(beginning.to_owned(), |mut joined, (name, log)| {
            let _ = write!(joined, "==> {name} <==\n{log}\n\n");
            joined
        });
        let logs = Logs::new(&[joined]);
        let mut pieces = pieces(&[Source::stream(&logs.paths[0])], &options(block_bytes, threads, estimates));
        Shuffle::new(seed).apply(&mut pieces);
        prop_assert_eq!(shown(&merged(pieces)), line_by_line(&logs.paths[0], estimates));
    }

    #[test]
    fn any_order_of_operands_prints_the_same_bytes(logs in proptest::collection::vec(log(), 1..5), seed in any::<u64>()) {
        let logs = Logs::new(&logs);
        let mut order = Shuffle::new(seed);
        let mut files = logs.paths.clone();
        for args in [&[][..], &["--by", "session,component"], &["--by", "hour,model"], &["--count-all"], &["--estimate"], &["--estimate", "--by", "hour"]] {
            let expected = printed(args, &logs.paths);
            for _ in 0..3 {
                order.apply(&mut files);
                prop_assert_eq!(&printed(args, &files), &expected);
            }
        }
    }

    #[test]
    fn a_pipe_that_joins_late_ends_at_the_stated_total(
        steps in proptest::collection::vec((0..3, 0_u64..40, any::<bool>()), 1..40),
        joins in any::<prop::sample::Index>(),
        block_bytes in 1_usize..700,
        threads in 1_usize..4,
    ) {
        let mut lines = Vec::new();
        for (component, tokens, details) in &steps {
            let mut line = |kind: &str| lines.push(format!(
                "{{\"session_id\":\"s\",\"event_type\":\"{kind}\",\"component\":\"c{component}\",\"tokens\":{tokens}}}\n"
            ));
            if *details {
                line("token_consumption");
            }
            line("step_complete");
        }
        let total: u64 = steps.iter().map(|(_, tokens, _)| tokens).sum();
        lines.push(format!("{{\"session_id\":\"s\",\"event_type\":\"session_complete\",\"tokens\":{total}}}\n"));
        let late = lines[joins.index(lines.len())..].concat();
        let logs = Logs::new(&[late]);
        let sources = [Source::stream(&logs.paths[0])];
        let resolved = merged(pieces(&sources, &options(block_bytes, threads, Estimates::None)));
        prop_assert_eq!(resolved.sessions[0].tokens(CountAll::No), total);
    }
}

#[test]
fn very_many_files_are_what_they_are_one_by_one() {
    let directory = tempfile::tempdir().expect("a temporary directory can be made");
    let step = |n: usize| {
        format!(
            "{{\"timestamp\":\"2026-10-25T02:{:02}:00\",\"session_id\":\"s{n}\",\"event_type\":\"step_complete\",\
             \"component\":\"c\",\"tokens\":{n}}}\n",
            n % 60
        )
    };
    let sources: Vec<_> = (0..300)
        .map(|n: usize| {
            let (name, log) = match n % 10 {
                0 => (format!("{n:03}.jsonl"), String::new()),
                1 => (format!("{n:03}.log"), "2026-10-25 02:00:00 ERROR lost\n".repeat(n)),
                2 => {
                    let at = "2026-10-25T00:00:00Z";
                    let thread = codex::session_meta(at, &format!("t{n}"), None);
                    let count = codex::token_count(at, [n as u64, 0, 1, 0], [n as u64, 0, 1, 0]);
                    (format!("{n:03}.jsonl"), thread + &codex::turn_context(at, "gpt-1") + &count)
                }
                // Larger than a block.
                3 => (format!("{n:03}.jsonl"), step(n).repeat(100)),
                4 => (format!("{n:03}.jsonl"), format!("{}{{\"torn\n", step(n))),
                5 => (format!("s{n}/execution.jsonl.1"), step(n)),
                6 => (format!("s{}/execution.jsonl", n - 1), step(n - 1)),
                _ => (format!("{n:03}.jsonl"), step(n).repeat(n % 7)),
            };
            let path = directory.path().join(name);
            fs::create_dir_all(path.parent().expect("a file is in a directory"))
                .expect("directories can be made");
            fs::write(&path, log).expect("a file can be written");
            Source::file(&path, Found::Named)
        })
        .collect();
    let expected = whole(&sources, Estimates::default());
    for threads in [1, 2, 5] {
        let pieces = pieces(&sources, &options(4 << 10, threads, Estimates::default()));
        assert_eq!(shown(&merged(pieces)), expected, "{threads} threads");
    }
    // In fours nobody gathers anything.
    let tokens = |resolved: &Resolved| -> u64 {
        resolved.sessions.iter().map(|session| session.tokens(CountAll::No)).sum()
    };
    let by_fours: u64 = sources
        .chunks(4)
        .map(|part| tokens(&merged(pieces(part, &options(4 << 10, 2, Estimates::default())))))
        .sum();
    assert_eq!(by_fours, tokens(&merged(pieces(&sources, &options(1 << 20, 1, Estimates::default())))));
}
