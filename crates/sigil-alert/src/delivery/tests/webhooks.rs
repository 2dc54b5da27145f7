//! Webhooks, with a real server.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use super::super::answer::Answer;
use super::super::secret::Secret;
use super::super::testing::{Reply, Request, Server, alert};
use super::super::webhook::Webhook;
use super::super::{Delivery, Outbox, Sink, WebhookFormat};
use super::{LONG, finish, first_trouble, start, until};

/// A server that answers as the cell says.
fn switchable(status: u16) -> (Server, Arc<AtomicU16>) {
    let cell = Arc::new(AtomicU16::new(status));
    let inside = Arc::clone(&cell);
    (Server::start(move |_, _| Reply::status(inside.load(Ordering::SeqCst))), cell)
}

/// One attempt with a server that replies so: what the trouble is.
fn trouble_with(reply: impl FnMut(usize, &Request) -> Reply + Send + 'static) -> String {
    let server = Server::start(reply);
    let address = Secret::new(&server.url("/services/T000SECRET?sig=QUERYSECRET"));
    let webhook = Webhook::with_limit(address, WebhookFormat::Json, Duration::from_millis(500));
    match webhook.deliver(&[alert("a", 0)], &|| 0) {
        Answer::Failed(trouble) | Answer::Refused(trouble) | Answer::Later(_, trouble) => {
            trouble.line("S", 1)
        }
        Answer::Delivered | Answer::Abandoned => String::new(),
    }
}

#[test]
fn alerts_that_come_together_go_in_one_request() {
    let server = Server::start(|_, _| Reply::Answer(200, "", "ok".to_owned()));
    let delivery = start(server.sink());
    let alerts: Vec<_> = (0..300).map(|number| alert(&format!("f{}", number % 7), number)).collect();
    delivery.send(&alerts);
    let settled = finish(delivery);
    assert_eq!(settled.outbox, Outbox::default());
    assert!(settled.waiting.is_empty());
    let requests = server.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].body, json!({ "alerts": alerts }));
    let head = requests[0].head.to_lowercase();
    assert!(head.starts_with("post /services/t000secret http/1.1\r\n"), "{head}");
    assert!(
        head.contains(concat!("\r\nuser-agent: sigil-alert/", env!("CARGO_PKG_VERSION"), "\r\n")),
        "{head}"
    );
    assert!(head.contains("\r\ncontent-type: application/json\r\n"), "{head}");
    assert!(!head.contains("authorization"), "{head}");
}

#[test]
fn more_than_a_request_may_have_go_with_the_next() {
    let server = Server::start(|_, _| Reply::status(204));
    let url = server.url("/");
    let delivery = start(Sink::webhook(&url, WebhookFormat::Alertmanager).unwrap());
    delivery.send(&(0..1_001).map(|number| alert(&format!("f{number}"), number)).collect::<Vec<_>>());
    assert!(finish(delivery).waiting.is_empty());
    let counts: Vec<_> =
        server.requests().iter().map(|r| r.body["alerts"].as_array().unwrap().len()).collect();
    assert_eq!(counts, [500, 500, 1]);
    assert!(server.requests().iter().all(|request| request.body["truncatedAlerts"] == 0));
}

#[test]
fn a_user_and_a_password_go_into_a_header() {
    let server = Server::start(|_, _| Reply::status(200));
    let url = server.url("/x").replace("http://", "http://me:p%40ss@");
    let delivery = start(Sink::webhook(&url, WebhookFormat::Json).unwrap());
    delivery.send(&[alert("a", 0)]);
    assert!(finish(delivery).waiting.is_empty());
    let head = server.requests()[0].head.clone();
    assert!(head.to_lowercase().contains("authorization: basic "), "{head}");
    assert!(head.contains("bWU6cEBzcw=="), "{head}");
    assert!(head.starts_with("POST /x HTTP/1.1\r\n"), "{head}");
}

#[test]
fn after_a_failure_it_is_tried_again_and_said_once() {
    let is_well = Arc::new(AtomicBool::new(false));
    let inside = Arc::clone(&is_well);
    let server = Server::start(move |number, _| match inside.load(Ordering::SeqCst) {
        false => Reply::Answer(500, "", format!("request {number}")),
        true => Reply::status(200),
    });
    let delivery = start(server.sink());
    delivery.send(&[alert("a", 0)]);
    let host = server.url("").replace("http://", "");
    let trouble = first_trouble(&delivery);
    let expected = format!(
        "E004_NET_TIMEOUT: the webhook at {host} cannot take alerts (500 Internal Server Error: \"request "
    );
    assert!(trouble.starts_with(&expected), "{trouble}");
    until("it is tried again", || server.requests().len() >= 2);
    delivery.send(&[alert("a", 1)]);
    until("it is tried again", || server.requests().len() >= 3);
    assert_eq!(delivery.troubles(), Vec::<String>::new());
    is_well.store(true, Ordering::SeqCst);
    assert!(finish(delivery).waiting.is_empty());
    assert_eq!(server.requests().last().unwrap().messages(), ["a 0", "a 1"]);
}

