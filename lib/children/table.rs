//! A table of children.

use std::fs::OpenOptions;
use std::io::{self, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::cells::{self, Cells, Found};
use super::distinct::{distinct, place};
use super::error::{Fault, Kind, TableError};
use super::row::{Column, Row};
use crate::identity::Ask;
use crate::path::{escape, printable};
use crate::spelling::nearest;

/// Most bytes of a table.
pub const MAX_BYTES: usize = 64 << 20;

/// Most rows of a table.
pub const MAX_ROWS: usize = 100_000;

/// Form of a table's text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Form {
    /// CSV (RFC 4180), whose first line names the columns.
    Csv,
    /// A JSON list of objects.
    Json,
}

/// A table of children, judged as a whole.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Table {
    origin: String,
    rows: Vec<Row>,
}

impl Table {
    /// Reads a table. `.json` is JSON and `.csv` CSV, whatever else is one or the other by its first
    /// character. A relative `file` starts from the current folder, as on a command line.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn read(path: impl AsRef<Path>, defaults: &Ask) -> Result<Self, TableError> {
        let path = path.as_ref();
        let text = read(path).map_err(|error| TableError::unreadable(path, error))?;
        let extension = path.extension().map(|it| it.to_ascii_lowercase());
        let form = match extension.as_ref().and_then(|it| it.to_str()) {
            Some("json") => Form::Json,
            Some("csv") => Form::Csv,
            _ if text.trim_start().starts_with('[') => Form::Json,
            _ => Form::Csv,
        };
        Self::parse(&text, form, &escape(path.as_os_str().as_bytes()), defaults)
    }

    /// Reads a table's text; `origin` names it in errors, and `defaults` are for what a row does not
    /// say ([`Ask::or`]). Rows with a pool are judged as far as they can be without it.
    ///
    /// # Errors
    /// [`TableError::Faults`].
    pub fn parse(text: &str, form: Form, origin: &str, defaults: &Ask) -> Result<Self, TableError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let Found {
            rows: found,
            mut faults,
        } = match form {
            Form::Csv => cells::csv(text, origin),
            Form::Json => cells::json(text, origin),
        };
        let mut found = found.into_iter();
        let are_objects = form == Form::Json;
        if !are_objects && let Some(head) = found.next() {
            let told = judge_head(&head, origin);
            if !told.is_empty() {
                return Err(TableError::Faults(told));
            }
        }
        let rows = found.map(|cells| row(cells, are_objects, origin, defaults, &mut faults));
        let rows: Vec<Row> = rows.collect();
        if rows.is_empty() && faults.is_empty() {
            let text = "it has no row with a child".to_owned();
            faults.push(Fault::at(origin, 1, Kind::None, text));
        }
        if rows.len() > MAX_ROWS {
            let text = format!("it has more than {MAX_ROWS} rows: split it");
            faults.push(Fault::at(origin, 1, Kind::TooMany, text));
        }
        faults.extend(distinct(&rows, origin));
        let table = Self {
            origin: origin.to_owned(),
            rows,
        };
        table.unless(faults)
    }

    /// The rows, in their order.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Holds each row against what the caller knows, such as its pools.
    ///
    /// # Errors
    /// [`TableError::Faults`] with every code and text that `judge` gives.
    pub fn judged(
        self,
        judge: impl Fn(&Row) -> Result<(), (&'static str, String)>,
    ) -> Result<Self, TableError> {
        let faults = self.rows.iter().filter_map(|row| {
            let (code, text) = judge(row).err()?;
            Some(Fault::new(place(row, &self.origin), code, text))
        });
        let faults = faults.collect();
        self.unless(faults)
    }

    fn unless(self, mut faults: Vec<Fault>) -> Result<Self, TableError> {
        if faults.is_empty() {
            return Ok(self);
        }
        let line = |fault: &Fault| {
            let line = fault.place.rsplit(':').next();
            line.and_then(|line| line.parse::<usize>().ok())
        };
        faults.sort_by_key(line);
        Err(TableError::Faults(faults))
    }
}

