#![no_main]

use libfuzzer_sys::fuzz_target;
use osgraft_fuzz::assert_plain_line;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Err(error) = osgraft::config::Config::parse(text, "config.toml")
    {
        assert_plain_line(&error);
        osgraft::config::Salvage::of(text);
    }
});
