//! Signals that are errors of a call instead.
#![allow(unsafe_code)]

/// Has a write beyond the limit of a file's size (setrlimit(2), `RLIMIT_FSIZE`) fail with `EFBIG`, where
/// `SIGXFSZ` would end the program without a word.
pub(crate) fn ignore_file_size() {
    // SAFETY: no handler is installed, so nothing runs when the signal comes.
    unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
    }
}
