//! Time zones: how times without one are read, and how days and hours are cut.

use crate::{Place, step_at, tool};

fn by<'t>(key: &str, args: &[&str], log: &str) -> sigil_testkit::Tool<'t> {
    tool().args(["--by", key]).args(args).stdin(log)
}

#[test]
fn a_naive_time_is_on_the_input_zones_clock_and_a_zoned_one_is_not() {
    let log = step_at("s", "2026-07-01T23:30:00", 1) + &step_at("s", "2026-07-01T23:30:00Z", 10);
    let berlin = ["--input-timezone", "Europe/Berlin", "--timezone", "Europe/Berlin"];
    by("day", &berlin, &log)
        .stdout("DAY         TOKENS\n2026-07-01       1\n2026-07-02      10\ntotal           11\n")
        .status(0);
    let utc = ["--input-timezone", "Europe/Berlin", "--timezone", "utc"];
    by("hour", &utc, &log)
        .stdout("HOUR              TOKENS\n2026-07-01T21:00       1\n2026-07-01T23:00      10\ntotal                 11\n")
        .status(0);
    let input_utc = ["--input-timezone", "utc", "--timezone", "Europe/Berlin"];
    by("day", &input_utc, &log)
        .stdout("DAY         TOKENS\n2026-07-02      11\ntotal           11\n")
        .status(0);
}

#[test]
fn offsets_are_honoured() {
    let log = step_at("s", "2026-07-01T23:30:00+05:30", 1) + &step_at("s", "2026-07-01T23:30:00-08:00", 10);
    by("hour", &["--timezone", "utc", "--input-timezone", "Asia/Tokyo"], &log)
        .stdout("HOUR              TOKENS\n2026-07-01T18:00       1\n2026-07-02T07:00      10\ntotal                 11\n")
        .status(0);
}

#[test]
fn local_is_what_tz_says() {
    let log = step_at("s", "2026-07-01T23:30:00", 1) + &step_at("s", "2026-07-01T23:30:00Z", 10);
    let table = "DAY         TOKENS\n2026-07-01       1\n2026-07-02      10\ntotal           11\n";
    by("day", &[], &log).env("TZ", "Europe/Berlin").stdout(table).status(0);
    by("day", &["--timezone", "local"], &log).env("TZ", ":Europe/Berlin").stdout(table).status(0);
}

#[test]
fn a_day_of_the_spring_change_has_23_hours() {
    let log = step_at("s", "2026-03-29T00:59:59Z", 1)
        + &step_at("s", "2026-03-29T01:00:00Z", 10)
        + &step_at("s", "2026-03-29T21:59:59Z", 100)
        + &step_at("s", "2026-03-29T22:00:00Z", 1_000);
    by("hour", &["--timezone", "Europe/Berlin"], &log)
        .stdout(
            "HOUR              TOKENS\n\
             2026-03-29T01:00       1\n\
             2026-03-29T03:00      10\n\
             2026-03-29T23:00     100\n\
             2026-03-30T00:00   1,000\n\
             total              1,111\n",
        )
        .status(0);
}

#[test]
fn a_naive_time_in_the_spring_gap_is_shifted_forward() {
    let args = ["--input-timezone", "Europe/Berlin", "--timezone", "utc"];
    by("hour", &args, &step_at("s", "2026-03-29T02:30:00", 1))
        .stdout("HOUR              TOKENS\n2026-03-29T01:00       1\ntotal                  1\n")
        .status(0);
}

#[test]
fn the_hour_that_comes_twice_is_the_first_unless_time_would_run_backwards() {
    let log = step_at("s", "2026-10-25T02:30:00", 1)
        + &step_at("s", "2026-10-25T02:45:00", 10)
        + &step_at("s", "2026-10-25T02:15:00", 100)
        + &step_at("s", "2026-10-25T03:00:00", 1_000);
    let args = ["--input-timezone", "Europe/Berlin", "--timezone", "utc"];
    let table = "HOUR              TOKENS\n\
                 2026-10-25T00:00      11\n\
                 2026-10-25T01:00     100\n\
                 2026-10-25T02:00   1,000\n\
                 total              1,111\n";
    by("hour", &args, &log).stdout(table).status(0);
    let place = Place::with("log.jsonl", log);
    place.tool().args(["--by", "hour", "log.jsonl"]).args(args).stdout(table).status(0);
}

#[test]
fn the_configuration_knows_zones_and_arguments_are_stronger() {
    let place = Place::with("c.toml", "timezone = \"Asia/Tokyo\"\ninput_timezone = \"utc\"\n");
    let log = step_at("s", "2026-07-01T23:30:00", 1);
    let tool = || place.tool().args(["--config", "c.toml", "--by", "hour"]).stdin(log.clone());
    tool().stdout_contains("2026-07-02T08:00 ").status(0);
    tool().args(["--timezone", "utc"]).stdout_contains("2026-07-01T23:00 ").status(0);
    tool().args(["--input-timezone", "Asia/Tokyo"]).stdout_contains("2026-07-01T23:00 ").status(0);
}

#[test]
fn zone_names_may_be_written_in_any_case() {
    let log = step_at("s", "2026-07-01T23:30:00Z", 1);
    by("day", &["--timezone", "europe/BERLIN"], &log).stdout_contains("2026-07-02 ").status(0);
}
