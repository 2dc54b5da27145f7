//! The formats for people beside plain text, and which of them can be asked for.

use sigil_testkit::Tool;
use sigil_testkit::samples::claude::Answer;
use sigil_testkit::samples::{GuideSession, guide_session};

fn report<'t>() -> Tool<'t> {
    Tool::new(env!("CARGO_BIN_EXE_sigil-report"))
}

/// A name that would be markup, code or a cell's end wherever it is not made harmless.
const HOSTILE: &str = "<script>alert(1)</script>|`x`\\\"onload=\\u0000\\u202e[a](javascript:b)\\n# c";

/// A session, a component, a model and a message of that name.
fn hostile_log() -> String {
    format!(
        "{{\"timestamp\":\"2026-01-11T10:30:00\",\"session_id\":\"{HOSTILE}\",\"event_type\":\"step_error\",\
         \"component\":\"{HOSTILE}\",\"message\":\"{HOSTILE}\",\"tokens\":5,\"metadata\":{{\"model\":\"{HOSTILE}\",\
         \"latency_ms\":5}}}}\n<not json>\n"
    )
}

fn stdout(log: impl Into<Vec<u8>>, args: &[&str]) -> String {
    let output = report().args(["-q", "--timezone", "utc"]).args(args).stdin(log).run();
    assert_eq!(output.status.code(), Some(0), "{}", output.stderr_text());
    output.stdout_text()
}

#[test]
fn one_format_at_a_time() {
    let refused = "sigil-report: E010_CONFIG_ERR: --json is --format json and cannot be used with --format html: \
                   give one of them\n";
    report().args(["--json", "--format", "html"]).stdout("").stderr(refused).status(2);
    let log = guide_session("s");
    let json = stdout(log.clone(), &["--json"]);
    assert_eq!(stdout(log.clone(), &["--format", "json"]), json);
    assert_eq!(stdout(log.clone(), &["--json", "--format", "json"]), json);
    assert_eq!(stdout(log.clone(), &["--format", "text"]), stdout(log, &[]));
}

#[test]
fn markdown_has_tables_that_github_shows() {
    let log = guide_session("a") + &GuideSession::new("b").later(5).running().to_string();
    insta::assert_snapshot!(stdout(log, &["--format", "markdown", "--since", "2026-01-01", "--until", "2026-01-12"]), @r"
    # Session Analysis Report

    ## Sessions (2)

    | SESSION | STATUS | EVENTS | TOKENS | BUDGET | DURATION | LAST EVENT |
    | --- | --- | ---: | ---: | ---: | ---: | ---: |
    | a | COMPLETE | 7 | 650 | 0.25% | 7.9s | 01-11 10:15 |
    | b | RUNNING (stale) | 6 | 650 | 0.25% | 6.6s | 01-11 10:20 |
    | **total** |  | **13** | **1,300** | **0.25%** | **14.5s** | **01-11 10:20** |

    1 stale, 1 complete

    - **Total Events:** 13
    - **Total Tokens:** 1,300
    - **Budget:** 1,300 / 512,000 (0.25%) NORMAL
    - **Duration:** 14.5s (all sessions together)
    - **Period:** 2026-01-11 10:15:30 to 10:20:37 (UTC)
    - **Steps:** 10 completed, 0 failed
    - **Retries:** 0

    ## Tokens by Component

    | COMPONENT | TOKENS | SHARE | OPERATIONS | BUDGET | USED |
    | --- | ---: | ---: | ---: | ---: | ---: |
    | routing | 100 | 7.7% | 2 | 20,000 | 0.5% |
    | memory | 300 | 23.1% | 2 | 60,000 | 0.5% |
    | planning | 0 | 0.0% | 2 | 40,000 | 0.0% |
    | reasoning | 900 | 69.2% | 2 | 300,000 | 0.3% |
    | validation | 0 | 0.0% | 2 | 20,000 | 0.0% |

    ## Latency by Component

    | COMPONENT | COUNT | TOTAL | TIME | MEAN | P50 | P95 | P99 | MAX | REMARK |
    | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |
    | routing | 2 | 2.4s | 16.5% | 1.2s | 1.2s | 1.2s | 1.2s | 1.2s |  |
    | memory | 2 | 3.0s | 20.7% | 1.5s | 1.5s | 1.5s | 1.5s | 1.5s |  |
    | planning | 2 | 200ms | 1.4% | 100ms | 100ms | 100ms | 100ms | 100ms |  |
    | reasoning | 2 | 4.2s | 28.9% | 2.1s | 2.1s | 2.1s | 2.1s | 2.1s | SLOWEST |
    | validation | 2 | 160ms | 1.1% | 80ms | 80ms | 80ms | 80ms | 80ms |  |

    ## Performance

    - Throughput: 53.8 events/min, 5,376 tokens/min
    - Gaps: 11 between events, p95 2.2s, longest 2.2s after planning at 01-11 10:15:34 in a

    ## Findings

    | SEVERITY | FINDING | SEEN | SESSIONS |
    | --- | --- | --- | --- |
    | ADVICE | Session id says nothing | a name that could be anything's | 2 sessions: a, b |
    | OK | Components in order | components in the order of the pipeline | 2 sessions: a, b |
    | OK | Few tokens | no component above 10% of its budget | 2 sessions: a, b |
    | OK | Steady steps | all steps under 3.0s, longest 2.1s | 2 sessions: a, b |

    - Session id says nothing: nobody will know later what the session was for. To do: name sessions TYPE-IDENTIFIER-TIMESTAMP, such as lead-analysis-20260111-001.
    ");
    insta::assert_snapshot!(stdout(guide_session("a"), &["--format", "markdown", "--by", "component"]), @r"
    # Tokens by component

    | COMPONENT | TOKENS | SHARE | SESSIONS | EVENTS | OPERATIONS |
    | --- | ---: | ---: | ---: | ---: | ---: |
    | reasoning | 450 | 69.2% | 1 | 1 | 1 |
    | memory | 150 | 23.1% | 1 | 1 | 1 |
    | routing | 50 | 7.7% | 1 | 1 | 1 |
    | orchestrator | 0 | 0.0% | 1 | 2 | 2 |
    | planning | 0 | 0.0% | 1 | 1 | 1 |
    | validation | 0 | 0.0% | 1 | 1 | 1 |
    | **total** | **650** | **100.0%** | **1** | **7** | **5** |
    ");
}

#[test]
fn hostile_text_is_no_markdown() {
    for args in [&[][..], &["--by", "session,component,model"]] {
        let text = stdout(hostile_log(), &[&["--format", "markdown"], args].concat());
        assert!(text.contains(
            "\\<script\\>alert(1)\\</script\\>\\|\\`x\\`\"onload=\\\\x00\\\\u{202e}\\[a\\](javascript:b)"
        ));
        let bare = text.replace("\\<", "").replace("\\[", "").replace("\\`", "");
        for markup in ["<script", "[a", "`", "\0", "\u{202e}"] {
            assert!(!bare.contains(markup), "{markup:?} in {text}");
        }
        // Every row has as many cells as its table has columns.
        let mut columns = None;
        for line in text.lines() {
            let cells = line.replace("\\|", "").matches('|').count();
            match columns {
                _ if !line.starts_with('|') => columns = None,
                None => columns = Some(cells),
                Some(columns) => assert_eq!(cells, columns, "{line}"),
            }
        }
    }
}

#[test]
fn hostile_text_is_no_html() {
    for args in [&[][..], &["--by", "session,component,model"]] {
        let page = stdout(hostile_log(), &[&["--format", "html"], args].concat());
        for markup in ["<script", "\"onload", "\0", "\u{202e}"] {
            assert!(!page.contains(markup), "{markup:?} in {page}");
        }
        assert!(
            page.contains("&lt;script&gt;alert(1)&lt;/script&gt;|`x`&quot;onload=\\x00\\u{202e}"),
            "{page}"
        );
    }
}

#[test]
fn an_html_page_is_whole_without_anything_else() {
    let page = stdout(guide_session("lead-1"), &["--format", "html"]);
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">") && page.ends_with("</html>\n"));
    assert!(page.contains("default-src 'none'; style-src 'sha256-"));
    for outside in ["http://", "https://", "src=", "href=", "url(", "@import", "style=", "<script"] {
        assert!(!page.contains(outside), "{outside}");
    }
    for part in ["<dt>Session</dt><dd>lead-1</dd>", "<th scope=\"col\" class=\"number\">TOKENS</th>"] {
        assert!(page.contains(part), "{part}");
    }
}

