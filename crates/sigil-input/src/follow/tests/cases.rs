//! Single cases, by name.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use chrono_tz::Tz;
use sigil_event::{Defect, EventRef, Sink, SourceId};
use sigil_store::{Complaint, Store};

use super::{Scene, gzip, line, numbers};
use crate::checkpoint::Checkpoint;
use crate::follow::{Follower, Target, Until};
use crate::format::FormatChoice;
use crate::read::Options;

/// Everything that a follower hands out now, as text.
pub(super) fn drained(follower: &mut Follower) -> String {
    follower.places.check();
    let mut text = String::new();
    while let Some(chunk) = follower.next() {
        text.push_str(std::str::from_utf8(chunk.bytes()).unwrap());
    }
    text
}

pub(super) fn follower(target: Target, until: Until) -> Follower {
    let options = Options::new(FormatChoice::Auto, Tz::UTC);
    Follower::new(&[target], options, until, Duration::from_millis(100)).unwrap()
}

/// A line that is of Sigil's format by itself.
pub(super) fn event(number: u32) -> String {
    format!("{{\"event_type\":\"note\",\"tokens\":1,\"n\":{number}}}\n")
}

pub(super) fn append(path: &Path, text: &str) {
    OpenOptions::new().append(true).create(true).open(path).unwrap().write_all(text.as_bytes()).unwrap();
}

#[test]
fn a_line_is_read_when_its_newline_has_come_and_without_one_at_the_end() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.jsonl");
    fs::write(&path, "{\"n\":1}\n{\"n\"").unwrap();
    let mut following = follower(Target::Log(path.clone()), Until::Stopped);
    assert_eq!(drained(&mut following), "{\"n\":1}\n");
    append(&path, ":2}");
    assert_eq!(drained(&mut following), "");
    append(&path, "\n{");
    assert_eq!(drained(&mut following), "{\"n\":2}\n");
    assert_eq!(drained(&mut follower(Target::Log(path), Until::End)), "{\"n\":1}\n{\"n\":2}\n{");
}

#[test]
fn a_long_line_that_grows_slowly_is_read_when_it_is_whole() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.jsonl");
    let mut following = follower(Target::Log(path.clone()), Until::Stopped);
    let piece = "x".repeat(3 << 20);
    append(&path, "{\"n\":\"");
    for _ in 0..4 {
        append(&path, &piece);
        assert_eq!(drained(&mut following), "");
    }
    append(&path, "\"}\n{\"n\":2}\n");
    let text = drained(&mut following);
    assert_eq!(text.len(), 12 * (1 << 20) + 17);
    assert!(text.ends_with("\"}\n{\"n\":2}\n"));
}

#[test]
fn what_is_written_to_a_deleted_file_is_read() {
    let mut scene = Scene::new();
    scene.append(1);
    scene.drain();
    fs::remove_file(scene.live()).unwrap();
    scene.append(2);
    scene.drain();
    scene.reopen();
    scene.append(1);
    scene.drain();
    assert_eq!(scene.seen, [0, 1, 2, 3]);
}

#[test]
fn compressed_parts_come_before_plain_ones_and_count_once() {
    let scene = Scene::new();
    fs::write(scene.part(3), line(1)).unwrap();
    gzip(&scene.part(3), &scene.path("app.jsonl.3.gz"));
    fs::remove_file(scene.part(3)).unwrap();
    fs::write(scene.part(2), line(2)).unwrap();
    gzip(&scene.part(2), &scene.path("app.jsonl.2.gz"));
    fs::write(scene.part(1), line(3)).unwrap();
    fs::write(scene.live(), line(4)).unwrap();
    let mut follower = scene.follow(scene.target(), Until::End);
    let text = drained(&mut follower);
    assert_eq!(numbers(text.as_bytes()).collect::<Vec<_>>(), [1, 2, 3, 4]);
}

