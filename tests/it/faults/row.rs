//! One row of the table: counted, told, and asserted.

use std::fs::OpenOptions;
use std::io::Write;

/// How much of a row is run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Extent {
    /// What the ordinary run of the tests has time for.
    Part,
    /// All of it.
    All,
}

impl Extent {
    pub(super) fn of_this_run() -> Self {
        match std::env::var("OSGRAFT_FAULTS").as_deref() {
            Ok("all") => Self::All,
            Err(_) => Self::Part,
            Ok(other) => panic!("OSGRAFT_FAULTS is “all” or not set, not “{other}”"),
        }
    }

    pub(super) fn choose<T>(self, part: T, all: T) -> T {
        match self {
            Self::Part => part,
            Self::All => all,
        }
    }
}

/// What came of the faults of one kind.
#[derive(Debug, Default)]
pub(super) struct Row {
    what: String,
    pub(super) points: usize,
    /// QEMU would not open it.
    pub(super) refused: usize,
    pub(super) old: usize,
    pub(super) new: usize,
    pub(super) lost: usize,
    pub(super) mixed: usize,
    pub(super) check_errors: usize,
    pub(super) leftovers: usize,
    failures: Vec<String>,
}

impl Row {
    pub(super) fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            ..Self::default()
        }
    }

    /// Notes what is to be read of a point that failed.
    pub(super) fn fail(&mut self, told: String) {
        self.failures.push(told);
    }

    pub(super) fn bad(&self) -> usize {
        self.lost + self.mixed + self.check_errors + self.leftovers
    }

    /// Tells the row, also to the table of `make test-faults`, and asserts that it is a good one
    /// of at least so many points.
    #[track_caller]
    pub(super) fn finish(self, at_least: usize) {
        let numbers = [
            self.points,
            self.refused,
            self.old,
            self.new,
            self.lost,
            self.mixed,
            self.check_errors,
            self.leftovers,
        ];
        let numbers = numbers.map(|n| n.to_string()).join("\t");
        tell(&format!("{}\t{numbers}", self.what));
        let shown: Vec<_> = self.failures.iter().take(10).cloned().collect();
        assert!(
            self.failures.is_empty() && self.bad() == 0,
            "{} failed, among them\n{}",
            self.failures.len(),
            shown.join("\n")
        );
        assert!(
            self.points >= at_least,
            "the premise: {} points are no sweep",
            self.points
        );
    }
}

/// Adds a line to the table, past the test harness.
pub(super) fn tell(line: &str) {
    // Where standard error is gone there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "faults: {}", line.replace('\t', "  "));
    if let Some(table) = std::env::var_os("OSGRAFT_FAULTS_TABLE") {
        let file = OpenOptions::new().append(true).create(true).open(table);
        let mut file = file.expect("the folder of the table is there");
        file.write_all(format!("{line}\n").as_bytes())
            .expect("space");
    }
}
