//! Making inputs of others.

/// Random numbers, the same for the same seed on every machine (splitmix64).
pub struct Rng(u64);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `bound`; 0 if that is 0.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % (bound as u64).max(1)) as usize
    }

    pub fn of<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// No input grows longer.
const LONGEST: usize = 8 << 10;

/// What means something to one decoder or another.
const WORDS: &[&str] = &[
    "null",
    "true",
    "-1",
    "0",
    "1e999",
    "1.5",
    "50.0",
    "\"12\"",
    "9007199254740992",
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
    "99999999999999999999999999",
    "1e-5",
    "{",
    "}",
    "[",
    "]",
    "\"",
    "\\",
    "\\\"",
    "\\\\",
    ":",
    ",",
    "{}",
    "[]",
    "}{",
    "\"\"",
    "\\u0000",
    "\\ud800",
    "\\ud83d\\ude00",
    "\\n",
    "\0",
    "\r",
    "\t",
    "\n",
    "\r\n",
    "\n\n",
    "\u{feff}",
    "\u{fffd}",
    "\u{85}",
    "é",
    "😀",
    "\u{1b}[2J",
    "\"tokens\":",
    "\"tokens\":5,",
    "\"type\":\"assistant\",",
    "\"message\":{",
    "\"usage\":{",
    "\"uuid\":\"u\",",
    "\"sessionId\":\"s\",",
    "\"session_id\":\"s\",",
    "\"event_type\":\"session_start\",",
    "\"component\":\"c\",",
    "\"payload\":{",
    "\"info\":{",
    "\"total_token_usage\":{",
    "\"type\":\"token_count\",",
    "\"ai_log\":",
    "\"ai_log\":\"{",
    "\"input_token\":",
    "\"model\":\"m\",",
    "ai_log:",
    "[ai_log] attributes to be written: ",
    "\"metadata\":{",
    "\"timestamp\":\"2026-10-25T02:30:00\",",
    "2026-10-25T02:30:00",
    "2026-03-29 02:30:00",
    "0001-01-01T00:00:00+23:59",
    "9999-12-31T23:59:60Z",
    "==> a.jsonl <==\n",
    "==> sessions/s/execution.jsonl <==\n",
    "==> ",
    " <==",
    "ERROR",
    "WARN",
    "Traceback (most recent call last):\n",
    "  File \"a.py\", line 1\n",
    "\tat a.b(C.java:1)\n",
    "Caused by: x\n",
    "Oct 25 02:30:00 ",
    "[25/Oct/2026:02:30:00 +0100]",
    "\" 503 ",
    "E/",
    "<34>",
    "panic: ",
    "goroutine 1 [running]:\n",
    "password=",
    "\"password\":",
    "api_key: ",
    "token=",
    "sk-ant-api03-abcdefgh",
    "ann@example.com",
    "4111111111111111",
    "Bearer ",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.",
    "-----BEGIN PRIVATE KEY-----",
    "-----END ",
    "[redacted:key]",
    "[redacted:",
];

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "-1",
    "9007199254740992",
    "9007199254740993",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "1e308",
    "1e309",
    "-0",
    "0.1",
    "5e-324",
    "01",
    "4294967296",
];

/// Makes new inputs of those that it holds.
pub struct Mutator {
    inputs: Vec<Vec<u8>>,
}

impl Mutator {
    pub fn new(inputs: Vec<Vec<u8>>) -> Self {
        Self { inputs }
    }

    pub fn size(&self) -> usize {
        self.inputs.len()
    }

    pub fn keep(&mut self, input: Vec<u8>) {
        self.inputs.push(input);
    }

    pub fn next(&self, rng: &mut Rng) -> Vec<u8> {
        let mut bytes = rng.of(&self.inputs).clone();
        for _ in 0..=rng.below(5) {
            let other = rng.of(&self.inputs);
            change(&mut bytes, other, rng);
        }
        bytes.truncate(LONGEST);
        bytes
    }
}

fn change(bytes: &mut Vec<u8>, other: &[u8], rng: &mut Rng) {
    let at = rng.below(bytes.len() + 1);
    let to = |rng: &mut Rng, from: usize, bytes: &[u8]| (from + rng.below(24)).min(bytes.len());
    match rng.below(13) {
        0 => flip(bytes, at, rng),
        1 => {
            let byte = rng.next() as u8;
            bytes.insert(at, byte);
        }
        // What stands there makes room for a word, or not.
        2 | 3 => drop(bytes.splice(at..at, rng.of(WORDS).bytes())),
        4 => {
            let end = to(rng, at, bytes);
            bytes.splice(at..end, rng.of(WORDS).bytes());
        }
        5 => {
            let end = to(rng, at, bytes);
            bytes.drain(at..end);
        }
        6 => bytes.truncate(at),
        7 => {
            let end = to(rng, at, bytes);
            let copy = bytes[at..end].repeat(1 + rng.below(8));
            bytes.splice(at..at, copy);
        }
        // Goes on as the other does from some place on.
        8 => {
            bytes.truncate(at);
            bytes.extend_from_slice(&other[rng.below(other.len() + 1)..]);
        }
        9 => {
            let lines: Vec<_> = other.split_inclusive(|byte| *byte == b'\n').collect();
            if !lines.is_empty() {
                let line = rng.of(&lines).to_vec();
                let at = line_start(bytes, at);
                bytes.splice(at..at, line);
            }
        }
        10 => {
            let (from, end) = (line_start(bytes, at), line_end(bytes, at));
            let line = bytes[from..end].to_vec();
            match rng.below(3) {
                0 => drop(bytes.drain(from..end)),
                1 => drop(bytes.splice(from..from, line)),
                _ => bytes.extend(line),
            }
        }
        _ => number(bytes, at, rng),
    }
}

fn flip(bytes: &mut [u8], at: usize, rng: &mut Rng) {
    if let Some(byte) = bytes.get_mut(at) {
        *byte ^= 1 << rng.below(8);
    }
}

/// Puts a number in the place of the next one.
fn number(bytes: &mut Vec<u8>, at: usize, rng: &mut Rng) {
    let digit = |bytes: &[u8], from: usize| {
        bytes[from..].iter().position(u8::is_ascii_digit).map(|found| from + found)
    };
    if let Some(from) = digit(bytes, at) {
        let end = bytes[from..]
            .iter()
            .position(|byte| !byte.is_ascii_digit())
            .map_or(bytes.len(), |end| from + end);
        bytes.splice(from..end, rng.of(NUMBERS).bytes());
    }
}

fn line_start(bytes: &[u8], at: usize) -> usize {
    bytes[..at].iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1)
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |newline| at + newline + 1)
}
