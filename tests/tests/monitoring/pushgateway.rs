//! promtool has nothing to say of the metrics, and a Pushgateway takes them and serves them back.

use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use sigil_testkit::Tool;

use crate::http::request;
use crate::{log, program, report};

/// How long it may take to listen.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running Pushgateway, which ends with the test.
pub(crate) struct Pushgateway {
    process: Child,
    pub(crate) port: u16,
}

impl Pushgateway {
    pub(crate) fn start(program: &Path) -> Self {
        let start = Instant::now();
        loop {
            let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
            let port = free.local_addr().expect("an address").port();
            drop(free);
            let mut process = Command::new(program)
                .arg(format!("--web.listen-address=127.0.0.1:{port}"))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .expect("it starts");
            // Somebody else may have taken the port: then it ends by itself.
            while process.try_wait().expect("it is ours").is_none() {
                if request(port, "GET", "/-/ready", "").is_ok_and(|(status, _)| status == 200) {
                    return Self { process, port };
                }
                assert!(start.elapsed() < PATIENCE, "it does not listen");
                thread::sleep(Duration::from_millis(20));
            }
            assert!(start.elapsed() < PATIENCE, "it does not stay");
        }
    }
}

impl Drop for Pushgateway {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The reports that are pushed.
const REPORTS: [&[&str]; 4] =
    [&[], &["--by", "session,component,model"], &["--by", "day"], &["-s", "lead-1"]];

#[test]
fn promtool_has_no_complaint() {
    let Some(promtool) = program("promtool_has_no_complaint", "bin/promtool") else { return };
    for log in [log(), String::new()] {
        for args in REPORTS.iter().take(if log.is_empty() { 3 } else { 4 }) {
            let text = report(&log, &[&["--format", "prometheus"], *args].concat());
            Tool::new(&promtool).args(["check", "metrics"]).stdin(text).stdout("").status(0);
        }
    }
    // It would complain.
    let wrong = "# TYPE sigil_tokens counter\nsigil_tokens 1\n";
    assert_ne!(Tool::new(&promtool).args(["check", "metrics"]).stdin(wrong).run().status.code(), Some(0));
}

#[test]
fn a_pushgateway_serves_the_figures_back() {
    let test = "a_pushgateway_serves_the_figures_back";
    let Some(program) = program(test, "bin/prometheus-pushgateway") else { return };
    let gateway = Pushgateway::start(&program);
    for (number, args) in REPORTS.iter().enumerate() {
        let text = report(&log(), &[&["--format", "prometheus"], *args].concat());
        let path = format!("/metrics/job/sigil/instance/{number}");
        let (status, answer) = request(gateway.port, "PUT", &path, &text).expect("it answers");
        assert_eq!(status, 200, "{answer}");
        let (status, served) = request(gateway.port, "GET", "/metrics", "").expect("it answers");
        assert_eq!(status, 200);
        // Names and figures are served as they came; there the labels of the push stand before ours or among them.
        let instance = format!("instance=\"{number}\"");
        let served: Vec<_> = served.lines().filter(|line| line.contains(&instance)).collect();
        let samples: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
        for sample in &samples {
            let (series, value) = sample.rsplit_once(' ').expect("a value");
            let (name, labels) = series.split_once('{').unwrap_or((series, "}"));
            let labels: Vec<_> =
                labels.trim_end_matches('}').split("\",").filter(|one| !one.is_empty()).collect();
            let value: f64 = value.parse().expect("a number");
            let is_same = |line: &&&str| {
                let (of, number) = line.rsplit_once(' ').expect("a value");
                of.split('{').next() == Some(name)
                    && labels.iter().all(|label| of.contains(label.trim_end_matches('"')))
                    && number.parse::<f64>().is_ok_and(|number| number == value)
            };
            assert!(served.iter().any(|line| is_same(&line)), "{sample} is not served");
        }
        assert!(served.iter().any(|line| line.starts_with("sigil_tokens_total")));
    }
}
