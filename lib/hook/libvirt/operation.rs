//! Operations that libvirt calls its hook for.

/// Operation that libvirt calls its hook for, as far as osgraft cares.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Operation {
    /// `prepare begin`: the domain is about to start, and nothing of it is labelled or opened yet.
    Prepare,
    /// `restore begin`: it will go on from a saved memory. A `prepare begin` follows.
    Restore,
    /// `migrate begin`: it will come running from another host. A `prepare begin` follows.
    Migrate,
    /// `started begin`, `stopped end`, `release end`: it has started, or a start has failed, or it
    /// has ended. Whatever it was to go on from is behind it.
    Over,
    /// Everything else, `reconnect` first of all: a failing hook would kill a running domain.
    Other,
}

impl Operation {
    /// From the second and third argument of the hook.
    pub fn new(operation: &str, sub_operation: &str) -> Self {
        match (operation, sub_operation) {
            ("prepare", "begin") => Self::Prepare,
            ("restore", "begin") => Self::Restore,
            ("migrate", "begin") => Self::Migrate,
            ("started", "begin") | ("stopped" | "release", "end") => Self::Over,
            _ => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_three_beginnings_and_what_ends_them_matter() {
        assert_eq!(Operation::new("prepare", "begin"), Operation::Prepare);
        assert_eq!(Operation::new("restore", "begin"), Operation::Restore);
        assert_eq!(Operation::new("migrate", "begin"), Operation::Migrate);
        for (operation, sub) in [("started", "begin"), ("stopped", "end"), ("release", "end")] {
            assert_eq!(Operation::new(operation, sub), Operation::Over);
        }
        for (operation, sub) in [
            ("start", "begin"),
            ("stopped", "begin"),
            ("release", "begin"),
            ("started", "end"),
            ("reconnect", "begin"),
            ("attach", "begin"),
            ("prepare", "end"),
            ("restore", "end"),
            ("Prepare", "begin"),
            ("", ""),
        ] {
            assert_eq!(Operation::new(operation, sub), Operation::Other);
        }
    }
}
