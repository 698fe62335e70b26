//! One key of one server, to be changed.

use std::str::FromStr;

use super::key::{Key, Kind, UnknownKey};
use super::selection::Warning;
use super::value::Value;
use super::value_error::ValueError;
use crate::path::escape;

/// One key of a server, to be set or taken away. Its value is sound.
///
/// From text it is `key=value`; the values of a list are separated by commas.
///
/// ```
/// use osgraft::registry::{Key, Setting};
/// let setting: Setting = "kernels=6.1.0-37-amd64,6.1.0-38-amd64".parse()?;
/// assert_eq!(setting.key(), Key::Kernels);
/// assert!("weight=lots".parse::<Setting>().is_err());
/// # Ok::<(), osgraft::registry::SettingError>(())
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Setting {
    key: Key,
    value: Option<Value>,
}

/// Text that is no [`Setting`].
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingError {
    /// It holds no `=`.
    #[error("“{text}” sets nothing; write key=value")]
    NoValue {
        /// The text, escaped.
        text: String,
    },
    /// It names no key.
    #[error(transparent)]
    UnknownKey(#[from] UnknownKey),
    /// The value is none for that key.
    #[error(transparent)]
    Value(#[from] ValueError),
}

impl SettingError {
    /// A stable name for scripts, in kebab-case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoValue { .. } => "setting-without-value",
            Self::UnknownKey(error) => error.code(),
            Self::Value(error) => error.code(),
        }
    }
}

impl Setting {
    /// Sets `key` to `value`; of a list key, the values between the commas.
    ///
    /// # Errors
    /// [`ValueError`].
    pub fn new(key: Key, value: &str) -> Result<Self, ValueError> {
        let value = match key.kind() {
            Kind::List => {
                let texts: Vec<&str> = value.split(',').collect();
                Value::of_list(key, &texts)?
            }
            Kind::Text | Kind::Integer => Value::of_text(key, value)?,
        };
        Ok(Self {
            key,
            value: Some(value),
        })
    }

    /// Sets a list key to these values. Of any other key there can be but one.
    ///
    /// # Errors
    /// [`ValueError`].
    pub fn list<I>(key: Key, values: I) -> Result<Self, ValueError>
    where
        I: IntoIterator<Item: Into<String>>,
    {
        let values: Vec<String> = values.into_iter().map(Into::into).collect();
        Ok(Self {
            key,
            value: Some(Value::of_list(key, &values)?),
        })
    }

    /// Takes `key` away, so that the server has its default again.
    pub const fn unset(key: Key) -> Self {
        Self { key, value: None }
    }

    /// Key that is set or taken away.
    pub const fn key(&self) -> Key {
        self.key
    }

    /// Warnings about its value.
    pub fn warnings(&self, server: &str) -> Vec<Warning> {
        match &self.value {
            Some(Value::Options(options)) => Warning::of_options(server, options),
            _ => Vec::new(),
        }
    }

    /// New value, or `None` to take the key away.
    pub(super) const fn value(&self) -> Option<&Value> {
        self.value.as_ref()
    }
}

impl FromStr for Setting {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, SettingError> {
        let (key, value) = text.split_once('=').ok_or_else(|| SettingError::NoValue {
            text: escape(text.as_bytes()),
        })?;
        Ok(Self::new(key.parse()?, value)?)
    }
}

/// A server has one source, so that giving it one takes away what it had, but not what the same
/// call gives as well.
pub(super) fn replaced_sources(settings: &[Setting]) -> Vec<Setting> {
    let given = |key: Key| settings.iter().any(|setting| setting.key() == key);
    let sets = |key: Key| {
        settings
            .iter()
            .any(|setting| setting.key() == key && setting.value().is_some())
    };
    if !Key::SOURCES.into_iter().any(sets) {
        return Vec::new();
    }
    let fstype = (!sets(Key::Disk)).then_some(Key::Fstype);
    Key::SOURCES
        .into_iter()
        .chain(fstype)
        .filter(|key| !given(*key))
        .map(Setting::unset)
        .collect()
}