#[test]
fn who_asks_for_patience_gets_it() {
    let server = Server::start(|number, _| match number {
        0 => Reply::Answer(429, "Retry-After: 1\r\n", "slow down".to_owned()),
        _ => Reply::status(200),
    });
    let delivery = start(server.sink());
    delivery.send(&[alert("a", 0)]);
    let trouble = first_trouble(&delivery);
    assert!(trouble.contains("cannot take alerts now (429 Too Many Requests: \"slow down\")"), "{trouble}");
    delivery.send(&[alert("a", 1)]);
    assert!(finish(delivery).waiting.is_empty());
    let requests = server.requests();
    assert!(requests[1].at - requests[0].at >= Duration::from_secs(1));
    assert_eq!(requests[1].messages(), ["a 0", "a 1"]);
}

#[test]
fn every_way_of_not_answering_has_a_reason() {
    assert_eq!(
        trouble_with(|_, _| Reply::Hang),
        "E004_NET_TIMEOUT: S does not answer (no answer in time); 1 alert waits"
    );
    assert_eq!(
        trouble_with(|_, _| Reply::Close),
        "E004_NET_TIMEOUT: S does not answer (it closes the connection); 1 alert waits"
    );
    let nonsense = trouble_with(|_, _| Reply::Nonsense);
    assert!(nonsense.starts_with("E004_NET_TIMEOUT: S does not answer ("), "{nonsense}");
}

#[test]
fn a_server_without_tls_is_not_spoken_to_over_https() {
    let server = Server::start(|_, _| Reply::status(200));
    let address = Secret::new(&server.url("/T000SECRET").replace("http://", "https://"));
    let answer = Webhook::new(address, WebhookFormat::Json).deliver(&[alert("a", 0)], &|| 0);
    let Answer::Failed(trouble) = answer else { panic!("{answer:?}") };
    assert!(trouble.line("S", 1).starts_with("E004_NET_TIMEOUT: S does not answer ("), "{trouble:?}");
    assert!(server.requests().is_empty());
}

#[test]
fn a_server_that_is_not_there_is_said() {
    // Nothing has listened there for decades.
    let delivery = start(Sink::webhook("http://127.0.0.1:1/", WebhookFormat::Json).unwrap());
    delivery.send(&[alert("a", 0), alert("a", 1), alert("a", 2)]);
    let trouble = first_trouble(&delivery);
    assert!(trouble.starts_with("E004_NET_TIMEOUT: the webhook at 127.0.0.1:1 "), "{trouble}");
    assert!(trouble.ends_with(" does not answer (connection refused); 3 alerts wait"), "{trouble}");
    let settled = delivery.settle(Instant::now());
    assert_eq!(settled.waiting[0].to_string(), trouble);
}

#[test]
fn a_redirection_is_not_followed() {
    let server = Server::start(|_, _| Reply::Answer(307, "Location: /elsewhere\r\n", String::new()));
    let delivery = start(server.sink());
    delivery.send(&[alert("a", 0)]);
    let trouble = first_trouble(&delivery);
    assert!(trouble.starts_with("E010_CONFIG_ERR: ") && trouble.contains("not followed (307"), "{trouble}");
    drop(delivery);
    assert!(server.requests().iter().all(|request| request.head.starts_with("POST /services/")));
}

#[test]
fn a_server_that_hangs_does_not_keep_the_tool() {
    let server = Server::start(|_, _| Reply::Hang);
    let delivery = start(server.sink());
    let begun = Instant::now();
    delivery.send(&[alert("a", 0)]);
    until("the request is under way", || !server.requests().is_empty());
    let settled = delivery.settle(Instant::now() + Duration::from_millis(100));
    assert!(begun.elapsed() < LONG);
    assert_eq!(settled.waiting[0].alerts, 1);
    assert!(settled.waiting[0].to_string().contains(" has not answered yet; 1 alert waits"));
    assert_ne!(settled.outbox, Outbox::default());
}

#[test]
fn what_waits_is_delivered_by_the_next_run() {
    let (server, status) = switchable(500);
    let delivery = start(server.sink());
    let before = delivery.changes();
    delivery.send(&[alert("a", 0)]);
    delivery.send(&[alert("a", 1)]);
    assert!(delivery.changes() > before);
    first_trouble(&delivery);
    let text = serde_json::to_string(&delivery.settle(Instant::now()).outbox).unwrap();
    status.store(200, Ordering::SeqCst);
    let delivery = Delivery::start(vec![server.sink()], serde_json::from_str(&text).unwrap());
    delivery.send(&[alert("a", 2)]);
    assert_eq!(finish(delivery).outbox, Outbox::default());
    let requests = server.requests();
    assert_eq!(requests.last().unwrap().messages().last().unwrap(), "a 2");
    let mut arrived: Vec<String> = Vec::new();
    for message in server.messages() {
        if !arrived.contains(&message) {
            arrived.push(message);
        }
    }
    assert_eq!(arrived, ["a 0", "a 1", "a 2"]);
}

