//! The frame, on buffers; what needs a process is in `tests/process.rs`.

use anyhow::{Context, anyhow};

use super::*;

/// A tool's arguments.
#[derive(Parser)]
#[command(name = "sigil-x", version, about = "Does x")]
struct Args {
    #[command(flatten)]
    output: OutputArgs,
    /// Say how it is
    #[arg(long)]
    check: bool,
}

/// Runs a tool; what came out on both channels, and the status.
fn run_with(
    args: &[&str],
    tool: impl FnOnce(Args, &mut Io<'_>) -> anyhow::Result<Status>,
) -> (String, String, u8) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let status = run_into(&mut out, &mut err, args, tool);
    (String::from_utf8(out).unwrap(), String::from_utf8(err).unwrap(), status)
}

fn run_into(
    out: &mut dyn Write,
    err: &mut dyn Write,
    args: &[&str],
    tool: impl FnOnce(Args, &mut Io<'_>) -> anyhow::Result<Status>,
) -> u8 {
    let argv: Vec<OsString> = ["sigil-x"].iter().chain(args).map(OsString::from).collect();
    let mut io = Io::for_test("sigil-x", out, err);
    Tool::new("sigil-x").verdict_flag("--check").run_with(&argv, &mut io, tool).code()
}

/// A reader that left.
struct Gone;

impl Write for Gone {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn silent() -> (String, String, u8) {
    (String::new(), String::new(), 0)
}

#[test]
fn the_status_is_the_tool_s() {
    let done = run_with(&[], |_, io| {
        writeln!(io.stdout(), "data")?;
        io.warn("E003_PARSE_FAIL: skipped 1 malformed line: stdin:2");
        Ok(Status::Negative)
    });
    let warning = "sigil-x: E003_PARSE_FAIL: skipped 1 malformed line: stdin:2\n";
    assert_eq!(done, ("data\n".into(), warning.into(), 1));
    assert_eq!(run_with(&[], |_, _| Ok(Status::Success)), silent());
}

#[test]
fn the_flags_set_the_channels() {
    let quiet = run_with(&["-q", "--color", "always"], |_, io| {
        io.warn("E003_PARSE_FAIL: nothing");
        assert!(io.palette().is_on());
        Ok(Status::Success)
    });
    assert_eq!(quiet, silent());
}

#[test]
fn a_flag_may_be_repeated() {
    let twice = run_with(&["--json", "--json", "--color", "never", "--color", "always"], |args, io| {
        assert!(args.output.json && io.palette().is_on());
        Ok(Status::Success)
    });
    assert_eq!(twice, silent());
}

#[test]
fn an_error_is_one_line_behind_the_data() {
    let failed = run_with(&[], |_, io| {
        writeln!(io.stdout(), "data")?;
        Err(anyhow!("line one\nline two")).context("in \x1b[2Jx")
    });
    let message = "sigil-x: E010_CONFIG_ERR: in \\x1b[2Jx: line one\\nline two\n";
    assert_eq!(failed, ("data\n".into(), message.into(), 2));
}

#[test]
fn wrong_arguments_are_one_line() {
    let refused = run_with(&["--chekc"], |_, _| Ok(Status::Success));
    let message = "sigil-x: E010_CONFIG_ERR: unexpected argument '--chekc'; did you mean '--check'? (see sigil-x --help)\n";
    assert_eq!(refused, (String::new(), message.into(), 2));
}

#[test]
fn with_the_verdict_flag_errors_exit_1() {
    let fails = |_: Args, _: &mut Io<'_>| Err(anyhow!("no"));
    assert_eq!(run_with(&["--check"], fails).2, 1);
    assert_eq!(run_with(&[], fails).2, 2);
    assert_eq!(run_with(&["--nope", "--check"], fails).2, 1);
    assert_eq!(run_with(&["--", "--check"], fails).2, 2, "behind -- it is an operand");
}

#[test]
fn help_and_version_are_data() {
    let (out, err, status) = run_with(&["--help"], |_, _| Ok(Status::Trouble));
    assert!(out.starts_with("Does x\n\nUsage: sigil-x [OPTIONS]\n"), "{out}");
    assert_eq!((err.as_str(), status), ("", 0));
    let version = concat!("sigil-x ", env!("CARGO_PKG_VERSION"), "\n");
    assert_eq!(run_with(&["-V"], |_, _| Ok(Status::Trouble)), (version.into(), String::new(), 0));
}

#[test]
fn a_reader_that_leaves_ends_a_tool_quietly() {
    let mut err = Vec::new();
    let writes = |_: Args, io: &mut Io<'_>| {
        writeln!(io.stdout(), "data").context("writing")?;
        Ok(Status::Trouble)
    };
    assert_eq!(run_into(&mut Gone, &mut err, &[], writes), 0);
    assert_eq!(run_into(&mut Gone, &mut err, &["--help"], writes), 0);
    assert_eq!(
        run_into(&mut BufWriter::new(Gone), &mut err, &[], |_, io| {
            writeln!(io.stdout(), "data")?;
            Ok(Status::Negative)
        }),
        1,
        "the work was done"
    );
    assert_eq!(err, b"");
}

#[test]
fn a_verdict_does_not_depend_on_the_reader() {
    let mut err = Vec::new();
    let verdict = |_: Args, io: &mut Io<'_>| {
        writeln!(io.stdout(), "data")?;
        Ok(Status::Code(2))
    };
    assert_eq!(run_into(&mut Gone, &mut err, &["--check"], verdict), 2);
    assert_eq!(err, b"");
}

#[test]
fn output_that_cannot_be_written_is_an_error() {
    /// A full disk.
    struct Full;
    impl Write for Full {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut err = Vec::new();
    let status = run_into(&mut BufWriter::new(Full), &mut err, &[], |_, io| {
        writeln!(io.stdout(), "data")?;
        Ok(Status::Success)
    });
    let message = "sigil-x: E009_DISK_FULL: cannot write to standard output: no storage space\n";
    assert_eq!((String::from_utf8(err).unwrap().as_str(), status), (message, 2));
}

#[test]
fn a_tool_may_have_no_flags_in_common() {
    #[derive(Parser)]
    struct Bare {}
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut io = Io::for_test("sigil-x", &mut out, &mut err);
    let status = Tool::new("sigil-x").run_with(&["x".into()], &mut io, |_: Bare, _| Ok(Status::Success));
    assert_eq!(status, Status::Success);
}
