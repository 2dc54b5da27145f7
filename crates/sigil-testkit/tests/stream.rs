//! Talking to programs that every system has.

use sigil_testkit::Tool;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(20);
const A_WHILE: Duration = Duration::from_millis(50);

#[test]
fn lines_come_back_as_they_are_completed() {
    let mut cat = Tool::new("cat").stream();
    cat.write("one\ntw");
    cat.expect_line("one", SOON);
    // What stands between two newlines is held back by the reader, whatever the tool does.
    cat.expect_silence(A_WHILE);
    cat.write("o\n");
    cat.expect_line("two", SOON);
}

#[test]
fn finish_gives_the_rest_the_words_and_the_status() {
    let mut sh = Tool::new("sh").args(["-c", "cat; echo end >&2; exit 7"]).stream();
    sh.write("a\nb\nc");
    assert_eq!(sh.next_line(SOON).as_deref(), Some("a"));
    let output = sh.finish();
    assert_eq!(output.stdout_text(), "b\nc");
    assert_eq!(output.stderr_text(), "end\n");
    assert_eq!(output.status.code(), Some(7));
}

#[test]
fn the_end_of_output_is_no_line() {
    let mut cat = Tool::new("cat").stream();
    cat.close_stdin();
    assert_eq!(cat.next_line(SOON), None);
}

#[test]
fn a_dropped_stream_leaves_no_process() {
    let stream = Tool::new("sleep").arg("600").stream();
    let id = stream.id();
    drop(stream);
    Tool::new("sh").args(["-c", &format!("kill -0 {id} 2>/dev/null")]).status(1);
}
