//! Needs of the libguestfs appliance. Without it ext4 guests are prepared all the
//! same, so nothing here is worse than a warning but a launch that was asked for and failed.

use std::fs::{self, File};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use super::check::{Check, quoted};
use super::folder::Bench;
use super::program::{NoAnswer, ask, version_in};
#[cfg(feature = "appliance")]
use crate::editor::appliance::{ApplianceError, ApplianceGuest, Kvm, Settings, look_at_kvm};
use crate::image::{ImageError, OpenChild};

/// QEMU for guests of this host's architecture.
const QEMU: &[&str] = if cfg!(target_arch = "aarch64") {
    &["qemu-system-aarch64", "/usr/libexec/qemu-kvm"]
} else {
    &["qemu-system-x86_64", "/usr/libexec/qemu-kvm"]
};

/// Starts a smallest guest under KVM with this QEMU and with its files in this folder; the error
/// is why KVM is of no use, in one sentence. None where QEMU runs no guest at all.
pub type KvmProbe = fn(qemu: &Path, work: &Path) -> Option<Result<(), String>>;

/// Starts an appliance on a child whose disk is 1 MiB of zeros, with its own files where the library
/// has them unless told; what there is to know about it, or why it did not start.
pub type LaunchProbe = fn(child: &OpenChild) -> Result<String, String>;

/// Probes that only an editor that starts virtual machines can make; without it, they are not made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Probes {
    /// Trial of guests under KVM.
    pub kvm: Option<KvmProbe>,
    /// Trial of the appliance.
    pub launch: Option<LaunchProbe>,
}

impl Probes {
    /// Those that this build has.
    #[cfg(not(feature = "appliance"))]
    pub(super) fn of_this_build() -> Self {
        Self::default()
    }

    /// Those that this build has.
    #[cfg(feature = "appliance")]
    pub(super) fn of_this_build() -> Self {
        Self {
            kvm: Some(|qemu, work| match look_at_kvm(qemu, work, None) {
                Kvm::Untried => None,
                found => Some(found.why_not().map_or(Ok(()), |why| Err(why.to_owned()))),
            }),
            // A disk of zeros has no root: to be told so, the appliance has to be up.
            launch: Some(
                |child| match ApplianceGuest::open_read_only(child, &Settings::new()) {
                    Ok(_) | Err(ApplianceError::NoRoot { .. }) => Ok("it starts".to_owned()),
                    Err(error) => Err(error.to_string()),
                },
            ),
        }
    }
}

/// Checks that guests run under KVM.
pub(super) fn kvm(
    device: &Path,
    qemu: Option<&Path>,
    work: Option<&Path>,
    probes: Probes,
) -> Check {
    let opened = File::options().read(true).write(true).open(device);
    let is_device = fs::metadata(device).is_ok_and(|m| m.file_type().is_char_device());
    let shown = device.display();
    match opened {
        _ if !device.exists() => Check::warning(
            "kvm",
            format!("there is no {shown}: the appliance is emulated, and slow"),
            "modprobe -a kvm_intel kvm_amd (one of them fits); in a virtual machine, have its host pass virtualisation on",
        ),
        Err(error) => Check::warning(
            "kvm",
            format!("{shown} cannot be opened ({error}): the appliance is emulated, and slow"),
            "usermod -aG kvm \"$USER\", then log in anew",
        ),
        Ok(_) if !is_device => Check::warning(
            "kvm",
            format!("{shown} is no device: the appliance is emulated, and slow"),
            format!(
                "rm {} && modprobe -a kvm_intel kvm_amd (one of them fits)",
                quoted(device)
            ),
        ),
        Ok(_) => match (probes.kvm, qemu, work) {
            (None, ..) => Check::not_checked(
                "kvm",
                format!("{shown} opens; this build cannot start a guest to try it"),
            ),
            (_, None, _) => Check::not_checked(
                "kvm",
                format!("{shown} opens; there is no QEMU to try it with"),
            ),
            (_, _, None) => Check::not_checked(
                "kvm",
                format!("{shown} opens; there is no folder to try it in"),
            ),
            (Some(probe), Some(qemu), Some(work)) => judge_kvm(probe(qemu, work)),
        },
    }
}

