//! Descriptors that a caller left open.
#![allow(unsafe_code)]

/// Closes everything but standard input, output and error: a hypervisor's daemon may hold locks
/// and sockets by descriptors that it forgot to mark, and this program lives on its own.
///
/// To be called before anything is opened.
pub(crate) fn close() {
    // SAFETY: no thread was started and no file opened yet, so no descriptor from 3 on belongs to
    // anything in this process. A kernel before 5.9 has no such call and leaves them open.
    unsafe {
        libc::syscall(libc::SYS_close_range, 3, libc::c_uint::MAX, 0);
    }
}
