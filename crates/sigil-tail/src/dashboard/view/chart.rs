//! The course of a session's tokens, as high as there is room for.

use sigil_cli::Tone;
use sigil_cli::number::{duration, thousands};

use super::look::Look;
use super::strip::Strip;
use crate::dashboard::figures::Panel;

/// What a column stands for, at the end of the title.
pub(super) fn scale(panel: &Panel) -> Strip {
    let (_, piece_us) = panel.course;
    Strip::default().toned(Tone::Faint, &format!("{} each", duration(piece_us.unsigned_abs())))
}

/// Columns on `rows` rows, with the highest value at their left. Where there is more room than values, each is
/// as many columns wide as all of them can be.
pub(super) fn chart(panel: &Panel, columns: usize, rows: usize, look: Look) -> Vec<Strip> {
    let (course, _) = &panel.course;
    let highest = course.iter().copied().max().unwrap_or(0);
    let label = thousands(highest);
    let room = columns.saturating_sub(label.len() + 1);
    let course = joined(course, room);
    let each = (room / course.len().max(1)).clamp(1, 3);
    let heights: Vec<_> = course.iter().map(|value| look.height(*value, highest, rows)).collect();
    (0..rows)
        .map(|row| {
            let floor = (rows - 1 - row) * Look::STEPS;
            let line: String = heights
                .iter()
                .flat_map(|height| std::iter::repeat_n(look.step(height.saturating_sub(floor)), each))
                .collect();
            let text = match row {
                0 => label.clone(),
                _ if row + 1 == rows => "0".to_owned(),
                _ => String::new(),
            };
            let text = Strip::default().toned(Tone::Faint, &format!("{text:>width$} ", width = label.len()));
            text.toned(Tone::Good, &line)
        })
        .collect()
}

/// One row of columns, and what each stands for.
pub(super) fn sparkline(panel: &Panel, columns: usize, look: Look) -> Strip {
    let (course, piece_us) = &panel.course;
    let scale = |values: usize| {
        let times = course.len().div_ceil(values.max(1)) as u64;
        format!(" {} each", duration(piece_us.unsigned_abs().saturating_mul(times)))
    };
    // What is told of the scale is as long for all of them, about.
    let room = columns.saturating_sub(scale(columns).len());
    let (values, told) = if room >= 12 {
        let values = joined(course, room);
        let told = scale(values.len());
        (values, told)
    } else {
        (joined(course, columns), String::new())
    };
    Strip::default().toned(Tone::Good, &look.sparkline(&values)).toned(Tone::Faint, &told)
}

/// Values in at most `columns` pieces.
fn joined(course: &[u64], columns: usize) -> Vec<u64> {
    let each = course.len().div_ceil(columns.max(1)).max(1);
    course
        .chunks(each)
        .map(|some| some.iter().fold(0, |sum: u64, tokens| sum.saturating_add(*tokens)))
        .collect()
}
