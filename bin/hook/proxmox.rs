//! Calls of Proxmox' hookscript.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use osgraft::config::Config;
use osgraft::hook::proxmox::{self, MAX_BYTES};
use osgraft::hook::{DiskRefusal, Failed, HookError, Verdict, Why};
use rustix::fs::OFlags;

use super::call::{Call, Judged};
use crate::exit::Code;

/// Set by Proxmox where a VM comes running from another node.
const MIGRATED_FROM: &str = "PVE_MIGRATED_FROM";

/// `pre-start`.
pub(super) fn run(vmid: u32, mut call: Call<'_>) -> Code {
    call.vm_conf = Some(format!("{vmid}.conf"));
    let vm = call.vm.clone();
    let is_migrated = std::env::var_os(MIGRATED_FROM).is_some_and(|node| !node.is_empty());
    // Where its configuration may be if it is not where it should be. Only its name is of interest.
    let elsewhere = call.last_proxmox();
    call.judge(|config| match is_migrated {
        true => Verdict::Leave(Why::Migrated).into(),
        false => judge(vmid, &vm, config, &elsewhere),
    })
}

fn judge(vmid: u32, vm: &str, config: &Config, elsewhere: &[PathBuf]) -> Judged {
    let places = &config.hook.proxmox;
    let unreadable = |path: &Path, source| HookError::Unreadable {
        vm: vm.to_owned(),
        path: path.to_owned(),
        source,
    };
    let path = places.conf.join(format!("{vmid}.conf"));
    let conf = match read(&path) {
        Ok(conf) => conf,
        Err(source) => {
            let reason = unreadable(&path, source);
            // Its name may be one that takes part.
            let file = format!("{vmid}.conf");
            let mut found = elsewhere.iter().filter_map(|at| read(&at.join(&file)).ok());
            let by_name = found
                .next()
                .map(|conf| proxmox::by_conf(vmid, &conf, config));
            return match (proxmox::by_number(vmid, config), by_name) {
                (Ok(on_failure), _) | (_, Some(Ok(on_failure))) => {
                    Verdict::Fail(Failed::new(on_failure, reason)).into()
                }
                (_, Some(Err(why))) => Verdict::Leave(why).into(),
                (_, None) => Judged::Unknown(reason),
            };
        }
    };
    let (storages, error) = match read(&places.storage) {
        Ok(storages) => (storages, None),
        Err(error) => (Vec::new(), Some(error)),
    };
    let mut verdict = proxmox::request(vmid, &conf, &storages, config);
    // A disk that is named by its path needs no storage.
    if let (Verdict::Fail(failed), Some(error)) = (&mut verdict, error)
        && let HookError::Disk {
            refusal: DiskRefusal::Storage { .. },
            ..
        } = failed.reason
    {
        failed.reason = unreadable(&places.storage, error);
    }
    verdict.into()
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let most = MAX_BYTES as u64 + 1;
    let file = File::options()
        .read(true)
        .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
        .open(path)?;
    if file.metadata()?.file_type().is_fifo() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    file.take(most).read_to_end(&mut text)?;
    match text.len() > MAX_BYTES {
        true => Err(io::ErrorKind::FileTooLarge.into()),
        false => Ok(text),
    }
}
