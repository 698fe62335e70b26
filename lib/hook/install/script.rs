//! The scripts that hypervisors are given.

use std::path::{Path, PathBuf};

use super::error::InstallError;

/// The line that a file of osgraft's is known by.
const MARK: &str = "# Written by “osgraft hook install”; “osgraft hook uninstall” removes it.";
/// Before the folders that were made for the file, in its third line.
const MADE: &str = "# made:";

/// How osgraft is called.
#[derive(Clone, Debug)]
pub(super) struct Program {
    path: String,
    config: Option<String>,
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
        Ok(Self {
            path: text(path)?,
            config: config.map(text).transpose()?,
        })
    }

    pub(super) fn path(&self) -> &Path {
        Path::new(&self.path)
    }

    fn line(&self) -> String {
        let config = self.config.as_deref();
        let config = config.map_or(String::new(), |path| format!(" --config {}", quoted(path)));
        format!("{}{config}", quoted(&self.path))
    }

    /// A program that is gone takes no machine with it.
    fn or_nothing(&self) -> String {
        let program = quoted(&self.path);
        format!(
            "if [ ! -x {program} ]; then\n    \
                 echo \"osgraft: \"{program}\" is missing: $1 starts untouched\" >&2\n    \
                 exit 0\n\
             fi\n"
        )
    }
}

/// For `qemu.d`: most calls end in the shell.
pub(super) fn libvirt(program: &Program, made: &[&str]) -> String {
    let (head, guard, line) = (head(made), program.or_nothing(), program.line());
    format!(
        "{head}case \"$2/$3\" in\n\
         prepare/begin | restore/begin | migrate/begin) ;;\n\
         *) exit 0 ;;\n\
         esac\n\
         {guard}exec {line} hook libvirt -- \"$@\"\n"
    )
}

/// For `qemu` itself, where libvirt knows no `qemu.d`: the hook that was there first, then osgraft,
/// with the same on standard input.
pub(super) fn dispatcher(program: &Program, kept: &Path, made: &[&str]) -> String {
    let (head, guard, line) = (head(made), program.or_nothing(), program.line());
    let kept = quoted(&kept.to_string_lossy());
    format!(
        "{head}kept={kept}\n\
         case \"$2/$3\" in\n\
         prepare/begin | restore/begin | migrate/begin) ;;\n\
         *)\n    \
             [ -x \"$kept\" ] || exit 0\n    \
             exec \"$kept\" \"$@\"\n    \
             ;;\n\
         esac\n\
         # A command substitution drops the final newlines, but for the x.\n\
         input=$(cat && echo x) || exit 1\n\
         input=${{input%x}}\n\
         if [ -x \"$kept\" ]; then\n    \
             printf '%s' \"${{input}}\" | \"$kept\" \"$@\" || exit $?\n\
         fi\n\
         {guard}printf '%s' \"${{input}}\" | {line} hook libvirt -- \"$@\"\n"
    )
}

/// For a folder of snippets.
pub(super) fn proxmox(program: &Program) -> String {
    let (head, guard, line) = (head(&[]), program.or_nothing(), program.line());
    format!(
        "{head}[ \"$2\" = pre-start ] || exit 0\n\
         {guard}exec {line} hook proxmox -- \"$@\"\n"
    )
}

fn head(made: &[&str]) -> String {
    let made: String = made.iter().map(|name| format!(" {name}")).collect();
    format!("#!/bin/sh\n{MARK}\n{MADE}{made}\n")
}

/// Whether a file's text is osgraft's.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_known_again_with_what_was_made_for_it() {
        let program = Program::new(Path::new("/opt/it's/osgraft"), None).unwrap();
        let script = libvirt(&program, &["qemu.d"]);
        assert!(is_ours(script.as_bytes()));
        assert_eq!(made(script.as_bytes()), [PathBuf::from("qemu.d")]);
        assert!(script.contains(r"exec '/opt/it'\''s/osgraft' hook libvirt -- "));
        assert!(made(proxmox(&program).as_bytes()).is_empty());
        assert!(!is_ours(b"#!/bin/sh\n# osgraft\n"));
        assert!(!is_ours(b""));
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
