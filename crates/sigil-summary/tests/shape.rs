//! That a change of what is written is noticed: what an older version wrote must not be taken for what it is not.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono_tz::Tz;
use serde_json::Value;
use sigil_event::{Defect, EventRef, Sink, SourceId};
use sigil_summary::findings::Thresholds;
use sigil_summary::price::{Prices, Table};
use sigil_summary::{Detail, Key, SHAPE, Summary};

/// Events that leave something in every field there is.
const EVENTS: [&str; 17] = [
    r#"{"session_id":"s","event_type":"note","component":"c","tokens":1}"#,
    r#"{"session_id":"s","event_type":"session_complete","tokens":9,"metadata":{"cost_usd":0.1}}"#,
    r#"{"session_id":"s","event_type":"session_start","tokens":1,"metadata":{"budget":5}}"#,
    r#"{"session_id":"s","event_type":"step_complete","component":"c","tokens":9,"metadata":{"latency_ms":3,"model":"m","usage":{"input":9}}}"#,
    r#"{"session_id":"s","event_type":"token_consumption","component":"c","tokens":4}"#,
    r#"{"session_id":"s","event_type":"step_complete","component":"c","tokens":4}"#,
    r#"{"session_id":"s","event_type":"token_consumption","component":"assistant","tokens":3,"metadata":{"usage_id":"1","model":"m","usage":{"input":3},"context_window":100}}"#,
    r#"{"session_id":"s","event_type":"tool_call","component":"shell","tokens":0,"metadata":{"tool_use_id":"1"}}"#,
    r#"{"session_id":"s","event_type":"tool_error","message":"no","metadata":{"tool_use_id":"1"}}"#,
    r#"{"session_id":"t","event_type":"session_error","component":"c","message":"E\n\tat a.b(C.java)"}"#,
    r#"{"session_id":"t","event_type":"budget_warning"}"#,
    r#"{"session_id":"t","event_type":"budget_exceeded"}"#,
    r#"{"session_id":"t","event_type":"step_error","component":"reasoning","tokens":99999}"#,
    r#"{"session_id":"t","event_type":"step_complete","component":"memory","metadata":{"latency_ms":9999}}"#,
    r#"{"session_id":"t","event_type":"retry_attempt"}"#,
    r#"{"session_id":"t","event_type":"step_error","component":"routing"}"#,
    r#"{"session_id":"t","event_type":"session_error"}"#,
];

/// What is written, by the names of its fields.
const WRITTEN: &str = include_str!("shape.txt");

#[test]
fn a_change_of_what_is_written_raises_its_number() {
    let table = Table::parse("m\t100\t1\t2\t\t\t\t\t50\t3\t4\t\t\t\t");
    let detail = Detail {
        models: true,
        latency: true,
        errors: 5,
        course: Some(Thresholds::default()),
        prices: Some(Arc::new(Prices::of_table(table, Default::default()))),
        ..Detail::default()
    };
    let detail = detail.with_rows_by(&Key::ALL, Tz::UTC).with_tallies(&Key::ALL);
    let mut summary = Summary::new(Arc::new(detail));
    summary.begin(SourceId(0), 10);
    for (n, line) in (0..).zip(EVENTS) {
        let mut event = EventRef::parse(line).unwrap().event;
        event.at = Some(sigil_event::Timestamp { us: n, offset_s: 0, zoned: true });
        event.metadata.tool_use_id = event.type_name.filter(|name| name.decode().starts_with("tool_"));
        event.metadata.project = event.session_id;
        summary.event(&event, 10 + n as u64);
    }
    summary.defect(20, Defect::Tokens);
    summary.end(30, 11);
    let mut paths = BTreeSet::new();
    for piece in summary.into_pieces() {
        walk("", &serde_json::to_value(&piece).unwrap(), &mut paths);
    }
    let (first, known) = WRITTEN.split_once('\n').unwrap();
    let known: BTreeSet<_> = known.lines().map(str::to_owned).collect();
    let (new, gone) = (paths.difference(&known), known.difference(&paths));
    assert!(
        paths == known && first == format!("shape {SHAPE}"),
        "what is written has changed: raise SHAPE, and bring tests/shape.txt up to date\nnew: {:#?}\ngone: {:#?}",
        new.collect::<Vec<_>>(),
        gone.collect::<Vec<_>>(),
    );
}

/// Notes the leaves of a value. Numbers as keys are those of names, and ids here.
fn walk(path: &str, value: &Value, paths: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| {
            let name = if name.parse::<u32>().is_ok() { "N" } else { name };
            walk(&format!("{path}.{name}"), value, paths);
        }),
        Value::Array(values) => values.iter().for_each(|value| walk(&format!("{path}[]"), value, paths)),
        Value::Null => drop(paths.insert(format!("{path}: nothing"))),
        Value::Bool(_) => drop(paths.insert(format!("{path}: yes or no"))),
        Value::Number(_) => drop(paths.insert(format!("{path}: number"))),
        Value::String(_) => drop(paths.insert(format!("{path}: text"))),
    }
}
