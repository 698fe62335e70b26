//! libvirt's `qemu` hook.

use std::path::{Path, PathBuf};

use super::error::InstallError;
use super::place::{self, There};
use super::script::{self, Called, Program, WhenUnknown};
use super::{Installed, Note};
use crate::hook::kept::Kept;

/// The file in `qemu.d`.
const NAME: &str = "50-osgraft";
/// Name of a hook that the dispatcher takes the place of. libvirt calls nothing of that name.
const KEPT: &str = "qemu.osgraft-kept";
/// Profiles of Debian and Ubuntu that confine libvirt.
const PROFILES: [&str; 2] = ["usr.sbin.libvirtd", "usr.sbin.virtqemud"];

/// Way in which libvirt is told of osgraft.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum Style {
    /// A file of its own in `qemu.d`, which libvirt runs through from version 6.5.0 on.
    #[default]
    Folder,
    /// `qemu` itself, which calls the hook that was there before, then osgraft: for older ones.
    Dispatcher,
}

/// libvirt's hooks on a host.
#[derive(Clone, Debug)]
pub struct Libvirt {
    hooks: PathBuf,
    apparmor: PathBuf,
    when_unknown: Option<WhenUnknown>,
    kept: Kept,
}

impl Style {
    /// The one for a version such as `9.0.0`; the folder where that tells nothing, since what
    /// knows no folder is from before July 2020.
    pub fn for_version(version: &str) -> Self {
        let mut numbers = version.split('.').map(|part| part.trim().parse::<u32>());
        match (numbers.next(), numbers.next()) {
            (Some(Ok(major)), Some(Ok(minor))) if (major, minor) < (6, 5) => Self::Dispatcher,
            _ => Self::Folder,
        }
    }
}

impl Default for Libvirt {
    fn default() -> Self {
        Self::under("/")
    }
}

impl Libvirt {
    /// The hooks of a host whose root is there: `etc/libvirt/hooks` below it.
    pub fn under(root: impl AsRef<Path>) -> Self {
        Self {
            hooks: root.as_ref().join("etc/libvirt/hooks"),
            apparmor: root.as_ref().join("etc/apparmor.d"),
            when_unknown: None,
            kept: Kept::default(),
        }
    }

    /// Chooses for a domain of which nothing is known. Without a choice, that of an earlier
    /// installation stays, else such a domain does not start.
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

    /// Has libvirt call the program, with this configuration where it is not the default one.
    ///
    /// # Errors
    /// [`InstallError`].
    pub fn install(
        &self,
        program: &Path,
        config: Option<&Path>,
        style: Style,
    ) -> Result<Installed, InstallError> {
        let program = Program::new(program, config)?;
        let choice = self.when_unknown.or_else(|| self.chosen_before());
        let program = program.otherwise(choice.unwrap_or_default(), &self.kept);
        let was_called = self.is_called();
        let mut installed = match style {
            Style::Folder => {
                let mut installed = self.remove_dispatcher()?;
                let folder = self.hooks.join("qemu.d");
                let path = folder.join(NAME);
                let before = self.ours_or_nothing(&path)?;
                let made = self.make_folders(&[("qemu.d", &folder)], before.as_deref())?;
                let text = script::libvirt(&program, &made);
                self.put(&path, before, &text, &mut installed)?;
                installed
            }
            Style::Dispatcher => {
                let mut installed = self.remove_file()?;
                self.install_dispatcher(&program, &mut installed)?;
                installed
            }
        };
        // libvirt looks for hooks when it starts, and remembers whether there were any.
        if !was_called {
            installed.notes.push(Note::new(
                "restart",
                "libvirt had no qemu hook, so it looks for none until it is restarted: \
                 systemctl restart libvirtd (or virtqemud)",
            ));
        }
        installed.notes.extend(self.confined(program.path()));
        Ok(installed)
    }

    /// Program and configuration that an installed hook calls; `None` where there is none, or one of an older osgraft.
    pub fn called(&self) -> Option<Called> {
        let scripts = [
            self.hooks.join("qemu.d").join(NAME),
            self.hooks.join("qemu"),
        ];
        scripts.iter().find_map(|path| match place::look(path) {
            Ok(There::Text(text)) => Called::of(&text),
            _ => None,
        })
    }

    /// Takes it away again; what was there before is back as it was.
    ///
    /// # Errors
    /// [`InstallError`].
    pub fn uninstall(&self) -> Result<Installed, InstallError> {
        let mut done = self.remove_file()?;
        let other = self.remove_dispatcher()?;
        done.changed |= other.changed;
        done.files.extend(other.files);
        Ok(done)
    }

    /// Writes an installed hook anew that calls this program, as after an upgrade of it. Style,
    /// configuration and choice stay. Does nothing where there is none.
    ///
    /// # Errors
    /// [`InstallError`]; the hook is then as it was.
    pub fn refresh(&self, program: &Path) -> Result<Installed, InstallError> {
        let scripts = [
            (Style::Folder, self.hooks.join("qemu.d").join(NAME)),
            (Style::Dispatcher, self.hooks.join("qemu")),
        ];
        for (style, path) in scripts {
            if let There::Text(text) = place::look(&path)?
                && let Some(called) = Called::of(&text)
                && called.program == program
            {
                return self.install(program, called.stated_config(), style);
            }
        }
        Ok(Installed::default())
    }

