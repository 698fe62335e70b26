//! One value of one key.

use std::borrow::Cow;
use std::str::FromStr;

use super::key::{Key, Kind, MAX_WEIGHT};
use super::source::NfsExport;
use super::state::State;
use super::text::{
    Arch, Component, DiskSpec, FsType, KernelRelease, Name, Release, VirtiofsTag, Words, list,
    made, plain,
};
use super::value_error::{ValueError, ValueErrorKind};
use crate::mount::Options;

/// Longest list of options: mount(2) copies one page of them, the terminating NUL included.
const OPTIONS_MAX: usize = 4095;

/// Share of the children, 0 to [`MAX_WEIGHT`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Weight(pub(super) u32);

/// A value of a key, in its type.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Value {
    Name(Name),
    Export(NfsExport),
    Virtiofs(VirtiofsTag),
    Disk(DiskSpec),
    Fstype(FsType),
    Os(Words),
    Version(Words),
    Arch(Arch),
    Kernels(Vec<KernelRelease>),
    Components(Vec<Component>),
    State(State),
    Weight(Weight),
    Release(Release),
    Options(Options),
}

/// A value as it is written, before it has a type.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Written<'a> {
    Text(Cow<'a, str>),
    List(Vec<Cow<'a, str>>),
    Integer(i64),
}

impl Value {
    /// The value of a key, or why it is none. `written` is of the key's kind.
    pub(super) fn new(key: Key, written: &Written<'_>) -> Result<Self, ValueError> {
        match written {
            Written::Text(text) => Self::of_text(key, text),
            Written::List(texts) => Self::of_list(key, texts),
            Written::Integer(number) => Ok(Self::Weight(weight(*number)?)),
        }
    }

    /// The value of a key from text; of a list key, a list of this one text.
    pub(super) fn of_text(key: Key, text: &str) -> Result<Self, ValueError> {
        Ok(match key {
            Key::Name => Self::Name(made(key, text)?),
            Key::Export => Self::Export(made(key, text)?),
            Key::Virtiofs => Self::Virtiofs(made(key, text)?),
            Key::Disk => Self::Disk(made(key, text)?),
            Key::Fstype => Self::Fstype(made(key, text)?),
            Key::Os => Self::Os(made(key, text)?),
            Key::Version => Self::Version(made(key, text)?),
            Key::Arch => Self::Arch(made(key, text)?),
            Key::Kernels | Key::Components => return Self::of_list(key, &[text]),
            Key::State => Self::State(made(key, text)?),
            Key::Weight => Self::Weight(made(key, text)?),
            Key::Release => Self::Release(made(key, text)?),
            Key::Options => Self::Options(options(text)?),
        })
    }

    /// The value of a list key.
    pub(super) fn of_list(key: Key, texts: &[impl AsRef<str>]) -> Result<Self, ValueError> {
        match key {
            Key::Kernels => Ok(Self::Kernels(list(key, texts)?)),
            Key::Components => Ok(Self::Components(list(key, texts)?)),
            _ => {
                let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
                Self::of_text(key, &texts.join(","))
            }
        }
    }

    /// The key whose value it is.
    pub(super) fn key(&self) -> Key {
        match self {
            Self::Name(_) => Key::Name,
            Self::Export(_) => Key::Export,
            Self::Virtiofs(_) => Key::Virtiofs,
            Self::Disk(_) => Key::Disk,
            Self::Fstype(_) => Key::Fstype,
            Self::Os(_) => Key::Os,
            Self::Version(_) => Key::Version,
            Self::Arch(_) => Key::Arch,
            Self::Kernels(_) => Key::Kernels,
            Self::Components(_) => Key::Components,
            Self::State(_) => Key::State,
            Self::Weight(_) => Key::Weight,
            Self::Release(_) => Key::Release,
            Self::Options(_) => Key::Options,
        }
    }

    /// The value as TOML has it.
    pub(super) fn written(&self) -> Written<'_> {
        let text = |text| Written::Text(Cow::Borrowed(text));
        match self {
            Self::Name(value) => text(value.as_str()),
            Self::Export(value) => text(value.as_str()),
            Self::Virtiofs(value) => text(value.as_str()),
            Self::Disk(value) => text(value.as_str()),
            Self::Fstype(value) => text(value.as_str()),
            Self::Os(value) | Self::Version(value) => text(value.as_str()),
            Self::Arch(value) => text(value.as_str()),
            Self::Kernels(values) => borrowed(values.iter().map(KernelRelease::as_str)),
            Self::Components(values) => borrowed(values.iter().map(Component::as_str)),
            Self::State(state) => text(state.as_str()),
            Self::Weight(Weight(weight)) => Written::Integer((*weight).into()),
            Self::Release(value) => text(value.as_str()),
            Self::Options(options) => Written::Text(options.to_text().into()),
        }
    }
}