#[test]
fn what_may_not_be_tried_yet_is_not_waited_for() {
    let server = Server::start(|_, _| Reply::Answer(503, "Retry-After: 3000\r\n", String::new()));
    let delivery = start(server.sink());
    delivery.send(&[alert("a", 0)]);
    first_trouble(&delivery);
    let begun = Instant::now();
    let outbox = delivery.settle(begun + Duration::from_secs(1_000)).outbox;
    let settled = Delivery::start(vec![server.sink()], outbox).settle(begun + Duration::from_secs(1_000));
    assert!(begun.elapsed() < Duration::from_secs(500));
    let line = settled.waiting[0].to_string();
    assert!(line.contains(" took nothing the last time, and is tried again in "), "{line}");
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn the_queues_of_other_sinks_are_kept() {
    let (server, _) = switchable(500);
    let delivery = start(server.sink());
    delivery.send(&[alert("a", 0)]);
    first_trouble(&delivery);
    let outbox = delivery.settle(Instant::now()).outbox;
    let (other, _) = switchable(200);
    let delivery = Delivery::start(vec![other.sink(), other.sink()], outbox.clone());
    delivery.send(&[alert("b", 0)]);
    let settled = finish(delivery);
    assert_eq!(settled.outbox, outbox);
    assert!(settled.waiting.is_empty());
    assert_eq!(other.messages(), ["b 0"]);
}

#[test]
fn a_refused_alert_does_not_hold_up_a_digest() {
    let server = Server::start(|_, request| {
        let is_bad = request.messages().iter().any(|message| message == "bad 1");
        if is_bad { Reply::Answer(400, "", "invalid_payload".to_owned()) } else { Reply::status(200) }
    });
    let delivery = start(server.sink());
    delivery.send(&[
        alert("a", 0),
        alert("bad", 1),
        alert("bad", 2),
        alert("b", 3),
        alert("c", 4),
        alert("a", 5),
    ]);
    until("all others arrive", || delivery.outbox().waiting(&server.sink().key()) == 2);
    let trouble = first_trouble(&delivery);
    assert!(trouble.contains("refuses what is sent (400 Bad Request: \"invalid_payload\")"), "{trouble}");
    assert!(trouble.contains("--webhook-format"), "{trouble}");
    let left = serde_json::to_string(&delivery.settle(Instant::now()).outbox).unwrap();
    assert!(left.contains("bad 1") && left.contains("bad 2") && !left.contains("b 3\""), "{left}");
    let accepted: Vec<String> = server
        .requests()
        .iter()
        .map(Request::messages)
        .filter(|messages| !messages.contains(&"bad 1".to_owned()))
        .flatten()
        .collect();
    assert_eq!(accepted, ["a 0", "b 3", "c 4", "a 5"]);
}

#[test]
fn an_address_is_nowhere_to_be_seen() {
    let server = Server::start(|_, request| {
        let path = request.head.split(' ').nth(1).unwrap_or_default();
        Reply::Answer(404, "", format!("Cannot POST {path}: no T000SECRET, no QUERYSECRET for USERSECRET"))
    });
    let url = server
        .url("/services/T000SECRET?sig=QUERYSECRET")
        .replace("http://", "http://USERSECRET:PASSSECRET@");
    let sink = Sink::webhook(&url, WebhookFormat::Slack).unwrap();
    let mut all = format!("{sink:?} {} {}", sink.key(), sink.shown());
    let delivery = start(sink);
    delivery.send(&[alert("a", 0)]);
    let trouble = first_trouble(&delivery);
    assert!(
        trouble.contains(" is gone (404 Not Found: \"Cannot POST /…: no …, no … for …\"): make a new"),
        "{trouble}"
    );
    let settled = delivery.settle(Instant::now());
    all += &format!("{trouble} {settled:?} {}", settled.waiting[0]);
    all += &serde_json::to_string(&settled.outbox).unwrap();
    assert!(!all.contains("SECRET") && !all.contains("services"), "{all}");
    for reply in
        [|| Reply::Hang, || Reply::Close, || Reply::Nonsense, || Reply::Answer(302, "", "T000SECRET".into())]
    {
        let trouble = trouble_with(move |_, _| reply());
        assert!(!trouble.contains("SECRET") && !trouble.contains("services"), "{trouble}");
    }
}

#[test]
fn only_the_beginning_of_an_answer_is_read() {
    let long = trouble_with(|_, _| Reply::Answer(500, "", "x".repeat(1 << 20)));
    assert!(long.len() < 300, "{}", long.len());
}
