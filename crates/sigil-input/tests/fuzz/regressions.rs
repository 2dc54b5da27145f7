//! Inputs that have broken an invariant once, shrunk: the target, and the bytes.

pub const REGRESSIONS: &[(&str, &[u8])] = &[
    // Counts of which each is believed came to more than is believed.
    (
        "claude",
        br#"{"uuid":"u","message":{"usage":{"input_tokens":1,"output_tokens":9007199254740992}},"type":"assistant"}"#,
    ),
    (
        "codex",
        br#"{"type":"event_msg","payload":{"type":"token_count","info":{"last_token_usage":{"input_tokens":1,"output_tokens":9007199254740992}}}}"#,
    ),
    ("auto", br#"{"model":"m","input_token":"9007199254740992","output_token":"3"}"#),
    ("higress", br#"{"ai_log":"{\"input_token\":9007199254740992,\"output_token\":\"4\"}"}"#),
    // Bytes that are no UTF-8 moved what follows on the line out of the input.
    ("sigil", b"{\"a\":\"\xed\xa0\x80\",\"b\":1}{\"c\":2}"),
    // An event of text came out behind the object that ends it, where a piece of a pipe begins with that.
    ("auto", b"{\n==>  <==\ne\n{\"\":\"\",\"tokens\":1,\"\":{\"\":5}}"),
];
