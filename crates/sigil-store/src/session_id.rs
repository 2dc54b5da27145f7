//! Session ids and the names of their directories.
//!
//! Ids come from outside, so what could leave the store or pass for a flag is refused here, once.

use std::fmt;

use crate::Error;

/// Longest name a directory can have on the usual file systems, in bytes.
const LONGEST_NAME_BYTES: usize = 255;

/// The id of a session, known to be safe as one name below the store.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(String);

impl SessionId {
    /// Checks an id.
    ///
    /// # Errors
    ///
    /// [`Error::SessionId`] if it is empty, `.` or `..`, starts with `-`, holds `/` or NUL, or makes a name of
    /// more than 255 bytes once encoded.
    pub fn new(id: &str) -> Result<Self, Error> {
        match fault(id) {
            None => Ok(Self(id.to_owned())),
            Some(reason) => Err(Error::SessionId { id: id.to_owned(), reason }),
        }
    }

    /// The id as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name of the session's directory: the id with everything percent-encoded but ASCII letters, digits
    /// and `._-+@=,`. A leading `.` is encoded too, so that no session is a hidden file.
    ///
    /// `agent:main:discord:1` is `agent%3Amain%3Adiscord%3A1`.
    pub fn to_file_name(&self) -> String {
        encoded(&self.0)
    }

    /// The session that a directory name stands for; `None` if no session can have that directory.
    ///
    /// A name that [`to_file_name`](Self::to_file_name) would not have made (`agent:main`, `100%`) was written
    /// raw by somebody else, and is itself the id.
    pub fn from_file_name(name: &str) -> Option<Self> {
        let made_here = decoded(name).filter(|id| encoded(id) == name);
        let id = made_here.as_deref().unwrap_or(name);
        Self::new(id).or_else(|_| Self::new(name)).ok()
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn fault(id: &str) -> Option<&'static str> {
    if id.is_empty() {
        Some("is empty")
    } else if id == "." || id == ".." {
        Some("is a directory, not a name")
    } else if id.starts_with('-') {
        Some("starts with \"-\"")
    } else if id.contains('/') {
        Some("contains \"/\"")
    } else if id.contains('\0') {
        Some("contains a NUL character")
    } else if encoded(id).len() > LONGEST_NAME_BYTES {
        Some("makes a file name of more than 255 bytes")
    } else {
        None
    }
}

fn encoded(id: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut name = String::with_capacity(id.len());
    for (index, byte) in id.bytes().enumerate() {
        let is_plain =
            byte.is_ascii_alphanumeric() || b"_-+@=,".contains(&byte) || (byte == b'.' && index > 0);
        if is_plain {
            name.push(char::from(byte));
        } else {
            name.push('%');
            name.push(char::from(HEX[usize::from(byte >> 4)]));
            name.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
    name
}

fn decoded(name: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(name.len());
    let mut rest = name.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut digit = || char::from(rest.next()?).to_digit(16);
            let (high, low) = (digit()?, digit()?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refusal(id: &str) -> String {
        SessionId::new(id).unwrap_err().to_string()
    }

    #[test]
    fn what_could_leave_the_store_is_refused() {
        assert_eq!(refusal("../etc"), "E010_CONFIG_ERR: session id \"../etc\" contains \"/\"");
        assert_eq!(refusal(".."), "E010_CONFIG_ERR: session id \"..\" is a directory, not a name");
        assert_eq!(refusal("."), "E010_CONFIG_ERR: session id \".\" is a directory, not a name");
        assert_eq!(refusal(""), "E010_CONFIG_ERR: session id \"\" is empty");
        assert_eq!(refusal("-rf"), "E010_CONFIG_ERR: session id \"-rf\" starts with \"-\"");
        assert_eq!(refusal("a\0b"), "E010_CONFIG_ERR: session id \"a\\x00b\" contains a NUL character");
        assert!(SessionId::new(&"é".repeat(42)).is_ok());
        assert!(refusal(&"é".repeat(43)).ends_with("\" makes a file name of more than 255 bytes"));
    }

    #[test]
    fn an_id_with_colons_makes_a_name_without() {
        let id = SessionId::new("agent:main:discord:1").unwrap();
        assert_eq!(id.to_file_name(), "agent%3Amain%3Adiscord%3A1");
        assert_eq!(SessionId::from_file_name("agent%3Amain%3Adiscord%3A1"), Some(id.clone()));
        assert_eq!(SessionId::from_file_name("agent:main:discord:1"), Some(id));
    }

    #[test]
    fn ordinary_ids_are_their_own_names() {
        for id in ["lead-analysis-001", "a.b_c+d@e=f,g", "x..y"] {
            assert_eq!(SessionId::new(id).unwrap().to_file_name(), id);
        }
        assert_eq!(SessionId::new(".hidden").unwrap().to_file_name(), "%2Ehidden");
        assert_eq!(SessionId::new("a b%").unwrap().to_file_name(), "a%20b%25");
    }

    #[test]
    fn a_name_nobody_here_would_make_is_itself() {
        for name in ["100%", "%41", "%3a", "a%2Fb:c", "%2E%2E", "%ff"] {
            assert_eq!(SessionId::from_file_name(name).unwrap().as_str(), name);
        }
        for name in ["", ".", "..", "-x", "a/b"] {
            assert_eq!(SessionId::from_file_name(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn every_id_comes_back_from_its_name(id in "\\PC{1,40}") {
            if let Ok(id) = SessionId::new(&id) {
                let name = id.to_file_name();
                prop_assert!(!name.starts_with(['.', '-']) && !name.contains('/'));
                prop_assert_eq!(SessionId::from_file_name(&name), Some(id));
            }
        }

        #[test]
        fn every_raw_name_is_a_safe_id_or_none(name in any::<String>()) {
            if let Some(id) = SessionId::from_file_name(&name) {
                prop_assert!(SessionId::new(id.as_str()).is_ok());
            }
        }
    }
}
