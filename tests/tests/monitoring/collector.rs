//! The body for `/v1/metrics` is what OpenTelemetry's own definitions take.

use sigil_testkit::Tool;

use crate::{log, program, report};

/// Reads the body strictly, and prints of every metric its name, kind and sums.
const PYTHON: &str = r#"
import json, sys
from google.protobuf import json_format
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
request = json_format.Parse(sys.stdin.read(), ExportMetricsServiceRequest())
request = ExportMetricsServiceRequest.FromString(request.SerializeToString())
(resource,) = request.resource_metrics
(scope,) = resource.scope_metrics
told = {}
for metric in scope.metrics:
    kind = metric.WhichOneof("data")
    data = getattr(metric, kind)
    assert metric.name not in told and metric.unit and metric.description, metric.name
    assert kind == "gauge" or data.aggregation_temporality == 2, metric.name
    total = 0
    for point in data.data_points:
        if kind == "histogram":
            assert len(point.bucket_counts) == len(point.explicit_bounds) + 1, metric.name
            assert sum(point.bucket_counts) == point.count, metric.name
            total += point.sum
        else:
            total += getattr(point, point.WhichOneof("value"))
    told[metric.name] = [kind, total]
print(json.dumps(told))
"#;

#[test]
fn opentelemetry_reads_the_body() {
    let Some(python) = program("opentelemetry_reads_the_body", "python/bin/python3") else { return };
    for args in [&[][..], &["--by", "session,component,model"], &["-s", "lead-1"]] {
        let body = report(&log(), &[&["--format", "otlp"], args].concat());
        let tokens = if args.first() == Some(&"-s") { 650 } else { 650 + 5 + 2_120 };
        Tool::new(&python)
            .args(["-c", PYTHON])
            .stdin(body)
            .stdout_json(|told| {
                assert_eq!(told["sigil.tokens"], serde_json::json!(["sum", tokens]));
                if args.is_empty() {
                    assert_eq!(told["gen_ai.client.token.usage"], serde_json::json!(["histogram", 2_120.0]));
                    assert_eq!(told["sigil.step.latency"][0], "histogram");
                }
            })
            .status(0);
    }
    let nothing = report("", &["--format", "otlp"]);
    Tool::new(&python).args(["-c", PYTHON]).stdin(nothing).stdout_contains("sigil.tokens").status(0);
}
