//! A follower against files that are moved under it. Nothing here waits: after each change everything is looked at.

mod cases;
mod moves;
mod states;

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono_tz::Tz;
use tempfile::TempDir;

use super::{Follower, Target, Until};
use crate::checkpoint::Checkpoint;
use crate::format::{Format, FormatChoice};
use crate::read::Options;

/// A directory with a log in it, and who writes and who reads it.
struct Scene {
    directory: TempDir,
    writer: Option<File>,
    follower: Option<Follower>,
    /// The number of the line that is written next.
    next: u32,
    /// What has been handed out.
    seen: Vec<u32>,
}

impl Scene {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut scene = Self { directory, writer: None, follower: None, next: 0, seen: Vec::new() };
        scene.reopen();
        scene.restart();
        scene
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn live(&self) -> PathBuf {
        self.path("app.jsonl")
    }

    fn part(&self, number: u32) -> PathBuf {
        self.path(&format!("app.jsonl.{number}"))
    }

    fn state(&self) -> PathBuf {
        self.path("state.json")
    }

    /// The writer opens the log by its name.
    fn reopen(&mut self) {
        self.writer = Some(OpenOptions::new().append(true).create(true).open(self.live()).unwrap());
    }

    /// The writer writes so many lines.
    fn append(&mut self, lines: u32) {
        let mut text = String::new();
        for _ in 0..lines {
            text.push_str(&line(self.next));
            self.next += 1;
        }
        self.writer.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    /// What a follower begins with that is to follow the log.
    fn target(&self) -> Target {
        Target::Log(self.live())
    }

    fn options() -> Options {
        Options::new(FormatChoice::Only(Format::Sigil), Tz::UTC)
    }

    fn follow(&self, target: Target, until: Until) -> Follower {
        Follower::new(&[target], Self::options(), until, Duration::from_millis(100)).unwrap()
    }

    /// The follower stops, and another begins where it has stopped.
    fn restart(&mut self) {
        if let Some(mut follower) = self.follower.take() {
            follower.save_last().unwrap();
        }
        let mut follower = self.follow(self.target(), Until::Stopped);
        let (checkpoint, complaint) = Checkpoint::open(&self.state()).unwrap();
        assert_eq!(complaint, None);
        follower.keep(checkpoint);
        self.follower = Some(follower);
    }

    /// The follower reads all there is.
    fn drain(&mut self) {
        let follower = self.follower.as_mut().unwrap();
        follower.places.check();
        while let Some(chunk) = follower.next() {
            self.seen.extend(numbers(chunk.bytes()));
        }
        assert_eq!(follower.complaints(), []);
    }

    /// The follower reads what it reads at a time.
    fn read_some(&mut self) {
        let follower = self.follower.as_mut().unwrap();
        follower.places.check();
        if let Some(chunk) = follower.next() {
            self.seen.extend(numbers(chunk.bytes()));
        }
    }

    /// Rotated parts move on by one.
    fn shift(&self) {
        for number in (1..50).rev() {
            for ending in ["", ".gz"] {
                let name = |number| PathBuf::from(format!("{}{ending}", self.part(number).display()));
                if name(number).exists() {
                    fs::rename(name(number), name(number + 1)).unwrap();
                }
            }
        }
    }

    /// As `logrotate` does with `create`: the writer still holds the old file.
    fn rotate(&self) {
        self.shift();
        if self.live().exists() {
            fs::rename(self.live(), self.part(1)).unwrap();
        }
        File::create(self.live()).unwrap();
    }

    fn compress(&self, number: u32) {
        let path = self.part(number);
        if path.exists() {
            let packed = PathBuf::from(format!("{}.gz", path.display()));
            gzip(&path, &packed);
            fs::remove_file(path).unwrap();
        }
    }
}

fn gzip(plain: &Path, packed: &Path) {
    let mut encoder =
        flate2::write::GzEncoder::new(File::create(packed).unwrap(), flate2::Compression::fast());
    encoder.write_all(&fs::read(plain).unwrap()).unwrap();
    encoder.finish().unwrap();
}

fn line(number: u32) -> String {
    format!("{{\"event_type\":\"note\",\"n\":{number}}}\n")
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    let text = std::str::from_utf8(bytes).unwrap();
    text.lines().map(|line| {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        u32::try_from(value["n"].as_u64().unwrap()).unwrap()
    })
}
