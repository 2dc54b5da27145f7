//! Differences that no sample shows: made-up lines, and what each program makes of them.

use std::fs;

use sigil_testkit::samples::claude::Answer;

use crate::ccusage::Ccusage;
use crate::{Figures, Tokens, ours, table};

const DAY: &str = "2026-02-10";
const MODEL: &str = "claude-opus-4-6";
/// What the answer of [`answer`] comes to.
const ONE: Tokens = [1, 10, 100, 1000];

/// What a program says: days, models, tokens.
type Said = &'static [(&'static str, &'static str, Tokens)];

const NOTHING: Said = &[];
const COUNTED: Said = &[(DAY, MODEL, ONE)];

struct Case {
    /// As `PARITY.md` calls it.
    name: &'static str,
    log: String,
    ours: Said,
    theirs: Said,
}

fn answer(id: &str) -> Answer {
    let answer = Answer::new(id).request("r1").model(MODEL).at("2026-02-10T10:00:00.000Z");
    answer.usage(1, 10).cache(100, 1000)
}

/// The line of an answer, edited as no answer is by itself.
fn edited(from: &str, to: &str) -> String {
    let line = answer("m1").line();
    assert!(line.contains(from), "{from} is not in {line}");
    line.replacen(from, to, 1)
}

/// Lines that only ours reads.
fn skipped() -> Vec<Case> {
    let lines = [
        ("spaces", edited("\"usage\":{", "\"usage\": {")),
        (
            "null",
            edited("\"content\":[]", "\"content\":[{\"type\":\"tool_use\",\"input\":{\"model\":null}}]"),
        ),
        ("time with more or fewer digits", edited("00.000Z", "00.000000Z")),
        ("time without a zone", edited("00.000Z", "00.000")),
        ("version", edited("\"version\":\"2.1.39\"", "\"version\":\"2.1\"")),
        ("empty id", edited("\"requestId\":\"r1\"", "\"requestId\":\"\"")),
        (
            "unpaired surrogate",
            edited("\"content\":[]", "\"content\":[{\"type\":\"text\",\"text\":\"\\ud800\"}]"),
        ),
        ("byte order mark", format!("\u{feff}{}", answer("m1").line())),
    ];
    let mut cases: Vec<_> =
        lines.into_iter().map(|(name, log)| Case { name, log, ours: COUNTED, theirs: NOTHING }).collect();
    cases.push(Case {
        name: "no time",
        log: edited(",\"timestamp\":\"2026-02-10T10:00:00.000Z\"", ""),
        ours: &[("(none)", MODEL, ONE)],
        theirs: NOTHING,
    });
    cases.push(Case {
        name: "missing or odd count",
        log: edited("\"input_tokens\":1,", "\"input_tokens\":-1,"),
        ours: &[(DAY, MODEL, [0, 10, 100, 1000])],
        theirs: NOTHING,
    });
    cases
}

/// Lines that both read, each in its own way.
fn read_otherwise() -> Vec<Case> {
    let replay = answer("m1").request("r2").side_chain();
    let advice = "\"iterations\":[{\"type\":\"advisor_message\",\"model\":\"claude-opus-4-7\",\"input_tokens\":7,\
                  \"output_tokens\":9,\"cache_read_input_tokens\":0,\"cache_creation_input_tokens\":0}],";
    vec![
        Case {
            name: "no model",
            log: edited("\"model\":\"claude-opus-4-6\",", ""),
            ours: &[(DAY, "(none)", ONE)],
            theirs: NOTHING,
        },
        Case {
            name: "synthetic",
            log: answer("m1").model("<synthetic>").usage(0, 0).cache(0, 0).line(),
            ours: &[(DAY, "<synthetic>", [0; 4])],
            theirs: NOTHING,
        },
        Case {
            name: "fast",
            log: edited("\"output_tokens\":10,", "\"output_tokens\":10,\"speed\":\"fast\","),
            ours: COUNTED,
            theirs: &[(DAY, "claude-opus-4-6-fast", ONE)],
        },
        Case {
            name: "replay in a side chain",
            log: answer("m1").line() + &replay.line(),
            ours: &[(DAY, MODEL, [2, 20, 200, 2000])],
            theirs: COUNTED,
        },
        Case {
            name: "larger copy in a side chain",
            log: answer("m1").line() + &answer("m1").cache(100, 5000).side_chain().line(),
            ours: &[(DAY, MODEL, [1, 10, 100, 5000])],
            theirs: COUNTED,
        },
        Case {
            name: "advice",
            log: edited("\"output_tokens\":10,", &format!("\"output_tokens\":10,{advice}")),
            ours: COUNTED,
            theirs: &[(DAY, MODEL, ONE), (DAY, "claude-opus-4-7", [7, 9, 0, 0])],
        },
        Case {
            name: "equal copies on two days",
            log: answer("m1").at("2026-02-11T10:00:00.000Z").line() + &answer("m1").line(),
            ours: COUNTED,
            theirs: &[("2026-02-11", MODEL, ONE)],
        },
        Case {
            name: "usage on another kind of line",
            log: edited("\"type\":\"assistant\"", "\"type\":\"user\""),
            ours: NOTHING,
            theirs: COUNTED,
        },
    ]
}

