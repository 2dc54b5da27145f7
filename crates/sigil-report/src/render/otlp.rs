//! For OpenTelemetry: the body of a request to `/v1/metrics`, in the JSON encoding of OTLP. There, whole numbers of
//! 64 bits are texts.

use std::io::{self, Write};

use serde::Serialize;
use sigil_breakdown::json::line;
use sigil_event::Timestamp;

use crate::metrics::{Kind, Metric, Point, Unit, Value};

/// Sums are those of everything since the first event.
const CUMULATIVE: u8 = 2;

/// Which time metrics are of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) first: Option<Timestamp>,
    pub(crate) last: Option<Timestamp>,
}

/// Writes the metrics as they stood at the last event; `session` is the one that all of them are of.
pub(crate) fn write(
    metrics: &[Metric],
    span: Span,
    session: Option<&str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut attributes = vec![Attribute::new("service.name", "sigil")];
    attributes.extend(session.map(|id| Attribute::new("session.id", id)));
    let metrics = metrics.iter().map(|metric| MetricObject::of(metric, span)).collect();
    let scope = Scope { name: "sigil-report", version: env!("CARGO_PKG_VERSION") };
    let of_scope = ScopeMetrics { scope, metrics };
    let of_resource = ResourceMetrics { resource: Resource { attributes }, scope_metrics: [of_scope] };
    line(&Request { resource_metrics: [of_resource] }, out)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request<'a> {
    resource_metrics: [ResourceMetrics<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResourceMetrics<'a> {
    resource: Resource<'a>,
    scope_metrics: [ScopeMetrics<'a>; 1],
}

#[derive(Serialize)]
struct Resource<'a> {
    attributes: Vec<Attribute<'a>>,
}

#[derive(Serialize)]
struct ScopeMetrics<'a> {
    scope: Scope,
    metrics: Vec<MetricObject<'a>>,
}

#[derive(Serialize)]
struct Scope {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Attribute<'a> {
    key: &'a str,
    value: Text<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Text<'a> {
    string_value: &'a str,
}

#[derive(Serialize)]
struct MetricObject<'a> {
    name: &'static str,
    description: &'static str,
    unit: &'static str,
    #[serde(flatten)]
    data: Data<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Data<'a> {
    #[serde(rename_all = "camelCase")]
    Sum { data_points: Vec<PointObject<'a>>, aggregation_temporality: u8, is_monotonic: bool },
    #[serde(rename_all = "camelCase")]
    Gauge { data_points: Vec<PointObject<'a>> },
    #[serde(rename_all = "camelCase")]
    Histogram { data_points: Vec<PointObject<'a>>, aggregation_temporality: u8 },
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PointObject<'a> {
    attributes: Vec<Attribute<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_time_unix_nano: Option<String>,
    time_unix_nano: String,
    #[serde(flatten)]
    value: ValueObject<'a>,
}

#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum ValueObject<'a> {
    Whole { as_int: String },
    Float { as_double: f64 },
    Histogram { count: String, sum: f64, bucket_counts: Vec<String>, explicit_bounds: &'a [f64] },
}

impl<'a> Attribute<'a> {
    fn new(key: &'a str, text: &'a str) -> Self {
        Self { key, value: Text { string_value: text } }
    }
}

impl<'a> MetricObject<'a> {
    fn of(metric: &'a Metric, span: Span) -> Self {
        // What only is what it is now has no beginning.
        let start = if metric.kind == Kind::Gauge { None } else { span.first };
        let points = metric.points.iter();
        let data_points = points.map(|point| PointObject::of(point, start, span.last)).collect();
        let data = match metric.kind {
            Kind::Counter => {
                Data::Sum { data_points, aggregation_temporality: CUMULATIVE, is_monotonic: true }
            }
            Kind::Gauge => Data::Gauge { data_points },
            Kind::Histogram => Data::Histogram { data_points, aggregation_temporality: CUMULATIVE },
        };
        Self { name: metric.name, description: metric.help, unit: unit(metric.unit), data }
    }
}

impl<'a> PointObject<'a> {
    fn of(point: &'a Point, start: Option<Timestamp>, at: Option<Timestamp>) -> Self {
        let value = match &point.value {
            Value::Whole(value) => ValueObject::Whole { as_int: (*value).min(i64::MAX as u64).to_string() },
            Value::Float(value) => ValueObject::Float { as_double: *value },
            Value::Histogram(histogram) => ValueObject::Histogram {
                count: histogram.count().to_string(),
                sum: histogram.sum,
                bucket_counts: histogram.counts.iter().map(u64::to_string).collect(),
                explicit_bounds: histogram.bounds,
            },
        };
        Self {
            attributes: point.labels.iter().map(|(key, text)| Attribute::new(key, text)).collect(),
            start_time_unix_nano: start.map(nanoseconds),
            // A log without times has none to tell: 0 is what OTLP has for that.
            time_unix_nano: at.map_or("0".to_owned(), nanoseconds),
            value,
        }
    }
}

/// Since 1970; what was before is not to be told.
fn nanoseconds(at: Timestamp) -> String {
    u64::try_from(at.us).unwrap_or(0).saturating_mul(1_000).to_string()
}

/// As UCUM writes it.
fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Tokens => "{token}",
        Unit::Events => "{event}",
        Unit::Sessions => "{session}",
        Unit::Lines => "{line}",
        Unit::Operations => "{operation}",
        Unit::Seconds => "s",
        Unit::Ratio | Unit::Info => "1",
        Unit::UsDollars => "{USD}",
    }
}
