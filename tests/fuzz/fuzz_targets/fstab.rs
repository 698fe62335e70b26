#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let fstab = osgraft::fstab::Fstab::parse(bytes);
    assert_eq!(fstab.to_bytes(), bytes);
    let _ = fstab.entries().count();
    let _ = fstab.managed();
});
