//! A source that can only be read from its beginning, on one thread.

use std::convert::Infallible;
use std::io::{self, BufRead, BufReader, Read};

use sigil_event::{Sink, SourceId};

use super::Job;
use super::stream::read_stream;
use crate::format::Decoder;
use crate::line::HEADER_START;

/// What reading a source came to.
pub(super) struct InOrder<S> {
    pub(super) sink: S,
    pub(super) decoder: Decoder,
    pub(super) result: io::Result<()>,
}

/// Reads `plain`, which is the source `id` or what was compressed in it, to its end.
pub(super) fn read<S, N, T>(
    job: &Job<'_, N, T>,
    id: SourceId,
    plain: impl Read,
    mut decoder: Decoder,
) -> InOrder<S>
where
    S: Sink,
    N: Fn() -> S,
{
    let mut sink = (job.new)();
    let mut plain = BufReader::with_capacity(64 << 10, plain);
    // As in a file that is not compressed, headers count if it begins with one.
    match plain.fill_buf() {
        Ok(text) if text.starts_with(HEADER_START) => decoder = decoder.following_headers(),
        Ok(_) => {}
        Err(why) => return InOrder { sink, decoder, result: Err(why) },
    }
    let before_wait = |_: &mut S| Ok::<(), Infallible>(());
    let Ok(result) = read_stream(plain, id, &mut decoder, &mut sink, before_wait);
    InOrder { sink, decoder, result }
}
