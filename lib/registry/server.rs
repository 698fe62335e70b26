//! One OS server.

use std::fmt;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::key::Key;
use super::source::Source;
use super::value::{ValueError, check, check_list, check_weight};

/// The largest weight.
pub const MAX_WEIGHT: u32 = 1_000_000;

/// Whether a server takes children.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum State {
    /// It takes children. What a server is unless it says otherwise.
    #[default]
    Active,
    /// It takes children only where no active server fits.
    Draining,
    /// It takes none.
    Down,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Active, Self::Draining, Self::Down];

    /// The state as it is spelled in TOML.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Draining => "draining",
            Self::Down => "down",
        }
    }

    pub(super) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// An OS server: a shared tree, what is in it, and whether it takes children.
///
/// Every value in it is sound: whatever makes one checks it. Serialises as a map with the keys of
/// [`Key`]; what was left out is left out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Server {
    name: String,
    source: Source,
    os: Option<String>,
    version: Option<String>,
    arch: Option<String>,
    kernels: Option<Vec<String>>,
    components: Option<Vec<String>>,
    state: State,
    weight: u32,
    release: Option<String>,
    options: Option<String>,
}

impl Server {
    /// A server that is active, has weight 1, fits any guest, and whose content is unknown.
    ///
    /// # Errors
    /// [`ValueError`] when `name` is not made of `A-Z a-z 0-9 . _ -` alone, or is longer than 128
    /// bytes.
    pub fn new(name: &str, source: Source) -> Result<Self, ValueError> {
        Ok(Self {
            name: text(Key::Name, name)?,
            source,
            os: None,
            version: None,
            arch: None,
            kernels: None,
            components: None,
            state: State::default(),
            weight: 1,
            release: None,
            options: None,
        })
    }

    /// Serves guests of this `ID` (os-release(5)) only.
    ///
    /// # Errors
    /// [`ValueError`], as for every setter here: a blank, a line break, a control character, `#`
    /// in front, nothing at all, or too much.
    pub fn with_os(mut self, os: &str) -> Result<Self, ValueError> {
        self.os = Some(text(Key::Os, os)?);
        Ok(self)
    }

    /// Serves guests of this `VERSION_ID` (os-release(5)) only.
    ///
    /// # Errors
    /// As for [`with_os`](Self::with_os).
    pub fn with_version(mut self, version: &str) -> Result<Self, ValueError> {
        self.version = Some(text(Key::Version, version)?);
        Ok(self)
    }

    /// Serves guests of this architecture only, as `uname -m` says it.
    ///
    /// # Errors
    /// As for [`with_os`](Self::with_os), and for another word for an architecture (`amd64`).
    pub fn with_arch(mut self, arch: &str) -> Result<Self, ValueError> {
        self.arch = Some(text(Key::Arch, arch)?);
        Ok(self)
    }

    /// Holds the modules of these kernel releases, and no others.
    ///
    /// # Errors
    /// As for [`with_os`](Self::with_os), for a release that could not name a directory, and for
    /// one that is listed twice.
    pub fn with_kernels<I>(mut self, kernels: I) -> Result<Self, ValueError>
    where
        I: IntoIterator<Item: Into<String>>,
    {
        self.kernels = Some(list(Key::Kernels, kernels)?);
        Ok(self)
    }

    /// Holds these trees, and no others: paths relative to the export, each with all below it.
    ///
    /// # Errors
    /// As for [`with_os`](Self::with_os), for a path that is not plain and relative, and for one
    /// that is listed twice.
    pub fn with_components<I>(mut self, components: I) -> Result<Self, ValueError>
    where
        I: IntoIterator<Item: Into<String>>,
    {
        self.components = Some(list(Key::Components, components)?);
        Ok(self)
    }

    /// Whether it takes children.
    #[must_use]
    pub fn with_state(mut self, state: State) -> Self {
        self.state = state;
        self
    }

