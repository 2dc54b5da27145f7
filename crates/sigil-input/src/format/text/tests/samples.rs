//! Real logs of sixteen kinds, as far as they are there.

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use chrono::{DateTime, Datelike};

use super::{NOW_US, severity};
use crate::format::text::severity::Severity::{Error, Line, Warning};
use crate::format::text::time::Stamp;

/// Lines of a sample log, `..` beside the repository; none, said loudly, if the data is not there.
fn sample(test: &str, name: &str) -> Option<String> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/logs");
    let log = fs::read(data.join(format!("{name}_2k.log")));
    if log.is_err() {
        // Past the capture of the test runner, which hides what passing tests print.
        let _ =
            writeln!(io::stderr(), "NOT RUN: {test}: no ../shared/data/logs beside the repository: {name}");
    }
    log.ok().map(|log| String::from_utf8_lossy(&log).into_owned())
}

/// Name, the years that its times may be of, and how many of its lines are older than the one before: some
/// are samples from all over a log, of several threads or machines.
const SAMPLES: [(&str, [i32; 2], u32); 16] = [
    ("Android", [2025, 2025], 3),
    ("Apache", [2005, 2005], 33),
    ("BGL", [2005, 2006], 3),
    ("HDFS", [2008, 2008], 3),
    ("HPC", [2003, 2006], 1113),
    ("Hadoop", [2015, 2015], 3),
    ("HealthApp", [2017, 2017], 3),
    ("Linux", [2025, 2025], 3),
    ("Mac", [2025, 2025], 3),
    ("OpenSSH", [2025, 2025], 3),
    ("OpenStack", [2017, 2017], 3),
    ("Proxifier", [2025, 2025], 3),
    ("Spark", [2017, 2017], 3),
    ("Thunderbird", [2005, 2005], 3),
    ("Windows", [2016, 2016], 3),
    ("Zookeeper", [2015, 2015], 3),
];

#[test]
fn every_line_of_the_samples_has_a_time_of_its_years() {
    for (name, years, most) in SAMPLES {
        let Some(log) = sample("every_line_of_the_samples_has_a_time_of_its_years", name) else { return };
        let mut last_us = 0;
        let mut steps_back = 0;
        for line in log.lines() {
            let stamp = Stamp::find(line, NOW_US).unwrap_or_else(|| panic!("{name}: {line}"));
            let at = stamp.written.civil_us;
            let year = DateTime::from_timestamp_micros(at).unwrap().year();
            assert!((years[0]..=years[1]).contains(&year), "{name}: {year}: {line}");
            steps_back += u32::from(at < last_us);
            last_us = at;
        }
        assert!(steps_back <= most, "{name}: {steps_back} steps back");
    }
}

#[test]
fn every_line_of_the_samples_is_as_bad_as_its_own_level_says() {
    // Each log's level stands in one column, counted from 0 between spaces.
    let columns = [
        ("Android", 4),
        ("Apache", 5),
        ("BGL", 8),
        ("HDFS", 3),
        ("Hadoop", 2),
        ("OpenStack", 4),
        ("Spark", 2),
        ("Windows", 2),
        ("Zookeeper", 3),
    ];
    for (name, column) in columns {
        let Some(log) = sample("every_line_of_the_samples_is_as_bad_as_its_own_level_says", name) else {
            return;
        };
        for line in log.lines() {
            let expected = match line.split_whitespace().nth(column).unwrap() {
                "E" | "F" | "[error]" | "ERROR" | "FATAL" | "SEVERE" => Error,
                "W" | "WARN" | "WARNING" => Warning,
                "I" | "D" | "V" | "[notice]" | "INFO" | "Info" => Line,
                other => panic!("{name}: {other}: {line}"),
            };
            assert_eq!(severity(line), expected, "{name}: {line}");
        }
    }
}

#[test]
fn samples_without_levels_have_the_errors_that_their_words_tell() {
    let test = "samples_without_levels_have_the_errors_that_their_words_tell";
    let logs: [(&str, &[&str]); 3] = [
        ("OpenSSH", &["]: error: ", "]: fatal: "]),
        ("Proxifier", &[" error : ", " error 1"]),
        ("HPC", &[" error ", " critical ", " panic "]),
    ];
    for (name, words) in logs {
        let Some(log) = sample(test, name) else { return };
        let tells = |line: &&str| words.iter().any(|word| format!("{line} ").contains(word));
        let expected: Vec<_> = log.lines().filter(tells).collect();
        let errors: Vec<_> = log.lines().filter(|line| severity(line) == Error).collect();
        assert_eq!(errors, expected, "{name}");
    }
    let Some(log) = sample(test, "HealthApp") else { return };
    assert!(log.lines().all(|line| severity(line) == Line));
}
