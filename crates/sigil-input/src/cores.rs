//! The cores beside the one that a thread runs on.

use std::sync::OnceLock;
use std::thread;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// Threads that stay, one for each other core: to start one costs as much as it does in the time. None where there is
/// one core, or where no threads can be had.
pub(crate) fn others() -> Option<&'static ThreadPool> {
    static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();
    let start = || {
        let others =
            thread::available_parallelism().map_or(1, usize::from).checked_sub(1).filter(|n| *n > 0)?;
        ThreadPoolBuilder::new().num_threads(others).build().ok()
    };
    POOL.get_or_init(start).as_ref()
}