    /// Its share of the children, relative to the weights of the other servers that fit. With 0
    /// it takes none.
    ///
    /// # Errors
    /// [`ValueError`] past [`MAX_WEIGHT`].
    pub fn with_weight(mut self, weight: u32) -> Result<Self, ValueError> {
        self.weight = check_weight(weight.into())?;
        Ok(self)
    }

    /// The patch level of its tree.
    ///
    /// # Errors
    /// As for [`with_os`](Self::with_os).
    pub fn with_release(mut self, release: &str) -> Result<Self, ValueError> {
        self.release = Some(text(Key::Release, release)?);
        Ok(self)
    }

    /// Mount options to be merged over the share's. They are kept as they are: whether they make
    /// sense is for whoever merges them to say.
    ///
    /// # Errors
    /// As for [`with_os`](Self::with_os).
    pub fn with_options(mut self, options: &str) -> Result<Self, ValueError> {
        self.options = Some(text(Key::Options, options)?);
        Ok(self)
    }

    /// What operators call it; unique in its registry.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where a guest mounts its tree from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The `ID` it serves; none: any.
    pub fn os(&self) -> Option<&str> {
        self.os.as_deref()
    }

    /// The `VERSION_ID` it serves; none: any.
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The architecture it serves; none: any.
    pub fn arch(&self) -> Option<&str> {
        self.arch.as_deref()
    }

    /// The kernel releases whose modules it holds; none: unknown.
    pub fn kernels(&self) -> Option<&[String]> {
        self.kernels.as_deref()
    }

    /// The trees it holds, relative to the export; none: unknown.
    pub fn components(&self) -> Option<&[String]> {
        self.components.as_deref()
    }

    /// Whether it takes children.
    pub fn state(&self) -> State {
        self.state
    }

    /// Its share of the children; 0 to [`MAX_WEIGHT`].
    pub fn weight(&self) -> u32 {
        self.weight
    }

    /// The patch level of its tree.
    pub fn release(&self) -> Option<&str> {
        self.release.as_deref()
    }

    /// Mount options to be merged over the share's.
    pub fn options(&self) -> Option<&str> {
        self.options.as_deref()
    }

    /// The text of a text key, as it would stand in TOML.
    pub(super) fn text_of(&self, key: Key) -> Option<&str> {
        match key {
            Key::Name => Some(&self.name),
            Key::Export | Key::Virtiofs | Key::Disk => {
                (self.source.key() == key).then(|| self.source.fs_spec())
            }
            Key::Fstype => matches!(self.source, Source::Disk(_)).then(|| self.source.fs_type()),
            Key::Os => self.os(),
            Key::Version => self.version(),
            Key::Arch => self.arch(),
            Key::State => Some(self.state.as_str()),
            Key::Release => self.release(),
            Key::Options => self.options(),
            Key::Kernels | Key::Components | Key::Weight => None,
        }
    }

    /// The values of a list key.
    pub(super) fn list_of(&self, key: Key) -> Option<&[String]> {
        match key {
            Key::Kernels => self.kernels(),
            Key::Components => self.components(),
            _ => None,
        }
    }
}

impl Serialize for Server {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for key in Key::ALL {
            if let Some(text) = self.text_of(key) {
                map.serialize_entry(key.as_str(), text)?;
            } else if let Some(list) = self.list_of(key) {
                map.serialize_entry(key.as_str(), list)?;
            } else if key == Key::Weight {
                map.serialize_entry(key.as_str(), &self.weight)?;
            }
        }
        map.end()
    }
}

fn text(key: Key, value: &str) -> Result<String, ValueError> {
    check(key, value)?;
    Ok(value.to_owned())
}

fn list<I>(key: Key, values: I) -> Result<Vec<String>, ValueError>
where
    I: IntoIterator<Item: Into<String>>,
{
    let values: Vec<String> = values.into_iter().map(Into::into).collect();
    check_list(key, &values)?;
    Ok(values)
}
