//! `credentials`: a graft without an edit.

use std::path::Path;

use osgraft::image::Child;
use osgraft::prepare::known_by;
use osgraft::share::ShareError;
use osgraft::share::credentials::{Credential, Seen};

use crate::args::CredentialsArgs;
use crate::exit::{Code, Failure};
use crate::output::Output;
use crate::setup::Setup;
use crate::share::quoted;

pub(crate) fn run(
    args: &CredentialsArgs,
    setup: &Setup,
    out: &mut Output,
) -> Result<Code, Failure> {
    let servers = setup.registry()?.servers()?;
    let share = setup.stated_share()?.unwrap_or_default();
    let child = Child::open(&args.child, setup.masters()?)?;
    let known_as = match &args.identity {
        Some(identity) => identity.clone(),
        None => known_by(&args.child),
    };
    let seen = Seen::look(&child, setup.editor_ahead())?;
    let server = args.server.as_deref();
    let made = Credential::new(&known_as, &seen, &share, &servers, server);
    let made = made.map_err(ShareError::from)?;
    for warning in &made.warnings {
        out.hint(&format!("{}: {}", warning.code, warning.text));
    }
    out.show(&made, |_| shown(&args.child, &made));
    Ok(Code::Done)
}

fn shown(child: &Path, made: &Credential) -> String {
    let mut text = format!(
        "<!-- {} for {}, from server {} -->\n<!-- libvirt: in <domain> -->\n",
        "fstab.extra",
        child.display(),
        made.server
    );
    text.push_str(&made.domain.concat());
    text.push_str("# QEMU\n");
    text.push_str(&quoted(&made.qemu));
    text.push_str("# Its lines\n");
    text.push_str(&made.fstab);
    text
}
