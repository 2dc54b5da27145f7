//! `--conversation`: what was said, round by round, with what each round cost.

use std::fs;
use std::io::Write;
use std::path::Path;

use serde_json::{Value, json};
use sigil_testkit::Tool;
use sigil_testkit::samples::claude::{self, Answer};
use sigil_testkit::samples::codex::{session_meta, token_count, turn_context};
use sigil_testkit::samples::guide_session;

fn report<'t>() -> Tool<'t> {
    Tool::new(env!("CARGO_BIN_EXE_sigil-report"))
}

fn said<'t>() -> Tool<'t> {
    report().args(["--conversation", "-q"])
}

/// A gateway's line, from the fields of its `ai_log`, which is text in it.
fn request(at: &str, fields: &Value) -> String {
    format!("{}\n", json!({"ai_log": fields.to_string(), "start_time": at, "response_code": "200"}))
}

/// Two rounds: a call of a tool, and the answer that its result leads to.
fn weather() -> String {
    let system = json!({"role": "system", "content": "You are helpful."});
    let question = json!({"role": "user", "content": "Check Beijing weather"});
    let call = json!([{"index": 0, "id": "call_1", "type": "function",
                       "function": {"name": "get_weather", "arguments": "{\"location\":\"Beijing\"}"}}]);
    let first = json!({
        "session_id": "sess", "model": "qwen-max", "input_token": 250, "output_token": 160,
        "reasoning_tokens": 20, "cached_tokens": 50, "messages": [system, question],
        "question": "Check Beijing weather", "answer": "Checking…", "reasoning": "I need the tool.",
        "tool_calls": call, "llm_service_duration": 1500,
    });
    let second = json!({
        "session_id": "sess", "model": "qwen-max", "input_token": 320, "output_token": 180,
        "messages": [system, question, {"role": "assistant", "content": null, "tool_calls": call},
                     {"role": "tool", "tool_call_id": "call_1", "content": "15 degrees"}],
        "question": "Check Beijing weather", "answer": "It is 15 degrees.",
    });
    request("2026-02-01T09:30:15Z", &first) + &request("2026-02-01T09:32:00Z", &second)
}

/// A transcript line of the message of a user or the model.
fn line(kind: &str, at: &str, rest: &Value, message: &Value) -> String {
    let mut line = json!({"type": kind, "sessionId": "s1", "timestamp": at, "uuid": at, "message": message});
    if let (Some(line), Some(rest)) = (line.as_object_mut(), rest.as_object()) {
        line.extend(rest.clone());
    }
    format!("{line}\n")
}

/// A block of an answer, as newer versions write them: a line each, all with the usage so far.
fn block(id: &str, at: &str, output: u64, rest: &Value, block: &Value) -> String {
    let usage = json!({"input_tokens": 10, "output_tokens": output, "cache_read_input_tokens": 100,
                       "cache_creation_input_tokens": 5});
    let message = json!({"id": id, "role": "assistant", "model": "claude-opus-4-6", "content": [block], "usage": usage});
    line("assistant", at, rest, &message)
}

/// A question, an answer in four lines with two calls of tools, one of which fails, and the next answer.
fn transcript() -> String {
    let none = json!({});
    let user =
        |at: &str, content: Value| line("user", at, &none, &json!({"role": "user", "content": content}));
    [
        user("2026-03-01T10:00:00Z", json!("Why does it fail?")),
        block("m1", "2026-03-01T10:00:01Z", 1, &none, &json!({"type": "thinking", "thinking": "Let me look."})),
        block("m1", "2026-03-01T10:00:02Z", 1, &none, &json!({"type": "text", "text": "I will look."})),
        block("m1", "2026-03-01T10:00:03Z", 30, &none,
              &json!({"type": "tool_use", "id": "t1", "name": "Read", "input": {"file_path": "/x"}})),
        user("2026-03-01T10:00:04Z", json!([{"type": "tool_result", "tool_use_id": "t1", "content": "no such file", "is_error": true}])),
        block("m1", "2026-03-01T10:00:05Z", 42, &none,
              &json!({"type": "tool_use", "id": "t2", "name": "Bash", "input": {"command": "ls"}})),
        user("2026-03-01T10:00:06Z", json!([{"type": "tool_result", "tool_use_id": "t2", "content": [{"type": "text", "text": "a\nb"}]}])),
        block("m2", "2026-03-01T10:00:07Z", 7, &none, &json!({"type": "text", "text": "It is gone."})),
    ]
    .concat()
}

