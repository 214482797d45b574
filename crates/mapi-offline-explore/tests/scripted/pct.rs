//! The bound of PCT: a bug of depth d is found with a probability of at least 1 / (n k^(d-1)).

use mapi_offline_explore::{Actor, Choice, Pct, Strategy};

/// Lets actors of `steps` steps each run in the order that the strategy gives.
fn execute(pct: &mut Pct, actors: u32, steps: usize) -> Vec<(u32, usize)> {
    let mut done = vec![0; actors as usize];
    let mut order = Vec::new();
    loop {
        let left = (0..actors).filter(|&actor| done[actor as usize] < steps);
        let choices: Vec<Choice> = left
            .map(|actor| Choice {
                actor: Actor::Client(actor),
                label: String::new(),
                is_noise: false,
            })
            .collect();
        if choices.is_empty() {
            return order;
        }
        let Actor::Client(actor) = choices[pct.choose(&choices)].actor else {
            unreachable!("there are clients only");
        };
        order.push((actor, done[actor as usize]));
        done[actor as usize] += 1;
    }
}

/// How many of 20,000 executions have the bug.
fn hits(depth: usize, actors: u32, steps: usize, bug: impl Fn(&[(u32, usize)]) -> bool) -> usize {
    let mut pct = Pct::new(7, 20_001, depth);
    let mut hits = 0;
    // The first execution tells how long executions are.
    assert!(pct.begin());
    execute(&mut pct, actors, steps);
    while pct.begin() {
        hits += usize::from(bug(&execute(&mut pct, actors, steps)));
    }
    hits
}

/// Returns true when the one comes before the other.
fn before(order: &[(u32, usize)], one: (u32, usize), other: (u32, usize)) -> bool {
    let place = |step| order.iter().position(|&at| at == step);
    place(one) < place(other)
}

#[test]
fn a_bug_of_depth_1_is_found_once_in_n() {
    // The last actor's last step comes before the first step of any other.
    let found = hits(1, 4, 5, |order| {
        (0..3).all(|other| before(order, (3, 4), (other, 0)))
    });
    assert!(found >= 20_000 / 4 * 9 / 10, "{found} of 20,000");
}

#[test]
fn a_bug_of_depth_2_is_found_once_in_n_times_k() {
    // Between two steps of one actor in the middle of its program, another does everything.
    let (actors, steps) = (4, 5);
    let bug =
        |order: &[(u32, usize)]| before(order, (0, 2), (1, 0)) && before(order, (1, 4), (0, 3));
    let bound = 20_000 / (4 * 4 * 5);
    let found = hits(2, actors, steps, bug);
    assert!(found >= bound, "{found} of 20,000");
    // Without a change of priority it cannot be.
    assert_eq!(hits(1, actors, steps, bug), 0);
}