/// What both count alike, though it is not obvious.
fn alike() -> Vec<Case> {
    let parts = |name, log| Case { name, log, ours: COUNTED, theirs: COUNTED };
    vec![
        parts("growing snapshots", answer("m1").snapshots(&[1, 10, 5])),
        parts("sub-agent here and there", answer("m1").progress_line() + &answer("m1").line()),
        Case {
            name: "two times of a progress line",
            log: answer("m1").progress_line().replacen("2026-02-10T10", "2026-02-09T23", 1),
            ours: &[("2026-02-09", MODEL, ONE)],
            theirs: &[("2026-02-09", MODEL, ONE)],
        },
        parts("no newline at the end", answer("m1").line().trim_end().to_owned()),
        parts("only the flat cache field", answer("m1").without_cache_parts().line()),
        parts("no request id", {
            let answer = Answer::new("m1").model(MODEL).at("2026-02-10T10:00:00.000Z");
            answer.usage(1, 10).cache(100, 1000).line().repeat(2)
        }),
        Case {
            name: "no message id",
            log: {
                let nameless = Answer::nameless().model(MODEL).at("2026-02-10T10:00:00.000Z");
                nameless.usage(1, 10).cache(100, 1000).line().repeat(2)
            },
            ours: &[(DAY, MODEL, [2, 20, 200, 2000])],
            theirs: &[(DAY, MODEL, [2, 20, 200, 2000])],
        },
        Case {
            name: "other request, same message",
            log: answer("m1").line() + &answer("m1").request("r2").line(),
            ours: &[(DAY, MODEL, [2, 20, 200, 2000])],
            theirs: &[(DAY, MODEL, [2, 20, 200, 2000])],
        },
        Case {
            name: "cache parts beside another sum",
            log: edited("\"cache_creation_input_tokens\":100,", "\"cache_creation_input_tokens\":7,"),
            ours: COUNTED,
            theirs: COUNTED,
        },
    ]
}

#[track_caller]
fn check(name: &str, of: &str, figures: Figures, said: Said) {
    let said: Vec<_> = said.iter().map(|(day, model, tokens)| ((*day, *model), *tokens)).collect();
    let tokens = figures.tokens.iter();
    let got: Vec<_> =
        tokens.map(|((day, model), tokens)| ((day.as_str(), model.as_str()), *tokens)).collect();
    assert_eq!(got, said, "{name}: {of}");
}

#[test]
fn made_up_lines_are_read_as_is_written() {
    let ccusage = Ccusage::find("made_up_lines_are_read_as_is_written");
    let differing: Vec<_> = skipped().into_iter().chain(read_otherwise()).collect();
    let names: Vec<_> = differing.iter().map(|case| case.name.to_owned()).collect();
    let mut listed: Vec<_> = table("Why").into_iter().map(|row| row[0].clone()).collect();
    let mut sorted = names.clone();
    sorted.sort();
    listed.sort();
    assert_eq!(sorted, listed, "PARITY.md explains exactly these");
    for case in differing.iter().chain(&alike()) {
        let home = tempfile::tempdir().expect("a temporary directory");
        let project = home.path().join("projects/acme");
        fs::create_dir_all(&project).expect("a directory can be made");
        fs::write(project.join("s1.jsonl"), &case.log).expect("a file can be written");
        check(case.name, "ours", ours::daily(home.path(), "UTC"), case.ours);
        if let Some(ccusage) = &ccusage {
            check(case.name, "ccusage", ccusage.daily(home.path(), "UTC"), case.theirs);
        }
    }
}
