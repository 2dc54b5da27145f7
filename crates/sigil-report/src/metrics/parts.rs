//! What sessions and rows have in common: tokens, how they divide, and what they cost.

use sigil_event::Usage;

use super::labels::Label;
use super::{Kind, Metric, Point, Unit, Value};

/// Sums under a set of labels.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    pub(super) tokens: u64,
    pub(super) restated: u64,
    pub(super) estimated: u64,
    pub(super) unpriced: u64,
    pub(super) cost_pico_usd: Option<u128>,
    pub(super) usage: Usage,
}

impl Sums {
    pub(super) fn merge(&mut self, other: &Self) {
        let add = |sum: &mut u64, more: u64| *sum = sum.saturating_add(more);
        add(&mut self.tokens, other.tokens);
        add(&mut self.restated, other.restated);
        add(&mut self.estimated, other.estimated);
        add(&mut self.unpriced, other.unpriced);
        self.usage += other.usage;
        let costs = [self.cost_pico_usd, other.cost_pico_usd];
        self.cost_pico_usd = costs.into_iter().flatten().reduce(u128::saturating_add);
    }
}

/// The metrics of sums, each under its labels.
pub(super) fn sums(sums: &[(Vec<Label>, Sums)]) -> Vec<Metric> {
    let points = |value: &dyn Fn(&Sums) -> Option<Value>| -> Vec<Point> {
        let values = sums.iter().filter_map(|(labels, of)| value(of).map(|value| (labels, value)));
        values.map(|(labels, value)| Point { labels: labels.clone(), value }).collect()
    };
    let tokens = |name, help, value: &dyn Fn(&Sums) -> u64| Metric {
        name,
        help,
        unit: Unit::Tokens,
        kind: Kind::Counter,
        points: points(&|of| Some(Value::Whole(value(of)))),
    };
    let parts = sums.iter().flat_map(|(labels, of)| {
        of.usage.parts().map(|(part, tokens)| {
            let part = [("type", part.replace(' ', "_"))];
            let labels = labels.iter().cloned().chain(part).collect();
            Point { labels, value: Value::Whole(tokens) }
        })
    });
    let parts: Vec<_> = parts.collect();
    let is_divided = sums.iter().any(|(_, of)| of.usage != Usage::default());
    let usage = is_divided.then_some(Metric {
        name: "sigil.usage.tokens",
        help: "How tokens divide, as far as the log tells; reasoning is a part of output.",
        unit: Unit::Tokens,
        kind: Kind::Counter,
        points: parts,
    });
    let cost = Metric {
        name: "sigil.cost",
        help: "What tokens cost, as far as it is known.",
        unit: Unit::UsDollars,
        kind: Kind::Counter,
        points: points(&|of| of.cost_pico_usd.map(dollars)),
    };
    let mut metrics = vec![
        tokens("sigil.tokens", "Tokens that count, each once.", &|of| of.tokens),
        tokens("sigil.restated.tokens", "Tokens that the log states again.", &|of| of.restated),
        tokens("sigil.estimated.tokens", "Tokens that are an estimate from text.", &|of| of.estimated),
        tokens("sigil.unpriced.tokens", "Tokens without a known price.", &|of| of.unpriced),
    ];
    metrics.extend(usage);
    metrics.extend(Some(cost).filter(|cost| !cost.points.is_empty()));
    metrics
}

pub(super) fn dollars(pico_usd: u128) -> Value {
    Value::Float(sigil_breakdown::cost::usd(pico_usd))
}
