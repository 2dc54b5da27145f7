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
