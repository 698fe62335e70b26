//! Children whose `/boot` was edited before.

use crate::editor::BootNeed;

/// Need of a child's `/boot`, where nothing is written there now: a receipt may tell of a kernel in it.
pub(super) fn boot_need() -> BootNeed {
    BootNeed::IfIn {
        file: "/var/lib/osgraft/receipt.json",
        text: "\"kernel\": {",
    }
}
