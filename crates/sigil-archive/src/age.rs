//! How old a session is, and whether it still runs.

use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use chrono_tz::Tz;
use sigil_event::EventRef;
use sigil_event::time::ZoneReader;
use sigil_store::rotation;
use sigil_summary::Status;

use crate::contents::{Contents, Member, Opener};
use crate::unit::Unit;

/// A running session whose last event is older may have lost its writer (guide 3.4): `--stale-after` of `sigil-tail`.
pub(crate) const FRESH_US: i64 = 600 * 1_000_000;

/// How much of the end of a log is looked at: at first as much as a few lines take, and more if they do not tell enough.
/// A line longer than all of it tells nothing, and the file's own time holds.
const TAILS: [u64; 4] = [4 << 10, 64 << 10, 1 << 20, 8 << 20];

/// What a session's directory tells of its age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Life {
    /// When it was last written to: by the newest file or the last event, whichever is newer. None without files.
    /// In microseconds since 1970.
    pub(crate) last_us: Option<i64>,
    pub(crate) status: Status,
}

/// Finds out when `unit`, whose `contents` are opened by `opener`, was last written to, as seen at `now_us`. Events in the future do not
/// count. Times without a zone are in `zone`.
///
/// # Errors
/// The log cannot be read.
pub(crate) fn life(
    unit: &Unit,
    contents: &Contents,
    opener: &mut Opener,
    zone: Tz,
    now_us: i64,
) -> io::Result<Life> {
    let changed = contents.files().map(|file| micros(file.stamp.mtime)).max();
    let mut life = Life { last_us: changed, status: Status::Waiting };
    for log in newest_parts(contents, &unit.log) {
        let Some(file) = opener.open(log)? else { break };
        for tail_bytes in TAILS {
            let from = log.stamp.size.saturating_sub(tail_bytes);
            let mut tail = vec![0; usize::try_from(log.stamp.size - from).unwrap_or(0)];
            file.read_exact_at(&mut tail, from)?;
            let has_events = read_tail(&tail, from > 0, zone, now_us, &mut life);
            let is_fresh = life.last_us.is_some_and(|last_us| now_us.saturating_sub(last_us) < FRESH_US);
            // Whether it has ended is only asked of a fresh one, and said before its last few lines perhaps.
            if has_events && (!is_fresh || tail_bytes > 4 << 10) {
                return Ok(life);
            }
        }
        if life.status != Status::Waiting {
            break;
        }
    }
    Ok(life)
}

/// The log and its rotated parts that can be read from their ends, newest first.
fn newest_parts<'c>(contents: &'c Contents, log: &Path) -> impl Iterator<Item = &'c Member> {
    let is_plain = |file: &&Member| {
        let name = file.name.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| rotation::plain_name(name) == name)
    };
    contents.parts_of(log).into_iter().rev().filter(move |file| is_plain(file) && file.stamp.size > 0)
}

/// Takes what the last events tell; whether there were any.
fn read_tail(tail: &[u8], is_cut: bool, zone: Tz, now_us: i64, life: &mut Life) -> bool {
    let mut times = ZoneReader::new(zone);
    let mut has_events = false;
    // What the first line of a cut tail was is not known.
    for line in tail.split(|byte| *byte == b'\n').skip(usize::from(is_cut)) {
        let Ok(line) = str::from_utf8(line) else { continue };
        let Ok(parsed) = EventRef::parse(line.trim()) else { continue };
        if !has_events {
            life.status = Status::Running;
            has_events = true;
        }
        life.status = Status::said_by(parsed.event.event_type).unwrap_or(life.status);
        let written = parsed.event.written_time();
        let at_us = written.map(|written| times.read(written).us).filter(|at_us| *at_us <= now_us);
        life.last_us = life.last_us.max(at_us);
    }
    has_events
}

fn micros((seconds, nanos): (i64, u32)) -> i64 {
    seconds.saturating_mul(1_000_000).saturating_add(i64::from(nanos / 1_000))
}
