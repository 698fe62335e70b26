//! The mirrors against the installed headers.

use std::io::Write;
use std::mem::offset_of;
use std::process::{Command, Stdio};

use super::*;

/// Each line is a C expression and what it must be.
fn expectations() -> Vec<(String, i64)> {
    let mut all = Vec::new();
    macro_rules! same {
        ($rust:ident = $c:literal { $($field:ident = $name:literal),* $(,)? }) => {
            $(all.push((
                format!("offsetof({}, {})", $c, $name),
                offset_of!($rust, $field) as i64,
            ));)*
        };
    }
    same!(IoChannel = "struct struct_io_channel" {
        magic = "magic", manager = "manager", name = "name", block_size = "block_size",
        read_error = "read_error", write_error = "write_error", refcount = "refcount",
        flags = "flags", reserved = "reserved", private_data = "private_data",
        app_data = "app_data", align = "align",
    });
    same!(IoManager = "struct struct_io_manager" {
        magic = "magic", name = "name", open = "open", close = "close",
        set_blksize = "set_blksize", read_blk = "read_blk", write_blk = "write_blk",
        flush = "flush", write_byte = "write_byte", set_option = "set_option",
        get_stats = "get_stats", read_blk64 = "read_blk64", write_blk64 = "write_blk64",
        discard = "discard", cache_readahead = "cache_readahead", zeroout = "zeroout",
        reserved = "reserved",
    });
    same!(Filsys = "struct struct_ext2_filsys" {
        magic = "magic", io = "io", flags = "flags", device_name = "device_name",
        superblock = "super", blocksize = "blocksize", fragsize = "fragsize",
        group_desc_count = "group_desc_count", desc_blocks = "desc_blocks",
        group_desc = "group_desc", inode_blocks_per_group = "inode_blocks_per_group",
        inode_map = "inode_map", block_map = "block_map", callbacks = "get_blocks",
        badblocks = "badblocks", dblist = "dblist", stride = "stride",
        orig_super = "orig_super", image_header = "image_header", umask = "umask",
        now = "now",
    });
    same!(Inode = "struct ext2_inode_large" {
        mode = "i_mode", uid_low = "i_uid", size_low = "i_size", atime = "i_atime",
        ctime = "i_ctime", mtime = "i_mtime", dtime = "i_dtime", gid_low = "i_gid",
        links_count = "i_links_count", blocks = "i_blocks", flags = "i_flags",
        version = "osd1", block = "i_block", generation = "i_generation",
        file_acl = "i_file_acl", size_high = "i_size_high", faddr = "i_faddr",
        blocks_hi = "osd2.linux2.l_i_blocks_hi",
        file_acl_high = "osd2.linux2.l_i_file_acl_high",
        uid_high = "osd2.linux2.l_i_uid_high", gid_high = "osd2.linux2.l_i_gid_high",
        checksum_lo = "osd2.linux2.l_i_checksum_lo", reserved = "osd2.linux2.l_i_reserved",
        extra_isize = "i_extra_isize", checksum_hi = "i_checksum_hi",
        ctime_extra = "i_ctime_extra", mtime_extra = "i_mtime_extra",
        atime_extra = "i_atime_extra", crtime = "i_crtime",
        crtime_extra = "i_crtime_extra", version_hi = "i_version_hi", projid = "i_projid",
    });
    same!(Extent = "struct ext2fs_extent" {
        physical = "e_pblk", logical = "e_lblk", len = "e_len", flags = "e_flags",
    });
    let numbers = [
        (
            "sizeof(struct struct_io_channel)",
            size_of::<IoChannel>() as i64,
        ),
        (
            "sizeof(struct struct_io_manager)",
            size_of::<IoManager>() as i64,
        ),
        ("sizeof(struct ext2_inode_large)", size_of::<Inode>() as i64),
        ("sizeof(errcode_t)", size_of::<Errcode>() as i64),
        ("sizeof(blk64_t)", size_of::<u64>() as i64),
        ("sizeof(ext2_ino_t)", size_of::<u32>() as i64),
        ("sizeof(dgrp_t)", size_of::<u32>() as i64),
        (
            "sizeof(((struct struct_ext2_filsys *)0)->now)",
            size_of::<libc::time_t>() as i64,
        ),
        ("EXT2_ET_BASE", ET_BASE),
        ("EXT2_ET_MAGIC_EXT2FS_FILSYS", ET_MAGIC_FILSYS),
        ("EXT2_ET_MAGIC_IO_CHANNEL", ET_MAGIC_IO_CHANNEL),
        ("EXT2_ET_MAGIC_IO_MANAGER", ET_MAGIC_IO_MANAGER),
        ("EXT2_ET_SHORT_READ", ET_SHORT_READ),
        ("EXT2_ET_SHORT_WRITE", ET_SHORT_WRITE),
        ("EXT2_ET_DIR_NO_SPACE", ET_DIR_NO_SPACE),
        ("EXT2_ET_NO_MEMORY", ET_NO_MEMORY),
        ("EXT2_ET_INVALID_ARGUMENT", ET_INVALID_ARGUMENT),
        ("EXT2_ET_BLOCK_ALLOC_FAIL", ET_BLOCK_ALLOC_FAIL),
        ("EXT2_ET_INODE_ALLOC_FAIL", ET_INODE_ALLOC_FAIL),
        ("EXT2_ET_UNIMPLEMENTED", ET_UNIMPLEMENTED),
        ("EXT2_ET_FILE_TOO_BIG", ET_FILE_TOO_BIG),
        ("EXT2_ET_EXTENT_NO_NEXT", ET_EXTENT_NO_NEXT),
        ("EXT2_ET_NO_CURRENT_NODE", ET_NO_CURRENT_NODE),
        ("EXT2_ET_EA_KEY_NOT_FOUND", ET_EA_KEY_NOT_FOUND),
        ("EXT2_ET_EA_NO_SPACE", ET_EA_NO_SPACE),
        ("EXT2_FLAG_RW", FLAG_RW.into()),
        ("EXT2_FLAG_MASTER_SB_ONLY", FLAG_MASTER_SB_ONLY.into()),
        ("EXT2_FLAG_64BITS", FLAG_64BITS.into()),
        ("EXT2_FLAG_SKIP_MMP", FLAG_SKIP_MMP.into()),
        ("EXT2_FILE_WRITE", FILE_WRITE.into()),
        ("BMAP_ALLOC", BMAP_ALLOC.into()),
        ("BMAP_RET_UNINIT", BMAP_RET_UNINIT.into()),
        ("sizeof(struct ext2fs_extent)", size_of::<Extent>() as i64),
        ("sizeof(e2_blkcnt_t)", size_of::<i64>() as i64),
        ("EXT2_EXTENT_ROOT", EXTENT_ROOT.into()),
        ("EXT2_EXTENT_NEXT", EXTENT_NEXT.into()),
        ("EXT2_EXTENT_FLAGS_LEAF", EXTENT_FLAGS_LEAF.into()),
        ("EXT2_EXTENT_FLAGS_UNINIT", EXTENT_FLAGS_UNINIT.into()),
        (
            "EXT2_EXTENT_FLAGS_SECOND_VISIT",
            EXTENT_FLAGS_SECOND_VISIT.into(),
        ),
        ("BLOCK_FLAG_DATA_ONLY", BLOCK_FLAG_DATA_ONLY.into()),
        ("BLOCK_FLAG_READ_ONLY", BLOCK_FLAG_READ_ONLY.into()),
        ("BLOCK_ABORT", BLOCK_ABORT.into()),
        ("EXT2_SEEK_SET", SEEK_SET.into()),
    ];
    all.extend(numbers.map(|(expression, value)| (expression.to_owned(), value)));
    all
}

