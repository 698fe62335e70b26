//! Calls of Proxmox' hookscript.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use osgraft::config::Config;
use osgraft::hook::proxmox::{self, MAX_BYTES};
use osgraft::hook::{DiskRefusal, Failed, HookError, Verdict, Why};

use super::Call;
use crate::exit::Code;

/// Set by Proxmox where a VM comes running from another node.
const MIGRATED_FROM: &str = "PVE_MIGRATED_FROM";

/// `pre-start`.
pub(super) fn run(vmid: u32, call: Call<'_>) -> Code {
    let vm = call.vm.clone();
    let is_migrated = std::env::var_os(MIGRATED_FROM).is_some_and(|node| !node.is_empty());
    call.judge(|config| match is_migrated {
        true => Verdict::Leave(Why::Migrated),
        false => judge(vmid, &vm, config),
    })
}

fn judge(vmid: u32, vm: &str, config: &Config) -> Verdict {
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
            return match proxmox::by_number(vmid, config) {
                Ok(on_failure) => Verdict::Fail(Failed::new(on_failure, unreadable(&path, source))),
                Err(why) => Verdict::Leave(why),
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
    verdict
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    let most = MAX_BYTES as u64 + 1;
    File::open(path)?.take(most).read_to_end(&mut text)?;
    match text.len() > MAX_BYTES {
        true => Err(io::ErrorKind::FileTooLarge.into()),
        false => Ok(text),
    }
}
