//! Strips on a terminal's buffer, or as text.

use std::borrow::Cow;
use std::io::{self, Write};

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier, Style};
use sigil_cli::{Palette, Tone, width};

use super::view::{Look, Piece, Strip};

fn style(piece: &Piece, palette: Palette) -> Style {
    if !palette.is_on() {
        return Style::new();
    }
    let style = if piece.is_marked { Style::new().add_modifier(Modifier::REVERSED) } else { Style::new() };
    match piece.tone {
        None => style,
        Some(Tone::Good) => style.fg(Color::Green),
        Some(Tone::Warning) => style.fg(Color::Yellow),
        Some(Tone::Bad) => style.fg(Color::Red),
        Some(Tone::Strong) => style.add_modifier(Modifier::BOLD),
        Some(Tone::Faint) => style.add_modifier(Modifier::DIM),
    }
}

/// `text` in the letters of the look, as wide as before.
fn lettered(text: &str, look: Look) -> Cow<'_, str> {
    if look == Look::Fine || text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let as_wide = |letter: char| {
        let columns = if letter.is_ascii() { 1 } else { width::columns(letter.encode_utf8(&mut [0; 4])) };
        std::iter::repeat_n(look.letter(letter), columns)
    };
    let text: String = text.chars().flat_map(as_wide).collect();
    Cow::Owned(text)
}

/// Draws the rows from the upper left corner on. Each piece stands where it belongs, whatever the terminal
/// makes of the letters before it.
pub(crate) fn draw(strips: &[Strip], look: Look, palette: Palette, buffer: &mut Buffer) {
    let area = buffer.area;
    for (y, strip) in (area.top()..area.bottom()).zip(strips) {
        let mut x = usize::from(area.left());
        for piece in &strip.pieces {
            let Ok(at) = u16::try_from(x) else { break };
            if at >= area.right() {
                break;
            }
            buffer.set_stringn(at, y, lettered(&piece.text, look), piece.columns, style(piece, palette));
            x += piece.columns;
        }
    }
}

/// Writes the rows as lines.
pub(crate) fn write(strips: &[Strip], look: Look, palette: Palette, out: &mut dyn Write) -> io::Result<()> {
    for strip in strips {
        let mut line = String::new();
        for piece in &strip.pieces {
            let text = lettered(&piece.text, look);
            line.push_str(&piece.tone.map_or_else(|| text.to_string(), |tone| palette.paint(tone, &text)));
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}