#[test]
fn what_can_be_read_of_a_damaged_part_is_and_its_damage_is_told() {
    let scene = Scene::new();
    let lines: String = (0..20_000).map(line).collect();
    fs::write(scene.part(1), &lines).unwrap();
    let packed = scene.path("app.jsonl.1.gz");
    gzip(&scene.part(1), &packed);
    fs::remove_file(scene.part(1)).unwrap();
    let bytes = fs::read(&packed).unwrap();
    fs::write(&packed, &bytes[..bytes.len() / 2]).unwrap();
    fs::write(scene.live(), line(99_999)).unwrap();
    let mut follower = scene.follow(scene.target(), Until::End);
    let text = drained(&mut follower);
    assert!(text.starts_with(&lines[..1_000]) && text.ends_with(&line(99_999)));
    let told = follower.complaints();
    assert!(matches!(&told[..], [Complaint::Trouble(why)] if why.contains("app.jsonl.1.gz")), "{told:?}");
}

#[test]
fn a_part_that_is_named_is_read_by_itself() {
    let scene = Scene::new();
    fs::write(scene.part(1), line(1)).unwrap();
    fs::write(scene.live(), line(2)).unwrap();
    assert_eq!(drained(&mut scene.follow(Target::Log(scene.part(1)), Until::End)), line(1));
    let glob = Target::Glob(format!("{}.[0-9]", scene.live().display()));
    assert_eq!(drained(&mut scene.follow(glob, Until::End)), line(1));
    let glob = Target::Glob(format!("{}*", scene.live().display()));
    assert_eq!(drained(&mut scene.follow(glob, Until::End)), line(1) + &line(2));
}

#[test]
fn a_link_leads_to_the_log_and_may_lead_to_another() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    fs::create_dir(path("elsewhere")).unwrap();
    fs::write(path("elsewhere/one"), line(1)).unwrap();
    fs::write(path("elsewhere/two"), line(2)).unwrap();
    symlink(path("elsewhere/one"), path("app.jsonl")).unwrap();
    let mut follower = follower(Target::Log(path("app.jsonl")), Until::Stopped);
    assert_eq!(drained(&mut follower), line(1));
    append(&path("elsewhere/one"), &line(3));
    assert_eq!(drained(&mut follower), line(3));
    symlink(path("elsewhere/two"), path("new")).unwrap();
    fs::rename(path("new"), path("app.jsonl")).unwrap();
    assert_eq!(drained(&mut follower), line(2));
}

#[test]
fn links_in_a_tree_lead_to_nothing_that_is_read_twice() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    fs::create_dir(path("a")).unwrap();
    symlink(".", path("a/loop")).unwrap();
    symlink("..", path("a/up")).unwrap();
    symlink("a", path("b")).unwrap();
    fs::write(path("a/run-5.jsonl"), event(1)).unwrap();
    symlink("run-5.jsonl", path("a/latest.jsonl")).unwrap();
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("other.jsonl"), event(2)).unwrap();
    symlink(outside.path().join("other.jsonl"), path("z.jsonl")).unwrap();
    let mut follower = follower(Target::Tree(directory.path().to_owned()), Until::Stopped);
    assert_eq!(drained(&mut follower), event(2) + &event(1));
    append(&path("a/run-5.jsonl"), &event(3));
    assert_eq!(drained(&mut follower), event(3));
}

#[test]
fn directories_may_appear_go_and_return() {
    let directory = tempfile::tempdir().unwrap();
    let inner = directory.path().join("a/b");
    let mut follower = follower(Target::Log(inner.join("app.jsonl")), Until::Stopped);
    assert!(
        matches!(&follower.complaints()[..], [Complaint::Warning(why)] if why.ends_with("; waiting for it"))
    );
    assert_eq!(drained(&mut follower), "");
    fs::create_dir_all(&inner).unwrap();
    fs::write(inner.join("app.jsonl"), line(1)).unwrap();
    assert_eq!(drained(&mut follower), line(1));
    fs::rename(directory.path().join("a"), directory.path().join("gone")).unwrap();
    assert_eq!(drained(&mut follower), "");
    fs::create_dir_all(&inner).unwrap();
    fs::write(inner.join("app.jsonl"), line(2)).unwrap();
    assert_eq!(drained(&mut follower), line(2));
    fs::remove_dir_all(directory.path().join("a")).unwrap();
    assert_eq!(drained(&mut follower), "");
    fs::create_dir_all(&inner).unwrap();
    fs::write(inner.join("app.jsonl"), line(3)).unwrap();
    assert_eq!(drained(&mut follower), line(3));
}

