//! Selection of the server that a child is given.

use super::lack::{Lack, Unfit};
use super::no_server::NoServer;
use super::score::Score;
use super::selection::{Reason, Selection, Warning};
use super::server::Server;
use super::servers::Servers;
use super::state::State;
use crate::path::escape;

/// Needs of a guest that a server has to meet.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct Needs {
    /// The child's identity: what stays the same from start to start, such as its name or UUID.
    /// Children of one identity are given one server.
    pub child: String,
    /// Its `ID` (os-release(5)), where known.
    pub os: Option<String>,
    /// Its `VERSION_ID` (os-release(5)), where it has one.
    pub version: Option<String>,
    /// Its architecture, as `uname -m` says it, where known.
    pub arch: Option<String>,
    /// The kernel releases that it may boot and that load modules: each kernel in its `/boot` that
    /// has a module tree. A server that tells its kernels must hold all of them, because which one
    /// boots is decided later. None where no tree with modules is shared.
    pub kernels: Vec<String>,
    /// The trees that are shared, relative to the export.
    pub components: Vec<String>,
    /// The kernels that the hypervisor can load itself, one for each release that it has at hand: the
    /// server's release decides which of them boots. `None` where the guest boots a kernel of its own.
    pub boots: Option<Vec<BootKernel>>,
}

/// A kernel that comes with a release of the shared tree and is loaded by the hypervisor.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct BootKernel {
    /// The release, as a server names it.
    pub release: String,
    /// The kernel's release, as `uname -r` says it.
    pub kernel: String,
}

impl BootKernel {
    /// The kernel that a release boots.
    pub fn new(release: impl Into<String>, kernel: impl Into<String>) -> Self {
        Self {
            release: release.into(),
            kernel: kernel.into(),
        }
    }
}

impl Needs {
    /// Any server will do.
    pub fn new(child: impl Into<String>) -> Self {
        Self {
            child: child.into(),
            ..Self::default()
        }
    }
}

/// The server for a child: of those that fit, an active one, or where there is none a draining
/// one; of several, the one that the child's identity hashes to, each with a chance in proportion
/// to its weight. Servers that are down or of weight 0 are passed over.
///
/// The answer depends on the needs and on the servers, not on their order. A child keeps its
/// server as long as that fits and is in the same state: another server that is added takes only
/// its own share of the children, and one that goes leaves those of the others alone.
/// The [room](super)'s documentation has the exact rule.
///
/// # Errors
/// [`NoServer::Empty`], [`NoServer::NoneFits`].
pub fn select(servers: &Servers, needs: &Needs) -> Result<Selection, NoServer> {
    let origin = || servers.origin().to_owned();
    if servers.is_empty() {
        return Err(none(servers));
    }
    let lacks = |server: &Server| {
        let mut lacks = lacks(server, needs);
        if server.weight() == 0 {
            lacks.push(Lack::NoWeight);
        }
        lacks
    };
    let fitting: Vec<&Server> = servers.iter().filter(|s| lacks(s).is_empty()).collect();

    for state in [State::Active, State::Draining] {
        let tier: Vec<&Server> = fitting
            .iter()
            .copied()
            .filter(|server| server.state() == state)
            .collect();
        let nearest = tier
            .iter()
            .min_by_key(|server| Score::new(&needs.child, server.name(), server.weight()));
        if let Some(server) = nearest {
            let reason = if tier.len() == 1 {
                Reason::Only {
                    state,
                    servers: servers.len(),
                }
            } else {
                Reason::ByWeight {
                    state,
                    fitting: tier.len(),
                    weight: server.weight(),
                    total: tier.iter().map(|server| u64::from(server.weight())).sum(),
                }
            };
            return Ok(Selection {
                server: (*server).clone(),
                reason,
                warnings: [warnings(server, needs), servers.skipped().to_vec()].concat(),
            });
        }
    }
    let unfit = servers.iter().map(|server| Unfit {
        server: server.name().to_owned(),
        lacks: lacks(server),
    });
    Err(NoServer::NoneFits {
        origin: origin(),
        servers: unfit.collect(),
    })
}

/// The server that the caller names, when it fits and is not down. Draining, weight 0 and what is
/// unknown of the guest are warnings here: who names a server answers for it.
///
/// # Errors
/// [`NoServer::Empty`], [`NoServer::Unknown`], [`NoServer::NamedUnfit`].
pub fn select_named(servers: &Servers, name: &str, needs: &Needs) -> Result<Selection, NoServer> {
    let origin = || servers.origin().to_owned();
    if servers.is_empty() {
        return Err(none(servers));
    }
    let server = servers.get(name).ok_or_else(|| NoServer::Unknown {
        origin: origin(),
        name: escape(name.as_bytes()),
        nearest: servers.nearest(name).map(str::to_owned),
        known: servers
            .iter()
            .map(|server| server.name().to_owned())
            .collect(),
    })?;
    let (unknown, lacks): (Vec<Lack>, Vec<Lack>) =
        lacks(server, needs).into_iter().partition(Lack::is_unknown);
    let server_name = || server.name().to_owned();
    if !lacks.is_empty() {
        return Err(NoServer::NamedUnfit {
            origin: origin(),
            unfit: Unfit {
                server: server_name(),
                lacks,
            },
        });
    }
    let mut warnings = warnings(server, needs);
    if server.weight() == 0 {
        warnings.push(Warning::NoWeight {
            server: server_name(),
        });
    }
    warnings.extend(unknown.into_iter().map(|lack| Warning::GuestUnknown {
        server: server_name(),
        lack,
    }));
    Ok(Selection {
        server: server.clone(),
        reason: Reason::Named,
        warnings: [warnings, servers.skipped().to_vec()].concat(),
    })
}

