//! Proxmox' hookscript: a snippet, which each VM is told of by its operator.

use std::path::{Path, PathBuf};

use super::error::InstallError;
use super::place::{self, There};
use super::script::{self, Called, Program, WhenUnknown};
use super::{Installed, Note};
use crate::hook::kept::Kept;

/// The snippet's name.
const NAME: &str = "osgraft";
/// Folder of the snippets of the storage `local`.
const LOCAL: &str = "/var/lib/vz/snippets";

/// A folder of snippets.
#[derive(Clone, Debug)]
pub struct Proxmox {
    folder: PathBuf,
    when_unknown: Option<WhenUnknown>,
    kept: Kept,
}

impl Default for Proxmox {
    /// That of the storage `local`.
    fn default() -> Self {
        Self::within(LOCAL)
    }
}

impl Proxmox {
    /// A storage's folder of snippets, such as `/var/lib/vz/snippets`.
    pub fn within(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            when_unknown: None,
            kept: Kept::default(),
        }
    }

    /// Chooses for a VM of which nothing is known. Without a choice, that of an earlier
    /// installation stays, else such a VM does not start.
    #[must_use]
    pub fn when_unknown(mut self, choice: WhenUnknown) -> Self {
        self.when_unknown = Some(choice);
        self
    }

    /// Sets the folder in which the last sound configuration is kept.
    #[must_use]
    pub fn kept(mut self, kept: Kept) -> Self {
        self.kept = kept;
        self
    }

    /// Puts the hookscript there. Which VMs have it is for `qm set` to say, which is not called.
    ///
    /// # Errors
    /// [`InstallError`].
    pub fn install(
        &self,
        program: &Path,
        config: Option<&Path>,
    ) -> Result<Installed, InstallError> {
        let program = Program::new(program, config)?;
        if !self.folder.is_dir() {
            return Err(InstallError::NoFolder(self.folder.clone()));
        }
        let flaw = crate::host::others_may_change(&self.folder);
        let flaw = flaw.map_err(|source| InstallError::Io {
            action: "look at",
            path: self.folder.clone(),
            source,
        })?;
        if let Some(flaw) = flaw {
            let path = self.folder.clone();
            return Err(InstallError::UnsafeFolder { path, flaw });
        }
        let path = self.path();
        let before = place::look(&path)?;
        let chosen_before = match &before {
            There::Text(text) => Called::of(text).map(|called| called.when_unknown),
            There::Nothing => None,
        };
        let choice = self.when_unknown.or(chosen_before).unwrap_or_default();
        let text = script::proxmox(&program.otherwise(choice, &self.kept));
        let is_there = match before {
            There::Text(before) if script::is_ours(&before) => before == text.as_bytes(),
            There::Text(_) => return Err(InstallError::Foreign(path)),
            There::Nothing => false,
        };
        let changed = !is_there || !place::is_executable(&path);
        if changed {
            place::write(&path, &text)?;
        }
        let storage = match self.folder == Path::new(LOCAL) {
            true => "local",
            false => "STORAGE",
        };
        let set = format!(
            "for each VM that is to take part: qm set VMID --hookscript {storage}:snippets/{NAME}"
        );
        Ok(Installed {
            changed,
            files: vec![path],
            notes: vec![Note::new("set", set)],
        })
    }

    /// Takes the hookscript away.
    ///
    /// # Errors
    /// [`InstallError`].
    pub fn uninstall(&self) -> Result<Installed, InstallError> {
        let path = self.path();
        match place::look(&path)? {
            There::Nothing => return Ok(Installed::default()),
            There::Text(text) if !script::is_ours(&text) => {
                return Err(InstallError::Foreign(path));
            }
            There::Text(_) => place::remove(&path)?,
        }
        let delete = "a VM that still has the hookscript does not start: \
                      qm set VMID --delete hookscript";
        Ok(Installed {
            changed: true,
            files: vec![path],
            notes: vec![Note::new("delete", delete)],
        })
    }

    /// Program and configuration that an installed hookscript calls; `None` where there is none, or one of an older osgraft.
    pub fn called(&self) -> Option<Called> {
        match place::look(&self.path()) {
            Ok(There::Text(text)) => Called::of(&text),
            _ => None,
        }
    }

    /// Writes an installed hookscript anew that calls this program, as after an upgrade of it.
    /// Configuration and choice stay. Does nothing where there is none.
    ///
    /// # Errors
    /// [`InstallError`]; the hookscript is then as it was.
    pub fn refresh(&self, program: &Path) -> Result<Installed, InstallError> {
        if let There::Text(text) = place::look(&self.path())?
            && let Some(called) = Called::of(&text)
            && called.program == program
        {
            return self.install(program, called.stated_config());
        }
        Ok(Installed::default())
    }

    /// Has osgraft's own hookscript let each VM start where the program is gone: a VM that names a
    /// script that is gone does not start. Does nothing where osgraft has no script.
    ///
    /// # Errors
    /// [`InstallError`].
    pub fn let_start(&self) -> Result<Installed, InstallError> {
        let path = self.path();
        let text = match place::look(&path)? {
            There::Text(text) if script::is_ours(&text) => text,
            _ => return Ok(Installed::default()),
        };
        let changed = !script::is_idle(&text);
        if changed {
            place::write(&path, &script::idle(&text))?;
        }
        let delete = "lets each VM start where osgraft is gone, since VMs may still name it: \
                      qm set VMID --delete hookscript, then remove the file";
        let text = format!("{} {delete}", path.display());
        Ok(Installed {
            changed,
            files: vec![path],
            notes: vec![Note::new("delete", text)],
        })
    }

    fn path(&self) -> PathBuf {
        self.folder.join(NAME)
    }
}
