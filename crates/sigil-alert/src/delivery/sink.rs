//! Where alerts are taken beside standard output.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Result, anyhow, bail};
use ring::digest::{SHA256, digest};
use sigil_store::escape;
use sigil_store::home;
use ureq::http::Uri;

use super::secret::Secret;

/// The form in which a webhook wants alerts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum WebhookFormat {
    /// A message for Slack's incoming webhooks, and for what understands them.
    Slack,
    /// `{"alerts":[…]}`, each as on standard output.
    Json,
    /// What Prometheus' Alertmanager sends, version 4.
    Alertmanager,
}

/// A place that alerts are taken to.
#[derive(Clone, Debug)]
pub(crate) enum Sink {
    /// An address that they are posted to.
    Webhook { address: Secret, format: WebhookFormat },
    /// A program that is started for each, without a shell; `hidden` are the names of variables that its
    /// environment does not have.
    Exec { argv: Vec<String>, time_limit: Duration, hidden: Vec<String> },
    /// A file that reports are appended to.
    Report { path: PathBuf },
}

impl Sink {
    /// A webhook at an `http://` or `https://` address.
    ///
    /// # Errors
    /// It is no such address; the text tells no more of it than its host.
    pub(crate) fn webhook(address: &str, format: WebhookFormat) -> Result<Self> {
        let address = address.trim();
        if address.is_empty() {
            bail!("E010_CONFIG_ERR: the webhook's address is empty");
        }
        let uri: Option<Uri> = address.parse().ok();
        let uri = uri.filter(|uri| matches!(uri.scheme_str(), Some("http" | "https")) && has_right_port(uri));
        match uri.as_ref().and_then(Uri::host) {
            Some(host) if !host.is_empty() => Ok(Self::Webhook { address: Secret::new(address), format }),
            _ => bail!(
                "E010_CONFIG_ERR: the webhook's address is not a URL that begins with https:// or http:// and \
                 names a host"
            ),
        }
    }

    /// A program and its arguments, in words as a shell has them.
    ///
    /// # Errors
    /// There is no word, or a quote is not closed.
    pub(crate) fn exec(command: &str, time_limit: Duration, hidden: &[String]) -> Result<Self> {
        let argv = shlex::split(command).ok_or_else(|| {
            anyhow!("E010_CONFIG_ERR: --exec {}: a quote is not closed", escape::quoted(command))
        })?;
        match argv.first() {
            Some(program) if !program.is_empty() => {
                Ok(Self::Exec { argv, time_limit, hidden: hidden.to_vec() })
            }
            _ => bail!("E010_CONFIG_ERR: --exec {} names no program", escape::quoted(command)),
        }
    }

    /// What the sink is called in the state file: the same in every run, and nothing that helps to find out the
    /// address.
    pub(crate) fn key(&self) -> String {
        let (kind, name) = match self {
            Self::Webhook { address, .. } => ("webhook", address.reveal().to_owned()),
            Self::Exec { argv, .. } => ("exec", argv.join("\0")),
            Self::Report { path } => {
                let path = std::path::absolute(path).unwrap_or_else(|_| path.clone());
                ("report", path.to_string_lossy().into_owned())
            }
        };
        let digest = digest(&SHA256, name.as_bytes());
        let digits = digest.as_ref().iter().take(8).map(|byte| format!("{byte:02x}"));
        format!("{kind}-{}", digits.collect::<String>())
    }

    /// What the sink is called in messages. Arguments of a program may be secrets, too.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Webhook { address, .. } => {
                format!("the webhook at {}", escape::for_terminal(address.host()))
            }
            Self::Exec { argv, .. } => {
                let program = argv.first().map_or("", String::as_str);
                format!("--exec {}", escape::for_terminal(program))
            }
            Self::Report { path } => format!("--report {}", home::shown(path)),
        }
    }
}

/// Whether the port, if there is one, is a number that a port can have.
fn has_right_port(uri: &Uri) -> bool {
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let is_bare = host.rsplit_once(':').is_none_or(|(_, port)| port.ends_with(']'));
    is_bare || uri.port_u16().is_some_and(|port| port > 0)
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn formats_have_the_names_of_the_command_line() {
        let names = ["slack", "json", "alertmanager"].map(|name| WebhookFormat::from_str(name, false));
        assert_eq!(
            names,
            [Ok(WebhookFormat::Slack), Ok(WebhookFormat::Json), Ok(WebhookFormat::Alertmanager)]
        );
    }

    #[test]
    fn a_port_is_a_number() {
        for address in [
            "http://h",
            "http://h:80",
            "https://u:p@h/x",
            "http://[::1]",
            "http://[::1]:8080/",
            "http://u:1@h",
        ] {
            assert!(webhook(address).is_ok(), "{address}");
        }
        for address in ["http://h:99999/", "http://h:x/", "http://h:0/", "http://[::1]:70000"] {
            assert!(webhook(address).is_err(), "{address}");
        }
    }

    fn webhook(address: &str) -> Result<Sink> {
        Sink::webhook(address, WebhookFormat::Slack)
    }

    fn exec(command: &str) -> Result<Sink> {
        Sink::exec(command, Duration::from_secs(1), &[])
    }

    #[test]
    fn a_webhook_is_called_by_its_host() {
        let sink = webhook(" https://u:pw@hooks.slack.com/services/T0/B0/abcdef\n").unwrap();
        assert_eq!(sink.shown(), "the webhook at hooks.slack.com");
        assert!(!format!("{sink:?}").contains("abcdef"));
        assert_eq!(webhook("http://127.0.0.1:80/x").unwrap().shown(), "the webhook at 127.0.0.1:80");
    }

    #[test]
    fn what_is_no_address_is_refused_without_telling_it() {
        for address in [
            "",
            "  ",
            "secretsecret",
            "ftp://secret/x",
            "https://",
            "https:///secret",
            "http://a b/secret",
            "/secret",
        ] {
            let why = webhook(address).unwrap_err().to_string();
            assert!(why.starts_with("E010_CONFIG_ERR: the webhook's address is "), "{address}: {why}");
            assert!(!why.contains("secret"), "{why}");
        }
    }

    #[test]
    fn a_command_is_split_as_a_shell_does_and_nothing_else() {
        let Sink::Exec { argv, .. } = exec("notify-send 'a b' \"c $HOME\" ; d").unwrap() else { panic!() };
        assert_eq!(argv, ["notify-send", "a b", "c $HOME", ";", "d"]);
        assert_eq!(exec("/bin/x --token abc").unwrap().shown(), "--exec /bin/x");
        for command in ["", "  ", "'a", "\"", "'' a"] {
            let why = exec(command).unwrap_err().to_string();
            assert!(why.starts_with("E010_CONFIG_ERR: --exec "), "{why}");
        }
    }

    #[test]
    fn a_key_stays_and_tells_nothing() {
        let key = webhook("https://h/abcdef").unwrap().key();
        assert_eq!(key, webhook("https://h/abcdef").unwrap().key());
        assert_ne!(key, webhook("https://h/abcdeg").unwrap().key());
        let digits = key.strip_prefix("webhook-").unwrap();
        assert!(digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()), "{key}");
        assert_ne!(exec("a b").unwrap().key(), exec("'a b'").unwrap().key());
        let report = |path: &str| Sink::Report { path: path.into() }.key();
        assert_eq!(report("a.md"), report(&std::env::current_dir().unwrap().join("a.md").to_string_lossy()));
    }
}
