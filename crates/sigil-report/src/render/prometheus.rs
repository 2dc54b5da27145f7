//! For Prometheus and its Pushgateway: the text exposition format, without times.

use std::io::{self, Write};

use crate::metrics::{Histogram, Kind, Metric, Point, Unit, Value};

/// Writes the metrics.
pub(crate) fn write(metrics: &[Metric], out: &mut dyn Write) -> io::Result<()> {
    metrics.iter().try_for_each(|metric| write_metric(metric, out))
}

fn write_metric(metric: &Metric, out: &mut dyn Write) -> io::Result<()> {
    let name = name(metric);
    let kind = match metric.kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
        Kind::Histogram => "histogram",
    };
    writeln!(out, "# HELP {name} {}\n# TYPE {name} {kind}", escaped(metric.help, false))?;
    for Point { labels, value } in &metric.points {
        let labels = labels.iter().map(|(name, value)| label(name, value)).collect();
        match value {
            Value::Whole(value) => write_sample(&name, labels, value, out)?,
            Value::Float(value) => write_sample(&name, labels, value, out)?,
            Value::Histogram(histogram) => write_histogram(&name, labels, histogram, out)?,
        }
    }
    Ok(())
}

fn write_sample(
    name: &str,
    labels: Vec<String>,
    value: &dyn std::fmt::Display,
    out: &mut dyn Write,
) -> io::Result<()> {
    match labels.is_empty() {
        true => writeln!(out, "{name} {value}"),
        false => writeln!(out, "{name}{{{}}} {value}", labels.join(",")),
    }
}

fn write_histogram(
    name: &str,
    labels: Vec<String>,
    histogram: &Histogram,
    out: &mut dyn Write,
) -> io::Result<()> {
    let bounds = histogram.bounds.iter().map(f64::to_string).chain(["+Inf".to_owned()]);
    let mut up_to = 0u64;
    for (bound, count) in bounds.zip(&histogram.counts) {
        up_to = up_to.saturating_add(*count);
        let labels = labels.iter().cloned().chain([label("le", &bound)]).collect();
        write_sample(&format!("{name}_bucket"), labels, &up_to, out)?;
    }
    write_sample(&format!("{name}_sum"), labels.clone(), &histogram.sum, out)?;
    write_sample(&format!("{name}_count"), labels, &histogram.count(), out)
}

/// Words between underscores; the base unit and the kind stand behind them.
fn name(metric: &Metric) -> String {
    let unit = match metric.unit {
        Unit::Seconds => "_seconds",
        Unit::Ratio => "_ratio",
        Unit::UsDollars => "_usd",
        Unit::Info => "_info",
        Unit::Tokens | Unit::Events | Unit::Sessions | Unit::Lines | Unit::Operations => "",
    };
    let kind = if metric.kind == Kind::Counter { "_total" } else { "" };
    format!("{}{unit}{kind}", metric.name.replace('.', "_"))
}

fn label(name: &str, value: &str) -> String {
    format!("{}=\"{}\"", name.replace('.', "_"), escaped(value, true))
}

fn escaped(text: &str, is_quoted: bool) -> String {
    let text = text.replace('\\', "\\\\").replace('\n', "\\n");
    if is_quoted { text.replace('"', "\\\"") } else { text }
}
