//! Lines of Codex rollouts.

/// Tokens as Codex counts them: input, the cached part of it, output, the reasoning part of it.
pub type Count = [u64; 4];

/// The first line of the rollout of thread `id`; `parent` is the thread it was forked from.
pub fn session_meta(at: &str, id: &str, parent: Option<&str>) -> String {
    let forked = parent.map_or(String::new(), |parent| format!(",\"forked_from_id\":\"{parent}\""));
    line(
        at,
        "session_meta",
        &format!("\"id\":\"{id}\"{forked},\"source\":\"cli\",\"cli_version\":\"0.104.0\""),
    )
}

/// The first line of a sub-agent's rollout.
pub fn spawned(at: &str, id: &str, parent: &str) -> String {
    let source = format!(
        "\"source\":{{\"subagent\":{{\"thread_spawn\":{{\"parent_thread_id\":\"{parent}\",\"depth\":1}}}}}}"
    );
    line(at, "session_meta", &format!("\"id\":\"{id}\",{source}"))
}

/// A turn begins, answered by `model`.
pub fn turn_context(at: &str, model: &str) -> String {
    line(at, "turn_context", &format!("\"model\":\"{model}\",\"effort\":\"medium\""))
}

/// What has been used in all, and by the last answer.
pub fn token_count(at: &str, total: Count, last: Count) -> String {
    let info = format!(
        "{{\"total_token_usage\":{},\"last_token_usage\":{},\"model_context_window\":258400}}",
        count(total),
        count(last)
    );
    line(at, "event_msg", &format!("\"type\":\"token_count\",\"info\":{info}"))
}

/// A count before anything is known.
pub fn token_count_of_nothing(at: &str) -> String {
    line(at, "event_msg", "\"type\":\"token_count\",\"info\":null,\"rate_limits\":{}")
}

/// What the user says.
pub fn user_message(at: &str, text: &str) -> String {
    line(at, "event_msg", &format!("\"type\":\"user_message\",\"message\":\"{text}\""))
}

/// A tool is called.
pub fn function_call(at: &str, name: &str) -> String {
    line(
        at,
        "response_item",
        &format!("\"type\":\"function_call\",\"name\":\"{name}\",\"call_id\":\"c1\",\"arguments\":\"{{}}\""),
    )
}

/// A message to the model or from it, as `role` says.
pub fn response_message(at: &str, role: &str, text: &str) -> String {
    line(at, "response_item", &message(role, text))
}

/// A message in a rollout without envelopes.
pub fn bare_message(role: &str, text: &str) -> String {
    format!("{{{}}}\n", message(role, text))
}

fn message(role: &str, text: &str) -> String {
    let kind = if role == "assistant" { "output_text" } else { "input_text" };
    format!(
        "\"type\":\"message\",\"id\":null,\"role\":\"{role}\",\"content\":[{{\"type\":\"{kind}\",\"text\":\"{text}\"}}]"
    )
}

/// Something failed.
pub fn error(at: &str, text: &str) -> String {
    line(at, "event_msg", &format!("\"type\":\"error\",\"message\":\"{text}\""))
}

/// The beginning of a rollout from before lines had an envelope.
pub fn legacy(at: &str, id: &str) -> String {
    format!(
        "{{\"id\":\"{id}\",\"timestamp\":\"{at}\",\"instructions\":null,\"git\":{{}}}}\n{{\"record_type\":\"state\"}}\n\
         {{\"type\":\"message\",\"id\":null,\"role\":\"user\",\"content\":[]}}\n"
    )
}

fn line(at: &str, kind: &str, payload: &str) -> String {
    format!("{{\"timestamp\":\"{at}\",\"type\":\"{kind}\",\"payload\":{{{payload}}}}}\n")
}

fn count([input, cached, output, reasoning]: Count) -> String {
    format!(
        "{{\"input_tokens\":{input},\"cached_input_tokens\":{cached},\"output_tokens\":{output},\
         \"reasoning_output_tokens\":{reasoning},\"total_tokens\":{}}}",
        input + output
    )
}
