//! Test of KVM, and memory of one that does not work.
//!
//! `/dev/kvm` can be there and a guest still never get past its firmware, as under some nested
//! hypervisors. So a guest of one sector is started: it has the firmware load it from a disk,
//! enters protected mode and says so through QEMU's `isa-debug-exit`. With a KVM that works that
//! takes a fraction of a second.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::host::PrivateFolder;

/// Time that the guest of one sector may take.
const PATIENCE: Duration = Duration::from_millis(2500);
/// Time for which a broken KVM is remembered.
const REMEMBER: Duration = Duration::from_secs(6 * 3600);
/// Most bytes of what is remembered.
const MOST_REMEMBERED: u64 = 4096;
/// Exit code of QEMU when the guest has spoken: the value written, doubled, plus one.
const SPOKE: i32 = (0x10 << 1) | 1;

/// Knowledge of the host's KVM.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Kvm {
    /// A guest ran.
    Works,
    /// There is no `/dev/kvm` that may be opened.
    Missing,
    /// A guest of one sector did not answer within 2.5 s, or QEMU would not run it under KVM.
    Silent,
    /// It was found broken less than six hours ago.
    RememberedBroken,
    /// The appliance itself did not start in its time.
    Hung,
    /// QEMU does not run a guest of one sector without KVM either, so nothing is known of it.
    Untried,
    /// It was not asked for.
    Unasked,
}

impl Kvm {
    /// One sentence for people, where the appliance runs without KVM.
    pub fn why_not(self) -> Option<&'static str> {
        match self {
            Self::Works => None,
            Self::Missing => Some("the host has no usable /dev/kvm"),
            Self::Silent => {
                Some("the host's KVM is broken: a guest of one sector did not answer within 2.5 s")
            }
            Self::RememberedBroken => {
                Some("the host's KVM was found broken less than six hours ago")
            }
            Self::Hung => Some("the host's KVM is broken: the appliance did not start under it"),
            Self::Untried => Some("QEMU runs no guest here, so KVM could not be tried"),
            Self::Unasked => Some("TCG was asked for"),
        }
    }
}

#[derive(Debug, Deserialize, Serialize)]
struct Memory {
    /// Seconds since 1970.
    broken_until: u64,
    /// The host's boot in which it was found.
    boot: String,
}

/// Looks at the host's KVM; `qemu` is the emulator, `work` a folder for a file of one sector.
pub fn look(qemu: &Path, work: &Path, state: Option<&Path>) -> Kvm {
    // Elsewhere the launch itself shows it.
    let can_try = cfg!(target_arch = "x86_64");
    let kvm = Path::new("/dev/kvm");
    let is_device = fs::metadata(kvm).is_ok_and(|m| m.file_type().is_char_device());
    let opens = || File::options().read(true).write(true).open(kvm).is_ok();
    if !is_device || !opens() {
        return Kvm::Missing;
    }
    if state.is_some_and(is_remembered) {
        return Kvm::RememberedBroken;
    }
    if !can_try {
        return Kvm::Works;
    }
    match try_guest(qemu, work, "kvm") {
        Trial::Spoke => Kvm::Works,
        // The same guest without KVM tells whose fault it is.
        Trial::Ended if try_guest(qemu, work, "tcg") != Trial::Spoke => Kvm::Untried,
        Trial::Ended | Trial::Silent => {
            remember(state);
            Kvm::Silent
        }
        Trial::NotStarted => Kvm::Untried,
    }
}

/// Remembers that KVM is broken; should that fail, it is found out again.
pub(super) fn remember(state: Option<&Path>) {
    let Some(state) = state else {
        return;
    };
    let memory = Memory {
        broken_until: now() + REMEMBER.as_secs(),
        boot: boot(),
    };
    let write = || -> Option<()> {
        let folder = PrivateFolder::make(folder_of(state)).ok()?;
        let text = serde_json::to_string(&memory).ok()?;
        folder
            .write(state.file_name()?.to_str()?, text.as_bytes())
            .ok()
    };
    let _ = write();
}

fn folder_of(state: &Path) -> &Path {
    match state.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

fn is_remembered(state: &Path) -> bool {
    // What others may write is not believed: it would make each appliance a slow one.
    let read = || {
        let folder = PrivateFolder::open(folder_of(state));
        let folder = folder
            .inspect_err(|error| tracing::warn!("{error}"))
            .ok()??;
        let name = state.file_name()?.to_str()?;
        let text = folder.read(name, MOST_REMEMBERED).ok()??;
        serde_json::from_slice::<Memory>(&text).ok()
    };
    let Some(memory) = read() else {
        return false;
    };
    let left = memory.broken_until.saturating_sub(now());
    left > 0 && left <= REMEMBER.as_secs() && memory.boot == boot()
}

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap_or_default().as_secs()
}

fn boot() -> String {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id");
    id.unwrap_or_default().trim().to_owned()
}

/// Fate of a guest of one sector.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Trial {
    Spoke,
    /// QEMU runs, and the guest says nothing.
    Silent,
    /// QEMU ended before the guest spoke.
    Ended,
    /// QEMU could not be run, or its disk not be made.
    NotStarted,
}

