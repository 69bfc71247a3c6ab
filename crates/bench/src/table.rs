//! The table a person reads, in Markdown, so that it can go into `docs/performance.md` as it is.

use std::fmt;

/// Rows of text under a heading; all columns but the first are set to the right.
pub struct Table {
    title: String,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table with its column names.
    pub fn new(title: impl Into<String>, columns: &[&str]) -> Self {
        let head = columns.iter().map(ToString::to_string).collect();
        Self {
            title: title.into(),
            rows: vec![head],
        }
    }

    /// One more row.
    pub fn push(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            let cells = self.rows.iter().filter_map(|row| row.get(column));
            cells
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
                .max(3)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        writeln!(f, "\n{}\n", self.title)?;
        for (number, row) in self.rows.iter().enumerate() {
            for (column, width) in widths.iter().enumerate() {
                let cell = row.get(column).map_or("", String::as_str);
                if column == 0 {
                    write!(f, "| {cell:<width$} ")?;
                } else {
                    write!(f, "| {cell:>width$} ")?;
                }
            }
            writeln!(f, "|")?;
            if number == 0 {
                for (column, width) in widths.iter().enumerate() {
                    let colon = if column == 0 { "-" } else { ":" };
                    write!(f, "|{}{colon}", "-".repeat(width + 1))?;
                }
                writeln!(f, "|")?;
            }
        }
        Ok(())
    }
}

/// A whole number with a comma between thousands.
pub fn thousands(figure: f64) -> String {
    let digits = format!("{:.0}", figure.abs());
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    if figure <= -0.5 {
        text.insert(0, '-');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut table = Table::new("Pages", &["page", "ms"]);
        table.push(vec!["tickets".into(), "1.25".into()]);
        assert_eq!(
            table.to_string(),
            "\nPages\n\n| page    |   ms |\n|---------|-----:|\n| tickets | 1.25 |\n"
        );
    }

    #[test]
    fn thousands_are_parted() {
        let texts = [0.0, 999.4, 1_000.0, 1_234_567.0, -1_000.0].map(thousands);
        assert_eq!(texts, ["0", "999", "1,000", "1,234,567", "-1,000"]);
    }
}
