//! Machines whose kernel the hypervisor loads from osgraft's own folder.

use std::path::Path;

use super::error::HookError;
use super::kernel::Kernel;
use crate::config::{Boot, BootsFrom};
use crate::path::escape;

/// Name by which a machine's kernel is kept in the folder of `boot.folder`; `None` where it boots another.
///
/// # Errors
/// [`HookError::DirectBoot`]: kernel and initramfs are not of one link, or the configuration asks for a
/// kernel of the release and the description loads another. `vm` is the machine as it is shown.
pub(super) fn machine(
    kernel: Option<&Kernel>,
    boot: &Boot,
    vm: &str,
) -> Result<Option<Box<str>>, HookError> {
    let of = |path: &Path, file: &str| -> Option<Box<str>> {
        let mut rest = path.strip_prefix(&boot.folder).ok()?.components();
        let name = rest.next()?.as_os_str().to_str()?.into();
        (rest.as_path() == Path::new(file)).then_some(name)
    };
    let failed = |why| {
        Err(HookError::DirectBoot {
            vm: vm.to_owned(),
            folder: escape(boot.folder.as_os_str().as_encoded_bytes()),
            why,
        })
    };
    let loaded = kernel.and_then(|kernel| of(&kernel.file, "vmlinuz"));
    let initrd = kernel.and_then(|kernel| of(kernel.initrd.as_ref()?, "initrd"));
    match (loaded, initrd) {
        (Some(kernel), Some(initrd)) if kernel == initrd => Ok(Some(kernel)),
        (None, None) if boot.kernel != BootsFrom::Direct => Ok(None),
        (None, None) => failed("does not load its kernel and initramfs from there"),
        (Some(_), Some(_)) => failed("loads kernel and initramfs of two machines"),
        _ => failed("loads only one of kernel and initramfs from there"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kernel(file: &str, initrd: Option<&str>) -> Kernel {
        Kernel {
            line: String::new(),
            file: file.into(),
            initrd: initrd.map(Into::into),
        }
    }

    fn found(kernel: Option<&Kernel>, from: BootsFrom) -> Result<Option<Box<str>>, String> {
        let boot = Boot {
            kernel: from,
            folder: "/b".into(),
            ..Boot::default()
        };
        machine(kernel, &boot, "web-7").map_err(|error| error.to_string())
    }

    #[test]
    fn both_files_of_one_link_are_a_machines_kernel() {
        let own = kernel("/b/web-7/vmlinuz", Some("/b/web-7/initrd"));
        for from in [BootsFrom::Own, BootsFrom::Direct] {
            assert_eq!(found(Some(&own), from), Ok(Some("web-7".into())));
        }
        for other in [
            kernel("/b/web-7/vmlinuz", None),
            kernel("/b/web-7/vmlinuz", Some("/b/web-8/initrd")),
            kernel("/b/web-7/vmlinuz", Some("/boot/initrd")),
            kernel("/boot/vmlinuz", Some("/b/web-7/initrd")),
        ] {
            let told = found(Some(&other), BootsFrom::Own).unwrap_err();
            assert!(told.starts_with("web-7: its description loads"), "{told}");
        }
    }

    #[test]
    fn another_kernel_is_refused_where_the_releases_is_wanted() {
        let other = kernel("/boot/vmlinuz", Some("/boot/initrd"));
        for kernel in [None, Some(&other)] {
            assert_eq!(found(kernel, BootsFrom::Own), Ok(None));
            assert_eq!(found(kernel, BootsFrom::Child), Ok(None));
            let told = found(kernel, BootsFrom::Direct).unwrap_err();
            assert!(told.contains("boot-snippet"), "{told}");
        }
    }
}
