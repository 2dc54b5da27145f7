//! Whether a session holds all that its archive does, and has only gone on since: its log may have been written to and
//! rotated, and other files written anew.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use sigil_store::rotation;

use super::PIECE;
use super::compare::{Likeness, Strictness, compare, fill, is_of_kind, trimmed};
use crate::contents::{Contents, Member, Opener, part_order};

/// Whether what the archive at `path` holds is the beginning of `contents`, which `opener` opens and which may be written to
/// meanwhile: all parts of `log`, joined, begin with those in the archive, and of everything else there is something of
/// that name. Where the archive has no events, all has to be the same.
///
/// # Errors
/// The archive or a file cannot be read.
pub(crate) fn begins(
    path: &Path,
    opener: &mut Opener,
    contents: &Contents,
    log: &Path,
) -> io::Result<Likeness> {
    let there: HashMap<&[u8], &Member> =
        contents.members.iter().map(|member| (member.name.as_os_str().as_bytes(), member)).collect();
    let mut parts = Vec::new();
    let mut entries = super::entries(path)?;
    while let Some(entry) = entries.next()? {
        let name = Path::new(OsStr::from_bytes(trimmed(&entry.name)));
        if let Some(order) = part_order(name, log) {
            parts.push((order, name.to_owned()));
        } else if !there.get(trimmed(&entry.name)).is_some_and(|member| is_of_kind(&entry, member)) {
            let name = sigil_cli::escape::quoted(&name.to_string_lossy());
            return Ok(Likeness::Different(format!("{name} is not there any more")));
        }
    }
    parts.sort();
    let mut joined: Box<dyn Read> = Box::new(io::empty());
    for part in single(contents.parts_of(log), |part| part.name.as_path()) {
        let Some(file) = opener.open_as_it_is(part)? else { return Ok(Likeness::Changed) };
        joined = Box::new(joined.chain(sigil_input::plain(file)?));
    }
    let mut buffers = [vec![0; PIECE], vec![0; PIECE]];
    let mut has_events = false;
    for (_, part) in single(parts, |(_, name)| name.as_path()) {
        let mut archived = member(path, &part)?;
        loop {
            let [packed, lying] = &mut buffers;
            let read = fill(&mut archived, packed)?;
            if read == 0 {
                break;
            }
            has_events = true;
            let found = fill(&mut joined, &mut lying[..read])?;
            if packed[..read] != lying[..found] {
                let log = sigil_cli::escape::quoted(&log.to_string_lossy());
                return Ok(Likeness::Different(format!("{log} does not begin with it")));
            }
        }
    }
    if has_events { Ok(Likeness::Same) } else { compare(path, opener, contents, Strictness::Contents) }
}

/// Of parts in their order those that count: one that is there plain and compressed is just being compressed.
fn single<P>(mut parts: Vec<P>, name: impl Fn(&P) -> &Path) -> Vec<P> {
    let plain = |part: &P| name(part).to_str().map(|name| rotation::plain_name(name).to_owned());
    parts.dedup_by(|later, earlier| plain(later) == plain(earlier));
    parts
}

/// What a member of an archive holds, no longer compressed if it was.
fn member(path: &Path, name: &Path) -> io::Result<Box<dyn Read + Send>> {
    let mut entries = super::entries(path)?;
    while let Some(entry) = entries.next()? {
        if trimmed(&entry.name) == name.as_os_str().as_bytes() {
            return sigil_input::plain(entries);
        }
    }
    Err(io::ErrorKind::NotFound.into())
}
