//! `[share]`.

use serde::Deserialize;

use super::error::ConfigError;
use super::line::line_of_share;
use crate::graft::{Form, Share, ShareError};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct FileShare {
    pub(super) mount_point: String,
    pub(super) links: Vec<FileLink>,
    pub(super) options: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileLink {
    pub(super) at: String,
    pub(super) to: String,
    #[serde(default)]
    pub(super) form: Option<String>,
}

impl Default for FileShare {
    fn default() -> Self {
        Self {
            mount_point: "/shared".into(),
            links: vec![FileLink {
                at: "/lib/modules".into(),
                to: "lib/modules".into(),
                form: None,
            }],
            options: None,
        }
    }
}

/// The share of a file.
pub(super) fn share(file: &FileShare, text: &str, origin: &str) -> Result<Share, ConfigError> {
    read(file).map_err(|(key, number, source)| ConfigError::Share {
        origin: origin.to_owned(),
        line: line_of_share(text, key, number),
        key,
        source,
    })
}

/// The share of a file, or the key that is wrong, its place in a list, and why.
fn read(file: &FileShare) -> Result<Share, (&'static str, usize, ShareError)> {
    let mut share = Share::at(&file.mount_point).map_err(|error| ("mount_point", 0, error))?;
    for (number, link) in file.links.iter().enumerate() {
        let form = link.form.as_deref().map_or(Ok(Form::Link), str::parse);
        share = form
            .map_err(ShareError::from)
            .and_then(|form| share.component(&link.at, &link.to, form))
            .map_err(|error| ("links", number, error))?;
    }
    match &file.options {
        Some(options) => share
            .options(options)
            .map_err(|error| ("options", 0, error)),
        None => Ok(share),
    }
}
