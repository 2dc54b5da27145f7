//! LiteLLM's newest table, out of its wheel, by way of pip.

use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The table within the wheel.
const MEMBER: &str = "litellm/model_prices_and_context_window_backup.json";

/// The newest table, and the release it is of.
///
/// # Errors
///
/// When pip cannot download the wheel, or the wheel holds no table.
pub(super) fn newest() -> Result<(String, String)> {
    let dir = tempfile::tempdir().context("cannot make a temporary directory")?;
    let pip = ["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":none:", "litellm", "-d"];
    python(dir.path(), &[&pip[..], &["."]].concat())?;
    let wheel = wheel(dir.path())?;
    let name = wheel.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    // The name of a wheel begins with the project and the release.
    let release = name.split('-').nth(1).context("the wheel's name has no release")?.to_owned();
    python(dir.path(), &["-m", "zipfile", "-e", name, "wheel"])?;
    let table = dir.path().join("wheel").join(MEMBER);
    let json = fs::read_to_string(table).with_context(|| format!("{name} holds no {MEMBER}"))?;
    Ok((json, release))
}

fn python(dir: &Path, args: &[&str]) -> Result<()> {
    let status = Command::new("python3").args(args).current_dir(dir).status();
    let status = status.context("cannot run python3")?;
    if !status.success() {
        bail!("python3 {} failed: {status}", args.join(" "));
    }
    Ok(())
}

fn wheel(dir: &Path) -> Result<PathBuf> {
    for entry in fs::read_dir(dir)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "whl") {
            return Ok(path);
        }
    }
    bail!("pip has downloaded no wheel of litellm")
}
