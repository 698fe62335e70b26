//! Types of network file systems.

/// Types that systemd takes for network file systems (`fstype_is_network`, basic/mountpoint-util.c).
const NETWORK: [&[u8]; 18] = [
    b"afs",
    b"ceph",
    b"cifs",
    b"smb3",
    b"smbfs",
    b"sshfs",
    b"ncpfs",
    b"ncp",
    b"nfs",
    b"nfs4",
    b"gfs",
    b"gfs2",
    b"glusterfs",
    b"pvfs2",
    b"ocfs2",
    b"lustre",
    b"davfs",
    b"9p",
];

/// True for a type that systemd mounts after the network.
pub(super) fn is_network_type(vfstype: &[u8]) -> bool {
    let plain = vfstype.strip_prefix(b"fuse.").unwrap_or(vfstype);
    NETWORK.contains(&plain)
}