fn judge_kvm(answer: Option<Result<(), String>>) -> Check {
    let Some(answer) = answer else {
        return Check::not_checked("kvm", "QEMU runs no guest here, with or without it");
    };
    match answer {
        Ok(()) => Check::ok("kvm", "a guest came up under it and answered"),
        Err(why) => Check::warning(
            "kvm",
            format!("{why}; the appliance is emulated, and slow"),
            "modprobe -r kvm_intel kvm_amd; modprobe -a kvm_intel kvm_amd (one of them fits); in a virtual machine, have its host fix or turn off nested virtualisation",
        ),
    }
}

/// QEMU's emulator: where it is, and what it says of itself.
pub(super) fn qemu() -> (Option<PathBuf>, Check) {
    for name in QEMU {
        match ask(name, &["--version"]) {
            Ok(said) => {
                let version = version_in(&said).unwrap_or("of an unknown version");
                let sandbox = ask(name, &["-sandbox", "on", "--version"]).map(drop);
                let check = judge_sandbox(&format!("{name} {version}"), &sandbox);
                return (Some(PathBuf::from(name)), check);
            }
            Err(NoAnswer::Missing) => {}
            Err(NoAnswer::Failed(why)) => {
                return (None, Check::warning("qemu-system", why, install_qemu()));
            }
        }
    }
    let found = format!("there is no {}: the appliance cannot start", QEMU[0]);
    (None, Check::warning("qemu-system", found, install_qemu()))
}

/// QEMU says its version after it has read the option, or says that it cannot.
fn judge_sandbox(found: &str, sandbox: &Result<(), NoAnswer>) -> Check {
    match sandbox {
        Ok(()) => Check::ok("qemu-system", found),
        Err(_) => Check::warning(
            "qemu-system",
            format!("{found} has no sandbox: the appliance runs without one"),
            "use a QEMU that is built with seccomp, as distributions build it",
        ),
    }
}

fn install_qemu() -> &'static str {
    match cfg!(target_arch = "aarch64") {
        true => "apt-get install qemu-system-arm",
        false => "apt-get install qemu-system-x86",
    }
}

/// libguestfs' version, from whichever of its programs there is.
pub(super) fn libguestfs() -> Check {
    let said = ["libguestfs-test-tool", "guestfish"].map(|name| ask(name, &["--version"]));
    judge_version("libguestfs", &said, "apt-get install libguestfs-tools")
}

/// supermin, which builds the appliance.
pub(super) fn supermin() -> Check {
    let said = ask("supermin", &["--version"]);
    judge_version("supermin", &[said], "apt-get install supermin")
}

/// The first good answer decides, else the first failure.
fn judge_version(code: &'static str, said: &[Result<String, NoAnswer>], install: &str) -> Check {
    let version = |said: &String| {
        version_in(said)
            .unwrap_or("of an unknown version")
            .to_owned()
    };
    let failed = |answer: &Result<String, NoAnswer>| match answer {
        Err(NoAnswer::Failed(why)) => Some(why.clone()),
        _ => None,
    };
    if let Some(said) = said.iter().flatten().next() {
        return Check::ok(code, version(said));
    }
    let missing = || "is not installed: guests that are not ext4 cannot be reached".to_owned();
    let found = said.iter().find_map(failed).unwrap_or_else(missing);
    Check::warning(code, found, install)
}

