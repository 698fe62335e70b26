//! `share serve`.

use std::path::Path;

use osgraft::share::ShareError;
use osgraft::share::serve::{Export, Installed, NfsServer, install};
use serde::Serialize;

use crate::args::ServeArgs;
use crate::exit::{Code, Failure};
use crate::human;
use crate::output::Output;

#[derive(Serialize)]
struct Served {
    server: NfsServer,
    text: String,
    #[serde(flatten)]
    installed: Option<Installed>,
    next_step: &'static str,
}

pub(crate) fn run(args: &ServeArgs, out: &mut Output) -> Result<Code, Failure> {
    let server = args.nfs.server();
    let export = Export::of(&args.folder, &args.client).map_err(ShareError::from)?;
    let installed = match args.install {
        true => Some(install(&export, server, Path::new("/etc")).map_err(ShareError::from)?),
        false => None,
    };
    let served = Served {
        server,
        text: export.text(server),
        installed,
        next_step: server.next_step(),
    };
    match &served.installed {
        None => out.show(&served, |_| served.text.clone()),
        Some(installed) => out.done(&served, |_| {
            let outcome = match installed.changed {
                true => format!("written; {}", served.next_step),
                false => "unchanged".to_owned(),
            };
            format!("{}: {outcome}\n", human::path(&installed.file))
        }),
    }
    Ok(Code::Done)
}
