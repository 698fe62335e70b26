//! The scripts that hypervisors are given.
//!
//! A script calls osgraft and takes 40 and 41 alone for answers: a program that is gone, truncated,
//! or ended by a signal gives neither. It then decides by itself, in this order: by the domain's own
//! metadata, by the patterns of the last sound configuration, by the operator's choice.

mod texts;

use std::path::{Path, PathBuf};

use self::texts::{CALLABLE, DECIDE, LIBVIRT_DECIDE, PROXMOX_DECIDE, READ};
use super::error::InstallError;
use crate::hook::kept::Kept;

/// The line that a file of osgraft's is known by.
const MARK: &str = "# Written by “osgraft hook install”; “osgraft hook uninstall” removes it.";
/// Before the folders that were made for the file, in its third line.
const MADE: &str = "# made:";
/// The configuration, for a hook that was told of none.
const CONFIG: &str = "/etc/osgraft/config.toml";
/// Folder of the markers.
const MARKERS: &str = "/run/osgraft/hook";

/// Fate of a machine of which nothing is known: no configuration can be used, none was
/// kept, and its own description says nothing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub enum WhenUnknown {
    /// It does not start.
    #[default]
    Refuse,
    /// It starts as it is.
    Start,
}

impl WhenUnknown {
    /// The word for it on the command line and in the scripts.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Start => "start",
        }
    }
}

/// Program and configuration that an installed script of osgraft's calls.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Called {
    /// The program.
    pub program: PathBuf,
    /// The configuration.
    pub config: PathBuf,
    /// Fate of a machine of which nothing is known.
    pub when_unknown: WhenUnknown,
}

impl Called {
    /// Reads an installed script; `None` for one of an older osgraft, or of somebody else.
    pub fn of(script: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(script).ok()?;
        if !is_ours(script) {
            return None;
        }
        let value = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name))?;
            unquoted(line.strip_prefix('=')?)
        };
        Some(Self {
            program: value("program")?.into(),
            config: value("config")?.into(),
            when_unknown: match value("unknown")?.as_str() {
                "start" => WhenUnknown::Start,
                _ => WhenUnknown::Refuse,
            },
        })
    }
}

impl Called {
    /// The configuration, where it is not the default one.
    pub(super) fn stated_config(&self) -> Option<&Path> {
        Some(self.config.as_path()).filter(|config| *config != Path::new(CONFIG))
    }
}

/// Command line by which osgraft is called.
#[derive(Clone, Debug)]
pub(super) struct Program {
    path: String,
    config: Option<String>,
    when_unknown: WhenUnknown,
    kept: Kept,
}

impl Program {
    pub(super) fn new(path: &Path, config: Option<&Path>) -> Result<Self, InstallError> {
        let text = |path: &Path| {
            if !path.is_absolute() {
                return Err(InstallError::Relative(path.to_owned()));
            }
            let text = path.to_str().filter(|text| !text.contains('\n'));
            text.map(str::to_owned)
                .ok_or_else(|| InstallError::NotText(path.to_owned()))
        };
        let program = Self {
            path: text(path)?,
            config: config.map(text).transpose()?,
            when_unknown: WhenUnknown::default(),
            kept: Kept::default(),
        };
        program.judge()?;
        Ok(program)
    }

    /// Sets the choice for machines of which nothing is known, and the folder of the last sound
    /// configuration.
    pub(super) fn otherwise(mut self, when_unknown: WhenUnknown, kept: &Kept) -> Self {
        self.when_unknown = when_unknown;
        self.kept = kept.clone();
        self
    }

    /// Root runs the one and obeys the other, so nobody else may change them.
    fn judge(&self) -> Result<(), InstallError> {
        let config = Path::new(self.config.as_deref().unwrap_or(CONFIG));
        for (what, path) in [("program", self.path()), ("configuration", config)] {
            let flaw = crate::host::others_may_change(path).map_err(|source| InstallError::Io {
                action: "look at",
                path: path.to_owned(),
                source,
            })?;
            let Some(flaw) = flaw else {
                continue;
            };
            let path = path.to_owned();
            return Err(match what {
                "program" => InstallError::UnsafeProgram { path, flaw },
                _ => InstallError::UnsafeConfig { path, flaw },
            });
        }
        Ok(())
    }

