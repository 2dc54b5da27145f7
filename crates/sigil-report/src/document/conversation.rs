//! What was said, round by round, with what each round cost.

use chrono_tz::Tz;
use sigil_cli::number::{cost_of_part, duration, thousands};
use sigil_cli::style::Tone;
use sigil_summary::Spent;

use super::clock::Clock;
use super::report::state_tone;
use super::sections::malformed;
use super::{Block, Document, Pair, Said, Section, Value};
use crate::conversation::{Call, Conversations, Depth, Kept, Message, Round, Session};

/// How many messages of a round are shown beside its question: a gateway logs all that was sent, which is the
/// whole conversation so far.
const LAST_MESSAGES: usize = 3;

/// The document of conversations; times are those of `zone`.
pub(crate) fn conversation(conversations: &Conversations<'_>, depth: Depth, zone: Tz) -> Document {
    let mut sections = Vec::new();
    for session in &conversations.sessions {
        let clock = Clock::new(zone, session.report.figures.first, session.report.figures.last);
        let is_only = conversations.sessions.len() == 1;
        let mut pairs = pairs(session, clock);
        if is_only {
            pairs.insert(0, Pair::new("Session", session.report.id));
        }
        let mut blocks = vec![Block::Pairs(pairs)];
        if !session.rounds.is_empty() && !session.is_said() {
            let note = "This log does not keep what was said: its rounds are the events that it has.";
            blocks.push(Block::Note(note.to_owned()));
        }
        // Of several, each says in its heading where it begins.
        let heading = (!is_only).then(|| format!("Session {}", session.report.id));
        sections.push(Section { heading, blocks });
        sections.extend(
            (1..).zip(&session.rounds).map(|(number, round)| round_section(number, round, depth, clock)),
        );
    }
    if conversations.sessions.is_empty() {
        let status = Pair::new("Status", "WAITING (no events)");
        sections.push(Section { heading: None, blocks: vec![Block::Pairs(vec![status])] });
    }
    sections.extend(malformed(&conversations.malformed));
    Document { title: "Conversation".to_owned(), sections }
}

fn pairs(session: &Session<'_>, clock: Clock) -> Vec<Pair> {
    let (report, spent) = (&session.report, session.spent());
    let mut pairs = vec![Pair::toned("Status", state_tone(report.state), report.state.text())];
    if let Some((first, last)) = report.figures.first.zip(report.figures.last) {
        pairs.push(Pair::new("Period", clock.period(first, last)));
    }
    let models: Vec<_> = session.models().iter().map(|model| model.to_string()).collect();
    match models.as_slice() {
        [] => {}
        [model] => pairs.push(Pair::new("Model", model)),
        _ => pairs.push(Pair { label: "Models", value: Value::List(models) }),
    }
    pairs.push(Pair::new("Rounds", thousands(session.rounds.len() as u64)));
    pairs.push(Pair { label: "Tokens", value: Value::List(tokens(&spent)) });
    if let Some(cost) = spent.cost_pico_usd() {
        pairs.push(Pair::new("Cost", cost_of_part(cost, spent.unpriced_tokens())));
    }
    pairs
}

/// `1,250 in`, `800 out` and what else there is; the total where that is not all of it.
fn tokens(spent: &Spent) -> Vec<String> {
    let usage = spent.usage;
    let parts = [
        (usage.prompt(), "in"),
        (usage.output, "out"),
        (usage.reasoning, "reasoning"),
        (usage.cache_read, "cached"),
        (usage.cache_write, "written to the cache"),
    ];
    let parts = parts.into_iter().filter(|(tokens, _)| *tokens > 0);
    let mut texts: Vec<_> = parts.map(|(tokens, name)| format!("{} {name}", thousands(tokens))).collect();
    texts.push(format!("{} in all", thousands(spent.tokens)));
    texts
}

