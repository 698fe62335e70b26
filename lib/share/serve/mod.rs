//! Configuration of NFS servers that export a folder of releases: read-only, NFSv4, every client as
//! nobody.

mod error;
mod export;
mod install;

pub use error::ServeError;
pub use export::{Export, NfsServer};
pub(in crate::share) use install::with_export;
pub use install::{Installed, install};
