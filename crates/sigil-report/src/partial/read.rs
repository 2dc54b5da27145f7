//! Reading partials back, and putting them together.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Result, anyhow};
use serde::Deserialize;
use sigil_event::SourceId;
use sigil_input::read::Outcome;
use sigil_input::{Inputs, Source};
use sigil_store::escape::quoted;
use sigil_store::{cause, code, home, threads};
use sigil_summary::{Detail, Piece, Renumbered, SHAPE, Summary};
use twox_hash::XxHash3_128;

use super::Made;
use super::document::{AnyFirst, FORMAT, First, LastLine, Named, SourceLine, Went, WentLine};
use super::made::Difference;

/// Bytes that one thread reads at a time.
const CHUNK: usize = 1 << 20;

/// Reads partials and puts them together, as if one run with `wanted` had read all that they have. Their sources
/// become those of `inputs`.
///
/// # Errors
/// One cannot be read, is damaged, or does not go with the others or with what is wanted.
pub(crate) fn merge(
    paths: &[PathBuf],
    wanted: &Made,
    inputs: &mut Inputs,
    detail: impl FnOnce(&Inputs) -> Detail,
) -> Result<(Summary, Outcome)> {
    let mut texts = Vec::with_capacity(paths.len());
    for path in paths {
        texts.push(text(path)?);
    }
    let texts = texts.iter().flat_map(|(name, bytes)| {
        let parts = documents(bytes);
        let is_only = parts.len() == 1;
        let called = move |n: usize| if is_only { name.clone() } else { format!("{name}, partial {n}") };
        parts.into_iter().zip(1..).map(move |(part, n)| (called(n), part))
    });
    let texts: Vec<_> = texts.collect();
    let opened = threads::map(texts.iter().collect(), |(name, bytes)| Partial::open(name, bytes));
    let partials = opened.into_iter().collect::<Result<Vec<_>>>()?;
    agree(&partials, wanted)?;
    let numbers = number(&partials, inputs)?;
    let detail = Arc::new(detail(inputs));
    let chunks: Vec<_> = partials.iter().enumerate().flat_map(|(n, part)| part.chunks(n)).collect();
    let read = threads::map(chunks, |chunk| {
        let numbers = Renumbered::Each(numbers[chunk.partial].clone());
        (chunk.partial, numbers.reading(|| chunk.pieces(partials[chunk.partial].name)))
    });
    let mut parts: Vec<_> = partials.iter().map(|_| Summary::new(Arc::clone(&detail))).collect();
    for (partial, pieces) in read {
        for (line, piece) in pieces? {
            let misplaced = |_| damaged(partials[partial].name, line, "a line that does not belong here");
            parts[partial].take_back(piece).map_err(misplaced)?;
        }
    }
    let mut whole = Summary::new(detail);
    parts.into_iter().for_each(|part| whole.merge(part));
    let mut outcome = Outcome::default();
    partials.into_iter().for_each(|part| part.went.add_to(&mut outcome));
    // As one run would have met them.
    outcome.left_out.sort_unstable();
    outcome.unrecognised.sort_unstable();
    Ok((whole, outcome))
}

/// The partials in a text, each with its lines: several may stand one behind the other.
fn documents(bytes: &[u8]) -> Vec<&[u8]> {
    let finder = memchr::memmem::Finder::new(b"\n{\"sigil_partial\":");
    let mut starts: Vec<_> = [0].into_iter().chain(finder.find_iter(bytes).map(|at| at + 1)).collect();
    starts.push(bytes.len());
    starts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect()
}

/// What is in a file of partials, which may be compressed, and what it is called.
fn text(path: &PathBuf) -> Result<(String, Vec<u8>)> {
    let is_stdin = path.as_os_str() == "-";
    let name = if is_stdin { "stdin".to_owned() } else { home::shown(path) };
    let mut bytes = Vec::new();
    let opened = if is_stdin {
        sigil_input::plain(io::stdin())
    } else {
        File::open(path).and_then(sigil_input::plain)
    };
    let read = opened.and_then(|mut input| input.read_to_end(&mut bytes));
    match read {
        Ok(_) => Ok((name, bytes)),
        Err(why) => Err(anyhow!("{}: {name}: {}", code::of_io(&why), cause::of_io(&why))),
    }
}

