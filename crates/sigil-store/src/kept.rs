//! Where the store keeps what is asked for: among its sessions, or, once they have left them, in its archive.

use crate::{Archived, Error, SessionId, Store, StoredSession, is_glob, nearest};

/// What an id or a glob means in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Sessions, by id. What the archive has of them does not count.
    InSessions(Vec<StoredSession>),
    /// Archives, by day, name and number; all of one id are one session.
    InArchive(Vec<Archived>),
}

impl Store {
    /// What `pattern` means: sessions as [`find`](Self::find) finds them, else archived ones, the one with exactly
    /// this id or those that match it as a glob. `*` is all of the sessions, and nothing that is archived.
    ///
    /// # Errors
    ///
    /// Those of [`find`](Self::find) and [`archived`](Self::archived).
    pub fn find_kept(&self, pattern: &str) -> Result<Kept, Error> {
        let (sessions_dir, suggestions) = match self.find(pattern) {
            Ok(sessions) => return Ok(Kept::InSessions(sessions)),
            Err(Error::SessionNotFound { sessions_dir, suggestions, .. }) if pattern != "*" => {
                (sessions_dir, suggestions)
            }
            Err(error) => return Err(error),
        };
        let mut archives: Vec<(String, Archived)> =
            self.archived()?.into_iter().map(|archived| (archived.id(), archived)).collect();
        let has_exact = SessionId::new(pattern).is_ok() && archives.iter().any(|(id, _)| id == pattern);
        let glob = glob::Pattern::new(pattern).ok().filter(|_| is_glob(pattern) && !has_exact);
        let near = nearest::closest(
            pattern,
            suggestions.iter().map(String::as_str).chain(archives.iter().map(|(id, _)| id.as_str())),
        );
        // What is offered for a glob says nothing.
        let near = if is_glob(pattern) { Vec::new() } else { near };
        let suggestions = near.into_iter().map(str::to_owned).collect();
        archives.retain(|(id, _)| id == pattern || glob.as_ref().is_some_and(|glob| glob.matches(id)));
        if archives.is_empty() {
            return Err(Error::SessionNotFound { pattern: pattern.to_owned(), sessions_dir, suggestions });
        }
        Ok(Kept::InArchive(archives.into_iter().map(|(_, archived)| archived).collect()))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    /// A store with these files.
    fn store(files: &[&str]) -> (TempDir, Store) {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "{}\n").unwrap();
        }
        let store = Store::new(root.path().to_owned());
        (root, store)
    }

    /// Where the store keeps `pattern`, below its root.
    fn kept(store: &Store, pattern: &str) -> Vec<String> {
        let paths: Vec<_> = match store.find_kept(pattern).unwrap() {
            Kept::InSessions(sessions) => sessions.into_iter().map(|session| session.dir).collect(),
            Kept::InArchive(archives) => archives.into_iter().map(|archived| archived.path).collect(),
        };
        let below = paths.iter().map(|path| path.strip_prefix(store.root()).unwrap());
        below.map(|path| path.display().to_string()).collect()
    }

    fn message(store: &Store, pattern: &str) -> String {
        store.find_kept(pattern).unwrap_err().to_string()
    }

    #[test]
    fn a_session_that_has_left_is_found_in_all_of_its_archives() {
        let (_root, store) = store(&[
            "archive/2026-01-11/lead-1.tar.gz",
            "archive/2026-01-10/lead-1~2.tar.gz",
            "archive/2026-01-10/lead-1.tar.gz",
            "archive/2026-01-10/lead-10.tar.gz",
            "archive/2026-01-10/agent%3Amain.tar.gz",
        ]);
        let archives = ["2026-01-10/lead-1.tar.gz", "2026-01-10/lead-1~2.tar.gz", "2026-01-11/lead-1.tar.gz"];
        assert_eq!(kept(&store, "lead-1"), archives.map(|path| format!("archive/{path}")));
        assert_eq!(kept(&store, "agent:main"), ["archive/2026-01-10/agent%3Amain.tar.gz"]);
        assert_eq!(kept(&store, "agent:*"), ["archive/2026-01-10/agent%3Amain.tar.gz"]);
        assert_eq!(kept(&store, "lead-1*").len(), 4);
    }

    #[test]
    fn the_archive_is_asked_only_where_no_session_is_meant() {
        let (_root, store) = store(&[
            "sessions/lead-1/execution.jsonl",
            "archive/2026-01-10/lead-1.tar.gz",
            "archive/2026-01-10/lead-2.tar.gz",
        ]);
        assert_eq!(kept(&store, "lead-1"), ["sessions/lead-1"]);
        assert_eq!(kept(&store, "lead-*"), ["sessions/lead-1"]);
        assert_eq!(kept(&store, "*"), ["sessions/lead-1"]);
        assert_eq!(kept(&store, "lead-2"), ["archive/2026-01-10/lead-2.tar.gz"]);
    }

    #[test]
    fn all_sessions_are_none_of_the_archived_ones() {
        let (_root, store) = store(&["archive/2026-01-10/lead-1.tar.gz"]);
        assert!(message(&store, "*").starts_with("E001_SESSION_NF: session \"*\" not found in "));
        assert_eq!(kept(&store, "?*").len(), 1);
    }

    #[test]
    fn an_id_with_brackets_is_no_glob_where_a_session_has_it() {
        let (_root, store) =
            store(&["archive/2026-01-10/lead-%5B1%5D.tar.gz", "archive/2026-01-10/lead-1.tar.gz"]);
        assert_eq!(kept(&store, "lead-[1]"), ["archive/2026-01-10/lead-%5B1%5D.tar.gz"]);
        assert_eq!(kept(&store, "lead-[12]"), ["archive/2026-01-10/lead-1.tar.gz"]);
    }

    #[test]
    fn near_ids_are_offered_wherever_they_are_kept() {
        let (_root, store) =
            store(&["sessions/lead-11/execution.jsonl", "archive/2026-01-10/lead-12.tar.gz"]);
        assert!(message(&store, "lead-13").ends_with("; did you mean \"lead-11\" or \"lead-12\"?"));
        assert!(message(&store, "lead-2?").ends_with("sessions"));
        assert!(message(&store, "../x").contains("contains \"/\""));
    }
}
