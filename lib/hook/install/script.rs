//! The scripts that hypervisors are given.
//!
//! A script calls osgraft and takes 40 and 41 alone for answers: a program that is gone, truncated,
//! or ended by a signal gives neither. It then decides by itself, in this order: by the domain's own
//! metadata, by the patterns of the last sound configuration, by the operator's choice.

use std::path::{Path, PathBuf};

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

/// Reads the description before the program does, which may die with what it has read.
const READ: &str = r#"# A command substitution drops the final newlines, but for the x.
input=$(cat && echo x) || exit 1
input=${input%x}
"#;

/// Tells whether the program can be called; sets `$why` where not.
const CALLABLE: &str = r#"callable() {
    if [ ! -f "$program" ] || [ ! -x "$program" ]; then
        why="$program is missing or not executable"
    elif [ ! -O "$program" ]; then
        why="$program belongs to another user"
    else
        return 0
    fi
    return 1
}
# Takes 40 and 41 for answers, and nothing else.
answered() {
    case "$1" in
    40) exit 0 ;;
    41) exit 1 ;;
    esac
    why="$program did not answer (exit code $1)"
}
"#;

/// Decides without osgraft. `$names` are the machine's names, a line each; `$sure` says
/// whether they are all, and whether its description was seen.
const DECIDE: &str = r#"policy=unknown
sure=no
doubt=no
otherwise=refuse
tell() {
    printf '%s\n' "osgraft: $1" | LC_ALL=C tr -d '\000-\011\013-\037\177' >&2
    logger -t osgraft -p daemon.err -- "$1" 2>/dev/null || :
}
by_patterns() {
    [ -f "$kept" ] && [ -O "$kept" ] || return 0
    whole=no
    while read -r word rule pattern; do
        case "$word" in
        on-failure) otherwise=$rule ;;
        vm)
            if [ "$rule" = unknown ]; then
                # It may have been the first that matches.
                sure=no
                doubt=yes
            elif printf '%s\n' "$names" | LC_ALL=C grep -Eqe "$pattern"; then
                policy=$rule
                if [ "$doubt" = yes ]; then policy=refuse; fi
                return 0
            fi
            ;;
        end)
            whole=yes
            break
            ;;
        esac
    done <"$kept"
    if [ "$whole/$sure" = yes/yes ]; then policy=none; fi
}
settle() {
    case "$policy/$going" in
    none/*)
        tell "$shown starts untouched: it takes no part, though $why"
        exit 0
        ;;
    start/no)
        tell "$shown starts unprepared: $why; install osgraft again"
        exit 0
        ;;
    refuse/* | start/yes)
        tell "$shown takes part and does not start: $why; install osgraft again"
        exit 1
        ;;
    esac
    if [ "$unknown" = start ]; then
        tell "$shown starts untouched: whether it takes part is not known, as $why; install osgraft again"
        exit 0
    fi
    tell "$shown does not start: whether it takes part is not known, as $why; install osgraft again, or let such machines start: osgraft hook install … --default-start"
    exit 1
}
"#;

/// Decides on a libvirt domain by its description, in `$input`.
///
/// The text is not parsed: what is not exactly of the form that libvirt and osgraft write is doubt.
const LIBVIRT_DECIDE: &str = r#"metadata() {
    printf '%s' "$input" | LC_ALL=C awk '
        BEGIN {
            RS = "<"
            q = sprintf("%c", 39)
            value = "(\"[^\"<>]*\"|" q "[^" q "<>]*" q ")"
            attribute = "^[ \t\r\n]+[A-Za-z:_-]+=" value
            any = "\"[^\"<]*\"|" q "[^" q "<]*" q
        }
        # A record is a tag without its "<", and the text behind it.
        NR == 1 { next }
        length($0) > 65536 { doubt = 1; next }
        /^!/ || (/^\?/ && NR > 2) { doubt = 1 }
        /^[!?]/ { next }
        /urn:osgraft.*urn:osgraft/ { doubt = 1 }
        /^\// { if (/urn:osgraft/) doubt = 1; depth--; next }
        {
            name = match($0, /[ \t\r\n\/>]/) ? substr($0, 1, RSTART - 1) : $0
            path[depth + 1] = name
            if (/urn:osgraft/) {
                if (seen++ || depth != 2 || path[1] != "domain" || path[2] != "metadata") doubt = 1
                ours()
            }
            tag = $0
            gsub(any, "", tag)
            end = index(tag, ">")
            if (!end) doubt = 1
            if (substr(tag, end - 1, 1) != "/") depth++
        }
        function ours(    rest, part, key, namespace) {
            if (name !~ /^([A-Za-z_][A-Za-z0-9_-]*:)?osgraft$/) doubt = 1
            namespace = "xmlns"
            if (name ~ /:/) namespace = "xmlns:" substr(name, 1, index(name, ":") - 1)
            rest = substr($0, length(name) + 1)
            while (match(rest, attribute)) {
                part = substr(rest, 1, RLENGTH)
                rest = substr(rest, RLENGTH + 1)
                sub(/^[ \t\r\n]+/, "", part)
                key = substr(part, 1, index(part, "=") - 1)
                part = substr(part, length(key) + 3, length(part) - length(key) - 3)
                if (key in said) doubt = 1
                said[key] = part
                if (key == namespace && part ~ /^urn:osgraft:/) version = part
                else if (key == "prepare" && part ~ /^(yes|no)$/) continue
                else if (key == "on-failure" && part ~ /^(refuse|start-unprepared)$/) continue
                else if (key == "server" && part ~ /^[A-Za-z0-9._:-]+$/) continue
                else odd = 1
            }
            if (rest !~ /^[ \t\r\n]*\/?>/) doubt = 1
        }
        END {
            # Of another version nothing more is known.
            if (doubt || depth || !version) print "doubt"
            else if (version != "urn:osgraft:libvirt:1") print "part"
            else if (odd) print "doubt"
            else if (said["prepare"] == "no") print "none"
            else if (said["on-failure"] == "start-unprepared") print "start"
            else if (said["on-failure"] == "refuse") print "refuse"
            else print "part"
        }
    '
}
decide() {
    case "$2/$3" in
    */end | started/*) exit 0 ;;
    prepare/*) going=no ;;
    *) going=yes ;;
    esac
    shown=$1
    names=$1
    marked=no
    if [ "${#input}" -gt 1048576 ]; then
        said=doubt
    else
        case "$input" in
        *urn:osgraft*) said=$(metadata) || said=doubt ;;
        *"</domain>"*) said=nothing ;;
        *) said=torn ;;
        esac
    fi
    case "$said" in
    nothing) sure=yes ;;
    torn) ;;
    none | start | refuse) policy=$said ;;
    part) marked=yes ;;
    *)
        policy=refuse
        why="what its description says of osgraft cannot be told without osgraft, and $why"
        ;;
    esac
    if [ "$policy" = unknown ]; then
        by_patterns
        case "$marked/$policy" in
        yes/none | yes/unknown) policy=$otherwise ;;
        esac
    fi
    settle
}
"#;

/// Decides on a VM of Proxmox by its number, and its name where its configuration is found.
const PROXMOX_DECIDE: &str = r#"decide() {
    [ -z "${PVE_MIGRATED_FROM-}" ] || exit 0
    going=no
    shown=$1
    names=$1
    conf=
    if [ -f "$kept" ] && [ -O "$kept" ]; then
        while read -r word rest; do
            case "$word" in
            conf) conf=$rest ;;
            end) break ;;
            esac
        done <"$kept"
    fi
    if [ -n "$conf" ] && [ -f "$conf/$1.conf" ]; then
        sure=yes
        while IFS= read -r line; do
            case "$line" in
            '['*) break ;;
            'name:'*) name=${line#name:} ;;
            esac
        done <"$conf/$1.conf"
        if [ -n "${name-}" ]; then
            names="$1
$(printf '%s' "$name" | sed 's/^[[:blank:]]*//; s/[[:space:]]*$//')"
        fi
    fi
    by_patterns
    settle
}
"#;

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
