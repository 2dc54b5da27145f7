//! What is taken for a secret, what looks like one and stays, and what redaction never does. All secrets are made up.

use proptest::prelude::*;
use sigil_input::redact;

const KEY: &str = "[redacted:key]";

fn text(text: &str) -> String {
    redact::text(text).into_owned()
}

#[test]
fn keys_go() {
    let hex = "0123456789abcdef0123456789abcdef";
    let letters = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789";
    for key in [
        format!("sk-{hex}"),
        format!("sk-proj-{letters}-{letters}"),
        format!("sk-ant-api03-{letters}_{letters}-AA"),
        "sk-abcdefghijklmnopqrstuvwxyz".to_owned(),
        "sk-abc12345".to_owned(),
        format!("ghp_{letters}"),
        format!("gho_{letters}"),
        format!("github_pat_11AAAAAAA0{letters}_{letters}"),
        "xoxb-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx".to_owned(),
        "AKIAIOSFODNN7EXAMPLE".to_owned(),
        "LTAI5tExampleExample12".to_owned(),
        "AIzaSyA-1234567890abcdefghijklmnopqrstu".to_owned(),
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
            .to_owned(),
        "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7\nabc==\n-----END RSA PRIVATE KEY-----".to_owned(),
    ] {
        for (before, after) in [
            ("", ""),
            ("use ", " now"),
            ("\"", "\""),
            ("key:", ","),
            ("（", "）"),
            ("用", "调用"),
            ("a/", "."),
            ("\n", "\n"),
        ] {
            assert_eq!(text(&format!("{before}{key}{after}")), format!("{before}{KEY}{after}"), "{key}");
        }
    }
    assert_eq!(text("-----BEGIN PRIVATE KEY-----\nMIIEpAIBAAK [truncated]"), KEY);
}

#[test]
fn passwords_in_addresses_go() {
    for (before, after) in [
        ("postgres://app:s3cretpw@localhost:5432/x", "postgres://app:[redacted:key]@localhost:5432/x"),
        ("redis://:topsecret1@cache:6379", "redis://:[redacted:key]@cache:6379"),
        ("https://u:p!ss%word@host.example/a", "https://u:[redacted:key]@host.example/a"),
        ("see https://example.com:8080/a@b", "see https://example.com:8080/a@b"),
        ("ssh://host:22/~git", "ssh://host:22/~git"),
        ("gsk_abcdefghij0123456789abcd", "[redacted:key]"),
        ("SG.abcdefghijklmnop.qrstuvwxyz0123456789", "[redacted:key]"),
    ] {
        assert_eq!(text(before), after, "{before}");
    }
}

