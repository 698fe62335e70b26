#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some((len, head)) = bytes.split_first_chunk() {
        osgraft::image::fuzzing::header(head, u64::from_le_bytes(*len));
        osgraft::image::fuzzing::header(bytes, bytes.len() as u64);
    }
});
