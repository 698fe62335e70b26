//! fstab
