//! Figures of a session before and after its log is rotated.

use std::fs::{self, OpenOptions};
use std::io::Write;

use serde_json::Value;
use sigil_testkit::samples::{GuideSession, guide_session};
use sigil_testkit::{Place, binary};

use crate::rotate;

const LOG: &str = "sessions/lead-1/execution.jsonl";

fn figures(place: &Place) -> [Value; 2] {
    let tokens = place.tool(binary("sigil-tokens")).args(["-l", ".", "-s", "lead-1", "--json"]).object();
    let report = place.tool(binary("sigil-report")).args(["-l", ".", "-s", "lead-1", "--json"]).object();
    let mut figures = [tokens, report];
    figures.iter_mut().for_each(forget_places);
    figures
}

/// Takes out where events are, which is all that rotation may change.
fn forget_places(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|name, _| !["file", "offset", "input"].contains(&name.as_str()));
            fields.values_mut().for_each(forget_places);
        }
        Value::Array(values) => values.iter_mut().for_each(forget_places),
        _ => {}
    }
}

#[test]
fn rotated_and_compressed_parts_count_as_the_log_did() {
    for manner in [&[][..], &["--copytruncate"]] {
        let (whole, rotated) = (Place::new(), Place::new());
        let runs: Vec<String> = (0..4)
            .map(|run| GuideSession::new("lead-1").later(run * 10).to_string())
            .chain([guide_session("lead-1")])
            .collect();
        whole.file(LOG, runs.concat());
        rotated.file(LOG, "");
        for run in &runs {
            let log = rotated.path().join(LOG);
            let mut log =
                OpenOptions::new().append(true).create(true).open(log).expect("a log can be opened");
            log.write_all(run.as_bytes()).expect("a log can be written");
            rotate(&rotated, manner).status(0);
        }
        let directory = rotated.path().join("sessions/lead-1");
        for part in ["execution.jsonl.1", "execution.jsonl.2.gz", "execution.jsonl.5.gz"] {
            assert!(directory.join(part).is_file(), "{part}");
        }
        assert_eq!(fs::metadata(directory.join("execution.jsonl")).expect("a log").len(), 0);
        let (expected, [tokens, report]) = (figures(&whole), figures(&rotated));
        assert_eq!(tokens["total_used"], 3250);
        assert_eq!(tokens, expected[0], "{manner:?}");
        assert!(report == expected[1], "{manner:?}: {report:#}");
    }
}
