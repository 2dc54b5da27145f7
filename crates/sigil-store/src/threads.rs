//! Work that all cores share.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread;

/// What `work` makes of each item, in their order.
pub fn map<I, O>(items: Vec<I>, work: impl Fn(I) -> O + Sync) -> Vec<O>
where
    I: Send,
    O: Send,
{
    map_on(thread::available_parallelism().map_or(1, usize::from), items, work)
}

/// The same, on at most `cores` of them.
pub fn map_on<I, O>(cores: usize, items: Vec<I>, work: impl Fn(I) -> O + Sync) -> Vec<O>
where
    I: Send,
    O: Send,
{
    let cores = cores.min(items.len());
    if cores < 2 {
        return items.into_iter().map(work).collect();
    }
    let made = Mutex::new(items.iter().map(|_| None).collect::<Vec<_>>());
    let left = Mutex::new(items.into_iter().enumerate());
    let share = || {
        loop {
            let next = left.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((place, item)) = next else { break };
            let value = work(item);
            if let Some(slot) = made.lock().unwrap_or_else(PoisonError::into_inner).get_mut(place) {
                *slot = Some(value);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 1..cores {
            // Where no more threads can be had, those that there are do it.
            let _ = thread::Builder::new().spawn_scoped(scope, share);
        }
        share();
    });
    made.into_inner().unwrap_or_else(PoisonError::into_inner).into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_made_stands_in_the_order_of_what_it_was_made_of() {
        let slow_first = |n: u64| {
            thread::sleep(std::time::Duration::from_millis(if n == 0 { 20 } else { 0 }));
            2 * n
        };
        assert_eq!(map((0..50).collect(), slow_first), (0..50).map(|n| 2 * n).collect::<Vec<_>>());
        assert_eq!(map(Vec::new(), slow_first), Vec::<u64>::new());
    }
}