impl Written<'_> {
    /// The kind of TOML value that it is.
    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Text(_) => Kind::Text,
            Self::List(_) => Kind::List,
            Self::Integer(_) => Kind::Integer,
        }
    }
}

fn borrowed<'a>(texts: impl Iterator<Item = &'a str>) -> Written<'a> {
    Written::List(texts.map(Cow::Borrowed).collect())
}

/// Options that an operator may write for a server.
pub(super) fn options(text: &str) -> Result<Options, ValueError> {
    let error = |kind| ValueError::new(Key::Options, text, kind);
    plain(text, OPTIONS_MAX, false).map_err(error)?;
    text.parse()
        .map_err(|why| error(ValueErrorKind::Options(why)))
}

pub(super) fn weight(number: i64) -> Result<Weight, ValueError> {
    u32::try_from(number)
        .ok()
        .filter(|weight| *weight <= MAX_WEIGHT)
        .map(Weight)
        .ok_or_else(|| {
            ValueError::new(Key::Weight, &number.to_string(), ValueErrorKind::OutOfRange)
        })
}

impl FromStr for Weight {
    type Err = ValueErrorKind;

    fn from_str(text: &str) -> Result<Self, ValueErrorKind> {
        plain(text, 128, false)?;
        let number = text.parse().map_err(|_| ValueErrorKind::NotANumber)?;
        weight(number).map_err(|error| error.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_refuses_what_would_break_a_line_of_fstab() {
        let cases = [
            ("", ValueErrorKind::Empty),
            ("a\0b", ValueErrorKind::Nul),
            ("a\nb", ValueErrorKind::LineBreak),
            ("a\rb", ValueErrorKind::LineBreak),
            ("a\u{2028}b", ValueErrorKind::LineBreak),
            ("a b", ValueErrorKind::Blank),
            ("a\tb", ValueErrorKind::Blank),
            (" a", ValueErrorKind::Blank),
            ("a ", ValueErrorKind::Blank),
            ("a  b", ValueErrorKind::Blank),
            ("a\u{a0}b", ValueErrorKind::Blank),
            ("a\u{1b}[31m", ValueErrorKind::Control),
            ("a\u{202e}b", ValueErrorKind::Control),
            ("#a", ValueErrorKind::Comment),
        ];
        for key in Key::ALL {
            for (value, kind) in &cases {
                let made = Value::of_text(key, value);
                if *value == "a b" && matches!(key, Key::Os | Key::Version) {
                    assert!(made.is_ok(), "{key}");
                    continue;
                }
                assert_eq!(&made.unwrap_err().kind, kind, "{key} {value:?}");
            }
        }
    }

    #[test]
    fn every_key_has_a_bound_in_bytes() {
        for key in Key::ALL {
            let error = Value::of_text(key, &"é".repeat(4096)).unwrap_err();
            assert!(
                matches!(error.kind, ValueErrorKind::TooLong { len: 8192, .. }),
                "{key}"
            );
            assert!(error.shown.chars().count() < 70, "{key}");
        }
    }

    #[test]
    fn a_value_is_written_as_it_was_read() {
        for (key, text) in [
            (Key::Export, "[fe80::1]:/x"),
            (Key::State, "draining"),
            (Key::Options, r#"ro,,context="a,b",x-note=é\,b,"#),
            (Key::Arch, "x86_64"),
        ] {
            let value = Value::of_text(key, text).unwrap();
            assert_eq!(value.key(), key);
            assert_eq!(value.written(), Written::Text(text.into()));
        }
        let value = Value::of_list(Key::Kernels, &["6.1", "6.2"]).unwrap();
        let list = Written::List(vec!["6.1".into(), "6.2".into()]);
        assert_eq!((value.written(), value.key()), (list, Key::Kernels));
        let value = Value::new(Key::Weight, &Written::Integer(7)).unwrap();
        assert_eq!(value.written(), Written::Integer(7));
    }

    #[test]
    fn an_error_shows_the_value_escaped() {
        let error = Value::of_text(Key::Os, "de\u{1b}bian\n").unwrap_err();
        let error = error.to_string();
        assert!(error.starts_with(r"os: “de\x1bbian\x0a” "), "{error}");
    }

    #[test]
    fn options_are_told_by_the_one_that_is_wrong() {
        let error = Value::of_text(Key::Options, "ro,noautoo,softt").unwrap_err();
        assert_eq!(
            error.to_string(),
            "options: mount option “noautoo” is not known; did you mean “noauto”?"
        );
    }
}
