#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Some((trailer, record)) = bytes.split_first_chunk::<40>() {
        let mut numbers = [0; 5];
        for (number, bytes) in numbers.iter_mut().zip(trailer.chunks_exact(8)) {
            *number = u64::from_le_bytes(bytes.try_into().expect("eight bytes"));
        }
        osgraft::image::fuzzing::redo(record, numbers, numbers[2]);
    }
});
