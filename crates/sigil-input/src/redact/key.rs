//! Keys and tokens that are known by their form.

use memchr::memmem;

use super::{KEY, Secret, end_of, is_word};

/// How the keys of one issuer look.
struct Kind {
    prefix: &'static [u8],
    /// The fewest bytes behind the prefix.
    least: usize,
    /// The most.
    most: usize,
    is_part: fn(u8) -> bool,
    /// Words may begin like this, too: what follows has to look random.
    is_common: bool,
}

impl Kind {
    const fn new(prefix: &'static str, least: usize, is_part: fn(u8) -> bool) -> Self {
        Self { prefix: prefix.as_bytes(), least, most: usize::MAX, is_part, is_common: false }
    }

    const fn common(self) -> Self {
        Self { is_common: true, ..self }
    }

    const fn exactly(self, bytes: usize) -> Self {
        Self { least: bytes, most: bytes, ..self }
    }
}

const A: &[Kind] = &[
    Kind::new("AKIA", 16, upper).exactly(16),
    Kind::new("ASIA", 16, upper).exactly(16),
    Kind::new("AIza", 30, dashed),
];
const G: &[Kind] = &[
    Kind::new("ghp_", 20, plain),
    Kind::new("gho_", 20, plain),
    Kind::new("ghu_", 20, plain),
    Kind::new("ghs_", 20, plain),
    Kind::new("ghr_", 20, plain),
    Kind::new("github_pat_", 20, is_word),
    Kind::new("glpat-", 16, dashed),
    Kind::new("gsk_", 20, plain),
];
const H: &[Kind] = &[Kind::new("hf_", 20, plain)];
const L: &[Kind] = &[Kind::new("LTAI", 12, plain).common()];
const N: &[Kind] = &[Kind::new("npm_", 30, plain)];
const R: &[Kind] = &[Kind::new("rk_live_", 16, is_word), Kind::new("rk_test_", 16, is_word)];
const S: &[Kind] = &[
    Kind::new("sk-ant-", 8, dashed),
    Kind::new("sk-proj-", 8, dashed),
    Kind::new("sk-", 8, dashed).common(),
    Kind::new("sk_live_", 16, is_word),
    Kind::new("sk_test_", 16, is_word),
];
const SENDGRID: &[Kind] = &[Kind::new("SG.", 20, dotted)];
const W: &[Kind] = &[Kind::new("whsec_", 16, is_word)];
const Y: &[Kind] = &[Kind::new("ya29.", 16, dotted)];
const X: &[Kind] = &[
    Kind::new("xoxa-", 10, dashed),
    Kind::new("xoxb-", 10, dashed),
    Kind::new("xoxe-", 10, dashed),
    Kind::new("xoxp-", 10, dashed),
    Kind::new("xoxr-", 10, dashed),
    Kind::new("xoxs-", 10, dashed),
    Kind::new("xapp-", 10, dashed).common(),
];