/// The sessions of what `--conversation --json` says of a log.
#[track_caller]
fn sessions(log: impl Into<Vec<u8>>, args: &[&str]) -> Vec<Value> {
    let mut sessions = Vec::new();
    said()
        .arg("--json")
        .args(args)
        .stdin(log)
        .stdout_json(|told| sessions = told["sessions"].as_array().expect("a list").clone())
        .status(0);
    sessions
}

#[test]
fn a_gateway_s_requests_are_rounds() {
    let told = said().args(["--timezone", "utc"]).stdin(weather()).run();
    insta::assert_snapshot!(told.stdout_text(), @r#"
    ==================================================
    CONVERSATION
    ==================================================

    Session: sess
    Status: RUNNING (stale)
    Period: 2026-02-01 09:30:15 to 09:32:00 (UTC)
    Model: qwen-max
    Rounds: 2
    Tokens: 570 in, 340 out, 20 reasoning, 50 cached, 910 in all
    Cost: $0.0031

    Round 1 @ 2026-02-01 09:30:15:
    Tokens: 250 in, 160 out, 20 reasoning, 50 cached, 410 in all
    Cost: $0.0014
    Model: qwen-max
    Latency: 1.5s
      [system]: You are helpful.
      Question: Check Beijing weather
      Reasoning: I need the tool.
      Answer: Checking…
      Tool call get_weather: {"location":"Beijing"}
      Tool result: 15 degrees

    Round 2 @ 2026-02-01 09:32:00:
    Tokens: 320 in, 180 out, 500 in all
    Cost: $0.0017
    Model: qwen-max
      [system]: You are helpful.
      Question: Check Beijing weather
      Answer: It is 15 degrees.

    ==================================================
    "#);
}

#[test]
fn json_has_the_fields_of_those_who_watch_gateways() {
    let sessions = sessions(weather(), &[]);
    let [session] = sessions.as_slice() else { panic!("{sessions:?}") };
    for (field, expected) in [
        ("session_id", json!("sess")),
        ("created_at", json!("2026-02-01T09:30:15Z")),
        ("updated_at", json!("2026-02-01T09:32:00Z")),
        ("messages_count", json!(2)),
        ("total_input_tokens", json!(570)),
        ("total_output_tokens", json!(340)),
        ("total_reasoning_tokens", json!(20)),
        ("total_cached_tokens", json!(50)),
        ("model", json!("qwen-max")),
    ] {
        assert_eq!(session[field], expected, "{field}");
    }
    let round = &session["rounds"][0];
    for (field, expected) in [
        ("round", json!(1)),
        ("timestamp", json!("2026-02-01T09:30:15Z")),
        ("input_tokens", json!(250)),
        ("output_tokens", json!(160)),
        ("reasoning_tokens", json!(20)),
        ("cached_tokens", json!(50)),
        ("tokens", json!(410)),
        ("model", json!("qwen-max")),
        ("latency_ms", json!(1500.0)),
        ("has_tool_calls", json!(true)),
        ("response_type", json!("normal")),
        ("question", json!("Check Beijing weather")),
        ("answer", json!("Checking…")),
        ("reasoning", json!("I need the tool.")),
        ("input_token_details", json!({"cached_tokens": 50})),
        ("output_token_details", json!({"reasoning_tokens": 20})),
    ] {
        assert_eq!(round[field], expected, "{field}");
    }
    assert_eq!(round["messages"][1], json!({"role": "user", "content": "Check Beijing weather"}));
    let call = json!({"index": 0, "id": "call_1", "type": "function",
        "function": {"name": "get_weather", "arguments": "{\"location\":\"Beijing\"}"},
        "result": {"content": "15 degrees", "is_error": false}});
    assert_eq!(round["tool_calls"], json!([call]));
}

#[test]
fn an_answer_in_many_lines_is_one_round() {
    let told = said().args(["--timezone", "utc"]).stdin(transcript()).run();
    insta::assert_snapshot!(told.stdout_text(), @r#"
    ==================================================
    CONVERSATION
    ==================================================

    Session: s1
    Status: RUNNING (stale)
    Period: 2026-03-01 10:00:00 to 10:00:07 (UTC)
    Model: claude-opus-4-6
    Rounds: 2
    Tokens: 230 in, 49 out, 200 cached, 10 written to the cache, 279 in all
    Cost: $0.0015

    Round 1 @ 2026-03-01 10:00:01:
    Tokens: 115 in, 42 out, 100 cached, 5 written to the cache, 157 in all
    Cost: $0.0012
    Model: claude-opus-4-6
      Question: Why does it fail?
      Reasoning: Let me look.
      Answer: I will look.
      Tool call Read: {"file_path":"/x"}
      Tool error: no such file
      Tool call Bash: {"command":"ls"}
      Tool result:
        a
        b

    Round 2 @ 2026-03-01 10:00:07:
    Tokens: 115 in, 7 out, 100 cached, 5 written to the cache, 122 in all
    Cost: $0.0003
    Model: claude-opus-4-6
      Answer: It is gone.

    ==================================================
    "#);
    // A log that holds everything twice, and one that shows snapshots, say no more.
    let once = sessions(transcript(), &[]);
    assert_eq!(once, sessions(transcript() + &transcript(), &[]));
    assert_eq!(once[0]["rounds"][0]["output_tokens"], 42);
}

#[test]
fn jsonl_has_a_row_for_each_round() {
    let mut tokens = 0;
    said()
        .args(["--format", "jsonl"])
        .stdin(transcript() + &weather())
        .stdout_jsonl(|rows| {
            assert_eq!(
                rows.iter().map(|row| row["session_id"].as_str().unwrap()).collect::<Vec<_>>(),
                ["sess", "sess", "s1", "s1"]
            );
            tokens = rows.iter().map(|row| row["tokens"].as_u64().unwrap()).sum();
        })
        .status(0);
    assert_eq!(tokens, 410 + 500 + 157 + 122);
}

/// What rounds come to is what the report says of each session: tokens, their parts and cost.
#[track_caller]
fn agrees(log: &str, args: &[&str]) {
    let mut expected = Vec::new();
    report()
        .args(["--json", "-q"])
        .args(args)
        .stdin(log)
        .stdout_json(|told| expected = told["sessions"].as_array().expect("a list").clone())
        .status(0);
    let told = sessions(log, args);
    assert_eq!(told.len(), expected.len());
    assert!(!told.is_empty());
    for (told, expected) in told.iter().zip(&expected) {
        let rounds = told["rounds"].as_array().expect("a list");
        let sum =
            |field: &str| rounds.iter().map(|round| round[field].as_u64().expect("a count")).sum::<u64>();
        assert_eq!(told["session_id"], expected["session_id"]);
        assert_eq!(json!(sum("tokens")), expected["total_used"], "{args:?} {}", told["session_id"]);
        assert_eq!(json!(sum("estimated_tokens")), expected["estimated_tokens"]);
        assert_eq!(told["usage"], expected["usage"]);
        assert_eq!(told["cost_usd"], expected["cost_usd"]);
        for part in ["input", "output", "reasoning", "cache_read", "cache_write", "cache_write_1h"] {
            let sum: u64 = rounds.iter().map(|round| round["usage"][part].as_u64().expect("a count")).sum();
            assert_eq!(json!(sum), expected["usage"][part], "{part}");
        }
        let cost: f64 = rounds.iter().filter_map(|round| round["cost_usd"].as_f64()).sum();
        assert!((cost - expected["cost_usd"].as_f64().unwrap_or(0.0)).abs() < 1e-6, "{cost}");
    }
}

#[test]
fn rounds_add_up_to_what_the_report_says() {
    let answer = |id: &str| Answer::new(id).model("claude-sonnet-4-5").usage(3, 9).cache(700, 20).text("x");
    let agents = [
        transcript(),
        answer("m9").session("s2").snapshots(&[1, 8, 80]),
        // The same answer in another session's log, and shown in that of its parent.
        answer("m9").session("s3").line(),
        answer("m8").side_chain().progress_line(),
        answer("m8").side_chain().line(),
        Answer::nameless().usage(1, 2).line(),
        Answer::api_error("m7", "overloaded").line(),
    ]
    .concat();
    let sigil = guide_session("lead-1")
        + "{\"session_id\":\"lead-1\",\"event_type\":\"token_consumption\",\"component\":\"crm\",\"tokens\":40}\n\
           {\"session_id\":\"lead-1\",\"event_type\":\"step_complete\",\"component\":\"crm\",\"tokens\":40}\n\
           {\"session_id\":\"lead-1\",\"event_type\":\"session_complete\",\"tokens\":700}\n";
    let codex = [
        session_meta("2026-02-01T10:00:00Z", "t1", None),
        turn_context("2026-02-01T10:00:01Z", "gpt-5"),
        token_count("2026-02-01T10:00:02Z", [10, 4, 5, 2], [10, 4, 5, 2]),
        token_count("2026-02-01T10:00:03Z", [10, 4, 5, 2], [10, 4, 5, 2]),
        token_count("2026-02-01T10:00:04Z", [30, 8, 9, 2], [20, 4, 4, 0]),
    ]
    .concat();
    for log in [&agents, &sigil, &codex, &weather(), &(agents.clone() + &sigil + &weather())] {
        agrees(log, &[]);
        agrees(log, &["--count-all"]);
        agrees(log, &["--estimate"]);
    }
    agrees(&agents, &["--since", "2026-03-01T10:00:04Z"]);
    agrees(&sigil, &["-s", "lead-1", "-"]);
}

#[test]
fn real_logs_add_up_too() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    for part in ["claude", "codex", "higress"] {
        let directory = data.join(part);
        if !directory.is_dir() {
            let _ = writeln!(std::io::stderr(), "NOT RUN: real_logs_add_up_too: no {}", directory.display());
            continue;
        }
        agrees("", &[directory.to_str().unwrap()]);
    }
}

#[test]
fn an_answer_in_two_sessions_logs_counts_in_one() {
    let answer = |session: &str| Answer::new("m1").session(session).usage(3, 9).text("twice").line();
    let told = sessions(answer("a") + &answer("b"), &[]);
    let mut elsewhere: Vec<_> =
        told.iter().map(|session| session["rounds"][0]["counts_elsewhere"].as_bool().unwrap()).collect();
    elsewhere.sort_unstable();
    assert_eq!(elsewhere, [false, true]);
    assert!(told.iter().all(|session| session["rounds"][0]["answer"] == "twice"));
}

#[test]
fn a_log_that_is_resumed_in_another_file_goes_on_there() {
    let dir = tempfile::tempdir().unwrap();
    let asked = transcript() + &claude::user("s1", "2026-03-01T10:01:00Z", "And now?");
    let answer =
        block("m3", "2026-03-01T10:01:01Z", 3, &json!({}), &json!({"type": "text", "text": "Now it is."}));
    fs::write(dir.path().join("a.jsonl"), &asked).unwrap();
    fs::write(dir.path().join("b.jsonl"), asked.clone() + &answer).unwrap();
    let mut rounds = Vec::new();
    said()
        .args(["--json", "a.jsonl", "b.jsonl"])
        .current_dir(dir.path())
        .stdout_json(|told| rounds = told["sessions"][0]["rounds"].as_array().unwrap().clone())
        .status(0);
    assert_eq!(rounds.len(), 3);
    assert_eq!((&rounds[2]["question"], &rounds[2]["answer"]), (&json!("And now?"), &json!("Now it is.")));
    assert_eq!(rounds, *sessions(asked + &answer, &[])[0]["rounds"].as_array().unwrap());
}

#[test]
fn side_chains_are_told_apart() {
    let chain = json!({"isSidechain": true, "agentId": "a1"});
    let task =
        line("user", "2026-03-01T10:00:00Z", &chain, &json!({"role": "user", "content": "Look around."}));
    let found = block("m5", "2026-03-01T10:00:01Z", 3, &chain, &json!({"type": "text", "text": "Found."}));
    let main = line("user", "2026-03-01T10:00:00Z", &json!({}), &json!({"role": "user", "content": "Go."}));
    let going =
        block("m6", "2026-03-01T10:00:02Z", 3, &json!({}), &json!({"type": "text", "text": "Going."}));
    // Written at once: each keeps to its own thread.
    let log = task + &main + &found + &going;
    let told = sessions(log.clone(), &[]);
    let rounds = told[0]["rounds"].as_array().unwrap();
    let of = |round: &Value| json!([round["chain"], round["question"], round["answer"], round["component"]]);
    assert_eq!(
        rounds.iter().map(of).collect::<Vec<_>>(),
        [json!(["a1", "Look around.", "Found.", "subagent"]), json!([null, "Go.", "Going.", "assistant"])]
    );
    said().stdin(log).stdout_contains(", sub-agent a1:\n").status(0);
}

#[test]
fn a_question_without_an_answer_is_a_round_of_its_own() {
    let log = transcript() + &claude::user("s1", "2026-03-01T10:01:00Z", "And now?");
    let told = sessions(log, &[]);
    let last = &told[0]["rounds"][2];
    assert_eq!(
        (&last["question"], &last["answer"], &last["tokens"]),
        (&json!("And now?"), &Value::Null, &json!(0))
    );
}

#[test]
fn codex_says_what_was_said() {
    let item = |at: &str, kind: &str, payload: Value| {
        format!(
            "{}\n",
            json!({"timestamp": format!("2026-02-01T10:00:{at}Z"), "type": kind, "payload": payload})
        )
    };
    let log = [
        session_meta("2026-02-01T10:00:00Z", "t1", None),
        turn_context("2026-02-01T10:00:01Z", "gpt-5"),
        item("02", "event_msg", json!({"type": "user_message", "message": "List it"})),
        item("03", "response_item", json!({"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]})),
        item("03", "event_msg", json!({"type": "agent_reasoning", "text": "Hm."})),
        item("04", "response_item", json!({"type": "function_call", "name": "shell", "call_id": "c1", "arguments": "{\"cmd\":\"ls\"}"})),
        token_count("2026-02-01T10:00:05Z", [10, 4, 5, 2], [10, 4, 5, 2]),
        item("06", "response_item", json!({"type": "function_call_output", "call_id": "c1", "output": "a b"})),
        item("07", "event_msg", json!({"type": "agent_message", "message": "There."})),
        item("07", "response_item", json!({"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "There."}]})),
        token_count("2026-02-01T10:00:08Z", [30, 8, 9, 2], [20, 4, 4, 0]),
    ]
    .concat();
    let told = sessions(log, &[]);
    let rounds = told[0]["rounds"].as_array().unwrap();
    assert_eq!(rounds.len(), 2, "{rounds:#?}");
    assert_eq!((&rounds[0]["question"], &rounds[0]["reasoning"]), (&json!("List it"), &json!("Hm.")));
    assert_eq!(
        rounds[0]["tool_calls"][0]["function"],
        json!({"name": "shell", "arguments": "{\"cmd\":\"ls\"}"})
    );
    assert_eq!(rounds[0]["tool_calls"][0]["result"]["content"], "a b");
    assert_eq!((&rounds[1]["answer"], &rounds[1]["tokens"]), (&json!("There."), &json!(24)));
}

#[test]
fn a_log_that_keeps_no_words_says_so() {
    let told = said().args(["--timezone", "utc"]).stdin(guide_session("lead-1")).run().stdout_text();
    let note = "This log does not keep what was said: its rounds are the events that it has.";
    assert!(
        told.contains(note) && told.contains("Rounds: 5") && told.contains("Component: routing"),
        "{told}"
    );
    said().stdin("").stdout_contains("Status: WAITING (no events)").status(0);
}

#[test]
fn running_lines_with_their_words_can_be_piped_in() {
    let event = json!({"session_id": "x", "event_type": "step_complete", "tokens": 5,
        "metadata": {"format": "higress", "question": "why?", "answer": "so", "messages": [], "tool_calls": []}});
    let told = sessions(format!("{event}\n"), &[]);
    let round = &told[0]["rounds"][0];
    assert_eq!(
        (&round["question"], &round["answer"], &round["tokens"]),
        (&json!("why?"), &json!("so"), &json!(5))
    );
}

#[test]
fn long_texts_are_folded_for_people_unless_asked_for() {
    let long: String = (0..100).map(|number| format!("line {number}\n")).collect();
    let log = Answer::new("m1").usage(1, 1).text(&long).line();
    let folded = said().stdin(log.clone()).run().stdout_text();
    assert!(
        folded.contains("    line 7\n    (92 more lines, 734 characters; --full shows them)\n"),
        "{folded}"
    );
    let full = said().arg("--full").stdin(log.clone()).run().stdout_text();
    assert!(full.contains("    line 99\n") && !full.contains("more lines"), "{full}");
    assert_eq!(sessions(log, &[])[0]["rounds"][0]["answer"], long);
}

#[test]
fn secrets_go_where_that_is_asked_for() {
    let log = weather().replace("Beijing weather", "sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789")
        + &Answer::new("m1").usage(1, 1).text("mail ann@example.com").line();
    for format in ["text", "json", "jsonl", "markdown", "html"] {
        let plain = said().args(["--format", format]).stdin(log.clone()).run().stdout_text();
        assert!(plain.contains("sk-ant-api03") && plain.contains("ann@example.com"), "{format}: {plain}");
        let told =
            said().args(["--redact", "--full", "--format", format]).stdin(log.clone()).run().stdout_text();
        assert!(!told.contains("sk-ant") && !told.contains("ann@example"), "{format}: {told}");
    }
}

#[test]
fn hostile_text_is_inert_everywhere() {
    let hostile = "\x1b[31m<script>alert(1)</script>\u{202e}\r\n# h\n| a |";
    let log = Answer::new("m1").usage(1, 1).text(hostile).tool_use("t", "<b>\x1b]0;x\x07").line()
        + &Answer::new("m2").usage(1, 1).model("evil\x1b[2J\x1b]0;pwn\x07").line();
    let text = said().stdin(log.clone()).run().stdout_text();
    assert!(
        text.contains("\\x1b[31m<script>") && !text.contains(['\x1b', '\u{202e}', '\r', '\x07']),
        "{text}"
    );
    let html = said().args(["--format", "html"]).stdin(log.clone()).run().stdout_text();
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script") && !html.contains("<b>"), "{html}");
    let markdown = said().args(["--format", "markdown"]).stdin(log).run().stdout_text();
    assert!(markdown.contains("\\<script\\>") && markdown.contains("> \\# h"), "{markdown}");
    assert!(!markdown.contains("\n# h"), "{markdown}");
}

#[test]
fn only_the_sessions_that_are_asked_for_are_kept() {
    let lines = 40_000;
    let write = move |out: &mut dyn Write| {
        let mut out = std::io::BufWriter::new(out);
        let words = "so it is ".repeat(500);
        for number in 0..lines {
            let id = if number == 7 { "wanted" } else { "other" };
            let answer = format!("{words}{number}");
            let fields = json!({"session_id": id, "input_token": 1, "output_token": 1, "answer": answer});
            out.write_all(request("2026-02-01T09:30:15Z", &fields).as_bytes())?;
        }
        out.flush()
    };
    said()
        .args(["--json", "-s", "wanted", "-"])
        .stdin_written(write)
        .stdout_json(|told| {
            assert_eq!(told["sessions"].as_array().unwrap().len(), 1);
            assert_eq!(told["sessions"][0]["rounds"].as_array().unwrap().len(), 1);
        })
        // What goes through it is 180 MB.
        .memory_below(80 << 20)
        .status(0);
}

#[test]
fn what_makes_no_sense_with_it_is_refused() {
    for args in [&["--by", "day"][..], &["--merge"], &["--partial"], &["--validate"], &["--all-errors"]] {
        said().args(args).stdin("").stdout("").stderr_contains("E010_CONFIG_ERR: ").status(2);
    }
    for format in ["csv", "prometheus", "otlp"] {
        let why = format!(
            "sigil-report: E010_CONFIG_ERR: --conversation cannot be written as {format}; --format takes text, \
             json, jsonl, markdown, html with it\n"
        );
        said().args(["--format", format]).stdin("").stdout("").stderr(why).status(2);
    }
    report().arg("--full").stdin("").stdout("").stderr_contains("--conversation").status(2);
    report().arg("--redact").stdin("").stdout("").stderr_contains("--conversation").status(2);
}

#[test]
fn sessions_come_in_the_order_of_their_first_event() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a.jsonl"), transcript()).unwrap();
    fs::write(dir.path().join("b.log"), weather()).unwrap();
    let text = said().args(["a.jsonl", "b.log"]).current_dir(dir.path()).run().stdout_text();
    let (first, second) = (text.find("\nSession sess:\n").unwrap(), text.find("\nSession s1:\n").unwrap());
    assert!(first < second);
}