#[test]
fn sessions_that_appear_are_followed_if_they_are_meant() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::new(directory.path().to_owned());
    let add = |id: &str, number| {
        let session = store.sessions_dir().join(id);
        fs::create_dir_all(&session).unwrap();
        fs::write(session.join("tokens.json"), "{}").unwrap();
        append(&session.join("execution.jsonl"), &line(number));
    };
    let patterns = vec!["lead-*".to_owned(), "one".to_owned()];
    let mut some = follower(Target::Sessions { store: store.clone(), patterns }, Until::Stopped);
    let mut all = follower(Target::Sessions { store: store.clone(), patterns: Vec::new() }, Until::Stopped);
    add("lead-1", 1);
    add("other", 2);
    assert_eq!((drained(&mut some), drained(&mut all)), (line(1), line(1) + &line(2)));
    add("one", 3);
    add("lead-1", 4);
    assert_eq!((drained(&mut some), drained(&mut all)), (line(3) + &line(4), line(3) + &line(4)));
}

#[test]
fn of_a_tree_only_what_is_known_is_read_and_from_its_beginning() {
    let directory = tempfile::tempdir().unwrap();
    let path = |name: &str| directory.path().join(name);
    fs::create_dir(path("deep")).unwrap();
    fs::write(path("notes.txt"), "a note\n").unwrap();
    fs::write(path("deep/app.log"), "12:00:00 ERROR text\n").unwrap();
    let opening = "{\"type\":\"file-history-snapshot\"}\n";
    fs::write(path("deep/chat.jsonl"), opening).unwrap();
    let mut follower = follower(Target::Tree(directory.path().to_owned()), Until::Stopped);
    assert_eq!(drained(&mut follower), "12:00:00 ERROR text\n");
    let answer = "{\"type\":\"user\",\"sessionId\":\"s\",\"uuid\":\"u\"}\n";
    append(&path("deep/chat.jsonl"), answer);
    assert_eq!(drained(&mut follower), format!("{opening}{answer}"));
}

#[test]
fn with_few_files_that_may_be_open_all_are_read_and_followed() {
    let directory = tempfile::tempdir().unwrap();
    let path = |number: u32| directory.path().join(format!("{number}.jsonl"));
    for number in 0..20 {
        fs::write(path(number), line(number)).unwrap();
    }
    let mut follower = follower(Target::Tree(directory.path().to_owned()), Until::Stopped);
    follower.places.limit_open_files(3);
    let count = |text: &str| text.lines().count();
    assert_eq!(count(&drained(&mut follower)), 20);
    for number in 0..20 {
        append(&path(number), &line(100 + number));
    }
    let text = drained(&mut follower);
    let mut seen: Vec<_> = numbers(text.as_bytes()).collect();
    seen.sort_unstable();
    assert_eq!(seen, (100..120).collect::<Vec<_>>());
}

#[test]
fn where_the_system_tells_of_no_changes_they_are_found_by_looking() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("app.jsonl");
    fs::write(&path, line(1)).unwrap();
    let mut follower = follower(Target::Log(path.clone()), Until::Stopped);
    follower.places.without_notification();
    let polled = |follower: &mut Follower| {
        assert!(follower.places.needs_polling());
        follower.places.poll(crate::follow::now_ns());
        let mut text = String::new();
        while let Some(chunk) = follower.next() {
            text.push_str(std::str::from_utf8(chunk.bytes()).unwrap());
        }
        text
    };
    assert_eq!(polled(&mut follower), line(1));
    append(&path, &line(2));
    assert_eq!(polled(&mut follower), line(2));
    fs::rename(&path, directory.path().join("app.jsonl.1")).unwrap();
    append(&directory.path().join("app.jsonl.1"), &line(3));
    append(&path, &line(4));
    assert_eq!(polled(&mut follower), line(3) + &line(4));
    fs::write(&path, line(5)).unwrap();
    assert_eq!(polled(&mut follower), line(5));
}

/// Takes the models of events.
#[derive(Default)]
struct Models(Vec<String>);

