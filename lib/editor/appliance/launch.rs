//! Starting an appliance on an overlay of a child.

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use guestfs::AddDriveOptArgs;

use super::confine::{self, Arg, Growth};
use super::error::{ApplianceError, Failure};
use super::export::Export;
use super::kvm::{self, Kvm};
use super::owner::Owner;
use super::process;
use super::settings::{Acceleration, Settings};
use super::workspace::Workspace;
use crate::image::OpenChild;

/// The name under which the appliance's one drive is told from libguestfs' own.
const IDENTIFIER: &str = "osgraft";

/// A running appliance. The owner is dropped first: QEMU ends before its disk and its files go.
#[derive(Debug)]
pub(super) struct Launched {
    pub(super) owner: Owner,
    pub(super) export: Export,
    pub(super) workspace: Workspace,
    pub(super) kvm: Kvm,
}

/// Starts an appliance whose only disk is a new overlay on what this process serves of the child.
pub(super) fn launch(child: &OpenChild, settings: &Settings) -> Result<Launched, ApplianceError> {
    let began = Instant::now();
    let deadline = began + settings.deadline;
    tracing::debug!("the libguestfs appliance starts, which takes up to a minute or two");
    let mut workspace = Workspace::create(&settings.work)?;
    let mut owner = Owner::start(began, deadline)?;
    let qemu = qemu(&mut owner, settings)?;
    let mut kvm = match settings.acceleration {
        Acceleration::Tcg => Kvm::Unasked,
        Acceleration::Auto => {
            let state = settings.kvm_state.as_deref();
            kvm::look(&qemu, workspace.folder(), state)
        }
    };
    let options = confine::options(&qemu);
    let patience = (kvm == Kvm::Works).then_some(settings.kvm_patience);
    let mut launched = start(
        &mut owner,
        child,
        &mut workspace,
        settings,
        &options,
        patience,
    );
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
        tracing::debug!("the libguestfs appliance failed under KVM, and starts again without");
        owner = Owner::start(began, deadline)?;
        launched = start(&mut owner, child, &mut workspace, settings, &options, None);
        if launched.is_ok() {
            kvm::remember(state);
        }
    }
    owner.set_deadline(deadline);
    tracing::debug!("the libguestfs appliance looks into the guest");
    let export = launched.map_err(|error| match error {
        ApplianceError::Call(failure) => ApplianceError::Launch(failure),
        other => other,
    })?;
    Ok(Launched {
        owner,
        export,
        workspace,
        kvm,
    })
}

/// The emulator.
fn qemu(owner: &mut Owner, settings: &Settings) -> Result<PathBuf, ApplianceError> {
    match &settings.qemu {
        Some(qemu) => Ok(qemu.clone()),
        None => {
            let qemu = owner.call("get_hv", |g| g.get_hv())?;
            Ok(PathBuf::from(OsString::from_vec(qemu)))
        }
    }
}

fn configure(
    owner: &mut Owner,
    workspace: &Workspace,
    settings: &Settings,
    options: &[Arg],
    force_tcg: bool,
) -> Result<(), ApplianceError> {
    let overlay = text(&workspace.overlay())?;
    let temporary = text(&workspace.temporary())?;
    let cache = text(&settings.cache)?;
    let fixed = settings.fixed.as_deref().map(text).transpose()?;
    let qemu = settings.qemu.as_deref().map(text).transpose()?;
    let memory = i32::from(settings.memory_mib);
    let options = options.to_vec();
    let discard = match settings.discards {
        true => "enable",
        false => "disable",
    };
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
        for (option, value) in options {
            g.config(option, value)?;
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
                discard: Some(discard),
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
    options: &[Arg],
    kvm_patience: Option<Duration>,
) -> Result<Export, ApplianceError> {
    let size = child.header().virtual_size();
    let (export, overlay) = workspace.serve(child.scratch()?, size)?;
    let failed = |e| ApplianceError::Host {
        action: "look at",
        path: workspace.overlay(),
        source: e,
    };
    let growth = Growth::of(overlay, settings.change_limit).map_err(failed)?;
    let limits = growth.limits(settings.memory_mib);
    owner.bound(growth, child.path());
    configure(owner, workspace, settings, options, kvm_patience.is_none())?;
    let (mut bounded, mut noted) = (false, false);
    let watch = |thread, left: Duration| {
        if bounded && noted {
            return Ok(left);
        }
        let Some((qemu, sockets)) = process::find_qemu(thread) else {
            return Ok(left);
        };
        if !bounded {
            process::limit(qemu, &limits).map_err(ApplianceError::Unbounded)?;
            bounded = true;
        }
        // Without the note, no more than a socket's folder is left behind after a kill.
        noted = workspace.note(sockets).is_ok();
        // As much is kept for a launch without KVM.
        Ok(kvm_patience.map_or(left, |patience| patience.min(left / 2)))
    };
    owner.call_watched("launch", watch, |g| g.launch())?;
    match bounded {
        true => Ok(export),
        // It came up unseen, which no guest does in the time between two looks.
        false => Err(ApplianceError::Unbounded(
            std::io::ErrorKind::NotFound.into(),
        )),
    }
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