/// Faults of the first line of a CSV. What a column is told for once is not told for each row.
fn judge_head(head: &Cells, origin: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let columns = columns(head, origin, &mut faults);
    if faults.is_empty() && !columns.contains(&Some(Column::File)) {
        let text = "no column “file” names the children's disks".to_owned();
        faults.push(Fault::at(origin, head.line, Kind::NoFile, text));
    }
    faults
}

/// The columns of the cells; `None` for one that is not known, or is there already.
fn columns(cells: &Cells, origin: &str, faults: &mut Vec<Fault>) -> Vec<Option<Column>> {
    let mut columns = Vec::new();
    for (name, _) in &cells.cells {
        let column = Column::of(name);
        let (code, text) = match column {
            None => (Kind::Column, unknown(name)),
            Some(_) if columns.contains(&column) => {
                (Kind::ColumnTwice, format!("column “{name}” is there twice"))
            }
            Some(_) => {
                columns.push(column);
                continue;
            }
        };
        columns.push(None);
        faults.push(Fault::at(origin, cells.line, code, text));
    }
    columns
}

/// One row; its faults go to `faults`. The columns of an object are its own.
fn row(
    cells: Cells,
    is_object: bool,
    origin: &str,
    defaults: &Ask,
    faults: &mut Vec<Fault>,
) -> Row {
    let line = cells.line;
    let mut row = Row {
        line: Some(line),
        ..Row::default()
    };
    let before = faults.len();
    let mut own = Vec::new();
    let columns = columns(&cells, origin, &mut own);
    if is_object {
        faults.append(&mut own);
    }
    let mut tell =
        |code: &'static str, text: String| faults.push(Fault::at(origin, line, code, text));
    for ((name, words), column) in cells.cells.iter().zip(columns) {
        let Some(column) = column else { continue };
        let is_list = matches!(column, Column::Of(field) if field.is_list());
        if words.len() > 1 && !is_list {
            tell(
                Kind::Several.code(),
                format!("{name}: more than one value is given"),
            );
            continue;
        }
        let between = |c: char| is_list && (c.is_whitespace() || ",;".contains(c));
        let words = words.iter().flat_map(|word| word.split(between));
        for word in words.filter(|word| !word.is_empty()) {
            if let Err(error) = row.put(column, word) {
                tell(error.code(), format!("{name}: {error}"));
            }
        }
    }
    if row.file.as_os_str().is_empty() {
        tell(Kind::NoFile.code(), "no file is named in it".to_owned());
    }
    row.ask = row.ask.or(defaults);
    // A pool brings an address that is not known yet.
    if faults.len() == before
        && row.pool.is_none()
        && let Err(error) = row.ask.identity()
    {
        faults.push(Fault::at(origin, line, error.code(), error.to_string()));
    }
    row
}

fn unknown(name: &str) -> String {
    let meant = match nearest(name, Column::names()) {
        Some(near) => format!("did you mean “{near}”?"),
        None => {
            let names: Vec<_> = Column::names().collect();
            format!("the columns are {}", names.join(", "))
        }
    };
    format!("column “{}” is not known: {meant}", printable(name))
}

