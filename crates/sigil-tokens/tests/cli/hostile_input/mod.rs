//! Inputs as they should never be, of every format and through every way in. Here stands what they share.

mod damage;
mod long_lines;
mod nesting;
mod numbers;
mod repetition;
mod sessions;

use sigil_testkit::Tool;
use sigil_testkit::samples::claude::Answer;
use sigil_testkit::samples::codex;

use crate::{Place, event, gzipped};

const MIB: usize = 1 << 20;

/// What the tool takes for any input that is not large itself.
const LITTLE_MEMORY: u64 = 64 << 20;

/// How input comes to the tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    File,
    /// A pipe whose sum alone is asked for.
    Pipe,
    /// A pipe that is answered line by line.
    Running,
    GzipFile,
    GzipPipe,
}

const WAYS: [Way; 5] = [Way::File, Way::Pipe, Way::Running, Way::GzipFile, Way::GzipPipe];

impl Way {
    /// The tool about to read `bytes` in this way.
    fn tool<'t>(self, place: &Place, bytes: &[u8]) -> Tool<'t> {
        let tool = place.tool().arg("--json");
        match self {
            Self::File => {
                place.file("log", bytes);
                tool.arg("log")
            }
            Self::GzipFile => {
                place.file("log", gzipped(bytes));
                tool.arg("log")
            }
            Self::Pipe => tool.args(["--summary", "-"]).stdin(bytes),
            Self::GzipPipe => tool.args(["--summary", "-"]).stdin(gzipped(bytes)),
            Self::Running => tool.arg("-").stdin(bytes),
        }
    }

    /// What the input is called.
    fn name(self) -> &'static str {
        match self {
            Self::File | Self::GzipFile => "log",
            Self::Pipe | Self::Running | Self::GzipPipe => "stdin",
        }
    }

    /// Expects `tool` to count `used` tokens.
    fn used(self, tool: Tool<'_>, used: u64) -> Tool<'_> {
        match self {
            Self::Running => tool.stdout_jsonl(move |lines| {
                let total = lines.last().map_or(0, |line| line["total"].as_u64().unwrap_or(0));
                assert_eq!(total, used, "running");
            }),
            _ => tool.stdout_json(move |v| assert_eq!(v["total_used"], used)),
        }
    }
}

/// A format, and lines of it that count 1, 2 and 4 tokens, or none where the format has none.
struct Sample {
    format: &'static str,
    /// What comes before them.
    head: String,
    lines: [String; 3],
    used: u64,
}

/// A model that has a price, so that nothing is said of it.
const MODEL: &str = "gpt-5";

fn samples() -> [Sample; 5] {
    let at = "2026-02-23T11:40:29.275Z";
    let [one, two, three] = [[1, 0, 0, 0], [3, 0, 0, 0], [7, 0, 0, 0]];
    let gateway = |tokens: u64| {
        format!(
            "{{\"ai_log\":\"{{\\\"model\\\":\\\"{MODEL}\\\",\\\"input_token\\\":{tokens},\\\"output_token\\\":0}}\"}}\n"
        )
    };
    let answer = |id: &str, tokens| Answer::new(id).model(MODEL).usage(tokens, 0).line();
    let sample = |format, head, lines, used| Sample { format, head, lines, used };
    [
        sample("sigil", String::new(), [1, 2, 4].map(|tokens| event("s", "step_complete", "a", tokens)), 7),
        sample("claude", String::new(), [answer("a", 1), answer("b", 2), answer("c", 4)], 7),
        sample(
            "codex",
            codex::session_meta(at, "t", None) + &codex::turn_context(at, MODEL),
            [
                codex::token_count(at, one, one),
                codex::token_count(at, two, [2, 0, 0, 0]),
                codex::token_count(at, three, [4, 0, 0, 0]),
            ],
            7,
        ),
        sample("higress", String::new(), [1, 2, 4].map(gateway), 7),
        sample(
            "text",
            String::new(),
            ["ERROR one", "2026-01-11 10:15:32 two", "three"].map(|line| format!("{line}\n")),
            0,
        ),
    ]
}

/// Expects `bytes` to come to `used` tokens whatever the way, with `line` told as malformed if one is.
#[track_caller]
fn comes_to(format: &str, bytes: &[u8], used: u64, line: Option<u64>) {
    for way in WAYS {
        let place = Place::new();
        let words = line.map_or(String::new(), |line| malformed(way.name(), line));
        let tool = way.tool(&place, bytes).args(["--from", format]).memory_below(LITTLE_MEMORY);
        way.used(tool, used).stderr(words).status(0);
    }
}

/// What is said of one wrong line.
fn malformed(name: &str, line: u64) -> String {
    format!("sigil-tokens: E003_PARSE_FAIL: skipped 1 malformed line: {name}:{line}\n")
}
