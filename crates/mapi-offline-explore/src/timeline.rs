//! What happened in an execution that shows a problem, line by line for people.

use mapi_offline::{EventLog, FindingId, HostActionKind, Words, timeline, timeline_lines};

use crate::problem::Problem;

/// The timeline of an execution that shows a problem: of one without an end the way into the loop, and
/// the loop once.
pub(crate) fn timeline_of(log: &EventLog, problem: &Problem) -> String {
    match problem.is_finding(FindingId::Livelock) {
        true => {
            let lines = timeline_lines(log);
            let quits = lines.iter().rposition(|line| {
                let what = log.events().get(line.event).map(|event| &event.what);
                matches!(
                    what,
                    Some(Words::Host {
                        event: HostActionKind::Quit,
                        ..
                    })
                )
            });
            let lines: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
            without_repeats(&lines, quits)
        }
        false => timeline(log),
    }
}

/// So often lines repeat, if they are a loop.
const ROUNDS: usize = 3;

/// So many lines are shown at most before the loop, and of what goes on without being one.
const SHOWN: usize = 60;

/// The lines up to the end of the first round of a loop that goes on to the end of them, and how often
/// it goes on. Lines are the same that differ in numbers alone. `quits`: the line in which the host quits, when nobody
/// looks any more; what comes then is of no loop.
fn without_repeats(lines: &[&str], quits: Option<usize>) -> String {
    let shapes: Vec<String> = lines
        .iter()
        .map(|line| line.chars().filter(|c| !c.is_ascii_digit()).collect())
        .collect();
    let end = quits.unwrap_or(lines.len());
    let repeats = |round: &usize| {
        let from = end - (ROUNDS - 1) * round;
        (from..end).all(|at| shapes[at] == shapes[at - round])
    };
    let Some(round) = (1..=end / ROUNDS).find(repeats) else {
        return shortened(lines);
    };
    let mut begin = end - ROUNDS * round;
    while begin > 0 && shapes[begin - 1] == shapes[begin - 1 + round] {
        begin -= 1;
    }
    let times = (end - begin) / round;
    let head = shortened(&lines[..begin]);
    let turns = lines[begin..begin + round].join("\n");
    let tail = shortened(&lines[end..]);
    format!(
        "{head}  ↻ from here the same again and again, {times} times until nobody looked any \
         more:\n{turns}\n{tail}"
    )
}

/// The first and the last of many lines.
fn shortened(lines: &[&str]) -> String {
    let whole =
        |lines: &[&str]| -> String { lines.iter().map(|line| format!("{line}\n")).collect() };
    if lines.len() <= SHOWN {
        return whole(lines);
    }
    let half = SHOWN / 2;
    let (first, last) = (&lines[..half], &lines[lines.len() - half..]);
    let left_out = lines.len() - 2 * half;
    format!("{}  … {left_out} lines more\n{}", whole(first), whole(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_is_shown_once_with_the_way_into_it() {
        let round =
            |number: usize| format!("  a            ▸ Set {number}\n  b            ▸ Set back\n");
        let rounds: String = (0..2_000).map(round).collect();
        let end = "  host         ■ quit\n  a            ● call-after-logoff\n";
        let text = format!("  a            ▸ Open\n{rounds}{end}");
        let lines: Vec<&str> = text.lines().collect();
        let shown = without_repeats(&lines, Some(lines.len() - 2));
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), 6, "{shown}");
        assert_eq!(lines[0], "  a            ▸ Open");
        assert!(lines[1].contains("2000 times"), "{shown}");
        assert_eq!(lines[3], "  b            ▸ Set back");
        assert!(lines[4].contains("quit"), "{shown}");
    }

    #[test]
    fn what_goes_on_without_a_loop_is_cut_in_the_middle() {
        let line = |number: usize| format!("  a {}\n", "x".repeat(number));
        let many = (0..1_000).map(line).collect::<String>();
        let shown = without_repeats(&many.lines().collect::<Vec<_>>(), None);
        assert_eq!(shown.lines().count(), SHOWN + 1);
        assert!(shown.contains("940 lines more"), "{shown}");
        let few: String = (0..10).map(line).collect();
        assert_eq!(without_repeats(&few.lines().collect::<Vec<_>>(), None), few);
    }
}
