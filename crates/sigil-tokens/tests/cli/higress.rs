//! Gateway access logs: every form through a pipe, what was said, and what of it is kept secret.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::{Place, event, not_run, tool};

/// A line as the gateway writes it.
fn line(ai_log: &Value, rest: &str) -> String {
    format!("{{\"ai_log\":{}{rest}}}\n", Value::from(ai_log.to_string()))
}

fn small() -> Value {
    json!({"session_id": "s", "model": "m", "input_token": 30, "output_token": "4", "cached_tokens": 20})
}

/// The made-up model has no price.
const UNPRICED: &str = "no price is known for model \"m\"";

#[test]
fn every_form_counts_as_it_comes() {
    let plain = small().to_string();
    let escaped = line(&small(), r#","response_code":"200""#);
    let forms = [
        escaped.clone(),
        line(&small(), r#","path":"/a"b","user_agent":"say "hi"","response_code":"200""#),
        format!("{{\"ai_log\":{plain},\"timestamp\":\"2026-02-01T09:30:15Z\"}}\n"),
        format!("ai_log:{plain}\n"),
        format!(
            "2026/01/31 23:29:30 log: [ai-statistics] [ai_log] attributes to be written: {plain}\n"
        ),
        "{\"model\":\"m\",\"input_token\":\"30\",\"output_token\":\"4\",\"start_time\":\"2024-06-18T09:37:14Z\"}\n".to_owned(),
        format!("{}{escaped}", escaped.trim_end()),
        "{\"ai_log\":\"-\",\"path\":\"/a\"b\"}\n".to_owned(),
    ];
    let running: String = (1..=8).map(|n| format!("m: 34 (Total: {})\n", 34 * n)).collect();
    tool()
        .stdin(forms.concat())
        .stdout_contains(format!("{running}Tokens: 272\n"))
        .stderr_contains(UNPRICED)
        .status(0);
    tool()
        .args(["--from", "higress", "--summary", "--json"])
        .stdin(forms.concat())
        .stdout_json(|v| {
            assert_eq!(v["total_used"], 272);
            assert_eq!(v["sessions"], 2, "the line of mid-2024 names no session");
            assert_eq!(v["usage"], json!({"input": 8 * 10 + 20, "output": 32, "reasoning": 0, "cache_read": 140, "cache_write": 0, "cache_write_1h": 0}));
        })
        .stderr_contains(UNPRICED)
        .status(0);
}

#[test]
fn an_aborted_stream_counts_nothing_and_an_error_may() {
    let aborted = line(&json!({"api": "-", "chat_round": 57, "question": "why?"}), "");
    let failed = line(&small(), r#","response_code":"503""#);
    tool()
        .arg("--json")
        .stdin(aborted + &failed)
        .stdout_jsonl(|lines| {
            assert_eq!(lines.len(), 1);
            assert_eq!((&lines[0]["component"], &lines[0]["total"]), (&json!("m"), &json!(34)));
        })
        .status(0);
}

#[test]
fn what_is_no_json_inside_is_malformed() {
    tool()
        .stdin("{\"ai_log\":\"no JSON\"}\n".to_owned() + &line(&small(), ""))
        .stdout_contains("m: 34 (Total: 34)\n")
        .stderr_contains("sigil-tokens: E003_PARSE_FAIL: skipped 1 malformed line: stdin:1\n")
        .stderr_contains(UNPRICED)
        .status(0);
}

#[test]
fn gateways_and_agents_may_write_into_one_stream() {
    let agent = event("lead", "step_complete", "routing", 5);
    let gateway = line(&small(), r#","path":"/a"b""#);
    let mixed = agent.clone() + &gateway + &agent + &line(&small(), "") + &agent;
    tool()
        .args(["--summary", "--json"])
        .stdin(mixed)
        .stdout_json(|v| assert_eq!(v["total_used"], 15 + 68))
        .stderr_contains(UNPRICED)
        .status(0);
}

/// A request in which all kinds of words are said, some of them secret.
fn talk() -> Value {
    json!({
        "session_id": "s", "model": "m", "input_token": 3, "output_token": 4,
        "question": "I am ann@example.com, password=\"hunter2\"",
        "answer": "Your card 4111 1111 1111 1111 is fine",
        "reasoning": "Look up token count: 500",
        "messages": [{"role": "user", "content": "I am ann@example.com"}],
        "tool_calls": [{"function": {"name": "login", "arguments": "{\"api_key\":\"sk-0123456789abcdef0123\",\"n\":1}"}}],
    })
}

#[test]
fn nothing_that_was_said_comes_out_unasked() {
    tool()
        .arg("--json")
        .stdin(line(&talk(), ""))
        .stdout("{\"timestamp\":null,\"session_id\":\"s\",\"component\":\"m\",\"tokens\":7,\"total\":7,\"budget\":null,\"percent\":null,\"level\":null}\n")
        .status(0);
    tool()
        .args(["--json", "--content", "none"])
        .stdin(line(&talk(), ""))
        .stdout_jsonl(|lines| assert_eq!(lines[0].get("metadata"), None))
        .status(0);
}

#[test]
fn content_brings_words_and_all_of_it_messages() {
    let all = talk();
    tool()
        .args(["--json", "--content", "text"])
        .stdin(line(&talk(), ""))
        .stdout_jsonl(|lines| {
            let said =
                json!({"question": all["question"], "answer": all["answer"], "reasoning": all["reasoning"]});
            assert_eq!(lines[0]["metadata"], said);
        })
        .status(0);
    tool()
        .args(["--json", "--content=full"])
        .stdin(line(&talk(), r#","path":"/a"b""#))
        .stdout_jsonl(|lines| {
            for key in ["question", "answer", "reasoning", "messages", "tool_calls"] {
                assert_eq!(lines[0]["metadata"][key], all[key], "{key}");
            }
        })
        .status(0);
    let silent = line(&small(), "") + &event("lead", "step_complete", "routing", 5);
    tool()
        .args(["--json", "--content", "full"])
        .stdin(silent)
        .stdout_jsonl(|lines| assert!(lines.iter().all(|line| line.get("metadata").is_none())))
        .status(0);
}

#[test]
fn redaction_leaves_marks_and_json() {
    tool()
        .args(["--json", "--content", "full", "--redact"])
        .stdin(line(&talk(), ""))
        .stdout_jsonl(|lines| {
            let said = &lines[0]["metadata"];
            assert_eq!(said["question"], "I am [redacted:email], password=\"[redacted:key]\"");
            assert_eq!(said["answer"], "Your card [redacted:card] is fine");
            assert_eq!(said["reasoning"], "Look up token count: 500");
            assert_eq!(said["messages"][0]["content"], "I am [redacted:email]");
            let arguments = said["tool_calls"][0]["function"]["arguments"].as_str().unwrap_or("");
            assert_eq!(arguments, "{\"api_key\":\"[redacted:key]\",\"n\":1}");
        })
        .status(0);
}

#[test]
fn content_has_its_place_in_running_json_alone() {
    let place = Place::with("access.log", line(&talk(), ""));
    let told = "sigil-tokens: E010_CONFIG_ERR: --content adds to the lines that --json writes as a stream runs; pipe \
                the log in, with --json and without --summary, --by or --check\n";
    for (args, status) in [
        (&["--content", "text"][..], 2),
        (&["--content", "text", "--json", "--summary"], 2),
        (&["--content", "full", "--json", "--by", "model"], 2),
        (&["--content", "text", "--json", "--check"], 1),
        (&["--content", "text", "--json", "access.log"], 2),
    ] {
        place.tool().args(args).stdin(line(&talk(), "")).stdout("").stderr(told).status(status);
    }
    place
        .tool()
        .args(["--json", "--redact"])
        .stdin("")
        .stdout("")
        .stderr("sigil-tokens: E010_CONFIG_ERR: --redact takes secrets out of what --content keeps; add --content text or full\n")
        .status(2);
    place
        .tool()
        .args(["--content", "some"])
        .stdout("")
        .stderr_contains("E010_CONFIG_ERR: invalid value 'some'")
        .status(2);
}

/// The directory of samples; none, said loudly, if it is not there.
fn samples(test: &str) -> Option<PathBuf> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/higress");
    if !data.is_dir() {
        not_run(&format!("{test}: no ../shared/data/higress beside the repository"));
        return None;
    }
    Some(data)
}

#[test]
fn the_samples_come_to_their_figures() {
    let Some(data) = samples("the_samples_come_to_their_figures") else { return };
    for (name, [tokens, input, output, cached], warning) in [
        ("test_access.log", [1590, 1000, 590, 0], "no price is known for model \"Qwen3-rerank\""),
        ("test_access_v2.log", [1780, 350, 530, 400], ""),
    ] {
        let check = |v: &Value| {
            assert_eq!(v["sessions"], 2, "{name}");
            assert_eq!(v["total_used"], tokens, "{name}");
            let usage = &v["usage"];
            assert_eq!(
                [&usage["input"], &usage["output"], &usage["cache_read"]],
                [input, output, cached],
                "{name}"
            );
        };
        for tool in [
            tool().arg("--json").arg(data.join(name)),
            tool().args(["--json", "--summary"]).stdin_file(data.join(name)),
        ] {
            tool.stdout_json(check).stderr_contains(warning).status(0);
        }
    }
}

#[test]
fn a_directory_of_samples_is_read_but_for_what_is_written_about_them() {
    let Some(data) = samples("a_directory_of_samples_is_read_but_for_what_is_written_about_them") else {
        return;
    };
    tool()
        .args(["-v", "--json"])
        .arg(&data)
        .stdout_json(|v| {
            assert_eq!(v["total_used"], 1590 + 1780 + 79 + 79 + 496 + 150 + 92);
            assert_eq!(v["sessions"], 5);
        })
        .stderr_contains("NOTES.md: left out, no line is of a known format\n")
        .stderr_contains("skipped 5 malformed lines: ")
        .stderr_contains("issue2590_excerpt.log:1, ")
        .stderr_contains("readme_other_forms.log:2")
        .status(0);
}

#[test]
fn an_object_that_was_escaped_again_on_its_way_counts() {
    let object = small().to_string();
    let string = |text: &str| serde_json::to_string(text).unwrap();
    let bare = |text: &str| string(text).trim_matches('"').to_owned();
    let line = |ai_log: &str| format!("{{\"ai_log\":{}}}\n", string(ai_log));
    let lines =
        [line(&object), line(&string(&object)), line(&string(&string(&object))), line(&bare(&object))];
    let stdout = "m: 34 (Total: 136)\nTokens: 136\n";
    tool().stdin(lines.concat()).stdout_contains(stdout).stderr_contains(UNPRICED).status(0);
}
