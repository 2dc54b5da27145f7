//! Single cases, by name.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
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
fn drained(follower: &mut Follower) -> String {
    follower.places.check();
    let mut text = String::new();
    while let Some(chunk) = follower.next() {
        text.push_str(std::str::from_utf8(chunk.bytes()).unwrap());
    }
    text
}

fn follower(target: Target, until: Until) -> Follower {
    let options = Options::new(FormatChoice::Auto, Tz::UTC);
    Follower::new(&[target], options, until, Duration::from_millis(100)).unwrap()
}

/// A line that is of Sigil's format by itself.
fn event(number: u32) -> String {
    format!("{{\"event_type\":\"note\",\"tokens\":1,\"n\":{number}}}\n")
}

fn append(path: &Path, text: &str) {
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
fn an_inode_that_is_given_to_a_new_file_means_nothing() {
    let scene = Scene::new();
    let (path, state) = (scene.path("b.jsonl"), scene.path("b.state"));
    let run = || {
        let mut follower = scene.follow(Target::Log(path.clone()), Until::End);
        follower.keep(Checkpoint::open(&state).unwrap().0);
        let text = drained(&mut follower);
        follower.save_last().unwrap();
        numbers(text.as_bytes()).collect::<Vec<_>>()
    };
    fs::write(&path, line(1) + &line(2)).unwrap();
    assert_eq!(run(), [1, 2]);
    // Most file systems give the number that was set free last.
    fs::remove_file(&path).unwrap();
    fs::write(&path, line(3) + &line(4) + &line(5)).unwrap();
    assert_eq!(run(), [3, 4, 5]);
    // And a file that only moved is the one it was.
    fs::copy(&path, scene.path("copy")).unwrap();
    fs::rename(scene.path("copy"), &path).unwrap();
    append(&path, &line(6));
    assert_eq!(run(), [6]);
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
fn names_need_not_be_text() {
    let directory = tempfile::tempdir().unwrap();
    let name = |bytes: &[u8]| std::ffi::OsStr::from_bytes(bytes).to_owned();
    let odd = directory.path().join(name(b"d\xff"));
    fs::create_dir(&odd).unwrap();
    let (path, state) = (odd.join(name(b"a\xfe.jsonl")), directory.path().join("state"));
    fs::write(&path, event(1)).unwrap();
    let run = || {
        let mut follower = follower(Target::Log(path.clone()), Until::End);
        let (checkpoint, complaint) = Checkpoint::open(&state).unwrap();
        assert_eq!(complaint, None);
        follower.keep(checkpoint);
        let text = drained(&mut follower);
        follower.save_last().unwrap();
        text
    };
    assert_eq!(run(), event(1));
    append(&path, &event(2));
    assert_eq!(run(), event(2));
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
fn a_state_is_held_by_one_run_and_set_aside_if_it_is_damaged() {
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().join("state");
    let (held, complaint) = Checkpoint::open(&state).unwrap();
    assert_eq!(complaint, None);
    let refused = Checkpoint::open(&state).unwrap_err().to_string();
    assert!(
        refused.contains(&format!("in use by another run (process {})", std::process::id())),
        "{refused}"
    );
    drop(held);
    fs::write(&state, "{\"version\":1,\"logs\":[{\"pa").unwrap();
    let (_held, complaint) = Checkpoint::open(&state).unwrap();
    assert!(complaint.unwrap().text().contains("state.damaged"));
    assert!(!state.exists() && directory.path().join("state.damaged").exists());
    let newer = directory.path().join("newer");
    fs::write(&newer, "{\"version\":2,\"logs\":{}}").unwrap();
    assert!(Checkpoint::open(&newer).unwrap_err().to_string().contains("version 2"));
    assert!(newer.exists());
    let empty = directory.path().join("empty");
    File::create(&empty).unwrap();
    assert_eq!(Checkpoint::open(&empty).unwrap().1, None);
    let refused = Checkpoint::open(directory.path()).unwrap_err().to_string();
    assert!(refused.contains("is no file"), "{refused}");
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
