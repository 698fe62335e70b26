#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    osgraft::image::fuzzing::cached(bytes);
    if let Some((head, record)) = bytes.split_first_chunk::<48>() {
        let mut numbers = [0; 6];
        for (number, bytes) in numbers.iter_mut().zip(head.chunks_exact(8)) {
            *number = u64::from_be_bytes(bytes.try_into().expect("eight bytes"));
        }
        let [len, trailer @ ..] = numbers;
        osgraft::image::fuzzing::pending(record, trailer, len);
    }
});
