//! `share remove`.

use std::path::Path;

use osgraft::share::ShareError;
use osgraft::share::release::{ReleaseName, User, remove, users};
use serde::Serialize;

use crate::exit::{Code, Failure, Usage};
use crate::human;
use crate::output::Output;
use crate::setup::Setup;

#[derive(Serialize)]
struct Removed<'a> {
    outcome: &'a str,
    release: ReleaseName,
}

pub(crate) fn run(
    release: &Path,
    force: bool,
    setup: &Setup,
    out: &mut Output,
) -> Result<Code, Failure> {
    let users = used_by(release, setup)?;
    let name = remove(release, &users, force).map_err(ShareError::from)?;
    let removed = Removed {
        outcome: "changed",
        release: name,
    };
    out.done(&removed, |_| format!("{}: removed\n", human::path(release)));
    Ok(Code::Done)
}

/// Servers of the registry that serve the release. A host without a registry has none.
fn used_by(release: &Path, setup: &Setup) -> Result<Vec<User>, Failure> {
    let registry = match setup.registry() {
        Err(Failure::Usage(Usage::NoRegistry(_))) => return Ok(Vec::new()),
        registry => registry?,
    };
    let whole = std::fs::canonicalize(release).unwrap_or_else(|_| release.to_owned());
    let name = whole.file_name().and_then(|name| name.to_str());
    let Some(name) = name.and_then(|name| name.parse().ok()) else {
        return Ok(Vec::new());
    };
    Ok(users(&registry.servers()?, &name, &whole))
}
