//! Starting an appliance on an overlay of a child.

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
/// The most that a launch under KVM may take before it counts as hung.
const KVM_PATIENCE: Duration = Duration::from_secs(60);
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
    let overlay = Overlay::new(child.path()).cluster_size(CLUSTER);
    overlay.create(workspace.overlay())?;

    let mut owner = Owner::start(began, deadline)?;
    let mut kvm = match settings.acceleration {
        Acceleration::Tcg => Kvm::Unasked,
        Acceleration::Auto => look_at_kvm(&mut owner, &workspace, settings)?,
    };
    configure(&mut owner, &workspace, settings, kvm)?;
    if kvm == Kvm::Works {
        owner.set_deadline(deadline.min(began + KVM_PATIENCE));
    }
    let mut launched = start(&mut owner, &mut workspace);
    if kvm == Kvm::Works && matches!(launched, Err(ApplianceError::Deadline { .. })) {
        kvm::remember(settings.kvm_state.as_deref());
        kvm = Kvm::Hung;
        owner = Owner::start(began, deadline)?;
        configure(&mut owner, &workspace, settings, kvm)?;
        launched = start(&mut owner, &mut workspace);
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
    let qemu = owner.call("get_hv", |g| g.get_hv())?;
    let qemu = PathBuf::from(String::from_utf8_lossy(&qemu).into_owned());
    let state = settings.kvm_state.as_deref();
    Ok(kvm::look(&qemu, workspace.folder(), state))
}

fn configure(
    owner: &mut Owner,
    workspace: &Workspace,
    settings: &Settings,
    kvm: Kvm,
) -> Result<(), ApplianceError> {
    let overlay = text(&workspace.overlay())?;
    let temporary = text(&workspace.temporary())?;
    let cache = text(&settings.cache)?;
    let fixed = settings.fixed.as_deref().map(text).transpose()?;
    let memory = i32::from(settings.memory_mib);
    owner.call("configure", move |g| {
        g.set_identifier(IDENTIFIER)?;
        g.set_backend("direct")?;
        if kvm != Kvm::Works {
            g.set_backend_settings(&["force_tcg"])?;
        }
        g.set_tmpdir(Some(&temporary))?;
        g.set_cachedir(Some(&cache))?;
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

fn start(owner: &mut Owner, workspace: &mut Workspace) -> Result<(), ApplianceError> {
    let mut noted = false;
    let watch = |thread| {
        if !noted && let Some((pid, sockets)) = process::find_qemu(thread) {
            // Without the note, no more than a socket's folder is left behind after a kill.
            noted = workspace.note(pid, sockets).is_ok();
        }
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
