//! One OS server.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::content::ContentError;
use super::key::Key;
use super::source::{ShareDisk, Source};
use super::state::State;
use super::text::{Arch, Component, KernelRelease, Name, Release, Words};
use super::text::{list, made};
use super::value::{Value, Weight, Written, options, weight};
use super::value_error::ValueError;
use crate::mount::Options;

/// An OS server: a shared tree, what is in it, and whether it takes children.
///
/// Every value in it is sound: whatever makes one checks it. Serialises as a map with the keys of
/// [`Key`]; what was left out is left out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Server {
    name: Name,
    source: Source,
    os: Option<Words>,
    version: Option<Words>,
    arch: Option<Arch>,
    kernels: Option<Vec<KernelRelease>>,
    components: Option<Vec<Component>>,
    state: State,
    weight: Weight,
    release: Option<Release>,
    options: Option<Options>,
}

impl Server {
    /// A server that is active, has weight 1, fits any guest, and whose content is unknown.
    ///
    /// # Errors
    /// [`ValueError`] when `name` is not made of `A-Z a-z 0-9 . _ -` alone, or is longer than 128
    /// bytes.
    pub fn new(name: &str, source: Source) -> Result<Self, ValueError> {
        Ok(Self::named(made(Key::Name, name)?, source))
    }

    fn named(name: Name, source: Source) -> Self {
        Self {
            name,
            source,
            os: None,
            version: None,
            arch: None,
            kernels: None,
            components: None,
            state: State::default(),
            weight: Weight(1),
            release: None,
            options: None,
        }
    }

