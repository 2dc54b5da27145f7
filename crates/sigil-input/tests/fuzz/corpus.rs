//! What inputs are made of: whole logs of a few lines each, in the shapes that real ones have.

use sigil_testkit::samples::claude::{self, Answer, ToolResult};
use sigil_testkit::samples::{GuideSession, codex, guide_session};

/// The logs as they are, and joined to one.
fn inputs(logs: impl IntoIterator<Item = String>) -> Vec<Vec<u8>> {
    let mut inputs: Vec<Vec<u8>> = logs.into_iter().map(String::into_bytes).collect();
    inputs.push(inputs.concat());
    inputs
}

pub fn sigil() -> Vec<Vec<u8>> {
    let lines = [
        r#"{"timestamp":"2026-01-11T10:15:32.123456","session_id":"lead-1","event_type":"step_complete","component":"routing","message":"Intent \"x\" classified","tokens":50,"metadata":{"latency_ms":1200,"intent":"lead","confidence":0.95}}"#,
        r#"{"timestamp": "2026-10-25T02:30:00", "session_id": "lead-1", "event_type": "session_start", "component": "orchestrator", "tokens": 0, "metadata": {"budget": 256000, "usage_id": "u1", "usage": {"input": 3, "output": 4}, "cost_usd": 0.0042}}"#,
        r#"{"timestamp":"2026-10-25T02:10:00","tokens":1}"#,
        r#"{"event_type":"session_complete","tokens":"650","session_id":7,"component":null,"metadata":[],"extra":{"a":[1,2]},"extra":2}"#,
        r#"{"tokens":9007199254740992}{"tokens":9007199254740993} {"tokens":-5}"#,
        r#"{"tok\u0065ns":12.0,"message":{"a":1},"metadata":{"latency_ms":1.5,"context_window":"200000","model":"caf\u00e9 \ud83d"}}"#,
    ];
    let many = lines.join("\n") + "\n";
    let no_text = b"{\"component\":\"\xff\xfe\xc3\x28\xed\xa0\x80\",\"tokens\":1}{\"tokens\":2}";
    let mut logs = inputs([
        guide_session("lead-1"),
        GuideSession::new("b").stated_total(650).later(90).to_string(),
        many.clone(),
        many.replace('\n', "\r\n"),
        format!("\u{feff}{}\0\0\0\n\n{}", lines[0], lines[2]),
        format!(
            "==> sessions/a/execution.jsonl <==\n{}\n\n==> b.jsonl <==\n{}\nnot json\n",
            lines[2], lines[1]
        ),
    ]);
    logs.push(no_text.to_vec());
    logs
}

pub fn claude() -> Vec<Vec<u8>> {
    let at = "2026-02-12T16:02:27.718Z";
    let answer = Answer::new("msg_1").request("req_1").usage(3, 80).cache(60, 11_000).cache_1h(40);
    inputs([
        claude::file_history_snapshot() + &claude::user("s1", at, "hello") + &answer.snapshots(&[1, 9, 80]),
        answer.clone().text("caf\u{e9}").tool_use("t1", "Bash").line()
            + &claude::tool_result("s1", at, "t1", ToolResult::Failed("no such file"))
            + &claude::tool_result("s1", at, "t2", ToolResult::Done("fine")),
        answer.clone().side_chain().progress_line() + &claude::hook_progress("s1", at) + &claude::system("s1", at),
        Answer::api_error("e", "overloaded").line()
            + &Answer::nameless().without_cache_parts().usage(1, 2).line()
            + &claude::queue_operation("s2", at)
            + &claude::summary("done"),
        r#"{"type":"assistant","message":{"id":"m","model":"<synthetic>","content":"x","usage":{"input_tokens":-1,"output_tokens":1e99,"cache_creation":null}},"isApiErrorMessage":true,"uuid":"u","costUSD":0.12}"#.to_owned() + "\n",
        r#"{"sessionId":"s","type":"user","message":{"content":[{"type":"tool_result","is_error":true,"content":[{"type":"text","text":"a"}]},"b",null]},"uuid":"u","timestamp":"2026-10-25T02:30:00"}"#.to_owned(),
    ])
}

