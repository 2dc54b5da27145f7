//! What gathering depends on: only what was gathered under the same can be put together.

use chrono::{DateTime, SecondsFormat};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use sigil_input::{Estimates, Inputs};
use sigil_store::escape::quoted;
use sigil_summary::StatedCosts;
use sigil_summary::findings::Thresholds;
use sigil_summary::price::Prices;
use twox_hash::XxHash3_128;

use crate::terms::Terms;

/// Everything that gathering depends on, beside the sources and how they are decoded.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub(crate) struct Made {
    since_us: Option<i64>,
    until_us: Option<i64>,
    /// The sessions that were asked for, as they were; all if none.
    sessions: Vec<String>,
    /// Whose clocks cut hours.
    timezone: String,
    estimates: bool,
    recompute_cost: bool,
    /// Tells prices from others.
    prices: String,
    /// From where on something is much, or little.
    limits: String,
    /// How many errors of each session were kept; all if none.
    errors: Option<u64>,
}

impl Made {
    /// What a run gathers under.
    pub(crate) fn under(inputs: &Inputs, terms: &Terms) -> Self {
        let mut sessions = inputs.wanted_sessions().to_vec();
        sessions.sort_unstable();
        sessions.dedup();
        Self {
            since_us: inputs.since_us,
            until_us: inputs.until_us,
            sessions,
            timezone: zone_name(inputs.zone),
            estimates: inputs.options.estimates != Estimates::default(),
            recompute_cost: terms.stated_costs == StatedCosts::Ignored,
            prices: fingerprint(&terms.prices),
            limits: thresholds(&terms.limits),
            errors: u64::try_from(terms.most_errors).ok().filter(|_| terms.most_errors < usize::MAX),
        }
    }

    /// The first thing in which partials differ that are to be put together: what is said of this one, of
    /// `other`, and what to do.
    pub(super) fn differs(&self, other: &Self) -> Option<Difference> {
        let own = self.said();
        own.into_iter().zip(other.said()).find_map(|((own, advice), (other, _))| {
            (own != other).then_some(Difference { own, other, advice })
        })
    }

    /// The same with what a run wants of it, which need not be all that is there.
    pub(super) fn lacks(&self, wanted: &Self) -> Option<Difference> {
        self.differs(wanted).or_else(|| {
            let all = |errors: Option<u64>| errors.unwrap_or(u64::MAX);
            (all(self.errors) < all(wanted.errors)).then(|| Difference {
                own: format!("the first {} errors of each session", all(self.errors)),
                other: "--all-errors".to_owned(),
                advice: "make it again with --all-errors",
            })
        })
    }

    fn said(&self) -> [(String, &'static str); 8] {
        let flag = |name: &str, given: bool| format!("{}{name}", if given { "" } else { "no " });
        let moment = |name: &str, us: Option<i64>| match us.and_then(DateTime::from_timestamp_micros) {
            Some(at) => format!("{name} {}", at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            None => format!("no {name}"),
        };
        let sessions = match self.sessions.as_slice() {
            [] => "no --session".to_owned(),
            some => some.iter().map(|id| format!("-s {}", quoted(id))).collect::<Vec<_>>().join(" "),
        };
        const SAME: &str = "give all of them the same";
        [
            (moment("--since", self.since_us), SAME),
            (moment("--until", self.until_us), SAME),
            (sessions, SAME),
            (format!("--timezone {}", self.timezone), SAME),
            (flag("--estimate", self.estimates), SAME),
            (flag("--recompute-cost", self.recompute_cost), SAME),
            (
                format!("findings from {}", self.limits),
                "give all of them the same [findings] in the configuration",
            ),
            (
                format!("prices {}", self.prices.get(..8).unwrap_or(&self.prices)),
                "use one version of this program, and the same [prices] in the configuration",
            ),
        ]
    }
}

/// In what two things that are to be put together differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) own: String,
    pub(super) other: String,
    pub(super) advice: &'static str,
}

/// Systems that never heard of another zone call theirs `Etc/UTC`.
fn zone_name(zone: Tz) -> String {
    zone.name().trim_start_matches("Etc/").to_owned()
}

fn fingerprint(prices: &Prices) -> String {
    let text = format!("{:?}\n{}", prices.overrides(), Prices::published());
    format!("{:032x}", XxHash3_128::oneshot(text.as_bytes()))
}

/// What events were looked at for, in the words of the configuration.
fn thresholds(limits: &Thresholds) -> String {
    format!(
        "reasoning_tokens {}, memory_latency_ms {}",
        limits.reasoning_tokens,
        limits.memory_latency_us / 1000
    )
}