    /// The server that these values make up, no two of one key; where they make none, the key that
    /// is wrong, or `None` where one is missing, and why.
    pub(super) fn of_values(
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Self, (Option<Key>, ContentError)> {
        let (mut name, mut sources, mut fstype) = (None, Vec::new(), None);
        let mut rest = Vec::new();
        for value in values {
            match value {
                Value::Name(value) => name = Some(value),
                Value::Fstype(value) => fstype = Some(value),
                Value::Export(_) | Value::Virtiofs(_) | Value::Disk(_) => sources.push(value),
                value => rest.push(value),
            }
        }
        let name = name.ok_or((None, ContentError::NoName))?;
        sources.sort_by_key(Value::key);
        if let [first, second, ..] = &sources[..] {
            let (first, second) = (first.key(), second.key());
            return Err((Some(second), ContentError::TwoSources { first, second }));
        }
        let source = match (sources.pop(), fstype) {
            (None, _) => return Err((None, ContentError::NoSource)),
            (Some(Value::Disk(spec)), Some(fstype)) => Source::Disk(ShareDisk::new(spec, fstype)),
            (Some(Value::Disk(_)), None) => {
                return Err((Some(Key::Disk), ContentError::NoFstype));
            }
            (_, Some(_)) => return Err((Some(Key::Fstype), ContentError::FstypeAlone)),
            (Some(Value::Virtiofs(tag)), None) => Source::Virtiofs(tag),
            (Some(Value::Export(export)), None) => Source::Nfs(export),
            (Some(_), None) => return Err((None, ContentError::NoSource)),
        };
        Ok(rest.into_iter().fold(Self::named(name, source), Self::with))
    }

    fn with(mut self, value: Value) -> Self {
        match value {
            Value::Os(value) => self.os = Some(value),
            Value::Version(value) => self.version = Some(value),
            Value::Arch(value) => self.arch = Some(value),
            Value::Kernels(values) => self.kernels = Some(values),
            Value::Components(values) => self.components = Some(values),
            Value::State(state) => self.state = state,
            Value::Weight(weight) => self.weight = weight,
            Value::Release(value) => self.release = Some(value),
            Value::Options(options) => self.options = Some(options),
            Value::Name(_)
            | Value::Export(_)
            | Value::Virtiofs(_)
            | Value::Disk(_)
            | Value::Fstype(_) => {}
        }
        self
    }

    /// Serves guests of this `ID` (os-release(5)) only.
    ///
    /// # Errors
    /// [`ValueError`], as for every setter here: a blank, a line break, a control character, `#`
    /// in front, nothing at all, or too much.
    pub fn with_os(mut self, os: &str) -> Result<Self, ValueError> {
        self.os = Some(made(Key::Os, os)?);
        Ok(self)
    }

    /// Serves guests of this `VERSION_ID` (os-release(5)) only.
    ///
    /// # Errors
    /// As for [`with_os`](Self::with_os).
    pub fn with_version(mut self, version: &str) -> Result<Self, ValueError> {
        self.version = Some(made(Key::Version, version)?);
        Ok(self)
    }

    /// Serves guests of this architecture only, as `uname -m` says it.
    ///
    /// # Errors
    /// As for [`with_os`](Self::with_os), and for another word for an architecture (`amd64`).
    pub fn with_arch(mut self, arch: &str) -> Result<Self, ValueError> {
        self.arch = Some(made(Key::Arch, arch)?);
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
        self.kernels = Some(list(Key::Kernels, &strings(kernels))?);
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
        self.components = Some(list(Key::Components, &strings(components))?);
        Ok(self)
    }

    /// State: how it takes children.
    #[must_use]
    pub fn with_state(mut self, state: State) -> Self {
        self.state = state;
        self
    }

    /// Its share of the children, relative to the weights of the other servers that fit. With 0
    /// it takes none.
    ///
    /// # Errors
    /// [`ValueError`] past [`MAX_WEIGHT`](super::MAX_WEIGHT).
    pub fn with_weight(mut self, weight: u32) -> Result<Self, ValueError> {
        self.weight = self::weight(weight.into())?;
        Ok(self)
    }

    /// The patch level of its tree.
    ///
    /// # Errors
    /// As for [`with_os`](Self::with_os).
    pub fn with_release(mut self, release: &str) -> Result<Self, ValueError> {
        self.release = Some(made(Key::Release, release)?);
        Ok(self)
    }

    /// Mount options to be merged over the share's.
    ///
    /// # Errors
    /// As for [`with_os`](Self::with_os), and for options that are not taken
    /// ([`mount`](crate::mount)).
    pub fn with_options(mut self, options: &str) -> Result<Self, ValueError> {
        self.options = Some(self::options(options)?);
        Ok(self)
    }

    /// Name that operators call it by; unique in its registry.
    pub fn name(&self) -> &str {
        self.name.as_str()
    }

    /// Source that a guest mounts its tree from.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The `ID` it serves; none: any.
    pub fn os(&self) -> Option<&str> {
        self.os.as_ref().map(Words::as_str)
    }

    /// The `VERSION_ID` it serves; none: any.
    pub fn version(&self) -> Option<&str> {
        self.version.as_ref().map(Words::as_str)
    }

    /// The architecture it serves; none: any.
    pub fn arch(&self) -> Option<&str> {
        self.arch.as_ref().map(Arch::as_str)
    }

    /// The kernel releases whose modules it holds; none: unknown.
    pub fn kernels(&self) -> Option<&[KernelRelease]> {
        self.kernels.as_deref()
    }

    /// The trees it holds, relative to the export; none: unknown.
    pub fn components(&self) -> Option<&[Component]> {
        self.components.as_deref()
    }

    /// State: how it takes children.
    pub fn state(&self) -> State {
        self.state
    }

    /// Its share of the children; 0 to [`MAX_WEIGHT`](super::MAX_WEIGHT).
    pub fn weight(&self) -> u32 {
        self.weight.0
    }

    /// The patch level of its tree.
    pub fn release(&self) -> Option<&str> {
        self.release.as_ref().map(Release::as_str)
    }

    /// Mount options to be merged over the share's.
    pub fn options(&self) -> Option<&Options> {
        self.options.as_ref()
    }

    /// Its values, in the order in which a new server is written.
    pub(super) fn values(&self) -> impl Iterator<Item = Value> {
        let (source, fstype) = match self.source.clone() {
            Source::Nfs(export) => (Value::Export(export), None),
            Source::Virtiofs(tag) => (Value::Virtiofs(tag), None),
            Source::Disk(disk) => {
                let (spec, fstype) = disk.into_parts();
                (Value::Disk(spec), Some(Value::Fstype(fstype)))
            }
        };
        let rest = [
            fstype,
            self.os.clone().map(Value::Os),
            self.version.clone().map(Value::Version),
            self.arch.clone().map(Value::Arch),
            self.kernels.clone().map(Value::Kernels),
            self.components.clone().map(Value::Components),
            Some(Value::State(self.state)),
            Some(Value::Weight(self.weight)),
            self.release.clone().map(Value::Release),
            self.options.clone().map(Value::Options),
        ];
        let first = [Value::Name(self.name.clone()), source];
        first.into_iter().chain(rest.into_iter().flatten())
    }
}

impl Serialize for Server {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for value in self.values() {
            let key = value.key().as_str();
            match value.written() {
                Written::Text(text) => map.serialize_entry(key, &text)?,
                Written::List(texts) => map.serialize_entry(key, &texts)?,
                Written::Integer(number) => map.serialize_entry(key, &number)?,
            }
        }
        map.end()
    }
}

fn strings<I>(values: I) -> Vec<String>
where
    I: IntoIterator<Item: Into<String>>,
{
    values.into_iter().map(Into::into).collect()
}
