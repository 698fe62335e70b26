#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Err(error) = osgraft::registry::parse(text, "servers.toml")
    {
        let told = error.to_string();
        assert!(!told.contains(char::is_control), "{told:?}");
    }
});
