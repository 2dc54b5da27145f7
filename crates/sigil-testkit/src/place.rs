//! Where the logs of a test lie.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::tool::Tool;

/// A place for logs that is gone when the test is over.
pub struct Place(TempDir);

impl Place {
    /// An empty one.
    ///
    /// # Panics
    ///
    /// When a directory cannot be made.
    #[expect(clippy::new_without_default, reason = "it makes a directory")]
    pub fn new() -> Place {
        Place(tempfile::tempdir().expect("a temporary directory can be made"))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Writes a file and the directories it is in, and gives back where it is.
    ///
    /// # Panics
    ///
    /// When it cannot be written.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a file is in a directory"))
            .expect("directories can be made");
        fs::write(&path, bytes).expect("a file can be written");
        path
    }

    /// The program, running here, so that messages show names relative to this place.
    pub fn tool<'t>(&self, program: impl AsRef<Path>) -> Tool<'t> {
        Tool::new(program).current_dir(self.path())
    }
}