fn upper(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn dotted(byte: u8) -> bool {
    dashed(byte) || byte == b'.'
}

fn dashed(byte: u8) -> bool {
    is_word(byte) || byte == b'-'
}

/// How much of a key is looked at before it is believed to be one: what is refused has cost no more.
const LOOK: usize = 256;

/// The key that begins at `at`, where a word does. No JWT begins before `no_jwt_before`, which is moved
/// on as that becomes known.
pub(super) fn at(bytes: &[u8], at: usize, no_jwt_before: &mut usize) -> Option<Secret> {
    let kinds = match bytes.get(at)? {
        b'A' => A,
        b'B' | b'b' => return bearer(bytes, at),
        b'L' => L,
        b'e' => return jwt(bytes, at, no_jwt_before),
        b'g' => G,
        b'h' => H,
        b'n' => N,
        b'r' => R,
        b's' => S,
        b'S' => SENDGRID,
        b'w' => W,
        b'x' => X,
        b'y' => Y,
        _ => return None,
    };
    let rest = bytes.get(at..)?;
    let kind = kinds.iter().find(|kind| rest.starts_with(kind.prefix))?;
    let begin = at + kind.prefix.len();
    let look = bytes.get(begin..bytes.len().min(begin + LOOK))?;
    let tail = look.get(..end_of(look, 0, kind.is_part))?;
    if tail.len() < kind.least || tail.len() > kind.most || kind.is_common && !looks_random(tail) {
        return None;
    }
    let to = end_of(bytes, begin, kind.is_part);
    let goes_on = bytes.get(to).is_some_and(|byte| is_word(*byte));
    if kind.most == kind.least && goes_on {
        return None;
    }
    Some(Secret { from: at, to, mark: KEY })
}

/// Whether no one would say this: some run of it has digits among letters, or is longer than words are.
fn looks_random(text: &[u8]) -> bool {
    text.split(|byte| !byte.is_ascii_alphanumeric())
        .any(|run| run.len() >= 16 || run.len() >= 8 && is_mixed(run))
}

/// Whether there are letters, and digits or capitals among them.
fn is_mixed(run: &[u8]) -> bool {
    let odd = |byte: &u8| byte.is_ascii_digit() || byte.is_ascii_uppercase();
    run.iter().any(u8::is_ascii_lowercase) && run.iter().skip(1).any(odd)
        || run.iter().any(u8::is_ascii_uppercase) && run.iter().any(u8::is_ascii_digit)
}

/// What follows the word `Bearer`, as in a header; RFC 6750, section 2.1.
fn bearer(bytes: &[u8], at: usize) -> Option<Secret> {
    const WORD: usize = "bearer".len();
    if !bytes.get(at..at + WORD)?.eq_ignore_ascii_case(b"bearer") {
        return None;
    }
    let begin = end_of(bytes, at + WORD, |byte| byte == b' ');
    if begin == at + WORD {
        return None;
    }
    let is_part = |byte: u8| dashed(byte) || matches!(byte, b'.' | b'~' | b'+' | b'/' | b'=');
    let look = bytes.get(begin..bytes.len().min(begin + LOOK))?;
    let token = look.get(..end_of(look, 0, is_part))?;
    let is_token = token.len() >= 6 && is_mixed(token) || token.len() >= 20;
    is_token.then(|| Secret { from: begin, to: end_of(bytes, begin, is_part), mark: KEY })
}

/// Three parts in base 64, of which the first is a JSON object; RFC 7519.
fn jwt(bytes: &[u8], at: usize, no_jwt_before: &mut usize) -> Option<Secret> {
    if at < *no_jwt_before || !bytes.get(at..)?.starts_with(b"eyJ") {
        return None;
    }
    let header = end_of(bytes, at, dashed);
    if header - at < 8 || bytes.get(header) != Some(&b'.') {
        *no_jwt_before = header;
        return None;
    }
    let payload = end_of(bytes, header + 1, dashed);
    if payload - header < 8 || bytes.get(payload) != Some(&b'.') {
        *no_jwt_before = header;
        return None;
    }
    Some(Secret { from: at, to: end_of(bytes, payload + 1, dashed), mark: KEY })
}

/// A private key in PEM that begins at `at`; RFC 7468. One that is cut off goes to the end of the text.
pub(super) fn block(text: &str, at: usize) -> Option<Secret> {
    let label = text.get(at..)?.strip_prefix("-----BEGIN ")?;
    let label = label.get(..label.as_bytes().iter().take(64).position(|byte| *byte == b'-')?)?;
    if !label.contains("PRIVATE KEY") {
        return None;
    }
    let behind = at + "-----BEGIN ".len() + label.len();
    let rest = text.as_bytes().get(behind..)?;
    let end = memmem::find(rest, b"-----END ").and_then(|end| {
        let label = behind + end + "-----END ".len();
        let dashes = memmem::find(text.as_bytes().get(label..)?, b"-----")?;
        Some(label + dashes + "-----".len())
    });
    Some(Secret { from: at, to: end.unwrap_or(text.len()), mark: KEY })
}
