#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    osgraft::graft::fuzzing::receipt(bytes);
});
