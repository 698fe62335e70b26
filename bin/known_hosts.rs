//! `--known-hosts`: the file that children's SSH host keys are written to.

use std::path::Path;

use osgraft::prepare::{KnownHosts, Report};

use crate::args::KnownHostsArgs;
use crate::exit::{Failure, Usage};
use crate::wanted::Wanted;

/// The file, where one is named. It was judged.
pub(crate) struct Keys(Option<KnownHosts>);

impl Keys {
    pub(crate) fn new(args: &KnownHostsArgs, wanted: &Wanted) -> Result<Self, Failure> {
        let Some(path) = &args.file else {
            return Ok(Self(None));
        };
        if path == Path::new("-") {
            return Err(Usage::KnownHostsDash.into());
        }
        wanted.require_names()?;
        let file = KnownHosts::at(path);
        file.require_writable()?;
        Ok(Self(Some(file)))
    }

    /// Writes the keys of a child that is prepared.
    pub(crate) fn put(&self, names: &[String], report: &mut Report) -> Result<(), Failure> {
        match &self.0 {
            Some(file) => Ok(file.put_reported(names, report)?),
            None => Ok(()),
        }
    }
}
