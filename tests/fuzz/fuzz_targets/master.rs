#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use osgraft::image::{BackingNaming, MasterFormat, Overlay};
use osgraft_fuzz::{Room, assert_plain_line, use_child};

static ROOM: LazyLock<Room> = LazyLock::new(|| {
    let room = Room::new();
    room.put("base", &[0x11; 32768]);
    room
});

fuzz_target!(|bytes: &[u8]| {
    let format = match bytes.starts_with(b"QFI") {
        true => MasterFormat::Qcow2,
        false => MasterFormat::Vmdk,
    };
    let master = ROOM.put("master", bytes);
    let child = ROOM.free("child");
    let overlay = Overlay::new(master)
        .format(format)
        .naming(BackingNaming::Relative)
        .cluster_size(4096);
    match overlay.create(&child) {
        Ok(()) => use_child(child),
        Err(error) => assert_plain_line(&error),
    }
});