    pub(super) fn path(&self) -> &Path {
        Path::new(&self.path)
    }

    /// Values of the script, a line each.
    fn values(&self) -> String {
        let config = self.config.as_deref().unwrap_or(CONFIG);
        let kept = self.kept.path(Path::new(config));
        let (program, config) = (quoted(&self.path), quoted(config));
        let (kept, unknown) = (quoted(&kept.to_string_lossy()), self.when_unknown.as_str());
        format!("program={program}\nconfig={config}\nkept={kept}\nunknown='{unknown}'\n")
    }

    /// The function that calls osgraft.
    fn ask(&self, hypervisor: &str) -> String {
        let folder = match self.kept.folder() == Path::new(crate::hook::kept::FOLDER) {
            true => String::new(),
            false => format!(" --kept {}", quoted(&self.kept.folder().to_string_lossy())),
        };
        let config = match &self.config {
            Some(_) => " --config \"$config\"",
            None => "",
        };
        format!(
            "ask() {{\n    \
                 \"$program\"{config} hook {hypervisor} --in-script --unknown \"$unknown\"{folder} -- \"$@\"\n\
             }}\n"
        )
    }
}

/// The operations of libvirt that osgraft is called for; `else` is what becomes of the others.
fn operations(otherwise: &str) -> String {
    format!(
        "case \"$2/$3\" in\n\
         prepare/begin | restore/begin | migrate/begin) ;;\n\
         started/begin | stopped/end | release/end)\n    \
             # Only what a restore or a migration left is to be taken away.\n    \
             for marker in '{MARKERS}'/*; do break; done\n    \
             if [ ! -e \"$marker\" ]; then\n        {otherwise}\n    fi\n    \
             ;;\n\
         *)\n    {otherwise}\n    ;;\n\
         esac\n"
    )
}

/// For `qemu.d`: most calls end in the shell.
pub(super) fn libvirt(program: &Program, made: &[&str]) -> String {
    let (head, values, ask) = (head(made), program.values(), program.ask("libvirt"));
    let operations = operations("exit 0");
    format!(
        "{head}{operations}{values}{ask}{CALLABLE}{DECIDE}{LIBVIRT_DECIDE}\
         {READ}\
         if callable; then\n    \
             printf '%s' \"$input\" | ask \"$@\"\n    \
             answered $?\n\
         fi\n\
         decide \"$@\"\n"
    )
}

/// For `qemu` itself, where libvirt knows no `qemu.d`: the hook that was there first, then osgraft,
/// with the same on standard input.
pub(super) fn dispatcher(program: &Program, kept: &Path, made: &[&str]) -> String {
    let (head, values, ask) = (head(made), program.values(), program.ask("libvirt"));
    let first = quoted(&kept.to_string_lossy());
    let operations = operations("[ -x \"$first\" ] || exit 0\n    exec \"$first\" \"$@\"");
    format!(
        "{head}first={first}\n\
         {operations}{values}{ask}{CALLABLE}{DECIDE}{LIBVIRT_DECIDE}\
         {READ}\
         if [ -x \"$first\" ]; then\n    \
             printf '%s' \"${{input}}\" | \"$first\" \"$@\" || exit $?\n\
         fi\n\
         if callable; then\n    \
             printf '%s' \"${{input}}\" | ask \"$@\"\n    \
             answered $?\n\
         fi\n\
         decide \"$@\"\n"
    )
}

/// For a folder of snippets.
pub(super) fn proxmox(program: &Program) -> String {
    let (head, values, ask) = (head(&[]), program.values(), program.ask("proxmox"));
    format!(
        "{head}[ \"$2\" = pre-start ] || exit 0\n\
         {values}{ask}{CALLABLE}{DECIDE}{PROXMOX_DECIDE}\
         if callable; then\n    \
             ask \"$@\"\n    \
             answered $?\n\
         fi\n\
         decide \"$@\"\n"
    )
}

