//! How much memory a process has had at most.

use std::fs;
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Watches the process `id` until it ends. What it had at most is the kernel's figure (`VmHWM`), which may
/// miss the last milliseconds; 0 where the system does not tell.
pub(crate) fn watch(id: u32) -> JoinHandle<u64> {
    thread::spawn(move || {
        let mut peak_bytes = 0;
        // A process that has ended and was not waited for has no memory any more.
        while let Some(bytes) = peak(id) {
            peak_bytes = bytes;
            thread::sleep(Duration::from_millis(2));
        }
        peak_bytes
    })
}

fn peak(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