pub fn codex() -> Vec<Vec<u8>> {
    let at = "2026-02-23T11:40:29.275Z";
    let count = |total, last| codex::token_count(at, total, last);
    let first = [17_203, 3_456, 358, 193];
    inputs([
        codex::session_meta(at, "t1", None)
            + &codex::token_count_of_nothing(at)
            + &count(first, first)
            + &count(first, first)
            + &codex::turn_context(at, "gpt-5.3-codex")
            + &count([20_000, 4_000, 400, 200], [2_797, 544, 42, 7])
            + &count([5, 0, 1, 0], [5, 0, 1, 0]),
        codex::session_meta(at, "t2", Some("t1"))
            + &codex::session_meta(at, "t1", None)
            + &count(first, first)
            + &codex::user_message("2026-10-25T02:30:00", "go on"),
        codex::spawned(at, "t3", "t1")
            + &codex::turn_context(at, "m")
            + &codex::function_call(at, "exec")
            + &codex::error(at, "stream closed"),
        codex::legacy(at, "t0") + &codex::session_meta(at, "t4", None) + &count(first, first),
        r#"{"timestamp":"2026-02-23T11:40:31Z","type":"event_msg","payload":{"type":"token_count","info":{"total_token_usage":{"input_tokens":"7","cached_input_tokens":9,"output_tokens":null},"last_token_usage":null,"model_context_window":258400}}}"#.to_owned() + "\n",
        "==> a.jsonl <==\n".to_owned() + &codex::session_meta(at, "t5", None) + &count(first, first) + "==> b.jsonl <==\n" + &count(first, first),
    ])
}

pub fn higress() -> Vec<Vec<u8>> {
    let lines = [
        r#"{"ai_log":"{\"session_id\":\"s\",\"model\":\"m\",\"input_token\":9,\"output_token\":\"4\",\"reasoning_tokens\":7,\"input_token_details\":\"{\\\"cached_tokens\\\":3}\",\"question\":\"a@b.example sk-\u003c\",\"reasoning\":\"hm\",\"messages\":[{\"role\":\"user\"}]}","duration":"15","response_code":"503","response_flags":"UF","start_time":"2024-06-18T09:37:14.078Z"}"#,
        r#"{"ai_log":"{\"model\":\"m\",\"total_token\":9}","path":"/a"b","response_code":"200","__time__":"1718703440","input_token_details":"{"cached_tokens":80}"}{"ai_log":"-"}"#,
        r#"{"ai_log":{"model":"m","input_token":-3,"output_token":1e99,"tool_calls":[],"llm_service_duration":"7"},"timestamp":1718703440.5,"model":"n","output_token":"4"}"#,
        r#"2026/01/31 23:29:30 log: [ai_log] attributes to be written: {"model":"m","input_token":20,"llm_service_duration":"7"} thread=2"#,
        r#"ai_log:{"model":"m","input_token":20,"response_type":"error"}"#,
        r#"{"model":"qwen","input_token":"12","output_token":"30","path":"/v1"}"#,
        r#"{"ai_log":"-","path":"/","response_code":"404"}"#,
        r#"{"user_agent":"a "quoted" one","ai_log":"{\"api\":\"x\",\"input_token\":1,\"output_token\":1,\"reasoning\":\"a long thought\",\"answer\":\"yes\"}"}"#,
    ];
    let mut logs: Vec<_> = lines.iter().map(|line| format!("{line}\n")).collect();
    logs.push(lines.concat());
    logs.push(lines.join("\r\n"));
    inputs(logs)
}