fn try_guest(qemu: &Path, work: &Path, accelerator: &str) -> Trial {
    let Ok(mut disk) = tempfile::NamedTempFile::new_in(work) else {
        return Trial::NotStarted;
    };
    if disk.write_all(&boot_sector()).is_err() {
        return Trial::NotStarted;
    }
    let drive = format!(
        "file={},format=raw,if=floppy,readonly=on",
        disk.path().display().to_string().replace(',', ",,")
    );
    let started = Command::new(qemu)
        .args(["-accel", accelerator, "-machine", "pc", "-m", "16"])
        .args([
            "-nodefaults",
            "-no-user-config",
            "-display",
            "none",
            "-no-reboot",
        ])
        .args([
            "-device",
            "isa-debug-exit,iobase=0xf4,iosize=1",
            "-drive",
            &drive,
        ])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let Ok(mut guest) = started else {
        return Trial::NotStarted;
    };
    let deadline = Instant::now() + PATIENCE;
    loop {
        match guest.try_wait() {
            Ok(Some(status)) if status.code() == Some(SPOKE) => return Trial::Spoke,
            Ok(Some(_)) => return Trial::Ended,
            Ok(None) if Instant::now() < deadline => {
                std::thread::sleep(Duration::from_millis(10));
            }
            _ => {
                let _ = guest.kill();
                let _ = guest.wait();
                return Trial::Silent;
            }
        }
    }
}

/// A boot sector that enters protected mode and writes 0x10 to port 0xf4 (Intel SDM volume 3,
/// “Switching to Protected Mode”).
fn boot_sector() -> [u8; 512] {
    #[rustfmt::skip]
    const REAL: &[u8] = &[
        0xfa,                               // cli
        0x31, 0xc0,                         // xor ax, ax
        0x8e, 0xd8,                         // mov ds, ax
        0x0f, 0x01, 0x16, 0x40, 0x7c,       // lgdt [0x7c40]
        0x0f, 0x20, 0xc0,                   // mov eax, cr0
        0x0c, 0x01,                         // or al, 1
        0x0f, 0x22, 0xc0,                   // mov cr0, eax
        0xea, 0x30, 0x7c, 0x08, 0x00,       // jmp 8:0x7c30
    ];
    #[rustfmt::skip]
    const PROTECTED: &[u8] = &[
        0xb0, 0x10,                         // mov al, 0x10
        0xe6, 0xf4,                         // out 0xf4, al
        0xf4,                               // hlt
        0xeb, 0xfd,                         // jmp to the hlt
    ];
    let mut sector = [0; 512];
    sector[..REAL.len()].copy_from_slice(REAL);
    sector[0x30..0x30 + PROTECTED.len()].copy_from_slice(PROTECTED);
    // The table's limit and place; then null, flat code, flat data.
    sector[0x40..0x46].copy_from_slice(&[23, 0, 0x48, 0x7c, 0, 0]);
    sector[0x50..0x58].copy_from_slice(&0x00cf_9a00_0000_ffff_u64.to_le_bytes());
    sector[0x58..0x60].copy_from_slice(&0x00cf_9200_0000_ffff_u64.to_le_bytes());
    sector[510..].copy_from_slice(&[0x55, 0xaa]);
    sector
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_kvm_is_remembered_until_it_expires_or_the_host_boots() {
        let folder = tempfile::tempdir().unwrap();
        let state = folder.path().join("deep/kvm.json");
        assert!(!is_remembered(&state));
        remember(Some(&state));
        assert!(is_remembered(&state));
        for (broken_until, boot) in [
            (now() - 1, boot()),
            (now() + 60, "other".into()),
            (u64::MAX, boot()),
        ] {
            let memory = Memory { broken_until, boot };
            fs::write(&state, serde_json::to_string(&memory).unwrap()).unwrap();
            assert!(!is_remembered(&state), "{memory:?}");
        }
        fs::write(&state, "{").unwrap();
        assert!(!is_remembered(&state));
    }

    #[test]
    fn the_guest_of_one_sector_speaks_where_qemu_translates_it() {
        let work = tempfile::tempdir().unwrap();
        let qemu = Path::new("/usr/bin/qemu-system-x86_64");
        assert!(qemu.exists(), "needs qemu-system-x86: run “.ci/setup qemu”");
        assert_eq!(try_guest(qemu, work.path(), "tcg"), Trial::Spoke);
        let other = |program: &str| try_guest(Path::new(program), work.path(), "tcg");
        assert_eq!(other("/bin/true"), Trial::Ended);
        assert_eq!(other("/nowhere/qemu"), Trial::NotStarted);
    }

    /// A QEMU that does as the script says.
    fn qemu(folder: &Path, script: &str) -> std::path::PathBuf {
        use std::os::unix::fs::PermissionsExt;
        let qemu = folder.join("qemu");
        fs::write(&qemu, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&qemu, fs::Permissions::from_mode(0o755)).unwrap();
        qemu
    }

    /// Without one, nothing is tried with QEMU.
    fn expected(with_kvm: Kvm) -> Kvm {
        let kvm = Path::new("/dev/kvm");
        match File::options().read(true).write(true).open(kvm) {
            Ok(_) => with_kvm,
            Err(_) => Kvm::Missing,
        }
    }

    #[test]
    fn a_qemu_that_runs_nothing_is_no_broken_kvm() {
        let work = tempfile::tempdir().unwrap();
        let state = work.path().join("kvm.json");
        let dead = qemu(work.path(), "exit 1");
        for qemu in [&dead, Path::new("/nowhere/qemu")] {
            let found = look(qemu, work.path(), Some(&state));
            assert_eq!(found, expected(Kvm::Untried), "{}", qemu.display());
            assert!(!state.exists(), "it was remembered as KVM's fault");
        }
    }

    #[test]
    fn a_qemu_that_runs_guests_without_kvm_alone_means_a_broken_kvm() {
        let work = tempfile::tempdir().unwrap();
        let state = work.path().join("kvm.json");
        let script = format!("[ \"$2\" = tcg ] && exit {SPOKE}; exit 1");
        let found = look(&qemu(work.path(), &script), work.path(), Some(&state));
        assert_eq!(found, expected(Kvm::Silent));
        assert_eq!(is_remembered(&state), found == Kvm::Silent);
    }
}
