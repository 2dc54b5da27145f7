//! Decoding one line: by shape, by the scanner, and by `serde_json`.

use divan::Bencher;
use divan::counter::BytesCount;
use sigil_event::scan::Scanner;
use sigil_event::{Event, EventRef, Shapes};

const LINE: &str = r#"{"timestamp":"2026-01-11T10:15:32.123456","session_id":"lead-analysis-001","event_type":"step_complete","component":"reasoning","message":"Analysis complete: the lead \"Acme\" is qualified","tokens":450,"metadata":{"latency_ms":2100,"intent":"lead_analysis","confidence":0.95,"attempt":3}}"#;

fn main() {
    divan::main();
}

#[divan::bench]
fn by_shape(bencher: Bencher<'_, '_>) {
    let mut shapes = Shapes::new(|_| false);
    shapes.learn(LINE);
    bencher.counter(BytesCount::of_str(LINE)).bench_local(|| shapes.read(divan::black_box(LINE)).is_some());
}

#[divan::bench]
fn by_the_scanner(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::of_str(LINE)).bench(|| EventRef::parse(divan::black_box(LINE)).is_ok());
}

#[divan::bench]
fn by_serde(bencher: Bencher<'_, '_>) {
    bencher
        .counter(BytesCount::of_str(LINE))
        .bench(|| serde_json::from_str::<Event>(divan::black_box(LINE)).is_ok());
}

#[divan::bench]
fn skipping(bencher: Bencher<'_, '_>) {
    bencher.counter(BytesCount::of_str(LINE)).bench(|| Scanner::new(divan::black_box(LINE)).skip().is_ok());
}

/// Lines that are handed on as they stand: of different lengths, a few thousand.
#[divan::bench]
fn lengths_of_lines(bencher: Bencher<'_, '_>) {
    let steps = [
        ("routing", 50, "Intent classified as lead_analysis"),
        ("memory", 1150, "Retrieved 5 relevant memories"),
        ("planning", 0, "Plan created with 3 steps"),
        ("reasoning", 450, r#"Analysis complete: the lead \"Acme\" is qualified; budget \u20ac40k"#),
        ("contracts", 20, "Contract checked"),
    ];
    let mut log = String::new();
    for (number, (component, tokens, message)) in steps.iter().cycle().take(4_000).enumerate() {
        let line = LINE.replace("reasoning", component).replace("450", &(tokens + number % 99).to_string());
        let line = line.replace(r#"Analysis complete: the lead \"Acme\" is qualified"#, message);
        log += &line.replace(":3}}", &format!(":{number}}}}}\n"));
    }
    let mut shapes = Shapes::new(|_| false);
    log.lines().take(1).for_each(|line| shapes.learn(line));
    bencher.counter(BytesCount::of_str(&log)).bench_local(|| {
        let mut rest = divan::black_box(&*log);
        while let Some(length) = shapes.line_length(rest) {
            rest = &rest[length..];
        }
        assert!(rest.is_empty());
    });
}
