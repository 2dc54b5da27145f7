//! The members of a tar, one after the other: ustar, GNU, pax and the older kinds.
//!
//! Headers are the `tar` crate's to understand. Its own iterator holds whatever an archive declares to be a
//! name or an extended header, so an archive of a few kilobytes could take all memory: here both are bounded.

use std::io::{self, Read};

use tar::{EntryType, Header};

/// What a tar is made of, in bytes.
pub(crate) const BLOCK: usize = 512;

/// The most that a name or an extended header may take.
const LONGEST_EXTENSION: u64 = 1 << 20;

/// A member of an archive. Its bytes are what [`Entries`] reads next.
#[derive(Debug)]
pub struct Entry {
    /// Its place in the archive, links and directories counted too.
    pub(crate) number: usize,
    /// Its name, as it is written.
    pub name: Vec<u8>,
    /// What it is.
    pub kind: EntryKind,
    /// How many bytes it has in the archive.
    pub size: u64,
    /// Its permissions.
    pub mode: u32,
    /// The numbers of its owner: user, group.
    pub owner: (u64, u64),
    /// When it was changed: seconds since 1970, and nanoseconds behind them.
    pub mtime: (i64, u32),
    /// Where a link leads to, as it is written.
    pub link: Vec<u8>,
    /// What stands as a comment in its extended header.
    pub comment: Option<Vec<u8>>,
}

/// What a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// A file with all its bytes.
    File,
    /// A file of which only the parts that are not zeros stand here.
    Sparse,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
    /// Another name of a member before it.
    HardLink,
    /// A device, a pipe, or something that only one program knows.
    Other,
}

impl Entry {
    /// Its name, without what stands for the directory that it is to be unpacked in.
    pub(crate) fn path(&self) -> String {
        normal(&self.name)
    }

    /// Whether it is a file, and no link, directory or device.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self.kind, EntryKind::File | EntryKind::Sparse)
    }
}

/// Reads members in their order; as a [`Read`], the bytes of the last one that [`Entries::next`] gave.
pub struct Entries<R> {
    input: R,
    count: usize,
    /// The zeros have come that stand at an archive's end.
    has_end: bool,
    /// What is left of the member, and of what fills its last block.
    left: u64,
    padding: u64,
    /// Reading has failed, and was said to have: no member comes any more.
    is_broken: bool,
}

/// What stands before a header and says more about its member.
#[derive(Default)]
struct Extension {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    mtime: Option<(i64, u32)>,
    comment: Option<Vec<u8>>,
    size: Option<u64>,
    /// The bytes begin with a list of the parts of the file that are there.
    has_map: bool,
}

impl<R: Read> Entries<R> {
    /// The members of the tar that `input` is.
    pub fn new(input: R) -> Self {
        Self { input, count: 0, has_end: false, left: 0, padding: 0, is_broken: false }
    }

    /// Whether the zeros have come that stand at an archive's end. Without them it may have been longer.
    pub fn has_end(&self) -> bool {
        self.has_end
    }

