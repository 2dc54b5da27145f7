//! Lines of Claude Code transcripts, in the shapes that real ones have.

use super::quoted;
use std::fmt::Write;

/// An answer of the model, to be written as one line, as growing snapshots, or inside a progress line.
///
/// ```
/// use sigil_testkit::samples::claude::Answer;
/// let log = Answer::new("msg_1").usage(3, 80).cache(15_000, 11_000).snapshots(&[1, 9, 80]);
/// assert_eq!(log.lines().count(), 3);
/// ```
#[derive(Debug, Clone)]
pub struct Answer {
    id: Option<String>,
    request: Option<String>,
    session: String,
    model: String,
    at: String,
    content: Vec<String>,
    input: u64,
    output: u64,
    cache_write: u64,
    cache_write_1h: u64,
    cache_read: u64,
    cache_parts: bool,
    side_chain: bool,
    api_error: bool,
}

impl Answer {
    /// The answer with message id `id`, without a request id, in session `s1`, with no usage.
    pub fn new(id: &str) -> Answer {
        Answer {
            id: Some(id.to_owned()),
            request: None,
            session: "s1".to_owned(),
            model: "claude-sonnet-4-5-20250929".to_owned(),
            at: "2026-02-12T16:02:27.718Z".to_owned(),
            content: Vec::new(),
            input: 0,
            output: 0,
            cache_write: 0,
            cache_write_1h: 0,
            cache_read: 0,
            cache_parts: true,
            side_chain: false,
            api_error: false,
        }
    }

    /// An answer without a message id, which is never taken for a repetition.
    pub fn nameless() -> Answer {
        Answer { id: None, ..Answer::new("") }
    }

    /// What the API reports when it failed: no usage, model `<synthetic>`.
    pub fn api_error(id: &str, text: &str) -> Answer {
        Answer { api_error: true, ..Answer::new(id).model("<synthetic>").text(text) }
    }

    /// Sets `requestId`.
    pub fn request(self, request: &str) -> Self {
        Answer { request: Some(request.to_owned()), ..self }
    }

    /// Sets `sessionId`.
    pub fn session(self, session: &str) -> Self {
        Answer { session: session.to_owned(), ..self }
    }

    /// Sets the model.
    pub fn model(self, model: &str) -> Self {
        Answer { model: model.to_owned(), ..self }
    }

    /// Sets the timestamp.
    pub fn at(self, timestamp: &str) -> Self {
        Answer { at: timestamp.to_owned(), ..self }
    }

    /// Sets `input_tokens` and `output_tokens`.
    pub fn usage(self, input: u64, output: u64) -> Self {
        Answer { input, output, ..self }
    }

    /// Sets tokens written to the five-minute cache and tokens read from the cache.
    pub fn cache(self, write: u64, read: u64) -> Self {
        Answer { cache_write: write, cache_read: read, ..self }
    }

    /// Sets tokens written to the one-hour cache, beside those of [`Answer::cache`].
    pub fn cache_1h(self, write: u64) -> Self {
        Answer { cache_write_1h: write, ..self }
    }

    /// Leaves `cache_creation` out, as older versions did; only the flat field is written.
    pub fn without_cache_parts(self) -> Self {
        Answer { cache_parts: false, ..self }
    }

    /// Marks the line as a sub-agent's.
    pub fn side_chain(self) -> Self {
        Answer { side_chain: true, ..self }
    }

    /// Adds a block of text.
    pub fn text(mut self, text: &str) -> Self {
        self.content.push(format!("{{\"type\":\"text\",\"text\":{}}}", quoted(text)));
        self
    }

    /// Adds a block that calls the tool `name`.
    pub fn tool_use(mut self, call_id: &str, name: &str) -> Self {
        let (call_id, name) = (quoted(call_id), quoted(name));
        self.content
            .push(format!("{{\"type\":\"tool_use\",\"id\":{call_id},\"name\":{name},\"input\":{{}}}}"));
        self
    }

    /// The `assistant` line.
    pub fn line(&self) -> String {
        let mut line = self.head();
        let _ = write!(line, "\"message\":{},", self.message());
        if let Some(request) = &self.request {
            let _ = write!(line, "\"requestId\":{},", quoted(request));
        }
        let _ = write!(line, "\"type\":\"assistant\",{}", self.tail());
        if self.api_error {
            line.push_str(",\"error\":\"unknown\",\"isApiErrorMessage\":true");
        }
        line.push_str("}\n");
        line
    }

    /// The same answer written once for each of `outputs`, its `output_tokens` so far.
    pub fn snapshots(&self, outputs: &[u64]) -> String {
        outputs.iter().map(|&output| Answer { output, ..self.clone() }.line()).collect()
    }

    /// The `progress` line that shows the answer of a sub-agent in its parent's transcript.
    pub fn progress_line(&self) -> String {
        let mut line = self.head();
        let _ = write!(
            line,
            "\"type\":\"progress\",\"data\":{{\"message\":{{\"type\":\"assistant\",\"timestamp\":{},\"message\":{},",
            quoted(&self.at),
            self.message(),
        );
        if let Some(request) = &self.request {
            let _ = write!(line, "\"requestId\":{},", quoted(request));
        }
        let _ = write!(
            line,
            "\"uuid\":\"u-inner\"}},\"normalizedMessages\":[],\"type\":\"agent_progress\",\"prompt\":\"Explore\",\
             \"agentId\":\"a1\"}},\"toolUseID\":\"agent_1\",\"parentToolUseID\":\"toolu_1\",{}}}",
            self.tail()
        );
        line.push('\n');
        line
    }

