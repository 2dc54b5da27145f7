//! Everything that is to be seen at one moment, before it is known on how much room.

use chrono_tz::Tz;

use super::choice::Choice;
use super::figures::{self, Panel, Row, Terms, Totals};
use super::view::{self, Look, Shown, Strip};
use crate::monitor::Monitor;

/// What there is to be seen.
#[derive(Debug, Default)]
pub(crate) struct Picture {
    /// The sessions that pass the filter, in order.
    pub(crate) rows: Vec<Row>,
    totals: Totals,
    /// The selected session.
    panel: Option<Panel>,
    now_us: i64,
    zone: Tz,
}

impl Picture {
    /// As of `now_us`, as far as the monitor is up to date.
    pub(crate) fn of(monitor: &Monitor, terms: &Terms, choice: &Choice, now_us: i64) -> Self {
        let mut rows = figures::rows(monitor, terms, now_us);
        let totals = Totals::of(&rows, monitor);
        choice.arrange(&mut rows);
        let panel = rows.get(choice.index(&rows)).map(|row| Panel::of(row, monitor, terms, now_us));
        Self { rows, totals, panel, now_us, zone: terms.zone }
    }

    fn shown<'a>(&'a self, choice: &'a Choice) -> Shown<'a> {
        Shown {
            rows: &self.rows,
            totals: &self.totals,
            panel: self.panel.as_ref(),
            choice,
            now_us: self.now_us,
            zone: self.zone,
        }
    }

    /// The whole screen: exactly `rows` rows of `columns` columns.
    pub(crate) fn screen(&self, choice: &Choice, columns: usize, rows: usize, look: Look) -> Vec<Strip> {
        view::screen(&self.shown(choice), columns, rows, look)
    }

    /// As many rows as it takes: the one session there is, else the list.
    pub(crate) fn text(&self, columns: usize, look: Look) -> Vec<Strip> {
        let choice = Choice::default();
        let shown = self.shown(&choice);
        let panel = shown.panel.filter(|_| self.totals.sessions <= 1);
        view::text(&Shown { panel, ..shown }, columns, look)
    }
}
