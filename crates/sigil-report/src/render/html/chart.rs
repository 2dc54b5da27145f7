//! Charts, drawn by attributes alone: the page's policy lets in neither styles nor scripts of theirs. Widths are
//! shares of what there is, so that letters stay as large as elsewhere.

use std::io::{self, Write};

use super::text::inert;
use crate::document::{Chart, Point, Shape};

/// How high columns may be.
const HEIGHT: f64 = 140.0;

pub(super) fn write(chart: &Chart, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<figure>\n<figcaption>{}</figcaption>", inert(&chart.title))?;
    let greatest = chart.points.iter().map(|point| point.beyond.unwrap_or(point.value).max(point.value));
    let greatest = greatest.fold(0.0, f64::max);
    match chart.shape {
        Shape::Bars => bars(chart, greatest, out)?,
        Shape::Columns => columns(chart, greatest, out)?,
    }
    writeln!(out, "</figure>")
}

/// A table whose middle is drawn.
fn bars(chart: &Chart, greatest: f64, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<table class=\"bars\">")?;
    for Point { label, value, beyond, text } in &chart.points {
        let (label, text) = (inert(label), inert(text));
        let beyond = beyond.map_or(String::new(), |beyond| {
            format!("<rect class=\"beyond\" width=\"{}%\" height=\"12\" rx=\"2\"/>", share(beyond, greatest))
        });
        writeln!(
            out,
            "<tr><th scope=\"row\">{label}</th><td><svg width=\"100%\" height=\"12\" aria-hidden=\"true\">{beyond}\
             <rect class=\"fill\" width=\"{}%\" height=\"12\" rx=\"2\"/></svg></td><td class=\"number\">{text}</td></tr>",
            share(*value, greatest)
        )?;
    }
    writeln!(out, "</table>")
}

/// Columns from the left to the right, with the first, the last and the highest told.
fn columns(chart: &Chart, greatest: f64, out: &mut dyn Write) -> io::Result<()> {
    let count = chart.points.len().max(1) as f64;
    let highest = chart.points.iter().rev().max_by(|a, b| a.value.total_cmp(&b.value));
    let (Some(first), Some(last), Some(highest)) = (chart.points.first(), chart.points.last(), highest)
    else {
        return Ok(());
    };
    let peak = format!("highest: {} ({})", inert(&highest.text), inert(&highest.label));
    writeln!(
        out,
        "<p class=\"peak\">{peak}</p>\n<svg class=\"columns\" width=\"100%\" height=\"{HEIGHT}\" role=\"img\">\n\
         <title>{}</title><desc>From {} to {}; {peak}.</desc>",
        inert(&chart.title),
        inert(&first.label),
        inert(&last.label),
    )?;
    for (number, Point { label, value, text, .. }) in chart.points.iter().enumerate() {
        let height = share(*value, greatest) / 100.0 * HEIGHT;
        // A gap between columns, and columns that are not as wide as the page.
        let (slot, width) = (100.0 / count, (80.0 / count).min(12.0));
        writeln!(
            out,
            "<rect class=\"fill\" x=\"{:.3}%\" y=\"{:.1}\" width=\"{width:.3}%\" height=\"{height:.1}\">\
             <title>{}: {}</title></rect>",
            slot * number as f64 + (slot - width) / 2.0,
            HEIGHT - height,
            inert(label),
            inert(text),
        )?;
    }
    writeln!(
        out,
        "</svg>\n<p class=\"axis\"><span>{}</span><span>{}</span></p>",
        inert(&first.label),
        inert(&last.label)
    )
}

/// In percent; whatever is anything can be seen.
fn share(value: f64, greatest: f64) -> f64 {
    if value <= 0.0 || greatest <= 0.0 {
        return 0.0;
    }
    ((value / greatest * 1e4).round() / 1e2).clamp(0.5, 100.0)
}
