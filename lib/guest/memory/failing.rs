//! Faults that a guest in memory is asked for.

use super::MemoryGuest;
use super::build::parse;
use super::fault::{Call, Calls, Fault, Op, When};

/// Faults. A call that fails so changes nothing.
///
/// ```
/// use osgraft::guest::memory::Fault;
/// use osgraft::guest::{Guest, GuestError, MemoryGuest};
/// let mut guest = MemoryGuest::new().file("/etc/fstab", b"");
/// guest.fail_at(2, Fault::Io(std::io::ErrorKind::Other));
/// let fstab = "/etc/fstab".parse()?;
/// assert!(guest.read(&fstab, 100).is_ok());
/// assert!(matches!(guest.read(&fstab, 100), Err(GuestError::Io { .. })));
/// assert!(guest.read(&fstab, 100).is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl MemoryGuest {
    /// Fails the `nth` call, once; the first call in [`calls`](Self::calls) is 1.
    pub fn fail_at(&mut self, nth: usize, fault: Fault) {
        self.calls.faults.push((When::Nth(nth), fault));
    }

    /// Fails the `nth` call and every one after it.
    pub fn fail_from(&mut self, nth: usize, fault: Fault) {
        self.calls.faults.push((When::From(nth), fault));
    }

    /// Fails every `op` on `path`, the literal path of the call.
    ///
    /// # Panics
    /// If `path` is no [`GuestPath`](crate::path::GuestPath).
    pub fn fail_on(&mut self, op: Op, path: &str, fault: Fault) {
        let path = parse(path);
        self.calls.faults.push((When::On(op, path), fault));
    }

    /// Takes all faults back, and forgets the calls made so far.
    pub fn reset_calls(&mut self) {
        self.calls = Calls::default();
    }

    /// The calls made since the guest was built or [reset](Self::reset_calls), failed ones
    /// included.
    pub fn calls(&self) -> &[Call] {
        &self.calls.log
    }
}
