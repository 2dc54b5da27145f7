//! A webhook's address: whoever knows it may write to it, so it is shown to nobody.

use std::fmt;

/// What takes the place of a part of an address in a text.
const HIDDEN: &str = "…";
/// A part of an address that is shorter is a word, not a secret.
const SHORTEST_SECRET: usize = 4;

/// An address that neither `Debug` nor `Display` shows.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    /// Hides an address.
    pub(super) fn new(address: &str) -> Self {
        Self(address.to_owned())
    }

    /// The address itself, for the request only.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// Host and port, which are no secret.
    pub(super) fn host(&self) -> &str {
        let (authority, _) = self.parts();
        authority.rsplit_once('@').map_or(authority, |(_, host)| host)
    }

    /// User and password, as they stand before the host.
    pub(super) fn user_and_password(&self) -> Option<&str> {
        self.parts().0.rsplit_once('@').map(|(user, _)| user)
    }

    /// `text` without the address and without any part of it that could be a secret: servers like to repeat what
    /// they were asked for.
    pub(super) fn hide_in(&self, text: &str) -> String {
        let (_, path) = self.parts();
        let path = path.trim_start_matches('/');
        let user = self.user_and_password().unwrap_or_default();
        let mut parts = vec![self.reveal(), path, user];
        parts.extend(words(path));
        parts.extend(words(user));
        parts.retain(|part| part.len() >= SHORTEST_SECRET);
        parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
        parts.into_iter().fold(text.to_owned(), |text, part| text.replace(part, HIDDEN))
    }

    /// What stands between `//` and the path, and the rest.
    fn parts(&self) -> (&str, &str) {
        let rest = self.0.split_once("://").map_or(self.0.as_str(), |(_, rest)| rest);
        rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()))
    }
}

/// The words that a path, a query, or a user and a password consist of. A byte that is written as `%2B` parts
/// words, as a server may write it either way.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric() && !matches!(letter, '%' | '-' | '_')).flat_map(
        |word| {
            word.split('%')
                .enumerate()
                .map(|(index, part)| if index == 0 { part } else { part.get(2..).unwrap_or("") })
        },
    )
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(hidden)")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_not_shown() {
        let secret = Secret::new("https://hooks.slack.com/services/T0/B0/abcdef");
        assert_eq!(format!("{secret:?} {secret}"), "Secret(hidden) (hidden)");
        assert_eq!(secret.host(), "hooks.slack.com");
    }

    #[test]
    fn a_host_has_neither_user_nor_password() {
        let secret = Secret::new("http://me:p@ss@[::1]:8080?token=x");
        assert_eq!(secret.host(), "[::1]:8080");
        assert_eq!(secret.user_and_password(), Some("me:p@ss"));
        assert_eq!(Secret::new("http://h/@x").user_and_password(), None);
    }

    #[test]
    fn what_a_server_repeats_of_an_address_is_hidden() {
        let secret = Secret::new("https://user:hunter2@h/services/T024BE7LH/x?sig=ab%2Bcdefgh&v=1");
        for text in [
            "Cannot POST /services/T024BE7LH/x",
            "T024BE7LH",
            "\\/services\\/T024BE7LH",
            "sig cdefgh",
            "ab+cdefgh",
            "hunter2 for user",
            "https://user:hunter2@h/services/T024BE7LH/x?sig=ab%2Bcdefgh&v=1",
        ] {
            let hidden = secret.hide_in(text);
            for part in ["T024BE7LH", "cdefgh", "hunter2"] {
                assert!(!hidden.contains(part), "{hidden}");
            }
        }
        assert_eq!(secret.hide_in("no_team"), "no_team");
    }
}