    fn install_dispatcher(
        &self,
        program: &Program,
        installed: &mut Installed,
    ) -> Result<(), InstallError> {
        let (hook, kept) = (self.hooks.join("qemu"), self.hooks.join(KEPT));
        let before = match place::look(&hook)? {
            There::Text(text) if script::is_ours(&text) => Some(text),
            There::Text(_) if !matches!(place::look(&kept)?, There::Nothing) => {
                return Err(InstallError::Replaced { kept, hook });
            }
            There::Text(_) => {
                // A crash right here leaves the host without the hook for as long as it takes to
                // install or uninstall again.
                place::rename(&hook, &kept)?;
                installed.files.push(kept.clone());
                None
            }
            There::Nothing => None,
        };
        let made = self.make_folders(&[], before.as_deref())?;
        let text = script::dispatcher(program, &kept, &made);
        self.put(&hook, before, &text, installed)
    }

    fn put(
        &self,
        path: &Path,
        before: Option<Vec<u8>>,
        text: &str,
        installed: &mut Installed,
    ) -> Result<(), InstallError> {
        installed.files.push(path.to_owned());
        if before.as_deref() != Some(text.as_bytes()) || !place::is_executable(path) {
            place::write(path, text)?;
            installed.changed = true;
        }
        Ok(())
    }

    /// Makes the folders that are missing. What an earlier installation made is still ours.
    fn make_folders(
        &self,
        below: &[(&'static str, &Path)],
        before: Option<&[u8]>,
    ) -> Result<Vec<&'static str>, InstallError> {
        let earlier = before.map(script::made).unwrap_or_default();
        let all = [("hooks", self.hooks.as_path())];
        let mut made = Vec::new();
        for (name, path) in all.iter().chain(below) {
            if place::make_folder(path)? || earlier.iter().any(|known| known == Path::new(name)) {
                made.push(*name);
            }
        }
        Ok(made)
    }

    /// Removes the file in `qemu.d`, and the folders that were made for it.
    fn remove_file(&self) -> Result<Installed, InstallError> {
        let path = self.hooks.join("qemu.d").join(NAME);
        match self.ours_or_nothing(&path)? {
            Some(text) => self.remove(&path, &text),
            None => Ok(Installed::default()),
        }
    }

    /// Removes the dispatcher, and puts back the hook that it took the place of.
    fn remove_dispatcher(&self) -> Result<Installed, InstallError> {
        let (hook, kept) = (self.hooks.join("qemu"), self.hooks.join(KEPT));
        let is_kept = !matches!(place::look(&kept)?, There::Nothing);
        match place::look(&hook)? {
            There::Text(text) if script::is_ours(&text) && is_kept => {
                // One call, so that there is a hook at every instant.
                place::rename(&kept, &hook)?;
                Ok(changed(vec![hook, kept]))
            }
            There::Text(text) if script::is_ours(&text) => self.remove(&hook, &text),
            There::Text(_) if is_kept => Err(InstallError::Replaced { kept, hook }),
            There::Text(_) => Ok(Installed::default()),
            // An installation that ended halfway.
            There::Nothing if is_kept => {
                place::rename(&kept, &hook)?;
                Ok(changed(vec![hook, kept]))
            }
            There::Nothing => Ok(Installed::default()),
        }
    }

    fn remove(&self, path: &Path, text: &[u8]) -> Result<Installed, InstallError> {
        place::remove(path)?;
        let made = script::made(text);
        for (name, folder) in [
            ("qemu.d", self.hooks.join("qemu.d")),
            ("hooks", self.hooks.clone()),
        ] {
            if made.iter().any(|made| made == Path::new(name)) {
                place::remove_folder(&folder)?;
            }
        }
        Ok(changed(vec![path.to_owned()]))
    }

    fn ours_or_nothing(&self, path: &Path) -> Result<Option<Vec<u8>>, InstallError> {
        match place::look(path)? {
            There::Text(text) if script::is_ours(&text) => Ok(Some(text)),
            There::Text(_) => Err(InstallError::Foreign(path.to_owned())),
            There::Nothing => Ok(None),
        }
    }

    /// Choice of an earlier installation for domains of which nothing is known.
    fn chosen_before(&self) -> Option<WhenUnknown> {
        self.called().map(|called| called.when_unknown)
    }

    /// True if a libvirt that started now would call a hook.
    fn is_called(&self) -> bool {
        let files = place::files_of(&self.hooks.join("qemu.d"));
        place::is_executable(&self.hooks.join("qemu"))
            || files.iter().any(|file| place::is_executable(file))
    }

    /// Note about AppArmor: the profile of libvirt lets it run programs of a few folders.
    fn confined(&self, program: &Path) -> Option<Note> {
        let may_run = ["/bin", "/sbin", "/usr/bin", "/usr/sbin"].map(Path::new);
        if program
            .parent()
            .is_some_and(|folder| may_run.contains(&folder))
        {
            return None;
        }
        let profile = PROFILES
            .iter()
            .find(|profile| self.apparmor.join(profile).exists())?;
        let shown = program.display();
        Some(Note::new(
            "apparmor",
            format!(
                "AppArmor lets libvirt run no program of that folder: install osgraft in /usr/bin, \
                 or add the line “{shown} PUx,” to {} and reload the profile",
                self.apparmor.join("local").join(profile).display()
            ),
        ))
    }
}

fn changed(files: Vec<PathBuf>) -> Installed {
    Installed {
        changed: true,
        files,
        notes: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_versions_know_no_folder() {
        for (version, style) in [
            ("6.4.9", Style::Dispatcher),
            ("6.0.0", Style::Dispatcher),
            ("5.10.0", Style::Dispatcher),
            ("6.5.0", Style::Folder),
            ("9.0.0", Style::Folder),
            ("11.3.0", Style::Folder),
            ("", Style::Folder),
            ("unknown", Style::Folder),
        ] {
            assert_eq!(Style::for_version(version), style, "{version}");
        }
    }
}
