//! What is kept of files that have not changed: the report is the same with it, without it, and whatever has
//! become of it.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use sigil_testkit::{Output, Shuffle, Tool};

use super::logs;

/// A home, logs in it that changed long ago, and what they are called.
struct Place {
    home: tempfile::TempDir,
    names: Vec<String>,
}

impl Place {
    /// More than is read without asking the cache.
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut names = logs::write(home.path(), 300);
        let big =
            (0..4000).map(|n| sigil_testkit::samples::event(&format!("big-{}", n % 400), "note", "c", n));
        fs::write(home.path().join("big.jsonl"), big.collect::<String>() + &" \n".repeat(1 << 20)).unwrap();
        names.push("big.jsonl".to_owned());
        let place = Self { home, names };
        place.names.iter().for_each(|name| place.age(name));
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Makes a file one that changed long ago, as far as its contents go.
    fn age(&self, name: &str) {
        let file = fs::File::options().write(true).open(self.path(name)).unwrap();
        file.set_modified(SystemTime::now() - Duration::from_secs(3600)).unwrap();
    }

    fn report<'t>(&self, args: &[&str]) -> Tool<'t> {
        let tool = Tool::new(env!("CARGO_BIN_EXE_sigil-report")).env("HOME", self.home.path());
        tool.current_dir(self.home.path()).args(args).args(&self.names)
    }

    /// How many files a run did not read, and what it said.
    #[track_caller]
    fn known(&self, args: &[&str]) -> usize {
        let cached = self.report(args).arg("-v").run();
        let told = cached.stderr_text();
        let plain = self.report(args).arg("-v").arg("--no-cache").run();
        assert_eq!(cached.stdout_text(), plain.stdout_text(), "{args:?}");
        let warnings = |output: &Output| {
            let text = output.stderr_text();
            text.lines()
                .filter(|line| !line.contains("since they were read") && !line.contains("is not kept"))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(warnings(&cached), warnings(&plain), "{args:?}");
        let words = told.lines().find(|line| line.contains("have not changed")).unwrap_or_default();
        words.split_whitespace().find_map(|word| word.parse().ok()).unwrap_or(0)
    }

    fn directory(&self) -> PathBuf {
        self.path(".sigil/state/report")
    }

    /// The only cache there is.
    fn cache(&self) -> PathBuf {
        let caches = caches(&self.directory());
        assert_eq!(caches.len(), 1, "{caches:?}");
        caches.into_iter().next().unwrap()
    }
}

fn caches(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "cache")).collect()
}

/// Until what changed just now may be kept.
fn settle() {
    std::thread::sleep(Duration::from_millis(2100));
}

#[test]
fn what_has_not_changed_is_not_read_again_for_any_report() {
    let place = Place::new();
    settle();
    assert_eq!(place.known(&[]), 0);
    let all = place.names.len();
    for args in [
        &[][..],
        &["--json"],
        &["--format", "markdown"],
        &["--format", "csv"],
        &["--format", "jsonl"],
        &["--format", "prometheus"],
        &["--count-all"],
        &["--limit", "3", "--sort", "tokens"],
    ] {
        assert_eq!(place.known(args), all, "{args:?}");
    }
    let path = place.cache();
    assert_eq!(fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(place.directory()).unwrap().mode() & 0o777, 0o700);
    // Other views want to know other things.
    for args in [
        &["--by", "day"][..],
        &["--by", "hour,component,session", "--json"],
        &["--by", "event,error,tool,project"],
        &["--partial"],
        &["--format", "html"],
    ] {
        assert_eq!(place.known(args), 0, "{args:?}");
        assert_eq!(place.known(args), all, "{args:?}");
    }
    // A file that has grown is read, the others are not; and it is not kept before it has settled.
    let grown = place.path(&place.names[0]);
    let more = fs::read_to_string(&grown).unwrap() + &sigil_testkit::samples::guide_session("more");
    fs::write(&grown, more).unwrap();
    assert_eq!(place.known(&[]), all - 1);
    assert_eq!(place.known(&["--json"]), all - 1);
    settle();
    assert_eq!(place.known(&[]), all - 1);
    assert_eq!(place.known(&[]), all);
}

#[test]
fn what_is_gathered_otherwise_is_kept_apart_and_not_for_ever() {
    let place = Place::new();
    settle();
    let all = place.names.len();
    let ways = [
        &[][..],
        &["--all-errors"],
        &["--since", "2026-01-12T08:00:00Z"],
        &["--timezone", "Asia/Kathmandu"],
        &["--estimate"],
        &["--recompute-cost"],
        &["--from", "sigil"],
        &["-s", "s*"],
        &["--by", "day"],
        &["--by", "model"],
    ];
    for args in ways {
        assert_eq!(place.known(args), 0, "{args:?}");
        assert_eq!(place.known(args), all, "{args:?}");
    }
    assert_eq!(caches(&place.directory()).len(), 8);
    assert_eq!(place.known(&["--since", "100000d"]), 0);
    assert_eq!(place.known(&["--since", "100000d"]), 0, "what counts back from now is not kept");
}

#[test]
fn a_part_of_a_log_is_known_only_with_those_before_it() {
    let place = Place::new();
    settle();
    place.known(&[]);
    let all = place.names.len();
    let part = place.names.iter().find(|name| name.ends_with(".2")).unwrap();
    let text = fs::read_to_string(place.path(part)).unwrap();
    fs::write(place.path(part), text.replace("token_consumption", "session_start")).unwrap();
    assert_eq!(place.known(&[]), all - 3);
}

