//! One request to a webhook, and what its answer means.

use std::io::{self, Read};
use std::net::IpAddr;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sigil_store::cause;
use ureq::http::header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use ureq::tls::TlsConfig;
use ureq::{Agent, Timeout};

use super::answer::{self, Answer, Trouble};
use super::payload;
use super::secret::Secret;
use super::sink::WebhookFormat;
use crate::alert::Alert;

const CONNECT_LIMIT: Duration = Duration::from_secs(5);
/// From looking up the host to the end of the answer.
const REQUEST_LIMIT: Duration = Duration::from_secs(10);
/// How much of an answer is read.
const BODY_BYTES: u64 = 64 << 10;

/// A webhook, ready to be asked.
pub(super) struct Webhook {
    address: Secret,
    /// The address without user and password.
    url: Secret,
    /// What a user and a password in the address become.
    authorization: Option<Secret>,
    format: WebhookFormat,
    agent: Agent,
}

impl Webhook {
    pub(super) fn new(address: Secret, format: WebhookFormat) -> Self {
        Self::with_limit(address, format, REQUEST_LIMIT)
    }

    pub(super) fn with_limit(address: Secret, format: WebhookFormat, limit: Duration) -> Self {
        let user = address.user_and_password();
        let authorization =
            user.map(|user| Secret::new(&format!("Basic {}", STANDARD.encode(decoded(user)))));
        let url = user.map_or_else(
            || address.reveal().to_owned(),
            |user| address.reveal().replacen(&format!("{user}@"), "", 1),
        );
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            // A redirected POST becomes a GET, and who redirects could learn what alerts say.
            .max_redirects(0)
            .timeout_connect(Some(CONNECT_LIMIT.min(limit)))
            .timeout_global(Some(limit))
            // Alerts are rare: a kept connection would be one that the server has closed.
            .max_idle_connections(0)
            .user_agent(concat!("sigil-alert/", env!("CARGO_PKG_VERSION")))
            .tls_config(TlsConfig::builder().build());
        if is_loopback(address.host()) {
            config = config.proxy(None);
        }
        Self { url: Secret::new(&url), address, authorization, format, agent: config.build().new_agent() }
    }

    /// Posts alerts, and says what came of it.
    pub(super) fn deliver(&self, alerts: &[Alert], now_us: &dyn Fn() -> i64) -> Answer {
        let body = payload::body(self.format, alerts).to_string();
        let mut request = self.agent.post(self.url.reveal()).header(CONTENT_TYPE, "application/json");
        if let Some(authorization) = &self.authorization {
            request = request.header(AUTHORIZATION, authorization.reveal());
        }
        let mut response = match request.send(body.as_str()) {
            Ok(response) => response,
            Err(why) => return Answer::Failed(self.trouble(&why)),
        };
        let mut said = Vec::new();
        // The status counts, whatever becomes of the rest.
        let _ = response.body_mut().as_reader().take(BODY_BYTES).read_to_end(&mut said);
        let said = self.address.hide_in(&String::from_utf8_lossy(&said));
        let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
        answer::of_http(response.status().as_u16(), retry_after, &said, now_us())
    }

    /// Why there is no answer, without the address.
    fn trouble(&self, error: &ureq::Error) -> Trouble {
        let why = match error {
            ureq::Error::Timeout(Timeout::Resolve) => "its name is not resolved in time".to_owned(),
            ureq::Error::Timeout(Timeout::Connect) => "no connection in time".to_owned(),
            ureq::Error::Timeout(_) => "no answer in time".to_owned(),
            ureq::Error::HostNotFound => "no such host".to_owned(),
            ureq::Error::ConnectProxyFailed(_) => "the proxy does not connect to it".to_owned(),
            ureq::Error::Io(why) if is_close(why) => "it closes the connection".to_owned(),
            ureq::Error::Io(why) => cause::of_io(why),
            other => other.to_string(),
        };
        Trouble::network(format!("does not answer ({})", self.address.hide_in(&why)))
    }
}

fn is_close(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(
        error.kind(),
        Kind::UnexpectedEof | Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe
    )
}

/// Whether a host, with or without a port, is this machine. No proxy leads there, as in other programs.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(address) => address.split(']').next().unwrap_or(address),
        None => host.rsplit_once(':').map_or(host, |(name, _)| name),
    };
    name.eq_ignore_ascii_case("localhost") || name.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// The bytes that a text with `%2B` in it stands for.
fn decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let (mut decoded, mut index) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(index) {
        let digits = text.get(index + 1..index + 3).filter(|_| *byte == b'%');
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                index += 3;
            }
            None => {
                decoded.push(*byte);
                index += 1;
            }
        }
    }
    decoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known() {
        for host in ["localhost", "localhost:80", "127.0.0.1:9", "[::1]:80", "[::1]", "127.9.9.9"] {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["hooks.slack.com", "128.0.0.1:80", "[::2]", "localhost.example.org", ""] {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn a_password_is_decoded() {
        assert_eq!(decoded("u:p%40s%2bé%zz%"), "u:p@s+é%zz%".as_bytes());
    }
}
