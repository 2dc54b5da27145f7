//! A million sessions.

use std::io::{self, Write};

use crate::tool;

const SESSIONS: u64 = 1_000_000;

/// Memory is bounded by sessions, so what one takes decides how many there may be: names, times, budget, a
/// component, and the room that a growing table leaves. About 1,550 bytes were seen through a pipe.
const BYTES_PER_SESSION: u64 = 2_500;

fn write_sessions(to: &mut dyn Write) -> io::Result<()> {
    let mut to = io::BufWriter::with_capacity(1 << 20, to);
    for n in 0..SESSIONS {
        writeln!(
            to,
            "{{\"session_id\":\"session-{n:07}\",\"event_type\":\"step_complete\",\"component\":\"a\",\"tokens\":1}}"
        )?;
    }
    to.flush()
}

#[test]
fn a_million_sessions_take_no_more_than_a_million_times_one() {
    tool()
        .args(["--summary", "--json"])
        .stdin_written(write_sessions)
        .stdout_json(|v| assert_eq!((&v["sessions"], &v["total_used"]), (&SESSIONS.into(), &SESSIONS.into())))
        .memory_below(SESSIONS * BYTES_PER_SESSION)
        .status(0);
}
