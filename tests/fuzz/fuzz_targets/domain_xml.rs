#![no_main]

use libfuzzer_sys::fuzz_target;

fn config() -> osgraft::config::Config {
    let text = include_str!("../../../fixtures/hooks/config.toml");
    osgraft::config::Config::parse(text, "config.toml").expect("a sound configuration")
}

fuzz_target!(|bytes: &[u8]| {
    let config = config();
    let told = match osgraft::hook::libvirt::request(bytes, &config) {
        Ok(verdict) => format!("{verdict:?}").len(),
        Err(error) => error.to_string().len(),
    };
    assert!(told > 0);
    let _ = osgraft::hook::libvirt::named("web-1", bytes, &config);
});