    fn head(&self) -> String {
        opening(&self.session, self.side_chain)
    }

    fn tail(&self) -> String {
        format!("\"uuid\":\"u-1\",\"timestamp\":{}", quoted(&self.at))
    }

    fn message(&self) -> String {
        let mut message = format!("{{\"model\":{},", quoted(&self.model));
        if let Some(id) = &self.id {
            let _ = write!(message, "\"id\":{},", quoted(id));
        }
        let _ = write!(
            message,
            "\"type\":\"message\",\"role\":\"assistant\",\"content\":[{}],\"stop_reason\":null,\"stop_sequence\":null,\
             \"usage\":{{\"input_tokens\":{},\"cache_creation_input_tokens\":{},\"cache_read_input_tokens\":{},",
            self.content.join(","),
            self.input,
            self.cache_write + self.cache_write_1h,
            self.cache_read,
        );
        if self.cache_parts {
            let _ = write!(
                message,
                "\"cache_creation\":{{\"ephemeral_5m_input_tokens\":{},\"ephemeral_1h_input_tokens\":{}}},",
                self.cache_write, self.cache_write_1h,
            );
        }
        let _ = write!(message, "\"output_tokens\":{},\"service_tier\":\"standard\"}}}}", self.output);
        message
    }
}

/// A `user` line: what the person typed.
pub fn user(session: &str, timestamp: &str, text: &str) -> String {
    user_line(session, timestamp, &quoted(text))
}

/// A `user` line that carries a tool's result back to the model.
pub fn tool_result(session: &str, timestamp: &str, call_id: &str, result: ToolResult<'_>) -> String {
    let (text, is_error) = match result {
        ToolResult::Done(text) => (text, ""),
        ToolResult::Failed(text) => (text, ",\"is_error\":true"),
    };
    let block = format!(
        "[{{\"tool_use_id\":{},\"type\":\"tool_result\",\"content\":{}{is_error}}}]",
        quoted(call_id),
        quoted(text)
    );
    user_line(session, timestamp, &block)
}

/// What a tool gave back.
#[derive(Debug, Clone, Copy)]
pub enum ToolResult<'a> {
    /// Its output.
    Done(&'a str),
    /// Its error message; the block has `is_error`.
    Failed(&'a str),
}

/// A `progress` line without usage, such as those of hooks.
pub fn hook_progress(session: &str, timestamp: &str) -> String {
    format!(
        "{}\"type\":\"progress\",\"data\":{{\"type\":\"hook_progress\",\"hookEvent\":\"SessionStart\",\
         \"hookName\":\"SessionStart:startup\"}},\"timestamp\":{},\"uuid\":\"u-3\"}}\n",
        opening(session, false),
        quoted(timestamp)
    )
}

/// A `system` line.
pub fn system(session: &str, timestamp: &str) -> String {
    format!(
        "{}\"type\":\"system\",\"subtype\":\"stop_hook_summary\",\"hookCount\":0,\"level\":\"suggestion\",\
         \"timestamp\":{},\"uuid\":\"u-4\"}}\n",
        opening(session, false),
        quoted(timestamp)
    )
}

/// A `queue-operation` line.
pub fn queue_operation(session: &str, timestamp: &str) -> String {
    format!(
        "{{\"type\":\"queue-operation\",\"operation\":\"enqueue\",\"timestamp\":{},\"sessionId\":{},\
         \"content\":\"later\"}}\n",
        quoted(timestamp),
        quoted(session)
    )
}

/// A `summary` line: no session, no time.
pub fn summary(text: &str) -> String {
    format!("{{\"type\":\"summary\",\"summary\":{},\"leafUuid\":\"u-2\"}}\n", quoted(text))
}

/// A `file-history-snapshot` line, which many transcripts open with: no session.
pub fn file_history_snapshot() -> String {
    "{\"type\":\"file-history-snapshot\",\"messageId\":\"m-1\",\"snapshot\":{\"messageId\":\"m-1\",\
     \"trackedFileBackups\":{},\"timestamp\":\"2026-02-12T16:02:25.227Z\"},\"isSnapshotUpdate\":false}\n"
        .to_owned()
}

fn opening(session: &str, side_chain: bool) -> String {
    format!(
        "{{\"parentUuid\":null,\"isSidechain\":{side_chain},\"userType\":\"external\",\
         \"cwd\":\"/home/dev/acme\",\"sessionId\":{},\"version\":\"2.1.39\",\"gitBranch\":\"main\",",
        quoted(session)
    )
}

fn user_line(session: &str, timestamp: &str, content: &str) -> String {
    format!(
        "{}\"type\":\"user\",\"message\":{{\"role\":\"user\",\"content\":{content}}},\"uuid\":\"u-0\",\
         \"timestamp\":{}}}\n",
        opening(session, false),
        quoted(timestamp)
    )
}