impl Sink for Models {
    fn begin(&mut self, _: SourceId, _: u64) {}
    fn event(&mut self, event: &EventRef<'_>, _: u64) {
        let text = |text: Option<sigil_event::Text<'_>>| text.map(|text| text.decode().into_owned());
        self.0.push(format!("{:?} {:?}", text(event.session_id), text(event.metadata.model)));
    }
    fn defect(&mut self, _: u64, _: Defect) {}
    fn end(&mut self, _: u64, _: u64) {}
}

#[test]
fn a_rollout_is_gone_on_with_as_if_it_had_been_read_from_its_beginning() {
    let directory = tempfile::tempdir().unwrap();
    let (path, state) = (directory.path().join("rollout-1.jsonl"), directory.path().join("state"));
    let count = |total: u32| {
        let tokens = format!("{{\"input_tokens\":{total},\"output_tokens\":0,\"total_tokens\":{total}}}");
        format!(
            "{{\"timestamp\":\"2026-01-11T10:00:00Z\",\"type\":\"event_msg\",\"payload\":{{\"type\":\"token_count\",\
             \"info\":{{\"total_token_usage\":{tokens},\"last_token_usage\":{tokens}}}}}}}\n"
        )
    };
    let meta = "{\"timestamp\":\"2026-01-11T10:00:00Z\",\"type\":\"session_meta\",\"payload\":{\"id\":\"thread-1\"}}\n\
                {\"timestamp\":\"2026-01-11T10:00:00Z\",\"type\":\"turn_context\",\"payload\":{\"model\":\"gpt-5\"}}\n";
    let run = || {
        let mut follower = follower(Target::Log(path.clone()), Until::End);
        follower.keep(Checkpoint::open(&state).unwrap().0);
        let mut models = Models::default();
        while let Some(mut chunk) = follower.next() {
            chunk.decode(&mut models);
        }
        follower.settle(&mut models);
        follower.save_last().unwrap();
        models.0
    };
    fs::write(&path, format!("{meta}{}", count(10))).unwrap();
    let expected = "Some(\"thread-1\") Some(\"gpt-5\")";
    assert_eq!(run().last().map(String::as_str), Some(expected));
    append(&path, &count(25));
    assert_eq!(run(), [expected]);
}

#[test]
fn what_lay_unread_in_a_log_that_was_cut_off_is_read_from_its_copy() {
    let mut scene = Scene::new();
    scene.append(3);
    scene.drain();
    scene.append(2);
    fs::copy(scene.live(), scene.part(1)).unwrap();
    File::options().write(true).truncate(true).open(scene.live()).unwrap();
    scene.append(2);
    scene.drain();
    assert_eq!(scene.seen, [0, 1, 2, 3, 4, 5, 6]);
}

#[test]
fn what_is_still_written_to_an_old_file_that_was_read_before_a_restart_comes_first() {
    let mut scene = Scene::new();
    scene.append(2);
    scene.restart();
    scene.drain();
    scene.rotate();
    scene.reopen();
    scene.append(1_000);
    scene.follower.take().unwrap().save_last().unwrap();
    // Nothing is watched under `--once`, and such a run meets the writer at any point.
    let mut once = scene.follow(scene.target(), Until::End);
    once.keep(Checkpoint::open(&scene.state()).unwrap().0);
    let mut seen: Vec<u32> = numbers(once.next().unwrap().bytes()).collect();
    append(&scene.part(1), &line(5_000));
    while let Some(chunk) = once.next() {
        seen.extend(numbers(chunk.bytes()));
    }
    let at = seen.iter().position(|number| *number == 5_000);
    assert!(at.is_some_and(|at| at < 500), "{at:?}");
    seen.retain(|number| *number != 5_000);
    assert!(seen.into_iter().eq(2..1_002));
}

#[test]
fn what_was_read_ahead_of_a_log_that_is_cut_off_then_comes_once() {
    let mut scene = Scene::new();
    scene.append(2_000);
    scene.read_some();
    assert!(scene.seen.len() < 500, "{}", scene.seen.len());
    fs::copy(scene.live(), scene.part(1)).unwrap();
    File::options().write(true).truncate(true).open(scene.live()).unwrap();
    scene.append(4_000);
    scene.drain();
    assert!(scene.seen.iter().copied().eq(0..6_000));
}

