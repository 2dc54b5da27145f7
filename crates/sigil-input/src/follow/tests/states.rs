//! What is kept from run to run.

use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt;

use super::cases::{append, drained, event, follower};
use super::{Scene, line, numbers};
use crate::checkpoint::Checkpoint;
use crate::follow::{Target, Until};

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
    let log = directory.path().join("log");
    for text in [line(1), line(1) + &line(2), "text\nmore\n".to_owned()] {
        fs::write(&log, &text).unwrap();
        let refused = Checkpoint::open(&log).unwrap_err().to_string();
        assert!(refused.contains("is no state file"), "{refused}");
        assert_eq!(fs::read_to_string(&log).unwrap(), text);
    }
    let refused = Checkpoint::open(directory.path()).unwrap_err().to_string();
    assert!(refused.contains("is no file"), "{refused}");
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