/// A kernel that supermin can take: readable, and with its modules.
pub(super) fn kernel(boot: &Path, modules: &Path) -> Check {
    let (mut usable, mut unreadable, mut bare) = (Vec::new(), Vec::new(), Vec::new());
    for (image, version) in kernels(boot, modules) {
        if !modules.join(&version).is_dir() {
            bare.push(image);
        } else if File::open(&image).is_ok() {
            usable.push(image);
        } else {
            unreadable.push(image);
        }
    }
    if let Some(newest) = usable.last() {
        return Check::ok(
            "kernel",
            format!("{} can be read and has its modules", newest.display()),
        );
    }
    if let Some(image) = unreadable.last() {
        return Check::warning(
            "kernel",
            format!(
                "{} cannot be read: the appliance cannot be built",
                image.display()
            ),
            format!(
                "dpkg-statoverride --update --add root root 0644 {}",
                quoted(image)
            ),
        );
    }
    let found = match bare.last() {
        Some(image) => format!(
            "{} has no modules in {}: the appliance cannot be built",
            image.display(),
            modules.display()
        ),
        None => format!(
            "no kernel in {}: the appliance cannot be built",
            boot.display()
        ),
    };
    let package = if cfg!(target_arch = "aarch64") {
        "arm64"
    } else {
        "amd64"
    };
    Check::warning(
        "kernel",
        found,
        format!("apt-get install linux-image-{package}"),
    )
}

/// Kernels and their versions, sorted, in the places where supermin looks.
fn kernels(boot: &Path, modules: &Path) -> Vec<(PathBuf, String)> {
    let names = |folder: &Path| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect::<Vec<_>>()
    };
    let mut found: Vec<(PathBuf, String)> = names(boot)
        .into_iter()
        .filter_map(|name| {
            let version = name.strip_prefix("vmlinuz-")?.to_owned();
            Some((boot.join(name), version))
        })
        .collect();
    found.extend(names(modules).into_iter().filter_map(|version| {
        let image = modules.join(&version).join("vmlinuz");
        image.exists().then_some((image, version))
    }));
    found.sort();
    found
}

/// An appliance that starts, where that was asked for.
pub(super) fn launch(bench: Result<&Bench, &ImageError>, probes: Probes, deep: bool) -> Check {
    let Some(probe) = probes.launch else {
        return Check::not_checked("appliance", "this build has no appliance");
    };
    if !deep {
        let why = "starting it takes up to a minute or two";
        return Check::not_checked("appliance", why).but("osgraft doctor --deep");
    }
    match bench.map(Bench::open) {
        Ok(Ok(child)) => judge_launch(probe(&child)),
        Ok(Err(error)) => Check::not_checked("appliance", error),
        Err(_) => Check::not_checked("appliance", "the folder takes no image to start it on"),
    }
}

