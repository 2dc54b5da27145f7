//! The default rules over every file in `../shared/data` say what `tests/alerts.md` lists, with a reason each, and
//! nothing else. Where that directory is missing the test says so and passes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sigil_testkit::{Place, Tool, binary};
use sigil_tests::not_run;

/// How often an alert was told as firing, by file and rule.
type Fired = BTreeMap<(String, String), u64>;

/// Logs of several days whose dates have no year, and how a date begins with one. Without it the order of their events
/// would be another one on some days of the year.
const WITHOUT_YEAR: [(&str, Year); 3] = [
    ("logs/Linux_2k.log", |line| syslog(line, 2005)),
    ("logs/Mac_2k.log", |line| syslog(line, 2017)),
    ("logs/Proxifier_2k.log", |line| line.replacen('[', "[2016.", 1)),
];
type Year = fn(&str) -> String;

/// `Jul  4 23:22:09 …` with a year.
fn syslog(line: &str, year: u32) -> String {
    let month = match line.get(..3) {
        Some("Jun") => 6,
        Some("Jul") => 7,
        _ => return line.to_owned(),
    };
    let (day, rest) = line[3..].trim_start().split_once(' ').expect("a day and more");
    format!("{year}-{month:02}-{day:0>2} {rest}")
}

fn files_below(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("a directory of logs") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            files_below(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// The rows of all tables: file, rule, how often, where, why.
fn listed(text: &str) -> Fired {
    let mut fired = Fired::new();
    for row in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
        let [file, rule, count, place, why] = cells[..] else { panic!("no row of five cells: {row}") };
        assert!(!place.is_empty() && why.len() > 5, "no reason: {row}");
        let count: u64 = count.parse().expect("a number");
        *fired.entry((file.trim_matches('`').to_owned(), rule.to_owned())).or_default() += count;
    }
    assert!(!fired.is_empty());
    fired
}

/// What the tool says of a file.
fn told(place: &Place, file: &Path) -> Vec<String> {
    let tool = Tool::new(binary("sigil-alert")).arg("-q").arg(file);
    let output = tool.env("HOME", place.path()).env("TZ", "UTC").run();
    // Some are no logs at all.
    assert!(matches!(output.status.code(), Some(0 | 2)), "{}: {}", file.display(), output.stderr_text());
    let alerts = output.jsonl().expect("lines of JSON");
    let firing = alerts.iter().filter(|alert| alert["status"] == "firing");
    firing.map(|alert| alert["rule"].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn every_alert_over_all_logs_is_listed_with_a_reason() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    let data = tests.join("../../shared/data");
    if !data.is_dir() {
        return not_run(
            "every_alert_over_all_logs_is_listed_with_a_reason",
            "no ../shared/data beside the repository",
        );
    }
    let place = Place::new();
    let mut files = Vec::new();
    files_below(&data, &mut files);
    assert!(!files.is_empty());
    let mut fired = Fired::new();
    for path in files {
        let name = path.strip_prefix(&data).expect("below it").to_string_lossy().into_owned();
        let year = WITHOUT_YEAR.iter().find(|(file, _)| *file == name).map(|(_, year)| year);
        let read = year.map_or(path.clone(), |year| {
            let text = fs::read(&path).expect("a log");
            let lines =
                String::from_utf8_lossy(&text).lines().map(|line| year(line) + "\n").collect::<String>();
            place.file(&name, lines)
        });
        for rule in told(&place, &read) {
            *fired.entry((name.clone(), rule)).or_default() += 1;
        }
    }
    let text = fs::read_to_string(tests.join("alerts.md")).expect("tests/alerts.md");
    let listed = listed(&text);
    let unlisted: Vec<_> = fired.iter().filter(|(alert, count)| listed.get(*alert) != Some(*count)).collect();
    let gone: Vec<_> = listed.iter().filter(|(alert, count)| fired.get(*alert) != Some(*count)).collect();
    assert!(
        unlisted.is_empty() && gone.is_empty(),
        "not in tests/alerts.md: {unlisted:#?}\nonly there: {gone:#?}"
    );
}
