//! Signals that ask a tool to end.

/// SIGHUP, SIGINT and SIGTERM, which have these numbers everywhere.
const ASKING: [i32; 3] = [1, 2, 15];

/// The signals that ask this process to end, without those that it is to ignore: what nohup or a shell has switched off
/// stays off.
pub fn asking_to_end() -> Vec<i32> {
    let ignored = ignored();
    ASKING.into_iter().filter(|signal| ignored & (1 << (signal - 1)) == 0).collect()
}

/// The signals that are ignored, a bit for each, where the system tells (proc(5), `/proc/PID/status`).
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
