//! Reasons why options are not taken.

/// A text that is no option list to write.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum OptionsError {
    /// A blank, a newline or another control character.
    #[error(
        "mount options “{0}” hold a blank or a control character; separate options with commas alone"
    )]
    Blank(String),
    /// A quote that is never closed, which would swallow every option behind it.
    #[error("mount options “{0}” open a quote that is never closed; close it")]
    OpenQuote(String),
    /// A trailing backslash, which would escape the separator of what is appended.
    #[error("mount options “{0}” end with a backslash; remove it")]
    Backslash(String),
    /// A name that is a slip away from a known one, or that no option can have.
    #[error("mount option “{name}” is not known; {}", .nearest.map_or_else(
        || "write names as in mount(8) and nfs(5), separated by commas".to_owned(),
        |near| format!("did you mean “{near}”?"),
    ))]
    Unknown {
        /// The name, escaped.
        name: String,
        /// The known name that it is closest to.
        nearest: Option<&'static str>,
    },
    /// It does harm on a share.
    #[error("mount option “{name}” is refused, because {why}; leave it out")]
    Harmful {
        /// The name, escaped.
        name: String,
        /// The harm.
        why: &'static str,
    },
    /// It is known with a value only.
    #[error("mount option “{0}” needs a value; write “{0}=…”")]
    NeedsValue(String),
    /// It is known without a value only.
    #[error("mount option “{0}” takes no value; write its name alone")]
    TakesNoValue(String),
    /// Its value is of another form.
    #[error("mount option “{name}” cannot have the value “{value}”; write {form}")]
    BadValue {
        /// The name.
        name: String,
        /// The value, escaped.
        value: String,
        /// Form that the value has to have.
        form: &'static str,
    },
}

impl OptionsError {
    /// A stable name for scripts and reports.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Blank(_) => "options-blank",
            Self::OpenQuote(_) => "options-open-quote",
            Self::Backslash(_) => "options-backslash",
            Self::Unknown { .. } => "option-unknown",
            Self::Harmful { .. } => "option-harmful",
            Self::NeedsValue(_) => "option-needs-value",
            Self::TakesNoValue(_) => "option-takes-no-value",
            Self::BadValue { .. } => "option-bad-value",
        }
    }
}