pub fn text() -> Vec<Vec<u8>> {
    inputs(
        [
            "2026-01-11 10:15:32 ERROR something else entirely\nTraceback (most recent call last):\n  File \"a.py\", line 1, in b\n    x()\nValueError: \u{e9}\n2026-01-11 10:15:33 INFO fine\n",
            "<34>Oct 25 02:30:00 host app[1]: failed\nOct 25 02:10:00 host app[1]: error: again\n",
            "::1 - - [25/Oct/2026:02:30:00 +0100] \"GET /error HTTP/1.1\" 503 \"-\"\n::1 - - [25/Oct/2026:02:30:01 +0100] \"GET /error.html HTTP/1.1\" 200 12\n",
            "panic: runtime error\n\ngoroutine 1 [running]:\nmain.main()\n\t/a.go:3 +0x1\nexit status 2\n",
            "Exception in thread \"main\" java.lang.IllegalStateException: x\n\tat a.b(C.java:1)\nCaused by: java.io.IOException\n\t... 3 more\n",
            "03-17 16:13:38.811  1702  2395 W WindowManager: x\nE/a(12): y\n17/06/09 20:10:40 WARN a.B: z\n",
            "[Sun Dec 04 04:47:44 2005] [error] mod_jk\n2015-10-18 18:01:47,978 INFO [main] org.x: a\n- 1117838570 2005.06.03 R02 2005-06-03-15.42.50.675872 R02 RAS KERNEL FATAL b\n",
            "\u{feff}thread 'main' panicked at src/main.rs:1:1:\nboom\nnote: run with `RUST_BACKTRACE=1`\n\0\0level=error msg=\"x\" ts=2026-01-11T10:15:32.5+05:30\r\n",
            "==> /var/log/a.log <==\nWARNING: low\n  more of it\n\n==> b.log <==\nINFO ok",
        ]
        .map(str::to_owned),
    )
}

pub fn all() -> Vec<Vec<u8>> {
    [sigil(), claude(), codex(), higress(), text()].concat()
}

pub fn secrets() -> Vec<Vec<u8>> {
    inputs(
        [
            "password=hunter2 and api_key: \"9f8a7d6c\", token=abcdef123456",
            "Authorization: Bearer abcdef0123456789.x-y_z/+= then ann.lee+x@mail.example.co.uk",
            "sk-ant-api03-AbCdEfGhIjKl0123 ghp_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789 AKIAIOSFODNN7EXAMPLE",
            "4111 1111 1111 1111, 5555-5555-5555-4444, 378282246310005",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U",
            "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7\n-----END RSA PRIVATE KEY-----",
            "{\\\"password\\\": \\\"hunter2\\\"} 密码 password=abc，然后 [redacted:key]",
        ]
        .map(str::to_owned),
    )
}

pub fn json() -> Vec<Vec<u8>> {
    let texts = [
        r#"[{"role":"user","content":"I am ann@example.com"},{"password" : 123456},"ann\u0040example.com"]"#,
        r#"{"arguments":"{\"password\":\"hunter2\",\"n\":4111111111111111}","access_token":"abcdef123456"}"#,
        r#"["[\"{\\\"api_key\\\":\\\"a\\\\u0040b\\\"}\"]",-4111111111111111,4111111111111111.5,true,null,1e-7]"#,
        r#"{"a":[1.5e3,true,"x\u00e9\n\ud83d\ude00\ud83d"],"b":{"c":null},"":[[],{}]}"#,
        r#""a string \"with\" \\ all \/ \b\f\n\r\t escapes""#,
    ];
    let deep = "[".repeat(127) + &"]".repeat(127);
    texts.iter().map(|text| text.as_bytes().to_vec()).chain([deep.into_bytes()]).collect()
}

pub fn times() -> Vec<Vec<u8>> {
    let lines = [
        "2026-01-11T10:15:32.123456Z",
        "2026-10-25T02:10:00\n2026-10-25T02:50:00\n2026-10-25T02:20:00\n2026-10-25T02:20:01",
        "2026-03-29 02:30:00,5\n2026-03-29T02:30:00+02:00",
        "2011-12-30T12:00:00\n2026-04-05T01:45:00\n2026-10-04T02:15:00",
        "0001-01-01T00:00:00Z\n9999-12-31T23:59:60-23:59\n2024-02-29T00:00:00-0930\n2026-01-11T10:15:32+05",
        "7d\n36h\n10m\n30s\n2w\n2026-01-11\n9999-12-31\n262142-12-31",
        "Europe/Berlin\nutc\nlocal\nEST5EDT\nauto\nhigress",
    ];
    lines.iter().map(|text| text.as_bytes().to_vec()).collect()
}
