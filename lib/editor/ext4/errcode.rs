//! Meaning of libext2fs' error numbers.
//!
//! An own table rather than `error_message`: for a number it does not know, that function answers
//! from one static buffer that two threads would share.

use super::ffi::{ET_BASE, Errcode};

/// The number as words, for a message.
pub(crate) fn describe(code: Errcode) -> String {
    if (1..4096).contains(&code) {
        return std::io::Error::from_raw_os_error(code as i32).to_string();
    }
    let text = match code.wrapping_sub(ET_BASE) {
        19 => "bad superblock magic",
        20 => "revision too high",
        22..=26 => "bad group descriptor",
        28 | 30 => "cannot read a bitmap",
        35 => "corrupt directory",
        38 => "no room in a directory block",
        41 => "bad inode number",
        42 => "bad block number",
        53..=55 => "illegal indirect block",
        59 => "missing inode table",
        60 => "corrupt superblock",
        66 | 67 => "unsupported feature",
        71 => "invalid argument",
        80 => "not implemented by libext2fs",
        119..=121 | 123..=134 | 181 => "corrupt extent tree",
        146 => "inode checksum does not match",
        147 => "inode bitmap checksum does not match",
        148 => "extent block checksum does not match",
        149 => "no room for a directory checksum",
        150 => "directory block checksum does not match",
        151 => "extended attribute block checksum does not match",
        152 => "superblock checksum does not match",
        153 => "unknown checksum algorithm",
        156 => "block bitmap checksum does not match",
        158..=161 | 170 | 178 => "corrupt extended attribute",
        169 | 177 => "corrupt inode",
        174 | 180 => "corrupt file system",
        _ => return format!("libext2fs error {code}"),
    };
    text.to_owned()
}
