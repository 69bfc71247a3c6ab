//! What commands tell people, on standard output and standard error. The log is another thing (`logging`).

use std::io::{IsTerminal, Write};

/// Writes a line to standard output. A reader that went away is no trouble.
pub fn say(text: &str) {
    let _reader_gone = writeln!(std::io::stdout(), "{text}");
}

/// Writes a line to standard error.
pub fn complain(text: &str) {
    let _reader_gone = writeln!(std::io::stderr(), "{text}");
}

/// Replaces the present line on a terminal.
pub fn redraw(text: &str) {
    let mut out = std::io::stdout();
    let _reader_gone = write!(out, "\r\x1b[2K{text}");
    let _reader_gone = out.flush();
}

/// Whether a person watches standard output.
pub fn is_terminal() -> bool {
    std::io::stdout().is_terminal()
}
