//! Columns, sizes and paths in a person's text.

use std::fmt::Display;
use std::path::Path;

use osgraft::path::printable;

use crate::style::Style;

/// A path of the host for a person.
pub(crate) fn path(path: &Path) -> String {
    printable(&path.to_string_lossy())
}

/// Bytes in the largest unit that shows them whole, or nearly so.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["bytes", "KiB", "MiB", "GiB", "TiB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let digits = usize::from(value.fract() != 0.0);
    format!("{value:.digits$} {}", UNITS[unit])
}

/// Rows under their heads, each column as wide as its widest cell; no blank at a line's end.
pub(crate) fn table<const N: usize>(
    heads: [&str; N],
    rows: &[[String; N]],
    style: &Style,
) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([heads[column].len()]).max().unwrap_or_default()
    };
    let widths: [usize; N] = std::array::from_fn(width);
    let laid = |cells: [&dyn Display; N]| {
        let cells = cells.iter().zip(widths);
        let row: Vec<String> = cells
            .map(|(cell, width)| format!("{:<width$}", cell.to_string()))
            .collect();
        row.join("  ").trim_end().to_owned()
    };
    let head = laid(std::array::from_fn(|i| &heads[i] as &dyn Display));
    let mut text = format!("{}\n", style.strong(&head));
    for row in rows {
        text.push_str(&laid(std::array::from_fn(|i| &row[i] as &dyn Display)));
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_show_no_more_digits_than_they_have() {
        assert_eq!(size(0), "0 bytes");
        assert_eq!(size(65536), "64 KiB");
        assert_eq!(size(1536), "1.5 KiB");
        assert_eq!(size(10 << 30), "10 GiB");
    }

    #[test]
    fn a_table_is_aligned_and_ends_its_lines_at_the_last_cell() {
        let rows = [["a".into(), "bb".into()], ["cccc".into(), String::new()]];
        assert_eq!(
            table(["X", "Y"], &rows, &Style::default()),
            "X     Y\na     bb\ncccc\n"
        );
    }
}
