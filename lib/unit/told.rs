//! Parts of a unit that are not as they were made, or cannot be made.

use std::fmt;

use crate::path::GuestPath;

/// Something to tell about a unit.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Told {
    /// The path that it is about.
    pub path: GuestPath,
    /// The fault.
    pub why: Reason,
    /// Its consequence.
    pub then: Then,
}

/// Ways in which something is not as it should be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Reason {
    /// The unit's file is gone.
    Missing,
    /// The unit's file was changed.
    Edited,
    /// The unit is masked: its file is a link to `/dev/null`, or empty.
    Masked,
    /// Something of the guest's own stands in the place of the unit's file.
    Foreign(&'static str),
    /// The link that pulls the unit in is gone.
    LinkMissing,
    /// Something of the guest's own stands in the place of the link or its directory.
    LinkForeign(&'static str),
    /// No directory can be where units belong.
    Folder(&'static str),
    /// It is immutable.
    Immutable,
    /// Something was put into a directory that was made.
    NotEmpty,
    /// The name is too long for a file.
    TooLong,
}

/// Consequences of a fault.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Then {
    /// Nothing: the guest was only looked at.
    Differs,
    /// It is put right.
    Mended,
    /// It stays as it is.
    Kept,
    /// The guest gets no unit.
    NotMade,
}

impl Told {
    /// A stable name for scripts and reports.
    pub fn code(&self) -> &'static str {
        match self.why {
            Reason::Missing => "unit-missing",
            Reason::Edited => "unit-edited",
            Reason::Masked => "unit-masked",
            Reason::Foreign(_) => "unit-foreign",
            Reason::LinkMissing => "unit-link-missing",
            Reason::LinkForeign(_) => "unit-link-foreign",
            Reason::Folder(_) => "unit-folder",
            Reason::Immutable => "unit-immutable",
            Reason::NotEmpty => "not-empty",
            Reason::TooLong => "unit-name-too-long",
        }
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.path)?;
        match self.why {
            Reason::Missing => f.write_str("the guest removed osgraft's unit")?,
            Reason::Edited => f.write_str("the guest changed osgraft's unit")?,
            Reason::Masked => f.write_str("the guest masks osgraft's unit")?,
            Reason::Foreign(kind) => write!(
                f,
                "a {kind} of the guest's own stands in the place of osgraft's unit"
            )?,
            Reason::LinkMissing => {
                f.write_str("the guest removed the link that starts osgraft's unit")?;
            }
            Reason::LinkForeign(kind) => write!(
                f,
                "a {kind} of the guest's own stands in the place of the link to osgraft's unit"
            )?,
            Reason::Folder(kind) => {
                write!(f, "a {kind} stands where the folder of units belongs")?;
            }
            Reason::Immutable => f.write_str("it is immutable (lsattr: i or a)")?,
            Reason::NotEmpty => f.write_str("the guest put something into it")?,
            Reason::TooLong => f.write_str("the path is too long for the name of a unit")?,
        }
        f.write_str(self.ending())
    }
}

impl Told {
    fn ending(&self) -> &'static str {
        match (self.then, self.why) {
            (Then::Mended, Reason::Edited) => "; it is written anew",
            (Then::Mended, _) => "; it is put back",
            (Then::Kept, Reason::Edited) => {
                "; kept: remove it by hand, or by “osgraft revert --force”"
            }
            (Then::Kept, Reason::Missing | Reason::LinkMissing) => "",
            (Then::Kept, Reason::Immutable) => "; kept: run chattr -i -a on it, then revert again",
            (Then::Kept, _) => "; kept",
            (Then::Differs, Reason::Missing | Reason::LinkMissing) => {
                ": run osgraft prepare, which puts it back"
            }
            (Then::Differs, Reason::Edited) => ": run osgraft prepare, which writes it anew",
            (Then::Differs, Reason::Masked) => ": unmask it, then run osgraft prepare",
            (Then::Differs, _) => ": move that away, then run osgraft prepare",
            (Then::NotMade, Reason::Masked) => {
                ", so a shutdown may take 90 s longer: unmask it if that is not wanted"
            }
            (Then::NotMade, Reason::Immutable) => {
                ", so the guest gets no unit that lets go of the share, and a shutdown may take \
                 90 s longer: run chattr -i -a on it in the master"
            }
            (Then::NotMade, Reason::TooLong) => {
                ", so the guest gets no unit that lets go of the share, and a shutdown may take \
                 90 s longer: choose a shorter mount point"
            }
            (Then::NotMade, _) => {
                ", so the guest gets no unit that lets go of the share, and a shutdown may take \
                 90 s longer: move that away"
            }
        }
    }
}
