//! What the page's own parts must agree on.

use std::process::Command;

use super::*;

#[test]
fn the_policy_names_the_style_sheet() {
    let script = "import base64, hashlib, sys; \
                  print(base64.b64encode(hashlib.sha256(open(sys.argv[1], 'rb').read()).digest()).decode())";
    let sheet = concat!(env!("CARGO_MANIFEST_DIR"), "/src/render/html/style.css");
    let output = Command::new("python3").args(["-c", script, sheet]).output().unwrap();
    assert!(output.status.success());
    let hash = String::from_utf8(output.stdout).unwrap();
    assert_eq!(STYLE_HASH, hash, "src/render/html/style.sha256 must be this");
}

#[test]
fn nothing_of_a_log_is_markup() {
    assert_eq!(inert("<script>\"'&\0\u{202e}\n"), "&lt;script&gt;&quot;&#39;&amp;\\x00\\u{202e}\\n");
}

#[test]
fn a_share_can_be_seen_and_is_no_more_than_all() {
    let shares = [(0, 0), (1, 0), (0, 5), (1, 1_000_000), (1, 3), (9, 3), (u64::MAX, u64::MAX)];
    assert_eq!(shares.map(|(part, whole)| percent(part, whole)), [0.0, 100.0, 0.0, 0.5, 33.33, 100.0, 100.0]);
}
