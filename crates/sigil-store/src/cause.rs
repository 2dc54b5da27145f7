//! What the operating system said, in the words of an error message.

use std::io;

use crate::escape;

/// The reason of an I/O error: lower case, one line, without `(os error 13)` and what libraries put behind it.
pub fn of_io(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split_once(" (os error ").map_or(text.as_str(), |(reason, _)| reason);
    let mut letters = text.chars();
    match (letters.next(), letters.next()) {
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            let rest = &text[first.len_utf8()..];
            format!("{}{}", first.to_lowercase(), escape::for_terminal(rest))
        }
        _ => escape::for_terminal(text).into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_lower_case_and_without_numbers() {
        assert_eq!(of_io(&io::Error::from_raw_os_error(13)), "permission denied");
        assert_eq!(of_io(&io::Error::from_raw_os_error(2)), "no such file or directory");
        assert_eq!(of_io(&io::ErrorKind::StorageFull.into()), "no storage space");
        let wrapped = io::Error::other("Not a directory (os error 20) at path \"/x\"");
        assert_eq!(of_io(&wrapped), "not a directory");
    }

    #[test]
    fn a_reason_of_ours_stays_as_it_is_on_one_line() {
        assert_eq!(of_io(&io::Error::other("JSON\nends early")), "JSON\\nends early");
        assert_eq!(of_io(&io::Error::other("")), "");
    }
}
