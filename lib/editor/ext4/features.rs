//! Feature bits: the few that are allowed, by name; every other is refused.

use super::Refusal;

const DIR_PREALLOC: u32 = 0x1;
const HAS_JOURNAL: u32 = 0x4;
const EXT_ATTR: u32 = 0x8;
const RESIZE_INODE: u32 = 0x10;
const DIR_INDEX: u32 = 0x20;
const SPARSE_SUPER2: u32 = 0x200;
const FAST_COMMIT: u32 = 0x400;
const STABLE_INODES: u32 = 0x800;
const ORPHAN_FILE: u32 = 0x1000;
const COMPAT: u32 = DIR_PREALLOC
    | HAS_JOURNAL
    | EXT_ATTR
    | RESIZE_INODE
    | DIR_INDEX
    | SPARSE_SUPER2
    | FAST_COMMIT
    | STABLE_INODES
    | ORPHAN_FILE;

const COMPRESSION: u32 = 0x1;
const FILETYPE: u32 = 0x2;
const RECOVER: u32 = 0x4;
const JOURNAL_DEV: u32 = 0x8;
const META_BG: u32 = 0x10;
const EXTENTS: u32 = 0x40;
const SIXTY_FOUR_BIT: u32 = 0x80;
const MMP: u32 = 0x100;
const FLEX_BG: u32 = 0x200;
const EA_INODE: u32 = 0x400;
const DIRDATA: u32 = 0x1000;
const CSUM_SEED: u32 = 0x2000;
const LARGEDIR: u32 = 0x4000;
const INLINE_DATA: u32 = 0x8000;
const ENCRYPT: u32 = 0x1_0000;
const CASEFOLD: u32 = 0x2_0000;
/// `encrypt` and `casefold` only allow inodes with those flags; such inodes are refused where
/// they lie on a path.
const INCOMPAT: u32 = FILETYPE
    | RECOVER
    | META_BG
    | EXTENTS
    | SIXTY_FOUR_BIT
    | FLEX_BG
    | CSUM_SEED
    | LARGEDIR
    | ENCRYPT
    | CASEFOLD;

const SPARSE_SUPER: u32 = 0x1;
const LARGE_FILE: u32 = 0x2;
const HUGE_FILE: u32 = 0x8;
const GDT_CSUM: u32 = 0x10;
const DIR_NLINK: u32 = 0x20;
const EXTRA_ISIZE: u32 = 0x40;
const HAS_SNAPSHOT: u32 = 0x80;
const QUOTA: u32 = 0x100;
const BIGALLOC: u32 = 0x200;
const METADATA_CSUM: u32 = 0x400;
const READONLY: u32 = 0x1000;
const PROJECT: u32 = 0x2000;
const SHARED_BLOCKS: u32 = 0x4000;
const VERITY: u32 = 0x8000;
const ORPHAN_PRESENT: u32 = 0x1_0000;
/// `verity` likewise: files under it are read, never written.
const RO_COMPAT: u32 = SPARSE_SUPER
    | LARGE_FILE
    | HUGE_FILE
    | GDT_CSUM
    | DIR_NLINK
    | EXTRA_ISIZE
    | METADATA_CSUM
    | VERITY
    | ORPHAN_PRESENT;

/// The three sets of a superblock.
#[derive(Clone, Copy, Default)]
pub(super) struct Features {
    pub(super) compat: u32,
    pub(super) incompat: u32,
    pub(super) ro_compat: u32,
}

impl Features {
    /// Refuses by name, then by number.
    pub(super) fn judge(&self) -> Result<(), Refusal> {
        let named = [
            (self.incompat & JOURNAL_DEV, Refusal::JournalDevice),
            (self.incompat & INLINE_DATA, Refusal::InlineData),
            (self.ro_compat & QUOTA, Refusal::Quota),
            (self.ro_compat & PROJECT, Refusal::ProjectQuota),
            (self.ro_compat & BIGALLOC, Refusal::Bigalloc),
            (self.incompat & MMP, Refusal::MultiMountProtection),
            (self.incompat & EA_INODE, Refusal::EaInode),
            (self.incompat & DIRDATA, Refusal::DirData),
            (self.incompat & COMPRESSION, Refusal::Compression),
            (self.ro_compat & READONLY, Refusal::ReadOnly),
            (self.ro_compat & SHARED_BLOCKS, Refusal::SharedBlocks),
            (self.ro_compat & HAS_SNAPSHOT, Refusal::Snapshot),
        ];
        if let Some((_, refusal)) = named.into_iter().find(|(bit, _)| *bit != 0) {
            return Err(refusal);
        }
        let unknown = [
            ("incompat", self.incompat & !INCOMPAT),
            ("ro_compat", self.ro_compat & !RO_COMPAT),
            ("compat", self.compat & !COMPAT),
        ];
        match unknown.into_iter().find(|(_, bits)| *bits != 0) {
            Some((set, bits)) => Err(Refusal::UnknownFeature { set, bits }),
            None => Ok(()),
        }
    }

    pub(super) fn has_journal(&self) -> bool {
        self.compat & HAS_JOURNAL != 0
    }

    pub(super) fn has_xattr(&self) -> bool {
        self.compat & EXT_ATTR != 0
    }

    pub(super) fn has_dir_index(&self) -> bool {
        self.compat & DIR_INDEX != 0
    }

    pub(super) fn needs_recovery(&self) -> bool {
        self.incompat & RECOVER != 0
    }

    pub(super) fn has_filetype(&self) -> bool {
        self.incompat & FILETYPE != 0
    }

    pub(super) fn has_meta_bg(&self) -> bool {
        self.incompat & META_BG != 0
    }

    pub(super) fn has_extents(&self) -> bool {
        self.incompat & EXTENTS != 0
    }

    pub(super) fn has_64bit(&self) -> bool {
        self.incompat & SIXTY_FOUR_BIT != 0
    }

    pub(super) fn has_large_dir(&self) -> bool {
        self.incompat & LARGEDIR != 0
    }

    pub(super) fn has_dir_nlink(&self) -> bool {
        self.ro_compat & DIR_NLINK != 0
    }

    pub(super) fn has_metadata_csum(&self) -> bool {
        self.ro_compat & METADATA_CSUM != 0
    }

    pub(super) fn has_group_csum(&self) -> bool {
        self.ro_compat & (METADATA_CSUM | GDT_CSUM) != 0
    }

    pub(super) fn orphan_present(&self) -> bool {
        self.ro_compat & ORPHAN_PRESENT != 0
    }
}