/// A partial of which all is there.
struct Partial<'a> {
    name: &'a str,
    made: Made,
    sources: Vec<Named>,
    went: Went,
    /// The lines of pieces, and how many lines come before them.
    pieces: &'a [u8],
    before: u64,
    xxh3: String,
}

fn damaged(name: &str, line: u64, why: &str) -> anyhow::Error {
    anyhow!("{}: {name}:{line}: {why}", code::PARSE_FAILED)
}

impl<'a> Partial<'a> {
    fn open(name: &'a str, bytes: &'a [u8]) -> Result<Self> {
        let no_partial = || damaged(name, 1, "no partial; make one with sigil-report --partial");
        let (first, mut rest) = split_line(bytes).ok_or_else(no_partial)?;
        let AnyFirst { sigil_partial: any } = serde_json::from_slice(first).map_err(|_| no_partial())?;
        if (any.format, any.shape) != (FORMAT, SHAPE) {
            let which = if any.format > FORMAT || any.format == FORMAT && any.shape > SHAPE {
                "a partial of a newer version of this program; update this one, or make it with this one"
            } else {
                "a partial of an older version of this program; make it again"
            };
            return Err(damaged(name, 1, which));
        }
        let body = whole(name, bytes)?;
        let mut line = 1;
        let First { sigil_partial: header } = parse(name, line, first)?;
        let mut sources = Vec::new();
        let mut next = || -> Result<(u64, &'a [u8])> {
            line += 1;
            let cut_off = || damaged(name, line, "cut off: sources are missing");
            let (text, behind) = split_line(rest).ok_or_else(cut_off)?;
            rest = behind;
            Ok((line, text))
        };
        for _ in 0..header.sources {
            let (line, text) = next()?;
            let SourceLine { source } = parse(name, line, text)?;
            sources.push(source);
        }
        let (at, text) = next()?;
        let WentLine { went } = parse(name, at, text)?;
        let pieces = rest.get(..body.bytes.saturating_sub(bytes.len() - rest.len())).unwrap_or(&[]);
        Ok(Self { name, made: header.made, sources, went, pieces, before: at, xxh3: body.xxh3 })
    }

    /// Whether it is a partial of something.
    fn has_sessions(&self) -> bool {
        memchr::memmem::find(self.pieces, b"{\"session\":").is_some()
    }

    /// Its pieces, so many lines at a time as one thread shall read.
    fn chunks(&self, partial: usize) -> Vec<Chunk<'a>> {
        let mut chunks = Vec::new();
        let (mut rest, mut before) = (self.pieces, self.before);
        while !rest.is_empty() {
            let end = memchr::memchr(b'\n', rest.get(CHUNK..).unwrap_or(&[]));
            let (bytes, behind) = rest.split_at(end.map_or(rest.len(), |end| CHUNK + end + 1));
            chunks.push(Chunk { partial, bytes, before });
            before += memchr::memchr_iter(b'\n', bytes).count() as u64;
            rest = behind;
        }
        chunks
    }
}

/// Some lines of a partial.
struct Chunk<'a> {
    partial: usize,
    bytes: &'a [u8],
    /// How many lines come before.
    before: u64,
}

impl Chunk<'_> {
    fn pieces(&self, name: &str) -> Result<Vec<(u64, Piece)>> {
        let lines = self.bytes.split_inclusive(|byte| *byte == b'\n');
        lines.zip(self.before + 1..).map(|(text, line)| Ok((line, parse(name, line, text)?))).collect()
    }
}

/// What stands before the last line, which agrees with it.
struct Body {
    bytes: usize,
    xxh3: String,
}

/// Checks that all of a partial is there, as it was written.
fn whole(name: &str, bytes: &[u8]) -> Result<Body> {
    let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let last = memchr::memrchr(b'\n', text).map_or(0, |at| at + 1);
    let before = memchr::memchr_iter(b'\n', &bytes[..last]).count() as u64;
    let end = serde_json::from_slice::<LastLine>(&bytes[last..]).ok();
    let Some(LastLine { end }) = end.filter(|_| text.len() < bytes.len()) else {
        return Err(damaged(name, before + 1, "cut off: the end is missing; copy or make it again"));
    };
    if end.lines != before || end.xxh3 != format!("{:032x}", XxHash3_128::oneshot(&bytes[..last])) {
        let mut lines = bytes[..last].split_inclusive(|byte| *byte == b'\n').zip(1..);
        let broken = lines.find(|(line, _)| serde_json::from_slice::<serde::de::IgnoredAny>(line).is_err());
        let line = broken.map_or(before + 1, |(_, line)| line);
        return Err(damaged(name, line, "damaged: not what was written; copy or make it again"));
    }
    Ok(Body { bytes: last, xxh3: end.xxh3 })
}

