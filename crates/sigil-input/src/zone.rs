//! Time zones by name.

use std::env;

use chrono_tz::Tz;

use sigil_store::escape::quoted;

use crate::Error;

/// The zone called `name`: `utc`, `local` or an IANA name in any case.
///
/// # Errors
/// There is no such zone.
pub fn named(name: &str) -> Result<Tz, Error> {
    match name.to_ascii_lowercase().as_str() {
        "utc" | "z" => Ok(Tz::UTC),
        "local" => Ok(local()),
        _ => iana(name).ok_or_else(|| {
            Error::Usage(format!(
                "time zone {} is not known; use utc, local or a name like Europe/Berlin",
                quoted(name)
            ))
        }),
    }
}

/// The machine's zone: `$TZ` if it names one, else the system's, else UTC.
pub fn local() -> Tz {
    match env::var("TZ") {
        Ok(name) if name.is_empty() => Some(Tz::UTC),
        Ok(name) => iana(of_zoneinfo(&name)).or_else(|| fixed(&name)),
        Err(_) => None,
    }
    .or_else(|| iana(&iana_time_zone::get_timezone().ok()?))
    .unwrap_or(Tz::UTC)
}

fn iana(name: &str) -> Option<Tz> {
    let known = chrono_tz::TZ_VARIANTS.iter();
    name.parse().ok().or_else(|| known.copied().find(|zone| zone.name().eq_ignore_ascii_case(name)))
}

/// A zone without summer time as POSIX writes it, `EST5` or `UTC-3`: whole hours, counted westward as in
/// the names below `Etc/`.
fn fixed(name: &str) -> Option<Tz> {
    let hours = name.trim_start_matches(|letter: char| letter.is_ascii_alphabetic());
    let is_named = name.len() - hours.len() >= 3;
    let hours: i8 = hours.parse().ok().filter(|_| is_named)?;
    format!("Etc/GMT{hours:+}").parse().ok()
}

/// `$TZ` may begin with a colon or be the path of a zone file.
fn of_zoneinfo(name: &str) -> &str {
    let name = name.strip_prefix(':').unwrap_or(name);
    name.rsplit_once("/zoneinfo/").map_or(name, |(_, zone)| zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_have_names() {
        assert_eq!(named("UTC").unwrap(), Tz::UTC);
        assert_eq!(named("europe/berlin").unwrap(), Tz::Europe__Berlin);
        let error = named("Mars/Base").unwrap_err().to_string();
        assert_eq!(
            error,
            "E010_CONFIG_ERR: time zone \"Mars/Base\" is not known; use utc, local or a name like Europe/Berlin"
        );
        assert_eq!(fixed("UTC-3"), Some(Tz::Etc__GMTMinus3));
        assert_eq!(fixed("EST5"), Some(Tz::Etc__GMTPlus5));
        assert_eq!(fixed("UTC0"), Some(Tz::Etc__GMTPlus0));
        assert_eq!(fixed("Mars/Base"), None);
        assert_eq!(of_zoneinfo(":/usr/share/zoneinfo/Asia/Tokyo"), "Asia/Tokyo");
    }
}
