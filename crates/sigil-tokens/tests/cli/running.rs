//! A line for each event of a stream, as it comes.

use sigil_testkit::samples::{GuideSession, guide_session};

use crate::{event, tool};

const LINES: &str = "orchestrator: 0 (Total: 0)\n\
                     routing: 50 (Total: 50)\n\
                     memory: 150 (Total: 200)\n\
                     planning: 0 (Total: 200)\n\
                     reasoning: 450 (Total: 650)\n\
                     validation: 0 (Total: 650)\n";

const COMPONENTS: &str = "\n\
                          routing     [#...................]   50  /  10,000  (0.5%)\n\
                          memory      [#...................]  150  /  30,000  (0.5%)\n\
                          planning    [....................]    0  /  20,000  (0.0%)\n\
                          reasoning   [#...................]  450  / 150,000  (0.3%)\n\
                          validation  [....................]    0  /  10,000  (0.0%)\n";

const MINIMAL: &str = "Tokens: 650 / 256,000 (0.25%) [#..............................] 255,350 left\n";

#[test]
fn the_guides_example_runs_up_to_650_and_ends_in_the_summary() {
    tool()
        .stdin(guide_session("lead-1"))
        .stdout(format!("{LINES}orchestrator: 0 (Total: 650)\n{MINIMAL}Level:  NORMAL\n{COMPONENTS}"))
        .status(0);
}

#[test]
fn a_total_stated_at_the_end_adds_nothing() {
    let restated = "Restated: 650 tokens stated again by totals, counted once\n";
    tool()
        .stdin(GuideSession::new("lead-1").stated_total(650).to_string())
        .stdout(format!(
            "{LINES}orchestrator: 0 (Total: 650)\n{MINIMAL}Level:  NORMAL\n{restated}{COMPONENTS}"
        ))
        .status(0);
}

#[test]
fn count_all_adds_the_stated_total_too() {
    let minimal = "Tokens: 1,300 / 256,000 (0.51%) [#..............................] 254,700 left\n";
    tool()
        .arg("--count-all")
        .stdin(GuideSession::new("lead-1").stated_total(650).to_string())
        .stdout_contains(format!("{LINES}orchestrator: 650 (Total: 1300)\n{minimal}Level:  NORMAL\n"))
        .status(0);
}

#[test]
fn a_pipe_that_joins_ten_lines_before_the_end_ends_at_the_stated_total() {
    let log: Vec<_> = (0..640).map(|_| event("s", "step_complete", "reasoning", 1)).collect();
    let end = event("s", "session_complete", "orchestrator", 650);
    let late = log[log.len() - 9..].concat() + &end;
    let tail: String = (1..=9).map(|n| format!("reasoning: 1 (Total: {n})\n")).collect();
    tool()
        .stdin(late.clone())
        .stdout_contains(format!("{tail}orchestrator: 641 (Total: 650)\nTokens: 650 / "))
        .status(0);
    tool()
        .arg("--json")
        .arg("-")
        .arg("--summary")
        .stdin(late)
        .stdout_json(|v| assert_eq!(v["total_used"], 650))
        .status(0);
}

#[test]
fn an_event_without_tokens_has_no_line() {
    let log = "{\"component\":\"a\",\"event_type\":\"step_start\"}\n{\"component\":\"a\",\"tokens\":3}\n";
    tool().stdin(log).stdout_contains("a: 3 (Total: 3)\nTokens: 3 / ").run_lines(&["a: 3 (Total: 3)"]);
}

#[test]
fn an_event_without_component_counts_without_a_line_as_in_the_recipe() {
    tool().stdin("{\"tokens\":3}\n{\"component\":\"a\",\"tokens\":4}\n").run_lines(&["a: 4 (Total: 7)"]);
}

#[test]
fn a_step_that_restates_its_consumption_moves_the_total_once() {
    let log = event("s", "token_consumption", "memory", 100)
        + &event("s", "token_consumption", "memory", 50)
        + &event("s", "step_complete", "memory", 160);
    tool().stdin(log).run_lines(&[
        "memory: 100 (Total: 100)",
        "memory: 50 (Total: 150)",
        "memory: 10 (Total: 160)",
    ]);
}

#[test]
fn an_answers_snapshots_move_the_total_by_the_difference() {
    let answer = sigil_testkit::samples::claude::Answer::new("m1").usage(10, 0).request("r1");
    tool().stdin(answer.snapshots(&[1, 5, 5, 80])).run_lines(&[
        "assistant: 11 (Total: 11)",
        "assistant: 4 (Total: 15)",
        "assistant: 0 (Total: 15)",
        "assistant: 75 (Total: 90)",
    ]);
}

#[test]
fn summary_alone_leaves_the_lines_out() {
    tool()
        .arg("--summary")
        .stdin(guide_session("lead-1"))
        .stdout(format!("{MINIMAL}Level:  NORMAL\n{COMPONENTS}"))
        .status(0);
}

#[test]
fn json_has_one_object_per_event_and_nothing_else() {
    let log = guide_session("lead-1");
    tool()
        .args(["--json", "--timezone", "Europe/Berlin"])
        .stdin(log)
        .stdout_jsonl(|lines| {
            let components: Vec<_> = lines.iter().map(|line| line["component"].as_str().unwrap()).collect();
            let expected =
                ["orchestrator", "routing", "memory", "planning", "reasoning", "validation", "orchestrator"];
            assert_eq!(components, expected);
            assert_eq!(
                lines[4],
                serde_json::json!({"timestamp": "2026-01-11T10:15:36.234567", "session_id": "lead-1",
                    "component": "reasoning", "tokens": 450, "total": 650, "budget": 256_000, "percent": 0.25,
                    "level": "NORMAL"})
            );
        })
        .status(0);
}

#[test]
fn json_follows_the_level_up() {
    let log = event("s", "session_start", "orchestrator", 0).replace('}', ",\"metadata\":{\"budget\":1000}}")
        + &[499, 1, 299, 1, 149, 1].map(|tokens| event("s", "retry_attempt", "a", tokens)).concat();
    tool()
        .arg("--json")
        .stdin(log)
        .stdout_jsonl(|lines| {
            let levels: Vec<_> = lines[1..].iter().map(|line| line["level"].as_str().unwrap()).collect();
            assert_eq!(levels, ["NORMAL", "ELEVATED", "ELEVATED", "CRITICAL", "CRITICAL", "EXCEEDED"]);
            assert!(lines.iter().all(|line| line["budget"] == 1000));
        })
        .status(0);
}

#[test]
fn json_names_what_a_line_lacks_as_null() {
    tool()
        .arg("--json")
        .stdin("{\"tokens\":3}\n")
        .stdout_jsonl(|lines| {
            let [line] = lines else { panic!("{lines:?}") };
            assert_eq!((&line["tokens"], &line["total"]), (&3.into(), &3.into()));
            assert!(line["timestamp"].is_null() && line["component"].is_null());
        })
        .status(0);
}

/// Expects these running lines before the summary.
trait RunLines {
    fn run_lines(self, expected: &[&str]);
}

impl RunLines for sigil_testkit::Tool<'_> {
    #[track_caller]
    fn run_lines(self, expected: &[&str]) {
        let output = self.run();
        let text = output.stdout_text();
        let lines: Vec<_> = text.lines().take_while(|line| !line.starts_with("Tokens: ")).collect();
        assert_eq!(lines, expected, "{text}");
        assert!(output.status.success() && output.stderr.is_empty(), "{}", output.stderr_text());
    }
}