fn round_section(number: usize, round: &Round, depth: Depth, clock: Clock) -> Section {
    let mut heading = format!("Round {}", thousands(number as u64));
    if let Some(at) = round.at {
        heading = format!("{heading} @ {}", clock.exact(at));
    }
    if let Some(chain) = &round.chain {
        heading = format!("{heading}, sub-agent {chain}");
    }
    let mut blocks = vec![Block::Pairs(round_pairs(round))];
    blocks.extend(messages(&round.messages, &round.question, depth));
    let texts = [
        ("Question", &round.question),
        ("Reasoning", &round.reasoning),
        ("Answer", &round.answer),
        (if round.is_error { "Error" } else { "Event" }, &round.events),
    ];
    blocks.extend(texts.into_iter().flat_map(|(label, parts)| said(label, parts)));
    blocks.extend(round.calls.iter().flat_map(call));
    Section::new(heading, blocks)
}

fn round_pairs(round: &Round) -> Vec<Pair> {
    let mut pairs = Vec::new();
    let spent = &round.spent;
    if round.counts_elsewhere {
        pairs.push(Pair::new("Tokens", "counted in another session, whose log holds the same answer"));
    } else if spent.tokens > 0 || spent.usage != Default::default() {
        pairs.push(Pair { label: "Tokens", value: Value::List(tokens(spent)) });
    }
    if round.estimated > 0 {
        pairs.push(Pair::new("Estimated", thousands(round.estimated)));
    }
    if let Some(cost) = spent.cost_pico_usd() {
        pairs.push(Pair::new("Cost", cost_of_part(cost, spent.unpriced_tokens())));
    }
    match (&round.model, &round.component) {
        (Some(model), _) => pairs.push(Pair::new("Model", &**model)),
        (None, Some(component)) => pairs.push(Pair::new("Component", &**component)),
        (None, None) => {}
    }
    if let Some(us) = round.latency_us {
        pairs.push(Pair::new("Latency", duration(us)));
    }
    if round.is_error {
        pairs.push(Pair::toned("Status", Tone::Bad, "ERROR"));
    }
    pairs
}

/// The messages that say more than the question.
fn messages(messages: &[Message], question: &[Kept], depth: Depth) -> Vec<Block> {
    let told: Vec<_> = messages
        .iter()
        .filter(|message| !message.is_result && !message.content.text.is_empty())
        .filter(|message| message.role != "user" || !question.contains(&message.content))
        .collect();
    let most = if depth == Depth::Folded { LAST_MESSAGES } else { usize::MAX };
    let earlier = told.len().saturating_sub(most);
    let mut blocks = Vec::new();
    if earlier > 0 {
        let count = thousands(earlier as u64);
        blocks.push(Block::Note(format!("{count} earlier messages; --full shows them")));
    }
    blocks.extend(
        told.into_iter()
            .skip(earlier)
            .map(|message| Block::Said(Said::of(format!("[{}]", message.role), &message.content))),
    );
    blocks
}

fn said(label: &str, parts: &[Kept]) -> Vec<Block> {
    parts.iter().map(|part| Block::Said(Said::of(label.to_owned(), part))).collect()
}

fn call(call: &Call) -> Vec<Block> {
    let mut blocks = vec![Block::Said(Said::of(format!("Tool call {}", call.name), &call.arguments))];
    if let Some(outcome) = &call.outcome {
        let label = if outcome.is_error { "Tool error" } else { "Tool result" };
        blocks.push(Block::Said(Said::of(label.to_owned(), &outcome.text)));
    }
    blocks
}

impl Said {
    fn of(label: String, kept: &Kept) -> Self {
        let lines: Vec<_> = kept.text.lines().map(str::to_owned).collect();
        let rest = (kept.more_characters > 0).then(|| {
            let characters = thousands(kept.more_characters as u64);
            match kept.more_lines {
                0 | 1 => format!("({characters} more characters; --full shows them)"),
                lines => {
                    format!(
                        "({} more lines, {characters} characters; --full shows them)",
                        thousands(lines as u64)
                    )
                }
            }
        });
        Self { label, lines, rest }
    }
}
