//! A child's own names, keys and labels, judged by the tools of the programs that read them.

/// SELinux labels, as libselinux looks them up.
mod labels;
/// SSH host keys, as OpenSSH and dropbear take them.
mod ssh;
