//! What is found in a store, and what is said when it is not.

use std::os::unix::fs::symlink;

use tempfile::TempDir;

use super::*;

/// A store with these files below `sessions/`.
fn store(files: &[&str]) -> (TempDir, Store) {
    let root = tempfile::tempdir().unwrap();
    let store = Store::new(root.path().to_owned());
    for file in files {
        let path = store.sessions_dir().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "{}\n").unwrap();
    }
    (root, store)
}

fn ids(sessions: &[StoredSession]) -> Vec<&str> {
    sessions.iter().map(|session| session.id.as_str()).collect()
}

fn id(text: &str) -> SessionId {
    SessionId::new(text).unwrap()
}

#[test]
fn places_are_those_of_the_guide() {
    let store = Store::new("/logs".into());
    assert_eq!(store.root(), Path::new("/logs"));
    assert_eq!(store.sessions_dir(), Path::new("/logs/sessions"));
    assert_eq!(store.archive_dir(), Path::new("/logs/archive"));
    assert_eq!(store.error_log(), Path::new("/logs/error.log"));
    assert_eq!(store.session_dir(&id("a:b")), Path::new("/logs/sessions/a%3Ab"));
}

#[test]
fn sessions_are_listed_by_id_with_their_parts() {
    let (_root, store) = store(&[
        "lead-2/execution.jsonl",
        "lead-1/execution.jsonl",
        "lead-1/execution.jsonl.1",
        "lead-1/tokens.json",
        "rotated/execution.jsonl.1.gz",
        "a%3Ab/execution.jsonl",
        "empty/tokens.json",
        ".unfinished/execution.jsonl",
        "-x/execution.jsonl",
        "stray.jsonl",
    ]);
    let sessions = store.sessions().unwrap();
    assert_eq!(ids(&sessions), ["a:b", "lead-1", "lead-2", "rotated"]);
    let lead = store.sessions_dir().join("lead-1");
    assert_eq!(sessions[1].parts, [lead.join("execution.jsonl.1"), lead.join("execution.jsonl")]);
    assert_eq!(sessions[1].dir, lead);
}

#[test]
fn a_store_that_is_not_there_is_empty() {
    let (_root, store) = store(&[]);
    assert_eq!(store.sessions().unwrap(), []);
}

#[test]
fn a_sessions_directory_that_is_a_file_is_an_error() {
    let (root, store) = store(&[]);
    fs::write(root.path().join("sessions"), "").unwrap();
    let expected = format!(
        "E010_CONFIG_ERR: cannot read {}: not a directory",
        crate::home::shown(&store.sessions_dir())
    );
    assert_eq!(store.sessions().unwrap_err().to_string(), expected);
}

#[test]
fn a_linked_session_is_read() {
    let (root, store) = store(&["one/execution.jsonl"]);
    fs::create_dir(root.path().join("elsewhere")).unwrap();
    fs::write(root.path().join("elsewhere/execution.jsonl"), "").unwrap();
    symlink(root.path().join("elsewhere"), store.sessions_dir().join("linked")).unwrap();
    symlink("nowhere", store.sessions_dir().join("broken")).unwrap();
    assert_eq!(ids(&store.sessions().unwrap()), ["linked", "one"]);
}

#[test]
fn a_store_of_many_sessions_is_listed_by_all_cores_in_the_order_of_ids() {
    let (_root, store) = store(&[]);
    let names: Vec<_> = (0..3 * SHARE + 1).map(|number| format!("s-{number:04}")).collect();
    for name in &names {
        let dir = store.sessions_dir().join(name);
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join("execution.jsonl"), "").unwrap();
    }
    fs::create_dir(store.sessions_dir().join("s-0000-without-a-log")).unwrap();
    assert_eq!(ids(&store.sessions().unwrap()), names);
}

#[test]
fn an_exact_id_is_tried_before_a_glob() {
    let (_root, store) =
        store(&["lead-[1]/execution.jsonl", "lead-1/execution.jsonl", "lead-2/execution.jsonl"]);
    assert_eq!(ids(&store.find("lead-[1]").unwrap()), ["lead-[1]"]);
    assert_eq!(ids(&store.find("lead-[12]").unwrap()), ["lead-1", "lead-2"]);
    assert_eq!(ids(&store.find("lead-?").unwrap()), ["lead-1", "lead-2"]);
    assert_eq!(ids(&store.find("*").unwrap()), ["lead-1", "lead-2", "lead-[1]"]);
}

#[test]
fn a_raw_directory_is_used_where_no_encoded_one_is() {
    let (_root, store) = store(&["agent:main/execution.jsonl"]);
    let raw = store.sessions_dir().join("agent:main");
    assert_eq!(store.session_dir(&id("agent:main")), raw);
    assert_eq!(store.find("agent:main").unwrap()[0].dir, raw);
    fs::create_dir(store.sessions_dir().join("agent%3Amain")).unwrap();
    assert_eq!(store.session_dir(&id("agent:main")), store.sessions_dir().join("agent%3Amain"));
    assert_eq!(store.find("agent:main").unwrap()[0].dir, raw, "only the raw one has a log");
}

#[test]
fn the_encoded_name_of_another_session_is_not_taken_for_an_id() {
    let (_root, store) = store(&["a%3Ab/execution.jsonl"]);
    assert_eq!(store.session_dir(&id("a%3Ab")), store.sessions_dir().join("a%253Ab"));
    assert!(store.find("a%3Ab").is_err());
}

#[test]
fn a_session_that_is_not_found_is_named_with_its_neighbours() {
    let (_root, store) = store(&["lead-10/execution.jsonl", "research/execution.jsonl"]);
    let place = crate::home::shown(&store.sessions_dir());
    let message = |pattern: &str| store.find(pattern).unwrap_err().to_string();
    assert_eq!(
        message("lead-1"),
        format!("E001_SESSION_NF: session \"lead-1\" not found in {place}; did you mean \"lead-10\"?")
    );
    assert_eq!(message("other"), format!("E001_SESSION_NF: session \"other\" not found in {place}"));
    assert_eq!(message("x*"), format!("E001_SESSION_NF: session \"x*\" not found in {place}"));
    assert_eq!(message("a\nb"), format!("E001_SESSION_NF: session \"a\\nb\" not found in {place}"));
    assert_eq!(message("../x"), "E010_CONFIG_ERR: session id \"../x\" contains \"/\"");
    assert_eq!(
        message("lead-[1"),
        "E010_CONFIG_ERR: session pattern \"lead-[1\" is not a glob: invalid range pattern"
    );
}
