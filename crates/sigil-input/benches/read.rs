//! From the lines of a block to events, for each format.

use chrono_tz::Tz;
use divan::Bencher;
use divan::counter::BytesCount;
use sigil_event::{Defect, EventRef, Sink, SourceId};
use sigil_input::source::Owner;
use sigil_input::{Decoder, FormatChoice};

fn main() {
    divan::main();
}

/// Counts events.
#[derive(Default)]
struct Count(u64);

impl Sink for Count {
    fn begin(&mut self, _: SourceId, _: u64) {}
    fn event(&mut self, _: &EventRef<'_>, _: u64) {
        self.0 += 1;
    }
    fn defect(&mut self, _: u64, _: Defect) {}
    fn end(&mut self, _: u64, _: u64) {}
}

fn sigil() -> String {
    let line = |n: u32| {
        format!(
            "{{\"timestamp\":\"2026-01-11T10:15:32.{n:06}\",\"session_id\":\"lead-1\",\"event_type\":\"step_complete\",\"component\":\"routing\",\"message\":\"Intent classified\",\"tokens\":{n},\"metadata\":{{\"latency_ms\":{n},\"confidence\":0.95}}}}\n"
        )
    };
    (0..1000).map(line).collect()
}

fn claude() -> String {
    let line = |n: u32| {
        let text = "All tests pass now. ".repeat(40);
        format!(
            "{{\"parentUuid\":null,\"isSidechain\":false,\"sessionId\":\"s\",\"type\":\"assistant\",\"message\":{{\"model\":\"claude-opus-4-6\",\"id\":\"msg_{n}\",\"type\":\"message\",\"role\":\"assistant\",\"content\":[{{\"type\":\"text\",\"text\":\"{text}\"}}],\"usage\":{{\"input_tokens\":3,\"cache_creation_input_tokens\":120,\"cache_read_input_tokens\":20000,\"output_tokens\":{n}}}}},\"requestId\":\"req_{n}\",\"uuid\":\"u{n}\",\"timestamp\":\"2026-02-10T21:11:52.438Z\"}}\n"
        )
    };
    (0..1000).map(line).collect()
}

/// A tool's result: code, and so full of escapes.
fn claude_code() -> String {
    let line = |n: u32| {
        let text = "    let text = format!(\\\"{name}: {value}\\\");\\n    out.push(text);\\n\\n".repeat(40);
        format!(
            "{{\"parentUuid\":\"u{n}\",\"isSidechain\":false,\"sessionId\":\"s\",\"type\":\"user\",\"message\":{{\"role\":\"user\",\"content\":[{{\"tool_use_id\":\"t{n}\",\"type\":\"tool_result\",\"content\":\"{text}\"}}]}},\"uuid\":\"u{n}\",\"timestamp\":\"2026-02-10T21:11:52.438Z\",\"toolUseResult\":{{\"type\":\"text\",\"file\":{{\"content\":\"{text}\",\"numLines\":{n}}}}}}}\n"
        )
    };
    (0..1000).map(line).collect()
}

/// 2026-02-01T12:00:00Z.
const NOW_US: i64 = 1_769_947_200_000_000;

/// A log that states its levels.
fn levels() -> String {
    let line = |n: u32| {
        format!(
            "2026-01-31 23:29:30,{:03} INFO [main] a.b.Server: Accepted connection {n} from 10.0.0.1\n",
            n % 1000
        )
    };
    (0..1000).map(line).collect()
}

/// A log of which every word must be looked at.
fn syslog() -> String {
    let line = |n: u32| {
        format!(
            "Jan 31 23:29:30 host sshd[{n}]: authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=10.0.0.1\n"
        )
    };
    (0..1000).map(line).collect()
}

#[divan::bench(args = ["sigil", "claude", "claude_code", "levels", "syslog"])]
fn decoding(bencher: Bencher<'_, '_>, format: &str) {
    let log = match format {
        "sigil" => sigil(),
        "claude" => claude(),
        "levels" => levels(),
        "syslog" => syslog(),
        _ => claude_code(),
    };
    bencher.counter(BytesCount::of_str(&log)).bench(|| {
        let mut decoder =
            Decoder::new(FormatChoice::Auto, Owner::default(), Tz::UTC).first_of_all().at(NOW_US);
        let mut count = Count::default();
        decoder.lines(log.as_bytes(), 0, 0, &mut count);
        count.0
    });
}
