#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut disk = bytes.to_vec();
    let len = disk.len() as u64;
    if let Ok(layout) = osgraft::editor::partition::partitions(&mut disk) {
        assert!(layout.partitions.iter().all(|one| one.range.end <= len));
    }
});
