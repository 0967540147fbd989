//! A CSV file, read whole within bounds: what is too large, too wide or no text is refused with one sentence before
//! anything else looks at it.

use crate::chat::render::import as words;

/// The most bytes of a file that comes through the chat is the platform's affair (1 MB); on the command line it is this.
pub const MOST_BYTES: usize = 256 * 1024 * 1024;
/// The most columns.
pub const MOST_COLUMNS: usize = 100;
/// The most characters of one field.
pub const MOST_FIELD: usize = 4_000;
/// The most rows.
pub const MOST_ROWS: usize = 2_000_000;

/// A file's rows, under its headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The first line.
    pub headers: Vec<String>,
    /// The others: the line in the file, and as many cells as there are headers.
    pub rows: Vec<(u64, Vec<String>)>,
}

impl Table {
    /// Reads a file: UTF-8, separated by commas, semicolons or tabs, whichever its first line has most of.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        if bytes.len() > MOST_BYTES {
            return Err(words::too_large(MOST_BYTES));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| words::not_utf8())?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let first = text.lines().next().unwrap_or_default();
        let count = |sign: u8| first.bytes().filter(|b| *b == sign).count();
        let delimiter = [b',', b';', b'\t'].into_iter().max_by_key(|sign| (count(*sign), *sign == b','));
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter.unwrap_or(b','))
            .flexible(true)
            .from_reader(text.as_bytes());
        let headers = reader.headers().map_err(|_| words::not_csv())?.clone();
        if headers.len() > MOST_COLUMNS {
            return Err(words::too_many_columns(headers.len(), MOST_COLUMNS));
        }
        let headers: Vec<String> = headers.iter().map(|h| h.trim().to_owned()).collect();
        if headers.iter().all(String::is_empty) {
            return Err(words::empty());
        }
        let mut rows = Vec::new();
        let mut record = csv::StringRecord::new();
        while reader.read_record(&mut record).map_err(|_| words::not_csv())? {
            let line = record.position().map_or(0, |at| line_of(text, at));
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            if record.len() > headers.len() {
                return Err(words::too_many_cells(line, record.len(), headers.len()));
            }
            if record.iter().any(|cell| cell.len() > MOST_FIELD && cell.chars().count() > MOST_FIELD) {
                return Err(words::field_too_long(line, MOST_FIELD));
            }
            if rows.len() == MOST_ROWS {
                return Err(words::too_many_rows(MOST_ROWS));
            }
            let mut cells: Vec<String> = record.iter().map(|cell| plain(cell.trim()).to_owned()).collect();
            cells.resize(headers.len(), String::new());
            rows.push((line, cells));
        }
        if rows.is_empty() {
            return Err(words::empty());
        }
        Ok(Self { headers, rows })
    }
}

/// The line on which a row begins: the reader's own place lies before the empty lines that it skips.
fn line_of(text: &str, at: &csv::Position) -> u64 {
    let rest =
        usize::try_from(at.byte()).ok().and_then(|byte| text.as_bytes().get(byte..)).unwrap_or_default();
    let empty = rest.iter().take_while(|b| matches!(b, b'\n' | b'\r')).filter(|b| **b == b'\n').count();
    at.line() + empty as u64
}

/// What a spreadsheet would read as a formula, made text; [`plain`] takes it back.
pub fn neutral(cell: &str) -> std::borrow::Cow<'_, str> {
    if is_formula(cell.trim_start_matches('\'')) { format!("'{cell}").into() } else { cell.into() }
}

/// The cell behind [`neutral`].
fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest,
        Some(_) | None => cell,
    }
}

fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// One line of CSV, without its end.
pub fn line<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let cells: Vec<_> = cells.into_iter().map(neutral).collect();
    // Into memory: nothing can fail.
    let _ = writer.write_record(cells.iter().map(|cell| cell.as_bytes()));
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default().trim_end_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_with_its_lines() {
        let table = Table::read("\u{feff}Name;E-mail\nAcme;\"a;b\"\na;b;c\n\nBeta\n".as_bytes());
        assert_eq!(table, Err("Line 3 has 3 cells, but there are 2 columns: mend the line.".to_owned()));
        let table = Table::read(b"Name;E-mail\nAcme;\"a;b\"\n;\n\nBeta\n").unwrap();
        assert_eq!(table.headers, ["Name", "E-mail"]);
        assert_eq!(
            table.rows,
            [(2, vec!["Acme".to_owned(), "a;b".to_owned()]), (5, vec!["Beta".to_owned(), String::new()]),]
        );
    }

    /// R9: a file that is a bomb gets one sentence.
    #[test]
    fn bombs_are_refused() {
        let wide = vec!["x"; 5_000].join(",");
        assert!(Table::read(wide.as_bytes()).unwrap_err().contains("5000 columns"));
        let long = format!("name\n{}", "x".repeat(5_000));
        assert!(Table::read(long.as_bytes()).unwrap_err().contains("4000 characters"));
        let unclosed = format!("name\n\"{}", "x,\n".repeat(5_000));
        assert!(Table::read(unclosed.as_bytes()).unwrap_err().contains("4000 characters"));
        assert!(Table::read(&[0xff, 0xfe, 0x41, 0x00]).unwrap_err().contains("UTF-8"));
        assert!(Table::read(b"").unwrap_err().contains("empty"));
        assert!(Table::read(b"name\n").unwrap_err().contains("empty"));
    }

    /// A formula in a name stays text in a spreadsheet, and comes back as it was.
    #[test]
    fn formulas_are_neutralised_and_come_back() {
        for cell in ["=1+1", "+60 12", "-5", "@SUM(A1)", "\tx", "\rx", "'=1", "plain", "'quoted'", "", "a=b"]
        {
            let out = neutral(cell);
            assert!(!is_formula(&out), "{cell:?}");
            assert_eq!(plain(&out), cell, "{cell:?}");
        }
        assert_eq!(line(["=cmd|' /C calc'!A0", "a,b"]), "'=cmd|' /C calc'!A0,\"a,b\"");
    }
}