#[test]
fn whatever_has_become_of_it_the_report_is_right() {
    let place = Place::new();
    settle();
    assert_eq!(place.known(&[]), 0);
    let path = place.cache();
    let whole = fs::read(&path).unwrap();
    let all = place.names.len();
    let mut dice = Shuffle::new(3);
    let check = |bytes: &[u8]| {
        fs::write(&path, bytes).unwrap();
        let known = place.known(&[]);
        assert_eq!(place.known(&[]), all, "it is mended");
        known
    };
    assert_eq!(check(&whole), all);
    for bytes in
        [&b""[..], b"\n", b"no cache at all, and longer than any head of one", &whole[..15], &whole[..16]]
    {
        assert_eq!(check(bytes), 0);
    }
    for _ in 0..10 {
        assert!(check(&whole[..dice.below(whole.len())]) < all);
        let mut torn = whole.clone();
        let at = 16 + dice.below(whole.len() - 16);
        torn[at] ^= 1 << dice.below(8);
        assert!(check(&torn) < all, "byte {at}");
        let mut hole = whole.clone();
        let at = 16 + dice.below(whole.len() - 2000);
        hole[at..at + 1000].fill(0);
        assert!(check(&hole) < all, "from byte {at}");
    }
    check(&[&whole[..], b"SIG\x01 and then nothing"].concat());
    fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
    fs::write(&path, &whole).unwrap();
    assert_eq!(place.known(&[]), 0, "what anybody may have written is not believed");
    fs::remove_dir_all(place.directory()).unwrap();
    assert_eq!(place.known(&[]), 0);
    assert_eq!(place.known(&[]), all);
}

#[test]
fn where_it_cannot_be_kept_nothing_is_said() {
    let place = Place::new();
    settle();
    fs::create_dir_all(place.path(".sigil/state")).unwrap();
    fs::write(place.directory(), "in the way").unwrap();
    for _ in 0..2 {
        let (with, without) = (place.report(&[]).run(), place.report(&["--no-cache"]).run());
        assert_eq!((with.stdout_text(), with.stderr_text()), (without.stdout_text(), without.stderr_text()));
        assert_eq!(with.status, without.status);
    }
    // What cannot be replaced, as on a disk on which nothing fits.
    fs::remove_file(place.directory()).unwrap();
    assert_eq!(place.known(&[]), 0);
    let path = place.cache();
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert_eq!(place.known(&[]), 0);
    assert_eq!(place.known(&[]), 0);
    let said = place.report(&["-v"]).run().stderr_text();
    assert!(said.contains("what was read is not kept for the next run"), "{said}");
}

#[test]
fn it_does_not_grow_for_ever() {
    let place = Place::new();
    settle();
    place.known(&[]);
    let path = place.cache();
    let once = fs::metadata(&path).unwrap().len();
    // What is there, and as much again that is not, but for a mebibyte.
    let most = 2 * once + (1 << 20);
    // The same files by other names, which are known only by those.
    let mut named = Place { names: place.names.clone(), home: place.home };
    for round in 0..12 {
        named.names.iter_mut().for_each(|name| *name = format!("./{name}"));
        assert_eq!(named.known(&[]), 0);
        let now = fs::metadata(&path).unwrap().len();
        assert!(now <= most, "{now} of {most} bytes after {round} rounds");
    }
    assert_eq!(named.known(&[]), named.names.len());
    // What has gone is forgotten with the next that comes.
    let kept: Vec<_> = named.names.iter().filter(|name| name.ends_with("big.jsonl")).cloned().collect();
    for name in named.names.iter().filter(|name| !kept.contains(name)) {
        fs::remove_file(named.path(name)).unwrap();
    }
    named.names = kept;
    let length = || fs::metadata(&path).unwrap().len();
    let is_written_anew = (0..300).any(|_| {
        let before = length();
        named.names.iter_mut().for_each(|name| *name = format!("./{name}"));
        assert_eq!(named.report(&[]).run().status.code(), Some(0));
        length() < before
    });
    assert!(is_written_anew);
    let cache = fs::read(&path).unwrap();
    assert!(cache.len() as u64 <= most);
    assert!(!cache.windows(15).any(|name| name == b"rollout-4.jsonl"));
}

#[test]
fn several_runs_at_once_are_right() {
    let place = Place::new();
    settle();
    let plain = place.report(&["--no-cache"]).run().stdout_text();
    std::thread::scope(|scope| {
        let runs: Vec<_> = (0..6)
            .map(|n| {
                let (place, plain) = (&place, &plain);
                scope.spawn(move || {
                    for round in 0..4 {
                        if (n + round) % 5 == 0 {
                            let _ = fs::remove_dir_all(place.directory());
                        }
                        assert_eq!(place.report(&[]).run().stdout_text(), *plain);
                    }
                })
            })
            .collect();
        runs.into_iter().for_each(|run| run.join().unwrap());
    });
    place.known(&[]);
    assert_eq!(place.known(&[]), place.names.len());
}

#[test]
fn text_is_read_each_time_and_what_holds_nothing_is_not() {
    let place = Place::new();
    fs::create_dir(place.path("tree")).unwrap();
    let text = "Jan 11 10:15:32 host app[1]: ERROR it failed\n".repeat(1 << 15);
    fs::write(place.path("tree/app.log"), text).unwrap();
    fs::write(place.path("tree/notes.json"), "{\"nothing\": \"known\"}\n".repeat(9)).unwrap();
    fs::write(place.path("tree/s.jsonl"), sigil_testkit::samples::guide_session("s")).unwrap();
    settle();
    let place = Place { names: vec!["tree".to_owned()], ..place };
    assert_eq!(place.known(&[]), 0);
    assert_eq!(place.known(&[]), 2);
}
