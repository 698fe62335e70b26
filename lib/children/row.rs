//! One child.

use std::path::PathBuf;

use crate::identity::{Ask, AskError, Field};

/// One child, and what is asked for it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Row {
    /// The line that it begins in, from 1; `None` where it is of no table.
    pub line: Option<usize>,
    /// The child's disk.
    pub file: PathBuf,
    /// Its identity.
    pub ask: Ask,
    /// Its server.
    pub server: Option<String>,
    /// The pool of its address.
    pub pool: Option<String>,
    /// Name that it is known by.
    pub known_as: Option<String>,
}

/// A column of a table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Column {
    File,
    Server,
    Pool,
    Identity,
    Of(Field),
}

impl Column {
    /// Names of the columns that are no words of an identity.
    const OWN: [(&str, Self); 4] = [
        ("file", Self::File),
        ("server", Self::Server),
        ("pool", Self::Pool),
        ("identity", Self::Identity),
    ];

    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        let own = Self::OWN.iter().map(|(name, _)| *name);
        own.chain(Field::ALL.iter().map(|field| field.name()))
    }

    pub(super) fn of(name: &str) -> Option<Self> {
        let own = Self::OWN.iter().find(|(own, _)| *own == name);
        own.map(|(_, column)| *column)
            .or_else(|| Some(Self::Of(name.parse().ok()?)))
    }
}

impl Row {
    /// A child of no table.
    pub fn new(file: impl Into<PathBuf>, ask: Ask) -> Self {
        Self {
            file: file.into(),
            ask,
            ..Self::default()
        }
    }

    /// A child of which nothing is said, in this line of a table.
    pub fn at(line: Option<usize>, file: impl Into<PathBuf>) -> Self {
        Self {
            line,
            file: file.into(),
            ..Self::default()
        }
    }

    /// Takes one word of a cell.
    pub(super) fn put(&mut self, column: Column, word: &str) -> Result<(), AskError> {
        match column {
            Column::File => self.file = word.into(),
            Column::Server => self.server = Some(word.to_owned()),
            Column::Pool => self.pool = Some(word.to_owned()),
            Column::Identity => self.known_as = Some(word.to_owned()),
            Column::Of(field) => self.ask.put(field, word)?,
        }
        Ok(())
    }
}