#[test]
fn what_a_name_hides_goes() {
    for (before, after) in [
        ("password=hunter2", "password=[redacted:key]"),
        ("Password: hunter2", "Password: [redacted:key]"),
        ("PASSWORD = 'hunter2'", "PASSWORD = '[redacted:key]'"),
        ("password: \"two words\" # x", "password: \"[redacted:key]\" # x"),
        ("password: \"a\\\"b\"!", "password: \"[redacted:key]\"!"),
        ("db_passwd=x&user=y", "db_passwd=[redacted:key]&user=y"),
        ("密码 password=abc，然后", "密码 password=[redacted:key]，然后"),
        ("api_key: \"9f8a7d\"", "api_key: \"[redacted:key]\""),
        ("OPENAI_API_KEY=abcdef", "OPENAI_API_KEY=[redacted:key]"),
        ("x-api-key: 9f8a7d6c", "x-api-key: [redacted:key]"),
        ("API key: 9f8a7d6c", "API key: [redacted:key]"),
        ("aws_secret_access_key = abcd1234", "aws_secret_access_key = [redacted:key]"),
        ("clientSecret: 'abc'", "clientSecret: '[redacted:key]'"),
        ("https://x.example/?token=abcdef&page=2", "https://x.example/?token=[redacted:key]&page=2"),
        ("access_token: abcdef123456", "access_token: [redacted:key]"),
        ("{\"token\": \"abcdef123456\"}", "{\"token\": \"[redacted:key]\"}"),
        ("{\\\"password\\\": \\\"hunter2\\\"}", "{\\\"password\\\": \\\"[redacted:key]\\\"}"),
        ("Authorization: Bearer abcdef123456", "Authorization: Bearer [redacted:key]"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic [redacted:key]"),
        ("curl -H 'authorization: bearer abc.def-123'", "curl -H 'authorization: bearer [redacted:key]'"),
        ("Bearer abc123", "Bearer [redacted:key]"),
        ("send Bearer abcdef0123456789 with it", "send Bearer [redacted:key] with it"),
        ("password: \"never closed", "password: \"[redacted:key]"),
        ("password=\"hunter2\npassword=hunter3", "password=\"[redacted:key]\npassword=[redacted:key]"),
    ] {
        assert_eq!(text(before), after);
    }
}

#[test]
fn addresses_and_cards_go() {
    for (before, after) in [
        ("ann@example.com", "[redacted:email]"),
        ("mail <ann.lee+x@mail.example.co.uk>.", "mail <[redacted:email]>."),
        ("联系user@163.com吧", "联系[redacted:email]吧"),
        ("...ann@example.com...", "...[redacted:email]..."),
        ("a@b.example,c@d.example", "[redacted:email],[redacted:email]"),
        ("4111 1111 1111 1111", "[redacted:card]"),
        ("card 4111-1111-1111-1111, 12/27", "card [redacted:card], 12/27"),
        ("5555555555554444.", "[redacted:card]."),
        ("3782 822463 10005", "[redacted:card]"),
        ("378282246310005", "[redacted:card]"),
        ("3056 930902 5904", "[redacted:card]"),
        ("6011111111111117 and 4222222222222", "[redacted:card] and [redacted:card]"),
        ("4111 1111 1111 1111 12 27", "[redacted:card] 12 27"),
        ("no. 7 4111 1111 1111 1111", "no. 7 [redacted:card]"),
    ] {
        assert_eq!(text(before), after);
    }
}

#[test]
fn what_only_looks_like_a_secret_stays() {
    for same in [
        "",
        "version 1.22.333, v2.0.0-rc.1, 2026.01.31, 10.0.0.1:8080",
        "commit 2523fa5b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f",
        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "123e4567-e89b-12d3-a456-426614174000",
        "41111111-1111-4111-8111-111111111111",
        "2026-01-11T10:15:32.123456Z, 2026-01-11 10:15:32",
        "1718703440123, 1718703440123456, 1718703440123456789",
        "agent:main:discord:1465367993012981988",
        "call +49 151 2345 6789 or 0800 123 4567 8901",
        "4111 1111 1111 1112",
        "6150 632763 861072; 4111 1111-1111 1111; 41 11 11 11 11 11 11 11",
        "0.4111111111111111 and 4111111111111111.5",
        "token count: 500",
        "input_token: 500, output_token=20, \"total_token\":\"520\", max_tokens=4096",
        "token: the smallest unit of text",
        "{\"token\":\"Hello\",\"logprob\":-0.1}",
        "next_token: 2026-01-11",
        "pad_token=<pad>, password=$PASSWORD, api_key=${API_KEY}, secret={{ secret }}, password: <yours>",
        "password: null, token=None, password: ********",
        "def login(user: str, password: str) -> None: ...",
        "password = getpass.getpass()",
        "use std::token::Token; Token::new(); password::hash",
        "PWD=/home/ann",
        "the secret: never give up",
        "a bearer of bad news; Bearer authentication; Bearer tokens 2.0",
        "sk-learn-like estimators of sk-learn-2024, task-1234567890123456, disk-0123456789abcdef",
        "scikit @property, foo@bar, gpt-4o@higress, icon@2x.png, react@18.2.0, git@github.com:a/b.git",
        "AKIA is a prefix, eyJ too, and ghp_ and sk- and AIza",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "[redacted:key] [redacted:email] [redacted:card] password=[redacted:key] token: \"[redacted:key]\"",
    ] {
        assert!(matches!(redact::text(same), std::borrow::Cow::Borrowed(_)), "{}", redact::text(same));
    }
}

#[test]
fn json_stays_json() {
    for (before, after) in [
        (
            r#"[{"role":"user","content":"I am ann@example.com"}]"#,
            r#"[{"role":"user","content":"I am [redacted:email]"}]"#,
        ),
        (r#"["ann\u0040example.com"]"#, r#"["[redacted:email]"]"#),
        (r#"["password=\"hunter2\" \u4f60"]"#, r#"["password=\"[redacted:key]\" 你"]"#),
        (r#"{"password":"hunter2","user":"ann"}"#, r#"{"password":"[redacted:key]","user":"ann"}"#),
        (r#"{"password" : 123456}"#, r#"{"password" : "[redacted:key]"}"#),
        (r#"{"card":4111111111111111}"#, r#"{"card":"[redacted:card]"}"#),
        (
            r#"[4111111111111111,-4111111111111111,4111111111111111.5,true]"#,
            r#"["[redacted:card]",-4111111111111111,4111111111111111.5,true]"#,
        ),
        (r#"{"ann@example.com":1}"#, r#"{"[redacted:email]":1}"#),
        (
            r#"{"access_token":"abcdef123456","token_count":"500","input_token":500}"#,
            r#"{"access_token":"[redacted:key]","token_count":"500","input_token":500}"#,
        ),
        (r#"{"password":["a"],"x":"b"}"#, r#"{"password":["a"],"x":"b"}"#),
        (r#"{"password":{"type":"string"}}"#, r#"{"password":{"type":"string"}}"#),
        // JSON in a string, in a string.
        (
            r#"{"arguments":"{\"password\":\"hunter2\",\"n\":4111111111111111}"}"#,
            r#"{"arguments":"{\"password\":\"[redacted:key]\",\"n\":\"[redacted:card]\"}"}"#,
        ),
        (
            r#"["[\"{\\\"api_key\\\":\\\"a\\\\u0040b\\\"}\"]"]"#,
            r#"["[\"{\\\"api_key\\\":\\\"[redacted:key]\\\"}\"]"]"#,
        ),
        // Cut off: the rest is text.
        (r#"["ann@example.com","ann@example.com"#, r#"["[redacted:email]","[redacted:email]"#),
    ] {
        assert_eq!(redact::json(before), after);
    }
}

/// Pieces of text that mean something here, and some that do not.
fn piece() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "password",
        "token",
        "api_key",
        "secret",
        "key",
        "api ",
        "Authorization",
        "Bearer ",
        "Basic ",
        "=",
        ":",
        ": ",
        " = ",
        "\"",
        "'",
        "`",
        "\\",
        "\\\"",
        "\n",
        " ",
        ",",
        "&",
        "@",
        ".",
        "-",
        "+",
        "(",
        ")",
        "[",
        "]",
        "{",
        "}",
        "<",
        ">",
        "$",
        "sk-",
        "sk-ant-",
        "ghp_",
        "github_pat_",
        "xoxb-",
        "AKIA",
        "AIza",
        "eyJ",
        "LTAI",
        "hf_",
        "example.com",
        "ann@example.com",
        "0123456789abcdef",
        "ABCDEFGHIJKLMNOP",
        "abcdefghijklmnop",
        "4111111111111111",
        "4111 1111 1111 1111",
        "5555-5555-5555-4444",
        "4111",
        "1111",
        "378282",
        "1",
        "7",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
        "-----BEGIN ",
        "[redacted:key]",
        "[redacted:email]",
        "[redacted:",
        "é",
        "你好",
        "，",
        "\u{fffd}",
        "null",
        "hunter2",
        "git",
        "2x",
        "v1",
    ]);
    prop_oneof![6 => known.prop_map(str::to_owned), 1 => "[a-z0-9]{1,20}", 1 => any::<char>().prop_map(String::from)]
}

fn pieces() -> impl Strategy<Value = String> {
    proptest::collection::vec(piece(), 0..24).prop_map(|pieces| pieces.concat())
}

/// JSON made of such text.
fn json_value(depth: u32) -> BoxedStrategy<serde_json::Value> {
    let text = pieces().prop_map(serde_json::Value::from);
    let nested = pieces().prop_map(|text| serde_json::json!({ "password": text }).to_string().into());
    let number = prop_oneof![any::<i64>(), Just(4_111_111_111_111_111)].prop_map(serde_json::Value::from);
    let word = prop_oneof![Just(serde_json::Value::Null), any::<bool>().prop_map(serde_json::Value::from)];
    let leaf = prop_oneof![4 => text, 1 => nested, 1 => number, 1 => word];
    if depth == 0 {
        return leaf.boxed();
    }
    let key = prop_oneof![
        prop::sample::select(vec!["password", "token", "content", "api_key"]).prop_map(str::to_owned),
        pieces()
    ];
    prop_oneof![
        2 => leaf,
        1 => proptest::collection::vec(json_value(depth - 1), 0..4).prop_map(serde_json::Value::from),
        2 => proptest::collection::vec((key, json_value(depth - 1)), 0..4).prop_map(|fields| serde_json::Value::Object(fields.into_iter().collect())),
    ]
    .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn twice_is_once(text in pieces()) {
        let once = redact::text(&text).into_owned();
        prop_assert_eq!(redact::text(&once), once.as_str(), "{}", text);
    }

    #[test]
    fn json_twice_is_once_and_json_both_times(value in json_value(3), pretty in any::<bool>()) {
        let json = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) };
        let json = json.unwrap_or_default();
        let once = redact::json(&json).into_owned();
        prop_assert!(serde_json::from_str::<serde_json::Value>(&once).is_ok(), "{} became {}", json, once);
        prop_assert_eq!(redact::json(&once), once.as_str(), "{}", json);
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>(), odd in pieces()) {
        let _ = (redact::text(&text), redact::json(&text), redact::json(&odd));
    }

    #[test]
    fn words_are_left_alone(text in "([a-zA-Z]{1,12}[ ,.!?]{1,2}|[0-9]{1,12};|你好，){0,30}") {
        prop_assert_eq!(redact::text(&text), text.as_str());
        let json = serde_json::json!([&text, { "content": &text, "token": &text.split(|letter: char| !letter.is_alphabetic()).next() }]).to_string();
        prop_assert_eq!(redact::json(&json), json.as_str());
    }

    #[test]
    fn an_address_never_stays(before in pieces(), after in "[ ,;)]?") {
        let text = format!("{before} someone@mail.example{after}");
        prop_assert!(!redact::text(&text).contains("someone@mail.example"), "{}", text);
    }
}

#[test]
fn hostile_text_takes_no_longer_than_other_text() {
    for unit in [
        "eyJ-",
        "eyJaaaaaaaa.",
        "sk-",
        "sk-a",
        "token:",
        "token=",
        "token='",
        "password=$(",
        "pwd=/",
        "a@",
        "@",
        "1 ",
        "1-",
        "1111 ",
        "4",
        "-----BEGIN PRIVATE KEY",
        "-----",
        "Bearer ",
        "bearer a",
        "password:\\",
        "\\\"",
        "secret=\\\"",
        "key ",
        "{\"a\":",
        "[\"",
        "\"[",
        "\"{\\\"",
    ] {
        let text = unit.repeat((1 << 20) / unit.len());
        let started = std::time::Instant::now();
        let _ = (redact::text(&text), redact::json(&text));
        assert!(started.elapsed().as_secs() < 5, "{unit:?} took {:?}", started.elapsed());
    }
}
