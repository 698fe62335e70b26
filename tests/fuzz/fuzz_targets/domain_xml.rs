#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use osgraft::config::Config;
use osgraft::hook::{Verdict, libvirt};
use osgraft_fuzz::{assert_plain_line, hook_config};

static CONFIG: LazyLock<Config> = LazyLock::new(hook_config);

fuzz_target!(|bytes: &[u8]| {
    match libvirt::request(bytes, &CONFIG) {
        Ok(verdict) => plain(&verdict),
        Err(error) => assert_plain_line(&error),
    }
    plain(&libvirt::named("web-1", bytes, &CONFIG).0);
    plain(&libvirt::named("db-1", bytes, &CONFIG).0);
});

fn plain(verdict: &Verdict) {
    if let Verdict::Fail(failed) = verdict {
        assert_plain_line(&failed.reason);
    }
}
