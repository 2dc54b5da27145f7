//! What a man page says beyond what `--help` says, and how a page is put together.

use anyhow::Result;
use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

/// The version the pages describe, and the day of its last change that a user can see.
///
/// A date of the clock would make every page drift every day.
const VERSION: &str = env!("CARGO_PKG_VERSION");
const DATE: &str = "2026-11-22";

/// The sections of a tool's page that its arguments do not tell.
pub(crate) struct Page {
    /// Sections of the tool's own between OPTIONS and EXAMPLES: title, paragraphs.
    pub(crate) sections: &'static [(&'static str, &'static [&'static str])],
    pub(crate) examples: &'static [Example],
    /// Status, when it is given.
    pub(crate) exit_status: &'static [(&'static str, &'static str)],
    /// Path, what lies there.
    pub(crate) files: &'static [(&'static str, &'static str)],
    /// Variable, what it does.
    pub(crate) environment: &'static [(&'static str, &'static str)],
    /// Names with their sections: `jq(1)`.
    pub(crate) see_also: &'static [&'static str],
}

/// A command to copy. The tests run each one.
pub(crate) struct Example {
    /// What it is for.
    pub(crate) caption: &'static str,
    /// The command, for a shell.
    pub(crate) command: &'static str,
}

impl Page {
    /// The whole man page of `command` in roff.
    ///
    /// # Errors
    ///
    /// When the text of a section cannot be rendered.
    pub(crate) fn render(&self, command: Command) -> Result<String> {
        let name = command.get_name().to_owned();
        let commands = commands(&command)?;
        let man = Man::new(command)
            .title(name.to_uppercase())
            .date(DATE)
            .source(format!("sigil {VERSION}"))
            .manual("User Commands");

        let mut head = Vec::new();
        man.render_title(&mut head)?;
        let mut text = String::from_utf8(head)?;
        text.push_str(&section(|out| man.render_name_section(out))?);
        text.push_str(&section(|out| man.render_synopsis_section(out))?);
        text.push_str(&section(|out| man.render_description_section(out))?);
        text.push_str(&options(&section(|out| man.render_options_section(out))?));
        text.push_str(&commands);
        let rest = self.rest();
        text.push_str(&section(|out| rest.to_writer(out))?);
        Ok(text)
    }

    fn rest(&self) -> Roff {
        let mut roff = Roff::new();
        for (title, paragraphs) in self.sections {
            roff.control("SH", [*title]);
            for (at, paragraph) in paragraphs.iter().enumerate() {
                if at > 0 {
                    roff.control("PP", []);
                }
                roff.text([roman(*paragraph)]);
            }
        }
        roff.control("SH", ["EXAMPLES"]);
        for (at, example) in self.examples.iter().enumerate() {
            if at > 0 {
                roff.control("PP", []);
            }
            roff.text([roman(example.caption)]);
            roff.control("PP", []).control("RS", ["4"]).control("nf", []);
            roff.text([roman(example.command)]);
            roff.control("fi", []).control("RE", []);
        }
        terms(&mut roff, "EXIT STATUS", self.exit_status);
        terms(&mut roff, "FILES", self.files);
        terms(&mut roff, "ENVIRONMENT", self.environment);
        roff.control("SH", ["SEE ALSO"]);
        let mut line = Vec::new();
        for (at, entry) in self.see_also.iter().enumerate() {
            let (name, number) = entry.split_once('(').unwrap_or((entry, ""));
            line.push(bold(name));
            let number = if number.is_empty() { String::new() } else { format!("({number}") };
            line.push(roman(if at + 1 < self.see_also.len() { format!("{number}, ") } else { number }));
        }
        roff.text(line);
        roff
    }
}

fn terms(roff: &mut Roff, title: &str, terms: &[(&str, &str)]) {
    roff.control("SH", [title]);
    for (term, text) in terms {
        roff.control("TP", []);
        roff.text([bold(*term)]);
        roff.text([roman(*text)]);
    }
}

/// What `render` writes, without the definitions that roff puts before every piece: one page needs
/// them once, before its title.
fn section(render: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) -> Result<String> {
    let mut piece = Vec::new();
    render(&mut piece)?;
    let text = String::from_utf8(piece)?;
    let start = text.find(".SH").unwrap_or(text.len());
    Ok(text[start..].to_owned())
}

/// COMMANDS: what each command of a tool does, and what it alone takes. A tool without commands has no such section.
fn commands(command: &Command) -> Result<String> {
    let mut out = String::new();
    for action in command.get_subcommands() {
        let heading = if out.is_empty() { ".SH COMMANDS\n" } else { "" };
        let about = action.get_about().map(ToString::to_string).unwrap_or_default();
        let name = action.get_name();
        out.push_str(&format!("{heading}.SS {name}\n{about}.\n"));
        let man = Man::new(action.clone().disable_help_flag(true));
        if action.get_arguments().next().is_some() {
            let text = section(|out| man.render_options_section(out))?;
            out.extend(text.lines().filter(|line| !line.starts_with(".SH")).flat_map(|line| [line, "\n"]));
        }
    }
    Ok(out)
}

/// OPTIONS as one section: the groups that `--help` shows become parts of it.
fn options(text: &str) -> String {
    let mut out = String::from(".SH OPTIONS\n");
    for line in text.lines().filter(|line| *line != ".SH OPTIONS") {
        out.push_str(&line.replacen(".SH ", ".SS ", 1));
        out.push('\n');
    }
    out
}
