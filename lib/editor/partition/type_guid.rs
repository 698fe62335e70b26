//! GPT partition types.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::verity;

/// A partition type GUID, as stored: the first three fields little-endian.
#[derive(Clone, Copy, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct TypeGuid(pub [u8; 16]);

/// The root types of the Discoverable Partitions Specification.
const ROOTS: &[(&str, u128)] = &[
    ("root-alpha", 0x6523f8ae_3eb1_4e2a_a05a_18b695ae656f),
    ("root-arc", 0xd27f46ed_2919_4cb8_bd25_9531f3c16534),
    ("root-arm", 0x69dad710_2ce4_4e3c_b16c_21a1d49abed3),
    ("root-arm64", 0xb921b045_1df0_41c3_af44_4c6f280d3fae),
    ("root-ia64", 0x993d8d3d_f80e_4225_855a_9daf8ed7ea97),
    ("root-loongarch64", 0x77055800_792c_4f94_b39a_98c91b762bb6),
    ("root-mips-le", 0x37c58c8a_d913_4156_a25f_48b1b64e07f0),
    ("root-mips64-le", 0x700bda43_7a34_4507_b179_eeb93d7a7ca3),
    ("root-parisc", 0x1aacdb3b_5444_4138_bd9e_e5c2239b2346),
    ("root-ppc", 0x1de3f1ef_fa98_47b5_8dcd_4a860a654d78),
    ("root-ppc64", 0x912ade1d_a839_4913_8964_a10eee08fbd2),
    ("root-ppc64-le", 0xc31c45e6_3f39_412e_80fb_4809c4980599),
    ("root-riscv32", 0x60d5a7fe_8e7d_435c_b714_3dd8162144e1),
    ("root-riscv64", 0x72ec70a6_cf74_40e6_bd49_4bda08e8f224),
    ("root-s390", 0x08a7acea_624c_4a20_91e8_6e0fa67d23f9),
    ("root-s390x", 0x5eead9a9_fe09_4a1e_a1d7_520d00531306),
    ("root-tilegx", 0xc50cdd70_3862_4cc3_90e1_809a8c93ee2c),
    ("root-x86", 0x44479540_f297_41b2_9af7_d131d5f0458a),
    ("root-x86-64", 0x4f68bce3_e8cd_4db1_96e7_fbcaf984b709),
];

/// A member of a Linux software RAID.
const RAID: u128 = 0xa19d880f_05fc_4d3b_a006_743f0f84911e;
/// Partitions that firmware reads: the EFI system partition, and GRUB's place on a BIOS.
const FIRMWARE: [u128; 2] = [
    0xc12a7328_f81f_11d2_ba4b_00a0c93ec93b,
    0x21686148_6449_6e6f_744e_656564454649,
];

impl TypeGuid {
    /// From the number that its text form spells.
    pub const fn from_u128(number: u128) -> Self {
        let b = number.to_be_bytes();
        Self([
            b[3], b[2], b[1], b[0], b[5], b[4], b[7], b[6], b[8], b[9], b[10], b[11], b[12], b[13],
            b[14], b[15],
        ])
    }

    /// The name of a root type, such as `root-x86-64`, when it is one.
    pub fn root_name(&self) -> Option<&'static str> {
        let found = ROOTS
            .iter()
            .find(|(_, number)| Self::from_u128(*number) == *self);
        found.map(|(name, _)| *name)
    }

    /// The name of a dm-verity type, such as `root-x86-64-verity`, when it is one: its partition
    /// holds the hashes of another one, or their signature.
    pub fn verity_name(&self) -> Option<&'static str> {
        let found = verity::TYPES
            .iter()
            .find(|(_, number)| Self::from_u128(*number) == *self);
        found.map(|(name, _)| *name)
    }

    fn is_one_of(&self, numbers: &[u128]) -> bool {
        let own = numbers.iter().map(|number| Self::from_u128(*number));
        own.into_iter().any(|guid| guid == *self)
    }

    pub(super) fn is_raid(&self) -> bool {
        self.is_one_of(&[RAID])
    }

    pub(super) fn is_firmware(&self) -> bool {
        self.is_one_of(&FIRMWARE)
    }
}

impl fmt::Display for TypeGuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(b) = self;
        let first = u32::from_le_bytes([b[0], b[1], b[2], b[3]]);
        let second = u16::from_le_bytes([b[4], b[5]]);
        let third = u16::from_le_bytes([b[6], b[7]]);
        write!(
            f,
            "{first:08x}-{second:04x}-{third:04x}-{:02x}{:02x}-",
            b[8], b[9]
        )?;
        b[10..].iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TypeGuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TypeGuid({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_is_the_usual_one() {
        let guid = TypeGuid::from_u128(0x4f68bce3_e8cd_4db1_96e7_fbcaf984b709);
        assert_eq!(guid.to_string(), "4f68bce3-e8cd-4db1-96e7-fbcaf984b709");
        assert_eq!(guid.root_name(), Some("root-x86-64"));
        assert_eq!(guid.0[..4], [0xe3, 0xbc, 0x68, 0x4f]);
    }

    #[test]
    fn verity_types_are_known_and_no_two_are_alike() {
        let guid = TypeGuid::from_u128(0x2c7357ed_ebd2_46d9_aec1_23d437ec2bf5);
        assert_eq!(guid.verity_name(), Some("root-x86-64-verity"));
        let guid = TypeGuid::from_u128(0x4f68bce3_e8cd_4db1_96e7_fbcaf984b709);
        assert_eq!(guid.verity_name(), None);
        let all: std::collections::BTreeSet<_> = verity::TYPES.iter().map(|(_, n)| n).collect();
        assert_eq!(all.len(), verity::TYPES.len());
        assert!(ROOTS.iter().all(|(_, number)| !all.contains(number)));
    }
}