#[test]
fn a_hole_before_the_lines_of_a_writer_that_does_not_append_is_passed_over() {
    let scene = Scene::new();
    let path = scene.path("hole.jsonl");
    let mut writer = File::create(&path).unwrap();
    writer.write_all(line(1).as_bytes()).unwrap();
    let mut follower = scene.follow(Target::Log(path.clone()), Until::Stopped);
    assert_eq!(drained(&mut follower), line(1));
    File::options().write(true).truncate(true).open(&path).unwrap();
    writer.write_all(line(2).as_bytes()).unwrap();
    assert_eq!(drained(&mut follower), line(2));
}

#[test]
fn a_hole_may_be_larger_than_any_line() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("hole.jsonl");
    File::create(&path).unwrap().set_len(65 << 20).unwrap();
    let mut follower = follower(Target::Log(path.clone()), Until::Stopped);
    assert_eq!(drained(&mut follower), "");
    append(&path, &line(1));
    assert_eq!(drained(&mut follower), line(1));
    append(&path, &line(2));
    assert_eq!(drained(&mut follower), line(2));
}

#[test]
fn a_log_may_be_given_another_name_while_it_is_followed_and_between_runs() {
    let directory = tempfile::tempdir().unwrap();
    let logs = directory.path().join("logs");
    fs::create_dir(&logs).unwrap();
    let (path, state) = (|name: &str| logs.join(name), directory.path().join("state"));
    fs::write(path("a.jsonl"), event(1)).unwrap();
    let mut following = follower(Target::Tree(logs.clone()), Until::Stopped);
    assert_eq!(drained(&mut following), event(1));
    append(&path("a.jsonl"), &event(2));
    fs::rename(path("a.jsonl"), path("b.jsonl")).unwrap();
    append(&path("b.jsonl"), &event(3));
    assert_eq!(drained(&mut following), event(2) + &event(3));
    fs::hard_link(path("b.jsonl"), path("c.jsonl")).unwrap();
    append(&path("c.jsonl"), &event(4));
    assert_eq!(drained(&mut following), event(4));
    fs::remove_file(path("c.jsonl")).unwrap();
    let run = || {
        let mut follower = follower(Target::Tree(logs.clone()), Until::End);
        follower.keep(Checkpoint::open(&state).unwrap().0);
        let text = drained(&mut follower);
        follower.save_last().unwrap();
        text.lines().count()
    };
    assert_eq!(run(), 4);
    fs::rename(path("b.jsonl"), path("d.jsonl")).unwrap();
    append(&path("d.jsonl"), &event(5));
    assert_eq!(run(), 1);
}

#[test]
fn a_part_that_is_being_compressed_is_read_on_when_more_of_it_is_there() {
    let directory = tempfile::tempdir().unwrap();
    let (plain, packed) = (directory.path().join("plain"), directory.path().join("a.jsonl.gz"));
    let state = directory.path().join("state");
    let lines: String = (0..5_000).map(line).collect();
    fs::write(&plain, &lines).unwrap();
    gzip(&plain, &packed);
    let whole = fs::read(&packed).unwrap();
    fs::write(&packed, &whole[..whole.len() / 2]).unwrap();
    let run = || {
        let mut follower = follower(Target::Log(packed.clone()), Until::End);
        follower.keep(Checkpoint::open(&state).unwrap().0);
        let text = drained(&mut follower);
        follower.save_last().unwrap();
        text
    };
    let first = run();
    assert!(first.ends_with('\n') && first.len() < lines.len());
    fs::write(&packed, &whole).unwrap();
    assert_eq!(first + &run(), lines);
}

#[test]
fn the_last_line_of_a_file_that_was_rotated_away_counts_if_it_is_whole() {
    let mut scene = Scene::new();
    scene.append(1);
    append(&scene.live(), line(1).trim_end());
    scene.next = 2;
    scene.drain();
    assert_eq!(scene.seen, [0]);
    scene.rotate();
    scene.reopen();
    scene.append(1);
    scene.drain();
    assert_eq!(scene.seen, [0, 1, 2]);
}