/// The prototypes of C, assigned to pointers of the types that are declared here.
const PROTOTYPES: &str = "
    errcode_t (*p0)(const char *, const char *, int, int, unsigned int, io_manager, ext2_filsys *) = ext2fs_open2;
    errcode_t (*p1)(ext2_filsys *) = ext2fs_close_free;
    void (*p2)(ext2_filsys) = ext2fs_free;
    errcode_t (*p3)(ext2_filsys) = ext2fs_read_bitmaps;
    blk64_t (*p4)(ext2_filsys, dgrp_t) = ext2fs_block_bitmap_loc;
    int (*p5)(ext2_filsys, dgrp_t) = ext2fs_group_desc_csum_verify;
    errcode_t (*p6)(ext2_filsys, ext2_ino_t, struct ext2_inode *, int) = ext2fs_read_inode_full;
    errcode_t (*p7)(ext2_filsys, ext2_ino_t, struct ext2_inode *, int) = ext2fs_write_inode_full;
    errcode_t (*p8)(ext2_filsys, ext2_ino_t, int, ext2fs_inode_bitmap, ext2_ino_t *) = ext2fs_new_inode;
    errcode_t (*p9)(ext2_filsys, ext2_ino_t, struct ext2_inode *) = ext2fs_write_new_inode;
    void (*p10)(ext2_filsys, ext2_ino_t, int, int) = ext2fs_inode_alloc_stats2;
    int (*p11)(ext2_filsys, struct ext2_inode *) = ext2fs_inode_has_valid_blocks2;
    errcode_t (*p12)(ext2_filsys, ext2_ino_t, struct ext2_inode *, char *, int, blk64_t, int *, blk64_t *) = ext2fs_bmap2;
    errcode_t (*p13)(ext2_filsys, ext2_ino_t, struct ext2_inode *, char *, blk64_t, blk64_t) = ext2fs_punch;
    errcode_t (*p14)(ext2_filsys, ext2_ino_t, struct ext2_inode *, ext2_extent_handle_t *) = ext2fs_extent_open2;
    void (*p15)(ext2_extent_handle_t) = ext2fs_extent_free;
    errcode_t (*p16)(ext2_filsys, blk64_t, void *, int, ext2_ino_t) = ext2fs_read_dir_block4;
    errcode_t (*p17)(ext2_filsys, blk64_t, void *, int, ext2_ino_t) = ext2fs_write_dir_block4;
    errcode_t (*p18)(ext2_filsys, ext2_ino_t, const char *, ext2_ino_t, int) = ext2fs_link;
    errcode_t (*p19)(ext2_filsys, ext2_ino_t) = ext2fs_expand_dir;
    errcode_t (*p20)(int, const char *, int, const struct ext2fs_nls_table *, int, const __u32 *, ext2_dirhash_t *, ext2_dirhash_t *) = ext2fs_dirhash2;
    errcode_t (*p21)(ext2_filsys, ext2_ino_t, int, ext2_file_t *) = ext2fs_file_open;
    errcode_t (*p22)(ext2_file_t, void *, unsigned int, unsigned int *) = ext2fs_file_read;
    errcode_t (*p23)(ext2_file_t, const void *, unsigned int, unsigned int *) = ext2fs_file_write;
    errcode_t (*p24)(ext2_file_t, ext2_off64_t) = ext2fs_file_set_size2;
    errcode_t (*p25)(ext2_file_t) = ext2fs_file_close;
    errcode_t (*p26)(ext2_filsys, ext2_ino_t, struct ext2_inode_large *) = ext2fs_free_ext_attr;
    errcode_t (*p27)(ext2_filsys, ext2_ino_t, struct ext2_xattr_handle **) = ext2fs_xattrs_open;
    errcode_t (*p28)(struct ext2_xattr_handle *) = ext2fs_xattrs_read;
    errcode_t (*p29)(struct ext2_xattr_handle *, const char *, void **, size_t *) = ext2fs_xattr_get;
    errcode_t (*p30)(struct ext2_xattr_handle *, const char *, const void *, size_t) = ext2fs_xattr_set;
    errcode_t (*p31)(struct ext2_xattr_handle **) = ext2fs_xattrs_close;
    blk64_t (*p32)(ext2_filsys, dgrp_t) = ext2fs_inode_bitmap_loc;
    blk64_t (*p33)(ext2_filsys, dgrp_t) = ext2fs_inode_table_loc;
    errcode_t (*p34)(ext2_extent_handle_t, int, struct ext2fs_extent *) = ext2fs_extent_get;
    errcode_t (*p35)(ext2_filsys, ext2_ino_t, int, char *, int (*)(ext2_filsys, blk64_t *, e2_blkcnt_t, blk64_t, int, void *), void *) = ext2fs_block_iterate3;
    errcode_t (*p36)(ext2_file_t, __u64, int, __u64 *) = ext2fs_file_llseek;
    errcode_t (*p37)(struct ext2_xattr_handle *, int (*)(char *, char *, size_t, void *), void *) = ext2fs_xattrs_iterate;
";

#[test]
fn the_mirrors_agree_with_the_installed_headers() {
    let mut source = String::from("#include <stddef.h>\n#include <ext2fs/ext2fs.h>\n");
    source += PROTOTYPES;
    for (expression, value) in expectations() {
        source +=
            &format!("_Static_assert((long long)({expression}) == {value}LL, \"{expression}\");\n");
    }
    let library = pkg_config_flags();
    let mut compiler = Command::new("cc")
        .args(["-x", "c", "-fsyntax-only", "-Werror", "-"])
        .args(library)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a C compiler is installed as cc");
    let mut input = compiler.stdin.take().unwrap();
    input.write_all(source.as_bytes()).unwrap();
    drop(input);
    let output = compiler.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

fn pkg_config_flags() -> Vec<String> {
    let output = Command::new("pkg-config")
        .args(["--cflags", "ext2fs"])
        .output();
    let flags = output.expect("pkg-config is installed").stdout;
    String::from_utf8(flags)
        .unwrap()
        .split_whitespace()
        .map(str::to_owned)
        .collect()
}
