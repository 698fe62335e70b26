#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use osgraft::config::Config;
use osgraft::hook::{Verdict, proxmox};
use osgraft_fuzz::{assert_plain_line, hook_config};

static CONFIG: LazyLock<Config> = LazyLock::new(hook_config);

fuzz_target!(|bytes: &[u8]| {
    let nul = bytes.iter().position(|byte| *byte == 0);
    let (conf, storages) = match nul {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, &b""[..]),
    };
    if let Verdict::Fail(failed) = proxmox::request(100, conf, storages, &CONFIG) {
        assert_plain_line(&failed.reason);
    }
});