    /// The next member. Archives may follow each other, as `cat` and `tar -A` put them together.
    ///
    /// # Errors
    /// The archive ends early, or holds something else.
    #[expect(
        clippy::should_implement_trait,
        reason = "the bytes of a member are read from where it came from"
    )]
    pub fn next(&mut self) -> io::Result<Option<Entry>> {
        if self.is_broken {
            return Ok(None);
        }
        let next = self.find_next();
        self.is_broken |= next.is_err();
        next
    }

    fn find_next(&mut self) -> io::Result<Option<Entry>> {
        let mut extension = Extension::default();
        loop {
            let rest = self.left.saturating_add(self.padding);
            self.skip(rest)?;
            (self.left, self.padding) = (0, 0);
            let mut block = [0; BLOCK];
            if !self.read_block(&mut block)? {
                return Ok(None);
            }
            if block.iter().all(|byte| *byte == 0) {
                self.has_end = true;
                continue;
            }
            self.has_end = false;
            if !is_header(&block) {
                return Err(damaged("something that is no member of a tar archive"));
            }
            let header = Header::from_byte_slice(&block);
            let kind = header.entry_type();
            let stated = header.entry_size().map_err(|_| damaged("a member without a size"))?;
            self.expect(stated);
            match kind {
                EntryType::GNULongName => extension.path = Some(name(self.extension()?)),
                EntryType::XHeader => extension.read(&self.extension()?),
                EntryType::GNULongLink => extension.link = Some(name(self.extension()?)),
                EntryType::XGlobalHeader => {}
                _ => {
                    if let Some(size) = extension.size {
                        self.expect(size);
                    }
                    if kind == EntryType::GNUSparse {
                        self.skip_map_of_gnu(&block)?;
                    }
                    if extension.has_map {
                        self.skip_map()?;
                    }
                    let path = extension.path.unwrap_or_else(|| header.path_bytes().into_owned());
                    let is_sparse = kind == EntryType::GNUSparse || extension.has_map;
                    let kind_of_file = if is_sparse { EntryKind::Sparse } else { EntryKind::File };
                    let kind = match kind {
                        EntryType::Regular | EntryType::Continuous | EntryType::GNUSparse => {
                            // Before there were types, a directory was a file whose name says so.
                            if path.ends_with(b"/") { EntryKind::Directory } else { kind_of_file }
                        }
                        EntryType::Directory => EntryKind::Directory,
                        EntryType::Symlink => EntryKind::Symlink,
                        EntryType::Link => EntryKind::HardLink,
                        _ => EntryKind::Other,
                    };
                    if kind == EntryKind::HardLink {
                        // It has no bytes, though some programs state the size of what it leads to.
                        self.expect(0);
                    }
                    let number = self.count;
                    self.count += 1;
                    let link = || header.link_name_bytes().map(|link| link.into_owned());
                    let seconds = || header.mtime().ok().and_then(|seconds| i64::try_from(seconds).ok());
                    return Ok(Some(Entry {
                        number,
                        name: path,
                        kind,
                        size: self.left,
                        mode: header.mode().unwrap_or(0),
                        owner: (header.uid().unwrap_or(0), header.gid().unwrap_or(0)),
                        mtime: extension.mtime.or_else(|| Some((seconds()?, 0))).unwrap_or_default(),
                        link: extension.link.or_else(link).unwrap_or_default(),
                        comment: extension.comment,
                    }));
                }
            }
        }
    }

    /// `size` bytes come next, and what fills their last block.
    fn expect(&mut self, size: u64) {
        let block = BLOCK as u64;
        self.left = size;
        self.padding = (block - size % block) % block;
    }

    /// What a header of a kind that is no member holds.
    fn extension(&mut self) -> io::Result<Vec<u8>> {
        if self.left > LONGEST_EXTENSION {
            return Err(damaged("a name of more than a mebibyte"));
        }
        let mut bytes = Vec::new();
        self.by_ref().read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Reads past the list of parts of a sparse file, as GNU tar's own format continues it behind the header.
    fn skip_map_of_gnu(&mut self, header: &[u8; BLOCK]) -> io::Result<()> {
        let mut goes_on = header[482] == 1;
        while goes_on {
            let mut block = [0; BLOCK];
            if !self.read_block(&mut block)? {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            goes_on = block[504] == 1;
        }
        Ok(())
    }

    /// Reads past the list of parts of a sparse file, as the pax format puts it before them: decimal lines,
    /// first how many pairs of numbers follow. What is not there are zeros, which no log misses.
    fn skip_map(&mut self) -> io::Result<()> {
        let mut lines_left = None;
        let mut number = 0_u64;
        while lines_left != Some(0) {
            let mut block = [0; BLOCK];
            self.read_exact(&mut block)?;
            for byte in block {
                match (byte, lines_left) {
                    (_, Some(0)) => break,
                    (b'0'..=b'9', _) => {
                        number = number.saturating_mul(10).saturating_add(u64::from(byte - b'0'))
                    }
                    (b'\n', None) => lines_left = Some(number.saturating_mul(2)),
                    (b'\n', Some(left)) => lines_left = Some(left - 1),
                    _ => return Err(damaged("a sparse member without a list of its parts")),
                }
            }
        }
        Ok(())
    }

    /// Reads a block; none where the archive ends, with or without the zeros that should stand there.
    fn read_block(&mut self, block: &mut [u8; BLOCK]) -> io::Result<bool> {
        let mut filled = 0;
        while filled < BLOCK {
            match self.input.read(&mut block[filled..]) {
                Ok(0) if block.iter().all(|byte| *byte == 0) => return Ok(false),
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(n) => filled += n,
                Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
                Err(why) => return Err(why),
            }
        }
        Ok(true)
    }

    fn skip(&mut self, bytes: u64) -> io::Result<()> {
        let skipped = io::copy(&mut (&mut self.input).take(bytes), &mut io::sink())?;
        if skipped < bytes { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }
}

impl<R: Read> Read for Entries<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
        if wanted == 0 {
            return Ok(0);
        }
        let read = match self.input.read(&mut buffer[..wanted]) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            read => read,
        };
        match &read {
            Ok(n) => self.left -= *n as u64,
            Err(why) => self.is_broken |= why.kind() != io::ErrorKind::Interrupted,
        }
        read
    }
}