fn lacks(server: &Server, needs: &Needs) -> Vec<Lack> {
    let mut lacks = Vec::new();
    if server.state() == State::Down {
        lacks.push(Lack::Down);
    }
    let differs = |serves: Option<&str>, guest: &Option<String>| {
        let serves = serves.filter(|serves| guest.as_deref() != Some(*serves))?;
        Some((serves.to_owned(), guest.clone()))
    };
    // os-release(5) wants lower case; not every guest and not every operator writes it.
    let same_os = match (server.os(), &needs.os) {
        (Some(serves), Some(guest)) => serves.eq_ignore_ascii_case(guest),
        _ => false,
    };
    if let Some((serves, guest)) = differs(server.os(), &needs.os)
        && !same_os
    {
        lacks.push(Lack::Os { serves, guest });
    }
    if let Some((serves, guest)) = differs(server.version(), &needs.version) {
        lacks.push(Lack::Version { serves, guest });
    }
    if let Some((serves, guest)) = differs(server.arch(), &needs.arch) {
        lacks.push(Lack::Arch { serves, guest });
    }
    let missing = |wanted: &[String], has: &dyn Fn(&str) -> bool| -> Option<Vec<String>> {
        let missing: Vec<String> = wanted.iter().filter(|w| !has(w)).cloned().collect();
        (!missing.is_empty()).then_some(missing)
    };
    let booted = match &needs.boots {
        None => needs.kernels.clone(),
        Some(boots) => match boots
            .iter()
            .find(|it| Some(&*it.release) == server.release())
        {
            Some(boot) => vec![boot.kernel.clone()],
            None => {
                lacks.push(Lack::BootRelease {
                    release: server.release().map(str::to_owned),
                    known: boots.iter().map(|boot| boot.release.clone()).collect(),
                });
                Vec::new()
            }
        },
    };
    if let Some(kernels) = server.kernels() {
        let has = |wanted: &str| kernels.iter().any(|kernel| kernel.as_str() == wanted);
        lacks.extend(missing(&booted, &has).map(|missing| Lack::Kernels { missing }));
    }
    if let Some(components) = server.components() {
        let has = |wanted: &str| {
            components
                .iter()
                .any(|component| holds(component.as_str(), wanted))
        };
        lacks.extend(missing(&needs.components, &has).map(|missing| Lack::Components { missing }));
    }
    lacks
}

/// True where a tree is the wanted one, or has it in it.
fn holds(component: &str, wanted: &str) -> bool {
    let mut wanted = wanted.split('/').filter(|name| !matches!(*name, "" | "."));
    component.split('/').all(|name| wanted.next() == Some(name))
}

/// The server that an earlier caller named for good, judged as [`select_named`] does.
///
/// # Errors
/// [`NoServer::Pinned`] around what [`select_named`] says. No other server is taken in its place:
/// who pins a child answers for which server it has.
pub fn select_pinned(servers: &Servers, name: &str, needs: &Needs) -> Result<Selection, NoServer> {
    match select_named(servers, name, needs) {
        Ok(selection) => Ok(Selection {
            reason: Reason::Pinned,
            ..selection
        }),
        Err(why) => Err(NoServer::Pinned {
            name: escape(name.as_bytes()),
            why: Box::new(why),
        }),
    }
}

fn none(servers: &Servers) -> NoServer {
    let origin = servers.origin().to_owned();
    match servers.skipped() {
        [] => NoServer::Empty { origin },
        skipped => NoServer::AllSkipped {
            origin,
            skipped: skipped.to_vec(),
        },
    }
}

fn warnings(server: &Server, needs: &Needs) -> Vec<Warning> {
    let name = || server.name().to_owned();
    let mut warnings = Vec::new();
    if server.state() == State::Draining {
        warnings.push(Warning::Draining { server: name() });
    }
    let needs_kernels = needs.boots.is_some() || !needs.kernels.is_empty();
    if server.kernels().is_none() && needs_kernels {
        warnings.push(Warning::KernelsUnknown { server: name() });
    }
    if server.components().is_none() && !needs.components.is_empty() {
        warnings.push(Warning::ComponentsUnknown { server: name() });
    }
    warnings
}
