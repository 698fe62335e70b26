#![no_main]

use libfuzzer_sys::fuzz_target;

fn config() -> osgraft::config::Config {
    let text = include_str!("../../../fixtures/hooks/config.toml");
    osgraft::config::Config::parse(text, "config.toml").expect("a sound configuration")
}

fuzz_target!(|bytes: &[u8]| {
    let at = bytes
        .iter()
        .position(|byte| *byte == 0)
        .unwrap_or(bytes.len());
    let (conf, storages) = bytes.split_at(at);
    let _ = osgraft::hook::proxmox::request(100, conf, storages, &config());
});