#[test]
fn very_many_rows_are_cut_with_a_word() {
    let line = |n: u32| format!("{{\"session_id\":\"s{n}\",\"event_type\":\"note\",\"tokens\":1}}\n");
    let log: String = (0..1_200).map(line).collect();
    let page = stdout(log.clone(), &["--format", "html"]);
    assert_eq!(page.matches("<th scope=\"row\">s").count(), 1_000);
    assert!(page.contains("The first 1,000 of 1,200 rows; --format csv and jsonl have all of them."));
    assert_eq!(stdout(log, &["--format", "markdown"]).matches("| s").count(), 1_200);
}

#[test]
fn nothing_is_a_report_of_nothing_in_every_format() {
    for format in ["markdown", "html"] {
        assert!(stdout("", &["--format", format]).contains("WAITING (no events)"));
        stdout("", &["--format", format, "--by", "day"]);
    }
}

#[test]
fn a_page_draws_tokens_and_cost_over_time_and_by_part() {
    let answer = |id: &str, day: &str, model: &str| {
        Answer::new(id).model(model).at(&format!("2026-01-{day}T10:00:00Z")).usage(1_000, 20).line()
    };
    let answers = answer("a", "01", "claude-opus-4-5") + &answer("b", "20", "claude-haiku-4-5");
    let page = stdout(answers, &["--format", "html"]);
    for part in [
        "<title>Tokens by day</title><desc>From 2026-01-01 to 2026-01-20; highest: 1,020 tokens (2026-01-01).</desc>",
        "<title>2026-01-01: 1,020 tokens</title></rect>",
        "<title>2026-01-02: 0 tokens</title></rect>",
        "<figcaption>Cost by day</figcaption>",
        "<figcaption>Cost by model</figcaption>",
    ] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    let page = stdout(guide_session("a"), &["--format", "html"]);
    for part in ["<figcaption>Tokens by component</figcaption>", "<figcaption>Latency by component"] {
        assert!(page.contains(part), "{part} is not in {page}");
    }
    // Times that no log can have of itself, and a chart that has to end.
    let far = "{\"session_id\":\"s\",\"event_type\":\"note\",\"tokens\":1,\"timestamp\":\"0001-01-01T00:00:00Z\"}\n\
               {\"session_id\":\"s\",\"event_type\":\"note\",\"tokens\":1,\"timestamp\":\"9999-12-31T00:00:00Z\"}\n";
    let page = stdout(far, &["--format", "html"]);
    assert!(page.matches("<rect").count() < 1_000);
    assert!(!stdout(guide_session("a"), &["--format", "markdown"]).contains("Over Time"));
}
