#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use osgraft_fuzz::{Room, use_child};

static ROOM: LazyLock<Room> = LazyLock::new(|| {
    let room = Room::new();
    room.put("master", &[0x11; 32768]);
    room
});

fuzz_target!(|bytes: &[u8]| {
    let mut child = bytes.to_vec();
    // A dirty one is QEMU's to mend.
    if let Some(features) = child.get_mut(79) {
        *features &= !1;
    }
    use_child(ROOM.put("child", &child));
});