fn split_line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr(b'\n', bytes)?;
    Some((&bytes[..end], &bytes[end + 1..]))
}

fn parse<'t, T: Deserialize<'t>>(name: &str, line: u64, text: &'t [u8]) -> Result<T> {
    serde_json::from_slice(text).map_err(|why| {
        let why = why.to_string();
        // Where in the line it is tells nobody anything.
        let why = why.split(" at line ").next().unwrap_or_default();
        damaged(name, line, &format!("damaged: {why}"))
    })
}

/// Checks that partials were made under the same, and under what is wanted.
fn agree(partials: &[Partial<'_>], wanted: &Made) -> Result<()> {
    let Some((first, others)) = partials.split_first() else { return Ok(()) };
    let refuse = |name: &str, whose: &str, Difference { own, other, advice }: Difference| {
        let code = code::CONFIGURATION;
        Err(anyhow!("{code}: {name} was made with {own}, {whose} with {other}; {advice}"))
    };
    for part in others {
        if let Some(difference) = part.made.differs(&first.made) {
            return refuse(part.name, first.name, difference);
        }
    }
    match partials.iter().find_map(|part| Some((part.name, part.made.lacks(wanted)?))) {
        Some((name, difference)) => refuse(name, "this run merges", difference),
        None => Ok(()),
    }
}

/// Makes the sources of all partials those of `inputs`, in their order, and says by partial which numbers they
/// have now.
fn number(partials: &[Partial<'_>], inputs: &mut Inputs) -> Result<Vec<Vec<SourceId>>> {
    let mut owners: HashMap<&str, (&Partial<'_>, &str)> = HashMap::new();
    let sources = partials.iter().flat_map(|part| part.sources.iter().map(move |source| (part, source)));
    for (part, source) in sources.filter(|(_, source)| source.lasting) {
        // Names tell nothing where partials come from several machines, or from several directories.
        let key = source.file.as_deref().unwrap_or(&source.name);
        let Some((before, known_as)) = owners.insert(key, (part, &source.name)) else { continue };
        let (code, one, other) = (code::CONFIGURATION, before.name, part.name);
        let (name, known_as) = (quoted(&source.name), quoted(known_as));
        let what = if name == known_as {
            format!("{name} is in {one} and in {other}")
        } else {
            format!("{known_as} in {one} and {name} in {other} are one file")
        };
        return Err(anyhow!(
            "{code}: {what} and would count twice; leave one of them out, or make it without"
        ));
    }
    let mut same: HashMap<&str, &str> = HashMap::new();
    for part in partials.iter().filter(|part| part.has_sessions()) {
        if let Some(one) = same.insert(&part.xxh3, part.name) {
            let (code, other) = (code::CONFIGURATION, part.name);
            return Err(anyhow!(
                "{code}: {one} and {other} are the same partial and would count twice; leave one of them out"
            ));
        }
    }
    let mut all: Vec<_> = partials
        .iter()
        .enumerate()
        .flat_map(|(partial, part)| {
            part.sources.iter().enumerate().map(move |(place, named)| (partial, place, named))
        })
        .map(|(partial, place, named)| (Source::elsewhere(&named.name), partial, place))
        .collect();
    // Whoever has no name of its own stands in the order of what was read, not of the operands.
    all.sort_by_cached_key(|(source, partial, place)| {
        let part = &partials[*partial];
        (source.order(), part.sources[*place].file.clone(), part.xxh3.clone(), *place)
    });
    let mut numbers: Vec<_> = partials.iter().map(|part| vec![SourceId(0); part.sources.len()]).collect();
    for (number, (_, partial, place)) in (0..).map(SourceId).zip(&all) {
        numbers[*partial][*place] = number;
    }
    inputs.sources = all.into_iter().map(|(source, ..)| source).collect();
    Ok(numbers)
}
