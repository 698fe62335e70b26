//! Starting an appliance on an overlay of a child.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use guestfs::AddDriveOptArgs;

use super::error::{ApplianceError, Failure};
use super::kvm::{self, Kvm};
use super::owner::Owner;
use super::process;
use super::settings::{Acceleration, Settings};
use super::workspace::Workspace;
use crate::image::{OpenChild, Overlay};

/// Clusters of the overlay: the grain in which an edit's changes are found.
const CLUSTER: u64 = 4096;
/// The name under which the appliance's one drive is told from libguestfs' own.
const IDENTIFIER: &str = "osgraft";

/// A running appliance. The owner is dropped first: QEMU ends before its files go.
#[derive(Debug)]
pub(super) struct Launched {
    pub(super) owner: Owner,
    pub(super) workspace: Workspace,
    pub(super) kvm: Kvm,
}

/// Starts an appliance whose only disk is a new overlay on the child.
///
/// Readers of the child are admitted from here on ([`OpenChild::admit_readers`]), since QEMU is
/// about to be one.
pub(super) fn launch(child: &OpenChild, settings: &Settings) -> Result<Launched, ApplianceError> {
    let began = Instant::now();
    let deadline = began + settings.deadline;
    let mut workspace = Workspace::create(&settings.work)?;
    child.admit_readers()?;
    let mut owner = Owner::start(began, deadline)?;
    let mut kvm = match settings.acceleration {
        Acceleration::Tcg => Kvm::Unasked,
        Acceleration::Auto => look_at_kvm(&mut owner, &workspace, settings)?,
    };
    let patience = (kvm == Kvm::Works).then_some(settings.kvm_patience);
    let mut launched = start(&mut owner, child, &mut workspace, settings, patience);
    // Past the whole deadline there is nothing to tell from, and no time to try again.
    let hung = matches!(launched, Err(ApplianceError::Deadline { .. }));
    let hung = hung && owner.deadline() < deadline;
    let failed = hung || matches!(launched, Err(ApplianceError::Call(_)));
    if kvm == Kvm::Works && failed {
        let state = settings.kvm_state.as_deref();
        if hung {
            // At once: the time that is left may not do for another launch.
            kvm::remember(state);
        }
        kvm = Kvm::Hung;
        owner = Owner::start(began, deadline)?;
        launched = start(&mut owner, child, &mut workspace, settings, None);
        if launched.is_ok() {
            kvm::remember(state);
        }
    }
    owner.set_deadline(deadline);
    launched.map_err(|error| match error {
        ApplianceError::Call(failure) => ApplianceError::Launch(failure),
        other => other,
    })?;
    Ok(Launched {
        owner,
        workspace,
        kvm,
    })
}

fn look_at_kvm(
    owner: &mut Owner,
    workspace: &Workspace,
    settings: &Settings,
) -> Result<Kvm, ApplianceError> {
    let qemu = match &settings.qemu {
        Some(qemu) => qemu.clone(),
        None => {
            let qemu = owner.call("get_hv", |g| g.get_hv())?;
            PathBuf::from(OsString::from_vec(qemu))
        }
    };
    let state = settings.kvm_state.as_deref();
    Ok(kvm::look(&qemu, workspace.folder(), state))
}

fn configure(
    owner: &mut Owner,
    workspace: &Workspace,
    settings: &Settings,
    force_tcg: bool,
) -> Result<(), ApplianceError> {
    let overlay = text(&workspace.overlay())?;
    let temporary = text(&workspace.temporary())?;
    let cache = text(&settings.cache)?;
    let fixed = settings.fixed.as_deref().map(text).transpose()?;
    let qemu = settings.qemu.as_deref().map(text).transpose()?;
    let memory = i32::from(settings.memory_mib);
    owner.call("configure", move |g| {
        g.set_identifier(IDENTIFIER)?;
        g.set_backend("direct")?;
        if force_tcg {
            g.set_backend_settings(&["force_tcg"])?;
        }
        g.set_tmpdir(Some(&temporary))?;
        g.set_cachedir(Some(&cache))?;
        if let Some(qemu) = qemu {
            g.set_hv(qemu)?;
        }
        if let Some(fixed) = &fixed {
            g.set_path(Some(fixed))?;
        }
        g.set_network(false)?;
        g.set_memsize(memory)?;
        g.set_smp(1)?;
        // Kills QEMU should this process be killed.
        g.set_recovery_proc(true)?;
        g.add_drive(
            overlay,
            AddDriveOptArgs {
                format: Some("qcow2"),
                // The overlay is read once QEMU has ended, and thrown away.
                cachemode: Some("unsafe"),
                discard: Some("disable"),
                ..Default::default()
            },
        )
    })
}

/// Starts an appliance on a new overlay; under KVM where a patience with it is given, which counts
/// from when QEMU runs: before that, libguestfs may have an appliance to build.
fn start(
    owner: &mut Owner,
    child: &OpenChild,
    workspace: &mut Workspace,
    settings: &Settings,
    kvm_patience: Option<Duration>,
) -> Result<(), ApplianceError> {
    workspace.clear_overlay()?;
    let overlay = Overlay::new(child.path()).cluster_size(CLUSTER);
    overlay.create(workspace.overlay())?;
    configure(owner, workspace, settings, kvm_patience.is_none())?;
    let mut noted = false;
    let watch = |thread, left: Duration| {
        if noted {
            return left;
        }
        let Some(sockets) = process::find_sockets(thread) else {
            return left;
        };
        // Without the note, no more than a socket's folder is left behind after a kill.
        noted = workspace.note(sockets).is_ok();
        // As much is kept for a launch without KVM.
        kvm_patience.map_or(left, |patience| patience.min(left / 2))
    };
    owner.call_watched("launch", watch, |g| g.launch())
}

fn text(path: &Path) -> Result<String, ApplianceError> {
    let path = std::path::absolute(path).map_err(|e| ApplianceError::Host {
        action: "find",
        path: path.to_owned(),
        source: e,
    })?;
    path.into_os_string().into_string().map_err(|path| {
        let shown = crate::path::escape(path.as_encoded_bytes());
        Failure::new("configure", format!("the path {shown} is not UTF-8")).into()
    })
}
