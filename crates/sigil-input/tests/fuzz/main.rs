//! Fuzzing on a stable toolchain: one target for each decoder and kernel.
//!
//! Each target holds its invariants over inputs that [`mutate`] makes of a [`corpus`]; inputs that show a
//! behaviour not seen before join the corpus. In the normal tests that takes seconds and the same inputs come
//! each time. For longer:
//!
//! ```sh
//! SIGIL_FUZZ_SECONDS=600 cargo test --release -p sigil-input --test fuzz -- --nocapture [TARGET]
//! ```
//!
//! `SIGIL_FUZZ_SEED=N` takes another way. What breaks an invariant is shrunk and told as a byte string, which goes
//! into [`regressions`].

mod corpus;
mod decoders;
mod engine;
mod kernels;
mod mutate;
mod regressions;
mod ways;

use engine::{Target, hunt};

macro_rules! targets {
    ($($name:ident: $corpus:expr, $check:path;)*) => {
        $(
            #[test]
            fn $name() {
                hunt(&Target { name: stringify!($name), corpus: $corpus, check: $check });
            }
        )*

        /// All targets, by name.
        const TARGETS: &[(&str, engine::Check)] = &[$((stringify!($name), $check)),*];
    };
}

targets! {
    sigil: corpus::sigil(), decoders::fuzz_sigil;
    claude: corpus::claude(), decoders::fuzz_claude;
    codex: corpus::codex(), decoders::fuzz_codex;
    higress: corpus::higress(), decoders::fuzz_higress;
    text: corpus::text(), decoders::fuzz_text;
    auto: corpus::all(), decoders::fuzz_auto;
    redacted_text: corpus::secrets(), kernels::fuzz_redacted_text;
    redacted_json: corpus::json(), kernels::fuzz_redacted_json;
    scanner: corpus::json(), kernels::fuzz_scanner;
    times: corpus::times(), kernels::fuzz_times;
}

#[test]
fn what_has_broken_stays_mended() {
    for (name, bytes) in regressions::REGRESSIONS {
        let target = TARGETS.iter().find(|(target, _)| target == name);
        let (_, check) = target.unwrap_or_else(|| panic!("{name} is no target"));
        check(bytes, engine::Depth::All);
    }
}
