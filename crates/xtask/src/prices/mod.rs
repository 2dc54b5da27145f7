//! The table of published prices, made from LiteLLM's.
//!
//! Its wheel carries the table as JSON, some megabytes of it; what is committed is what `sigil-summary`
//! needs to know of it (`reduction`).

mod reduction;
mod source;

use anyhow::{Context, Result, bail};
use chrono::NaiveDate;
use sigil_summary::price::Table;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// Where the table lies in the workspace.
const TABLE: &str = "crates/sigil-summary/src/price/table.tsv";

/// The fewest models that a table may shrink to: LiteLLM has changed its keys rather than lost its models.
const FEWEST: usize = 400;

/// Writes the table, from a file and the release it is of, else from the newest release.
///
/// # Errors
///
/// When nothing can be downloaded or written, or the table is not what it used to be.
pub(crate) fn write(root: &Path, given: Option<(&Path, &str)>) -> Result<()> {
    let (json, release) = match given {
        Some((file, release)) => {
            let json = fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
            (json, release.to_owned())
        }
        None => source::newest()?,
    };
    let text = table(&json, &release, chrono::Utc::now().date_naive())?;
    let models = Table::parse(&text).len();
    if models < FEWEST {
        bail!("LiteLLM {release} has prices of {models} models only; have its keys changed?");
    }
    let path = root.join(TABLE);
    fs::write(&path, &text).with_context(|| format!("cannot write {}", path.display()))?;
    writeln!(io::stdout(), "{TABLE}: {models} models of LiteLLM {release}")?;
    Ok(())
}

/// The committed text: a head that names release and day, then the models by name.
fn table(json: &str, release: &str, day: NaiveDate) -> Result<String> {
    Ok(format!(
        "# LiteLLM {release}, {day}\n\
         # name, max_input_tokens; then input, output, reasoning, cache_read, cache_write, cache_write_1h in \
         10^-12 USD per token; then each tier of longer prompts: above how many tokens, and the same six\n{}",
        reduction::reduced(json)?
    ))
}

#[cfg(test)]
mod tests {
    use super::table;
    use chrono::NaiveDate;

    #[test]
    fn the_head_names_release_and_day() {
        let json = r#"{"gpt-9": {"mode": "chat", "litellm_provider": "openai",
            "input_cost_per_token": 1e-6, "output_cost_per_token": 2e-6}}"#;
        let text = table(json, "1.2.3", NaiveDate::from_ymd_opt(2026, 11, 21).unwrap()).unwrap();
        assert_eq!(text.lines().next(), Some("# LiteLLM 1.2.3, 2026-11-21"));
        assert_eq!(text.lines().last(), Some("gpt-9\t\t1000000\t2000000"));
    }
}
