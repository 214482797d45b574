//! Work that is done on several threads, and whose results are taken in order.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

/// Does `work` for each of `items` on `jobs` threads, on as many as there are cores if none are given, and has `take`
/// take the results on this thread, in the order of the items. The first error ends it.
pub(crate) fn in_order<T: Send, R: Send, E>(
    jobs: Option<NonZeroUsize>,
    items: Vec<T>,
    work: impl Fn(T) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    let cores = || thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let jobs = jobs.unwrap_or_else(cores).get().min(items.len());
    if jobs <= 1 {
        return items.into_iter().try_for_each(|item| take(work(item)));
    }
    let items: Vec<Mutex<Option<T>>> = items.into_iter().map(|it| Mutex::new(Some(it))).collect();
    let (next, is_over) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (sender, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..jobs {
            let sender = sender.clone();
            scope.spawn(|| {
                let sender = sender;
                while !is_over.load(Ordering::Relaxed) {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(place) else { break };
                    let item = item.lock().unwrap_or_else(PoisonError::into_inner).take();
                    // Nobody takes results any more after an error.
                    if item.is_none_or(|item| sender.send((place, work(item))).is_err()) {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let (mut due, mut early) = (0, BTreeMap::new());
        for (place, result) in results {
            early.insert(place, result);
            while let Some(result) = early.remove(&due) {
                due += 1;
                if let Err(error) = take(result) {
                    is_over.store(true, Ordering::Relaxed);
                    return Err(error);
                }
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items_on_any_number_of_threads() {
        for jobs in [1, 2, 7, 100] {
            let mut taken = Vec::new();
            let work = |item: u64| {
                thread::sleep(std::time::Duration::from_micros(997 * item % 1000));
                item * 2
            };
            let done: Result<(), ()> =
                in_order(NonZeroUsize::new(jobs), (0..50).collect(), work, |result| {
                    taken.push(result);
                    Ok(())
                });
            assert_eq!(done, Ok(()));
            assert_eq!(taken, (0..50).map(|item| item * 2).collect::<Vec<u64>>());
        }
    }

    #[test]
    fn an_error_of_who_takes_ends_it() {
        let mut taken = 0;
        let ended = in_order(
            NonZeroUsize::new(3),
            (0..1000).collect(),
            |item: u32| item,
            |item| {
                taken += 1;
                if item == 5 { Err(item) } else { Ok(()) }
            },
        );
        assert_eq!((ended, taken), (Err(5), 6));
    }
}