impl Extension {
    /// Takes what counts from the records of a pax header (POSIX.1-2008, pax, Extended Header).
    fn read(&mut self, records: &[u8]) {
        for (key, value) in Records(records) {
            let text = || str::from_utf8(value).ok();
            match key {
                b"path" => {
                    self.path.get_or_insert_with(|| value.to_vec());
                }
                // A sparse file stands under another name.
                b"GNU.sparse.name" => self.path = Some(value.to_vec()),
                b"GNU.sparse.major" => self.has_map = value == b"1",
                b"linkpath" => self.link = Some(value.to_vec()),
                b"mtime" => self.mtime = text().and_then(decimal_time),
                b"comment" => self.comment = Some(value.to_vec()),
                b"size" => self.size = text().and_then(|text| text.parse().ok()),
                _ => {}
            }
        }
    }
}

/// The records of a pax header, `LENGTH KEY=VALUE` and a newline each. The length counts, so that a value may hold newlines,
/// which the `tar` crate's own iterator takes for the end of a record.
struct Records<'a>(&'a [u8]);

impl<'a> Iterator for Records<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let space = self.0.iter().position(|byte| *byte == b' ')?;
        let length: usize = str::from_utf8(&self.0[..space]).ok()?.parse().ok()?;
        let record = self.0.get(space + 1..length)?.strip_suffix(b"\n")?;
        self.0 = &self.0[length..];
        let equals = record.iter().position(|byte| *byte == b'=')?;
        Some((&record[..equals], &record[equals + 1..]))
    }
}

/// Reads a time as pax writes it: decimal seconds, with a fraction or without, before 1970 with a sign.
fn decimal_time(text: &str) -> Option<(i64, u32)> {
    let (is_before, digits) = text.strip_prefix('-').map_or((false, text), |digits| (true, digits));
    let (seconds, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = i64::try_from(seconds.parse::<u64>().ok()?).ok()?;
    let nanos: u32 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    Some(match (is_before, nanos) {
        (false, _) => (seconds, nanos),
        (true, 0) => (-seconds, 0),
        (true, _) => (-seconds - 1, 1_000_000_000 - nanos),
    })
}

/// A name that may end in zeros.
fn name(mut bytes: Vec<u8>) -> Vec<u8> {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    bytes.truncate(end);
    bytes
}

/// A name without `./` and `/` before it and within.
fn normal(path: &[u8]) -> String {
    let path = String::from_utf8_lossy(path);
    let parts: Vec<_> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    parts.join("/")
}

/// Whether a block is the header of a member: whether its checksum is right. Some old programs added up
/// signed bytes.
pub(crate) fn is_header(block: &[u8]) -> bool {
    let Some(block) = block.get(..BLOCK) else { return false };
    let Ok(stated) = Header::from_byte_slice(block).cksum() else { return false };
    let bytes =
        || block.iter().enumerate().map(|(at, byte)| if (148..156).contains(&at) { b' ' } else { *byte });
    let unsigned: i64 = bytes().map(i64::from).sum();
    let signed: i64 = bytes().map(|byte| i64::from(byte.cast_signed())).sum();
    block.iter().any(|byte| *byte != 0) && [unsigned, signed].contains(&i64::from(stated))
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("damaged archive: it holds {what}"))
}