fn read(path: &Path) -> io::Result<String> {
    let file = OpenOptions::new().read(true).open(path)?;
    let mut text = Vec::new();
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut text)?;
    if text.len() > MAX_BYTES {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    String::from_utf8(text).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::{Field, MachineIdWish};

    const HEAD: &str = "file,hostname,address,gateway,dns,mac,dhcp,machine_id,ssh_keys,server\n";

    fn parse(text: &str, form: Form) -> Result<Table, TableError> {
        Table::parse(text, form, "t", &Ask::default())
    }

    /// The places and codes of what is told.
    #[track_caller]
    fn told(text: &str, form: Form) -> Vec<String> {
        let error = parse(text, form).unwrap_err();
        assert!(!error.to_string().contains('\n'), "{error}");
        let faults = error.faults().iter();
        faults
            .map(|it| format!("{} {}", it.place, it.code))
            .collect()
    }

    #[test]
    fn a_row_of_either_form_is_the_same_child() {
        let csv = format!(
            "\u{feff}{HEAD}# a comment\n\n\"web, 1.qcow2\",web-1,\"10.0.0.11/24 2001:db8::1/64\",\
             10.0.0.1,10.0.0.2;10.0.0.3,52:54:00:00:00:01,,keep,new,deb12-a\r\n"
        );
        let json = r#"[

            {"file": "web, 1.qcow2", "hostname": "web-1", "dhcp": false,
             "address": ["10.0.0.11/24", "2001:db8::1/64"], "gateway": "10.0.0.1",
             "dns": ["10.0.0.2", "10.0.0.3"], "mac": "52:54:00:00:00:01",
             "machine_id": "keep", "ssh_keys": "new", "server": "deb12-a", "pool": null}]"#;
        let csv = parse(&csv, Form::Csv).unwrap();
        let json = parse(json, Form::Json).unwrap();
        let row = &csv.rows()[0];
        assert_eq!((row.line, json.rows()[0].line), (Some(4), Some(3)));
        assert_eq!(row.file.to_str(), Some("web, 1.qcow2"));
        assert_eq!(row.server.as_deref(), Some("deb12-a"));
        assert_eq!(row.ask.addresses.len(), 2);
        assert_eq!(row.ask.dns.len(), 2);
        assert_eq!(row.ask.machine_id, Some(MachineIdWish::Keep));
        assert_eq!(row.ask.identity().unwrap().nics.len(), 1);
        let mut same = json.rows()[0].clone();
        same.line = row.line;
        assert_eq!(same, *row);
    }

    #[test]
    fn each_fault_is_told_with_its_line() {
        let rows = "a,web-1,10.0.0.11/24,10.0.0.1,,,,,,\n\
            b,web_2,10.0.0.12,10.0.0.1,,,,,,\n\
            \n# a comment\n\
            c,web-3,,10.0.0.1,,,,,,\n\
            d,web-4\n\
            ,web-5,,,,,,,,\n";
        assert_eq!(
            told(&format!("{HEAD}{rows}"), Form::Csv),
            [
                "t:3 identity-hostname",
                "t:3 identity-address",
                "t:6 identity-gateway-alone",
                "t:7 children-cells",
                "t:8 children-no-file",
            ]
        );
        let json = "[{\"file\":\"a\"},\n{\"fil\":\"b\"},\n\n{\"file\":\"c\",\n\"dns\":7}]";
        assert_eq!(
            told(json, Form::Json),
            [
                "t:2 children-column",
                "t:2 children-no-file",
                "t:4 children-syntax"
            ]
        );
    }

    #[test]
    fn no_two_children_have_one_file_name_address_or_mac() {
        let rows = "a,web-1,10.0.0.11/24,10.0.0.9,,52:54:00:00:00:01,,,,\n\
            ./a,WEB-1,10.0.0.11/16,,,52-54-00-00-00-01,,,,\n\
            c,web-3,10.0.0.9/24,,,,,,,\n";
        let text = format!("{HEAD}{rows}");
        let error = parse(&text, Form::Csv).unwrap_err();
        let codes = error.codes();
        for code in [
            "children-file-twice",
            "children-hostname-twice",
            "children-address-twice",
            "children-mac-twice",
            "children-address-gateway",
        ] {
            assert!(codes.contains(&code), "{code} in {error}");
        }
        let shown = error.to_string();
        assert!(
            shown.contains("t:3: host name WEB-1 stands in line 2 already"),
            "{shown}"
        );
        assert!(shown.ends_with("nothing was changed"), "{shown}");
    }

    #[test]
    fn an_unknown_column_is_told_once_with_the_one_that_was_meant() {
        let error = parse("file,adress\na,10.0.0.1/24\nb,10.0.0.2/24\n", Form::Csv);
        assert_eq!(
            error.unwrap_err().to_string(),
            "t:1: column “adress” is not known: did you mean “address”?; correct that, nothing was changed"
        );
        let twice = told("file,dns,dns\na,,\n", Form::Csv);
        assert_eq!(twice, ["t:1 children-column-twice"]);
        assert_eq!(told("hostname\na\n", Form::Csv), ["t:1 children-no-file"]);
        let twice = told("[{\"file\":\"a\",\"file\":\"b\"}]", Form::Json);
        assert_eq!(twice, ["t:1 children-column-twice"]);
    }

    #[test]
    fn what_is_no_table_is_told() {
        for (text, form, code) in [
            ("", Form::Csv, "t:1 children-none"),
            ("file\n", Form::Csv, "t:1 children-none"),
            ("[]", Form::Json, "t:1 children-none"),
            ("[\n{\"file\": }]", Form::Json, "t:2 children-syntax"),
            ("{}", Form::Json, "t:1 children-syntax"),
            ("[7]", Form::Json, "t:1 children-syntax"),
            (
                "[{\"file\":[\"a\",\"b\"]}]",
                Form::Json,
                "t:1 children-several",
            ),
        ] {
            assert_eq!(told(text, form)[0], code, "{text}");
        }
        let gone = Table::read("/no/such.csv", &Ask::default()).unwrap_err();
        assert_eq!(gone.codes(), ["children-unreadable"]);
    }

    #[test]
    fn defaults_are_for_what_a_row_does_not_say() {
        let mut defaults = Ask::default();
        defaults.put(Field::Gateway, "10.0.0.1").unwrap();
        defaults.put(Field::CloudInit, "off").unwrap();
        let text = "file,address,gateway\na,10.0.0.2/24,\nb,10.0.0.3/24,10.0.0.254\n";
        let table = Table::parse(text, Form::Csv, "t", &defaults).unwrap();
        let gateways = table
            .rows()
            .iter()
            .map(|row| row.ask.gateways[0].to_string());
        assert_eq!(gateways.collect::<Vec<_>>(), ["10.0.0.1", "10.0.0.254"]);
        assert_eq!(table.rows()[0].ask.cloud_init, defaults.cloud_init);
    }

    #[test]
    fn the_judgement_of_the_caller_is_told_with_the_line() {
        let text = "file,pool\na,web\nb,\n";
        let judge = |row: &Row| match &row.pool {
            Some(_) => Err(("pool-unknown", "no pool".to_owned())),
            None => Ok(()),
        };
        let error = parse(text, Form::Csv).unwrap().judged(judge).unwrap_err();
        assert_eq!(
            error.to_string(),
            "t:2: no pool; correct that, nothing was changed"
        );
        assert_eq!(error.codes(), ["pool-unknown"]);
    }

    #[test]
    fn a_thousand_rows_take_milliseconds() {
        let mut text = HEAD.to_owned();
        for n in 0..1000 {
            let (a, b) = (n / 250, n % 250 + 2);
            text.push_str(&format!(
                "c{n}.qcow2,web-{n},10.0.{a}.{b}/16,10.0.0.1,10.0.0.1,52:54:00:00:{a:02x}:{b:02x},,,,\n"
            ));
        }
        let began = std::time::Instant::now();
        let table = parse(&text, Form::Csv).unwrap();
        assert_eq!(table.rows().len(), 1000);
        assert_eq!(table.rows()[999].line, Some(1001));
        // 20 ms without optimisation; the bound is for a host under load.
        assert!(began.elapsed().as_millis() < 1000, "{:?}", began.elapsed());
    }
}