/// Mark of a script that lets machines start where its program is gone.
const IDLE: &str = "# osgraft was removed from a host: where it is gone, each VM starts as it is.";

/// A hookscript that lets each VM start where the program is gone. Where it is there, the script
/// does what `text` does: several hosts may share it.
pub(super) fn idle(text: &[u8]) -> String {
    let text = String::from_utf8_lossy(text);
    let values = text.find("\nunknown=").and_then(|at| {
        let end = text[at + 1..].find('\n')?;
        Some(at + 1 + end + 1)
    });
    match values {
        // Of an osgraft that kept no values in its scripts.
        None => format!("{}{IDLE}\nexit 0\n", head(&[])),
        Some(at) => format!("{}{IDLE}\n{GONE}{}", &text[..at], &text[at..]),
    }
}

const GONE: &str = r#"if [ ! -e "$program" ]; then
    logger -t osgraft -p daemon.warning -- \
        "VM $1 starts unprepared: osgraft was removed; qm set $1 --delete hookscript" 2>/dev/null
    exit 0
fi
"#;

/// True for a script that lets machines start where its program is gone.
pub(crate) fn is_idle(text: &[u8]) -> bool {
    is_ours(text) && String::from_utf8_lossy(text).contains(IDLE)
}

fn head(made: &[&str]) -> String {
    let made: String = made.iter().map(|name| format!(" {name}")).collect();
    format!("#!/bin/sh\n{MARK}\n{MADE}{made}\n")
}

/// True if a file's text is osgraft's.
pub(super) fn is_ours(text: &[u8]) -> bool {
    let mut lines = text.split(|byte| *byte == b'\n');
    lines.next() == Some(b"#!/bin/sh") && lines.next() == Some(MARK.as_bytes())
}

/// The folders that were made for a file of osgraft's.
pub(super) fn made(text: &[u8]) -> Vec<PathBuf> {
    let line = text.split(|byte| *byte == b'\n').nth(2).unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    let names = line.strip_prefix(MADE).unwrap_or_default();
    names.split_whitespace().map(PathBuf::from).collect()
}

/// A word of a shell's command line.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The text of such a word.
fn unquoted(word: &str) -> Option<String> {
    let inner = word.strip_prefix('\'')?.strip_suffix('\'')?;
    Some(inner.replace(r"'\''", "'"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_known_again_with_what_was_made_for_it() {
        let path = Path::new("/opt/it's/osgraft");
        let program = Program::new(path, None).unwrap();
        let script = libvirt(&program, &["qemu.d"]);
        assert!(is_ours(script.as_bytes()));
        assert_eq!(made(script.as_bytes()), [PathBuf::from("qemu.d")]);
        assert!(script.contains(r"program='/opt/it'\''s/osgraft'"));
        assert!(made(proxmox(&program).as_bytes()).is_empty());
        assert!(!is_ours(b"#!/bin/sh\n# osgraft\n"));
        assert!(!is_ours(b""));
        let config = Path::new("/etc/a b.toml");
        let start = Program::new(path, Some(config)).unwrap();
        let start = start.otherwise(WhenUnknown::Start, &Kept::default());
        for (script, config, when_unknown) in [
            (script, CONFIG, WhenUnknown::Refuse),
            (proxmox(&start), "/etc/a b.toml", WhenUnknown::Start),
        ] {
            let called = Called {
                program: path.into(),
                config: config.into(),
                when_unknown,
            };
            assert_eq!(Called::of(script.as_bytes()), Some(called));
        }
        assert_eq!(Called::of(b"#!/bin/sh\nprogram='/a'\n"), None);
    }

    #[test]
    fn a_name_that_a_script_cannot_hold_is_refused() {
        use std::os::unix::ffi::OsStrExt;
        let odd = Path::new(std::ffi::OsStr::from_bytes(b"/a\xff"));
        for path in [odd, Path::new("/a\nb"), Path::new("osgraft")] {
            assert!(Program::new(path, None).is_err(), "{path:?}");
        }
    }
}
