//! The dashboard without a terminal: screens as they are drawn, keys, sizes, hostile text.

mod choosing;
mod panicking;
mod robustness;
mod screens;

use std::path::Path;
use std::sync::Arc;

use chrono_tz::Tz;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use sigil_cli::Palette;
use sigil_event::Timestamp;
use sigil_input::Source;
use sigil_input::format::FormatChoice;
use sigil_input::read::Options;
use sigil_input::source::Found;
use sigil_summary::budget::Budgets;
use sigil_summary::price::Prices;
use sigil_summary::{CountAll, Detail};

use super::choice::{Choice, Reaction};
use super::figures::Terms;
use super::paint;
use super::picture::Picture;
use super::view::{Look, list};
use crate::monitor::Monitor;

/// 2026-01-11T10:15:38.789012Z: the guide's session ends.
const END_US: i64 = 1_768_126_538_789_012;
const MINUTE_US: i64 = 60_000_000;

/// A dashboard at one moment.
struct Scene {
    monitor: Monitor,
    terms: Terms,
    choice: Choice,
    now_us: i64,
}

impl Scene {
    fn new(budget: Option<u64>) -> Self {
        let prices = Arc::new(Prices::default());
        let budgets = Budgets::new(budget, &Default::default());
        let detail = Detail { latency: true, prices: Some(Arc::clone(&prices)), ..Detail::default() };
        Self {
            monitor: Monitor::new(Arc::new(detail), CountAll::No, budgets.clone()),
            terms: Terms {
                budgets,
                count_all: CountAll::No,
                prices,
                stale_after_us: 10 * MINUTE_US,
                zone: Tz::UTC,
                expected: Vec::new(),
                subject: None,
            },
            choice: Choice::default(),
            now_us: END_US,
        }
    }

    /// What `log` tells, of whatever format it is.
    fn of(log: &str) -> Self {
        let mut scene = Self::new(None);
        scene.feed(log);
        scene
    }

    fn feed(&mut self, log: &str) {
        let options = Options::new(FormatChoice::Auto, Tz::UTC);
        let source = Source::file(Path::new("execution.jsonl"), Found::Named);
        let mut decoder = options.decoder(&source).first_of_all();
        decoder.lines(log.as_bytes(), 0, 0, &mut self.monitor);
        decoder.finish(&mut self.monitor);
        self.monitor.update();
    }

    fn expecting(mut self, ids: &[&str]) -> Self {
        self.terms.expected = ids.iter().map(|id| (*id).into()).collect();
        self
    }

    fn at(self, now_us: i64) -> Self {
        Self { now_us, ..self }
    }

    fn picture(&self) -> Picture {
        Picture::of(&self.monitor, &self.terms, &self.choice, self.now_us)
    }

    /// Presses keys on a screen of 24 rows: letters, or `<Enter>` and the like.
    fn press(&mut self, keys: &str) -> Reaction {
        let mut reaction = Reaction::Nothing;
        let mut rest = keys;
        while let Some(first) = rest.chars().next() {
            let (code, length) = match rest.strip_prefix('<').and_then(|named| named.split_once('>')) {
                Some((name, _)) => (named(name), name.len() + 2),
                None => (KeyCode::Char(first), first.len_utf8()),
            };
            let rows = self.picture().rows;
            reaction = self.choice.press(KeyEvent::new(code, KeyModifiers::NONE), &rows, list::page(23));
            rest = &rest[length..];
        }
        reaction
    }

    /// The screen as a terminal of that size shows it.
    fn screen(&self, columns: u16, rows: u16, look: Look) -> String {
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).unwrap();
        let picture = self.picture();
        let palette = if look == Look::Fine { Palette::COLORED } else { Palette::PLAIN };
        let draw = |frame: &mut ratatui::Frame<'_>| {
            let area = frame.area();
            let strips = picture.screen(&self.choice, area.width.into(), area.height.into(), look);
            assert_eq!(strips.len(), usize::from(area.height));
            assert!(strips.iter().all(|strip| strip.columns() == usize::from(area.width)));
            paint::draw(&strips, look, palette, frame.buffer_mut());
        };
        terminal.draw(draw).unwrap();
        let buffer = terminal.backend().buffer();
        let mut text = String::new();
        for y in 0..rows {
            let mut line = String::new();
            let mut skip = 0;
            for x in 0..columns {
                let symbol = buffer[(x, y)].symbol();
                if skip == 0 {
                    line.push_str(symbol);
                    skip = sigil_cli::width::columns(symbol).saturating_sub(1);
                } else {
                    skip -= 1;
                }
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }
}

fn named(name: &str) -> KeyCode {
    match name {
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Backspace" => KeyCode::Backspace,
        "Down" => KeyCode::Down,
        "Up" => KeyCode::Up,
        "PageDown" => KeyCode::PageDown,
        "PageUp" => KeyCode::PageUp,
        "Home" => KeyCode::Home,
        "End" => KeyCode::End,
        other => panic!("{other} is no key"),
    }
}

/// Sigil lines of one session: seconds after the guide's end, type, component, tokens.
fn events(id: &str, lines: &[(i64, &str, &str, u64)]) -> String {
    let line = |(after_s, kind, component, tokens): &(i64, &str, &str, u64)| {
        let us = END_US + after_s * 1_000_000;
        let at = Timestamp { us, offset_s: 0, zoned: true };
        format!(
            "{{\"timestamp\":\"{at}\",\"session_id\":{id:?},\"event_type\":\"{kind}\",\"component\":\"{component}\",\
             \"message\":\"{kind} of {component}\",\"tokens\":{tokens},\"metadata\":{{}}}}\n"
        )
    };
    lines.iter().map(line).collect()
}
