//! What the person at the screen has chosen: a session, an order, a filter, a page.

use std::cmp::Reverse;
use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use sigil_summary::Status;

use super::figures::Row;

/// What a key has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reaction {
    /// The screen is the same.
    Nothing,
    /// Something else is to be shown.
    Changed,
    /// The screen is to be drawn from scratch.
    Redraw,
    /// The shell is wanted for a while.
    Suspend,
    /// That was all.
    Quit,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Order {
    /// What runs first, then what has begun last.
    #[default]
    Status,
    /// Most tokens first.
    Tokens,
    /// Highest cost first.
    Cost,
    /// Fastest first.
    Rate,
    /// By id.
    Id,
}

impl Order {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Tokens => "tokens",
            Self::Cost => "cost",
            Self::Rate => "rate",
            Self::Id => "id",
        }
    }

    fn next(self) -> Self {
        match self {
            Self::Status => Self::Tokens,
            Self::Tokens => Self::Cost,
            Self::Cost => Self::Rate,
            Self::Rate => Self::Id,
            Self::Id => Self::Status,
        }
    }
}

/// What has been chosen.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    /// The session that is selected; the first if none, or if it is not to be seen.
    selected: Option<Arc<str>>,
    /// One session is shown, not the list.
    pub(crate) is_open: bool,
    pub(crate) shows_help: bool,
    pub(crate) filter: String,
    /// The filter is being typed.
    pub(crate) is_typing: bool,
    pub(crate) order: Order,
}

impl Choice {
    /// Leaves out what is filtered out, and puts the rest in order.
    pub(crate) fn arrange(&self, rows: &mut Vec<Row>) {
        let wanted = self.filter.to_lowercase();
        rows.retain(|row| {
            wanted.is_empty()
                || row.id.to_lowercase().contains(&wanted)
                || row.state.word().to_lowercase().contains(&wanted)
        });
        match self.order {
            Order::Status => rows.sort_by(|a, b| status_key(a).cmp(&status_key(b))),
            Order::Tokens => rows.sort_by(|a, b| (b.standing.used, &a.id).cmp(&(a.standing.used, &b.id))),
            Order::Cost => rows.sort_by(|a, b| (b.cost, &a.id).cmp(&(a.cost, &b.id))),
            Order::Rate => rows.sort_by(|a, b| (rate(b), &a.id).cmp(&(rate(a), &b.id))),
            Order::Id => rows.sort_by(|a, b| a.id.cmp(&b.id)),
        }
    }

    /// The place of the selected session among those that are shown.
    pub(crate) fn index(&self, rows: &[Row]) -> usize {
        let selected = self.selected.as_ref();
        selected.and_then(|id| rows.iter().position(|row| row.id == *id)).unwrap_or(0)
    }

    /// Does what a key says. `rows` are those that are shown, `page` is how many of them fit on the screen.
    pub(crate) fn press(&mut self, key: KeyEvent, rows: &[Row], page: usize) -> Reaction {
        if key.modifiers.contains(KeyModifiers::CONTROL) {
            match key.code {
                KeyCode::Char('c' | 'd') => return Reaction::Quit,
                KeyCode::Char('l') => return Reaction::Redraw,
                KeyCode::Char('z') => return Reaction::Suspend,
                KeyCode::Char('u') if self.is_typing => {
                    self.filter.clear();
                    return Reaction::Changed;
                }
                KeyCode::Char('f') => return self.move_by(rows, page.max(1) as isize),
                KeyCode::Char('b') => return self.move_by(rows, -(page.max(1) as isize)),
                _ => return Reaction::Nothing,
            }
        }
        if self.shows_help {
            self.shows_help = false;
            return if key.code == KeyCode::Char('q') { Reaction::Quit } else { Reaction::Changed };
        }
        if self.is_typing { self.type_filter(key.code) } else { self.command(key.code, rows, page) }
    }

    fn type_filter(&mut self, code: KeyCode) -> Reaction {
        match code {
            KeyCode::Enter => self.is_typing = false,
            KeyCode::Esc => {
                self.is_typing = false;
                self.filter.clear();
            }
            // As in less: taking back more than was typed leaves.
            KeyCode::Backspace => self.is_typing = self.filter.pop().is_some(),
            KeyCode::Char(letter) => self.filter.push(letter),
            _ => return Reaction::Nothing,
        }
        Reaction::Changed
    }

    fn command(&mut self, code: KeyCode, rows: &[Row], page: usize) -> Reaction {
        let far = rows.len() as isize;
        let page = page.max(1) as isize;
        match code {
            KeyCode::Char('q') => return Reaction::Quit,
            KeyCode::Char('?' | 'h') | KeyCode::F(1) => self.shows_help = true,
            KeyCode::Char('/') => {
                self.is_typing = true;
                self.is_open = false;
            }
            KeyCode::Char('s') => self.order = self.order.next(),
            KeyCode::Enter => {
                self.is_open = !rows.is_empty();
                return self.move_by(rows, 0);
            }
            KeyCode::Esc | KeyCode::Backspace if self.is_open => self.is_open = false,
            KeyCode::Esc if !self.filter.is_empty() => self.filter.clear(),
            KeyCode::Char('j') | KeyCode::Down => return self.move_by(rows, 1),
            KeyCode::Char('k') | KeyCode::Up => return self.move_by(rows, -1),
            KeyCode::Char(' ') | KeyCode::PageDown => return self.move_by(rows, page),
            KeyCode::Char('b') | KeyCode::PageUp => return self.move_by(rows, -page),
            KeyCode::Char('g') | KeyCode::Home => return self.move_by(rows, -far),
            KeyCode::Char('G') | KeyCode::End => return self.move_by(rows, far),
            _ => return Reaction::Nothing,
        }
        Reaction::Changed
    }

    fn move_by(&mut self, rows: &[Row], by: isize) -> Reaction {
        let Some(last) = rows.len().checked_sub(1) else { return Reaction::Nothing };
        let index = self.index(rows).saturating_add_signed(by).min(last);
        self.selected = Some(Arc::clone(&rows[index].id));
        Reaction::Changed
    }
}

fn rate(row: &Row) -> u64 {
    row.per_minute.filter(|_| row.state.is_live()).unwrap_or(0)
}

/// What runs, what is waited for, what may have died, what has ended; in each what has begun last comes first.
fn status_key(row: &Row) -> (u8, Reverse<Option<i64>>, &str) {
    let group = match row.state.status {
        _ if row.state.is_stale => 2,
        Status::Running => 0,
        Status::Waiting => 1,
        Status::Complete | Status::Error => 3,
    };
    (group, Reverse(row.first_us), &row.id)
}