fn judge_launch(launched: Result<String, String>) -> Check {
    match launched {
        Ok(how) => Check::ok("appliance", how),
        Err(why) => Check::bad("appliance", why, "libguestfs-test-tool 2>&1 | less"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::Verdict;
    use super::*;

    fn tried(answer: KvmProbe) -> Check {
        let probes = Probes {
            kvm: Some(answer),
            launch: None,
        };
        let here = Path::new("/");
        // A character device that opens, as a KVM would.
        kvm(Path::new("/dev/null"), Some(here), Some(here), probes)
    }

    #[test]
    fn kvm_counts_when_a_guest_answers_under_it() {
        assert_eq!(tried(|_, _| Some(Ok(()))).verdict, Verdict::Ok);
        let silent = tried(|_, _| Some(Err("no answer".into())));
        assert_eq!(silent.verdict, Verdict::Warning);
        assert!(silent.found.starts_with("no answer; "), "{}", silent.found);
        // Not KVM's fault, so nothing of KVM is told to be mended.
        let untried = tried(|_, _| None);
        assert_eq!(untried.verdict, Verdict::NotChecked);
        assert_eq!(untried.remedy, None);
    }

    #[test]
    fn what_is_missing_for_kvm_is_told() {
        let of = |device: &Path, qemu| {
            let probes = Probes {
                kvm: Some(|_, _| unreachable!("nothing to try it with")),
                launch: None,
            };
            kvm(device, qemu, None, probes)
        };
        let null = Path::new("/dev/null");
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(of(Path::new("/dev/no-kvm"), None).verdict, Verdict::Warning);
        assert!(of(file.path(), None).found.contains("no device"));
        assert!(of(null, None).found.contains("no QEMU"));
        assert!(of(null, Some(null)).found.contains("no folder"));
        let without = kvm(null, Some(null), Some(null), Probes::default());
        assert_eq!(without.verdict, Verdict::NotChecked);
        assert!(without.found.contains("this build"));
    }

    #[test]
    fn a_kernel_needs_its_modules_and_to_be_readable() {
        let folder = tempfile::tempdir().unwrap();
        let (boot, modules) = (folder.path().join("boot"), folder.path().join("modules"));
        let check = || kernel(&boot, &modules);
        assert!(
            check().found.starts_with("no kernel in "),
            "{}",
            check().found
        );
        fs::create_dir(&boot).unwrap();
        fs::write(boot.join("vmlinuz-6.1"), "").unwrap();
        assert!(check().found.contains("no modules"), "{}", check().found);
        fs::create_dir_all(modules.join("6.1")).unwrap();
        assert_eq!(check().verdict, Verdict::Ok);
        // A link to nowhere is as unreadable as a file of mode 0600, and so even for root.
        fs::remove_file(boot.join("vmlinuz-6.1")).unwrap();
        std::os::unix::fs::symlink("nowhere", boot.join("vmlinuz-6.1")).unwrap();
        assert!(
            check().remedy.unwrap().contains("0644"),
            "{}",
            check().found
        );
        // Where Fedora has it.
        fs::create_dir_all(modules.join("6.9")).unwrap();
        fs::write(modules.join("6.9/vmlinuz"), "").unwrap();
        assert!(check().found.contains("6.9/vmlinuz"), "{}", check().found);
    }

    #[test]
    fn a_version_is_that_of_the_first_program_that_answers() {
        let judge =
            |said: &[Result<String, NoAnswer>]| judge_version("libguestfs", said, "install");
        let missing = Err(NoAnswer::Missing);
        let failed = Err(NoAnswer::Failed("guestfish broke".into()));
        let found = judge(&[missing.clone(), Ok("guestfish 1.48.6".into())]);
        assert_eq!(
            (found.verdict, found.found.as_str()),
            (Verdict::Ok, "1.48.6")
        );
        assert_eq!(judge(&[missing.clone(), failed]).found, "guestfish broke");
        let none = judge(&[missing]);
        assert_eq!(none.verdict, Verdict::Warning);
        assert_eq!(none.remedy.as_deref(), Some("install"));
    }

    #[test]
    fn a_qemu_without_its_sandbox_is_told() {
        assert_eq!(judge_sandbox("qemu 7.2", &Ok(())).verdict, Verdict::Ok);
        let failed = Err(NoAnswer::Failed("-sandbox: not supported".into()));
        let check = judge_sandbox("qemu 7.2", &failed);
        assert_eq!(check.verdict, Verdict::Warning);
        assert!(check.found.contains("no sandbox"), "{}", check.found);
        // This host's own, where it has one.
        if let (Some(_), check) = qemu() {
            assert_eq!(check.verdict, Verdict::Ok, "{check:?}");
        }
    }

    #[test]
    fn an_appliance_is_started_only_when_asked_for_and_then_must() {
        let folder = tempfile::tempdir().unwrap();
        let bench = Bench::set_up(folder.path()).unwrap();
        let with = |launch, deep| {
            let probes = Probes {
                kvm: None,
                launch: Some(launch),
            };
            self::launch(Ok(&bench), probes, deep)
        };
        let shallow = with(|_| unreachable!("not asked for"), false);
        assert_eq!(shallow.remedy.as_deref(), Some("osgraft doctor --deep"));
        let size = |child: &OpenChild| Ok(child.header().virtual_size().to_string());
        assert_eq!(with(size, true).found, "1048576");
        let hung = with(|_| Err("it hung".into()), true);
        assert_eq!(hung.verdict, Verdict::Bad);
        let none = self::launch(Ok(&bench), Probes::default(), true);
        assert_eq!(none.verdict, Verdict::NotChecked);
    }
}
