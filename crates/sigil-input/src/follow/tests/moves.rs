//! Any order of writing, rotating, compressing and starting again: every line comes once, in its order.

use std::collections::BTreeSet;
use std::fs;

use proptest::prelude::*;

use super::Scene;

/// What may happen to a log.
#[derive(Clone, Copy, Debug)]
enum Move {
    Append(u32),
    /// The writer opens the log anew.
    Reopen,
    Rotate,
    /// As `logrotate` does with `copytruncate`; between its two steps so many lines are written, which are lost unless
    /// they are read then.
    CopyTruncate {
        between: u32,
        is_read_between: bool,
    },
    Compress(u32),
    /// The follower reads on, and not to the end.
    ReadSome,
    Drain,
    /// The follower stops and another one goes on.
    Restart,
    /// What has been read is deleted.
    DeleteOld,
}

fn moves() -> impl Strategy<Value = Move> {
    prop_oneof![
        4 => (0u32..400).prop_map(Move::Append),
        3 => Just(Move::Reopen),
        2 => Just(Move::Rotate),
        2 => (0u32..60, any::<bool>()).prop_map(|(between, is_read_between)| {
            Move::CopyTruncate { between, is_read_between }
        }),
        1 => (1u32..4).prop_map(Move::Compress),
        3 => Just(Move::ReadSome),
        4 => Just(Move::Drain),
        1 => Just(Move::Restart),
        1 => Just(Move::DeleteOld),
    ]
}

/// Makes the moves; the lines that the rotation itself has lost.
fn play(scene: &mut Scene, moves: &[Move]) -> BTreeSet<u32> {
    let mut lost = BTreeSet::new();
    // Whether the writer writes into the file that has the log's name.
    let mut is_current = true;
    for step in moves {
        match *step {
            Move::Append(lines) => scene.append(lines),
            Move::Reopen => {
                scene.reopen();
                is_current = true;
            }
            Move::Rotate => {
                scene.rotate();
                is_current = false;
            }
            Move::CopyTruncate { between, is_read_between } if is_current => {
                scene.shift();
                fs::copy(scene.live(), scene.part(1)).unwrap();
                let first = scene.next;
                scene.append(between);
                if is_read_between {
                    scene.drain();
                } else {
                    lost.extend(first..scene.next);
                }
                fs::OpenOptions::new().write(true).truncate(true).open(scene.live()).unwrap();
            }
            Move::CopyTruncate { .. } => {}
            // Nobody compresses what is still written to.
            Move::Compress(number) if is_current => scene.compress(number),
            Move::Compress(_) => {}
            Move::ReadSome => scene.read_some(),
            Move::Drain => scene.drain(),
            Move::Restart => scene.restart(),
            Move::DeleteOld if is_current => {
                scene.drain();
                for number in 2..50 {
                    drop(fs::remove_file(scene.part(number)));
                    drop(fs::remove_file(format!("{}.gz", scene.part(number).display())));
                }
            }
            Move::DeleteOld => {}
        }
    }
    scene.drain();
    lost
}

fn check(moves: &[Move]) -> Result<(), TestCaseError> {
    let mut scene = Scene::new();
    let lost = play(&mut scene, moves);
    let expected: Vec<_> = (0..scene.next).filter(|number| !lost.contains(number)).collect();
    let differs = scene.seen.iter().zip(&expected).position(|(seen, expected)| seen != expected);
    let from = differs.unwrap_or(scene.seen.len().min(expected.len()));
    let rest = |lines: &[u32]| lines[from..].iter().take(5).copied().collect::<Vec<_>>();
    prop_assert_eq!(rest(&scene.seen), rest(&expected), "at place {}", from);
    prop_assert_eq!(scene.seen.len(), expected.len());
    Ok(())
}

proptest! {
    // What is found stands as a case of its own.
    #![proptest_config(ProptestConfig {
        cases: 200,
        max_shrink_iters: 2_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_line_comes_once_and_in_its_order(moves in prop::collection::vec(moves(), 0..25)) {
        check(&moves)?;
    }
}

#[test]
fn what_was_found_once_stays_found() {
    let cut = Move::CopyTruncate { between: 0, is_read_between: false };
    for moves in [
        &[Move::Rotate, Move::Drain, Move::Append(1)][..],
        &[Move::Append(1), Move::Drain, Move::Restart, Move::Rotate, Move::Drain, Move::Append(1)],
        &[Move::Append(1), Move::Drain, cut, Move::Append(1), Move::Drain, Move::Compress(1), cut],
        &[Move::Drain, Move::Append(1), Move::Rotate, Move::Reopen, Move::Compress(1)],
        &[Move::Append(1), Move::CopyTruncate { between: 1, is_read_between: true }],
        &[
            Move::Append(1),
            Move::CopyTruncate { between: 1, is_read_between: true },
            Move::Compress(1),
            Move::Drain,
            Move::Restart,
        ],
        &[
            Move::Rotate,
            Move::Drain,
            Move::Append(1),
            Move::Reopen,
            Move::Rotate,
            Move::Append(1),
            Move::Reopen,
            Move::Compress(1),
        ],
    ] {
        check(moves).unwrap_or_else(|why| panic!("{moves:?}: {why}"));
    }
}
