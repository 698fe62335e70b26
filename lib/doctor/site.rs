//! Set-up of osgraft on this host: configuration, registry, masters.

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::check::{Check, Verdict, quoted};
use super::folder::BENCH_PREFIX;
use crate::config::{Config, ConfigError};
use crate::image::{Child, ImageError, MasterFormat, Masters, Overlay, backing_file};
use crate::registry::{RegistryError, Servers, State, store_in};

/// The most files below the masters' folders that are looked at.
const MOST_FILES: usize = 2000;

/// Checks that the configuration can be used; one that is missing where it may be is all defaults.
pub(super) fn config(path: &Path, config: Result<Option<&Config>, &ConfigError>) -> Check {
    let shown = path.display();
    match config {
        Ok(Some(_)) => Check::ok("config", format!("{shown} is valid")),
        Ok(None) => Check::ok("config", format!("there is no {shown}: all defaults")),
        Err(error @ ConfigError::Unreadable { source, .. }) => match source.kind() {
            ErrorKind::PermissionDenied => Check::bad("config", error, admit("r", path)),
            _ => Check::bad("config", error, "osgraft doctor --config FILE"),
        },
        Err(error) => Check::bad("config", error, format!("editor {}", quoted(path))),
    }
}

/// Checks that the registry can be read, and counts its active servers.
pub(super) fn registry(
    path: Option<&Path>,
    config: Result<Option<&Config>, &ConfigError>,
) -> Check {
    let configured = || match config {
        Ok(config) => Ok(config.and_then(|config| config.registry.as_deref())),
        Err(_) => Err(Check::not_checked(
            "registry",
            "the configuration cannot be used",
        )),
    };
    let path = match path.map_or_else(configured, |path| Ok(Some(path))) {
        Ok(Some(path)) => path,
        Ok(None) if config.is_ok_and(|c| c.is_some_and(|c| !c.etcd.servers.is_empty())) => {
            return Check::not_checked("registry", "it is in etcd, which is not asked here");
        }
        Ok(None) => {
            let found = "none is named: no child can be prepared without --registry";
            return Check::warning("registry", found, "set registry.file in the configuration");
        }
        Err(check) => return check,
    };
    judge_servers(path, store_in(path).servers())
}

fn judge_servers(path: &Path, servers: Result<Servers, RegistryError>) -> Check {
    let shown = path.display();
    let servers = match servers {
        Ok(servers) => servers,
        Err(error @ RegistryError::NotFound { .. }) => {
            let add = format!(
                "osgraft server add NAME --export HOST:/PATH --registry {}",
                quoted(path)
            );
            return Check::bad("registry", error, add);
        }
        Err(error @ RegistryError::Unreadable { .. }) => {
            return Check::bad("registry", error, admit("r", path));
        }
        Err(error) => return Check::bad("registry", error, format!("editor {}", quoted(path))),
    };
    let active = servers
        .iter()
        .filter(|server| server.state() == State::Active);
    let active = active.count();
    let found = format!("{shown}: {active} of {} servers active", servers.len());
    match (active, servers.iter().next()) {
        (0, Some(server)) => {
            let set = format!(
                "osgraft server set {} state=active --registry {}",
                quoted(server.name()),
                quoted(path)
            );
            Check::warning("registry", found, set)
        }
        (0, None) => {
            let add = format!(
                "osgraft server add NAME --export HOST:/PATH --registry {}",
                quoted(path)
            );
            Check::warning("registry", found, add)
        }
        _ => match servers.warnings().first() {
            None => Check::ok("registry", found),
            Some(warning) => {
                let check = format!("osgraft server check --registry {}", quoted(path));
                Check::warning("registry", format!("{found}; {warning}"), check)
            }
        },
    }
}

/// Checks that the masters are there and pass the gate.
pub(super) fn masters(masters: Option<&Masters>) -> Check {
    let Some(masters) = masters.filter(|masters| !masters.places().is_empty()) else {
        return Check::ok(
            "masters",
            "none are named: a master lies in its child's own folder",
        );
    };
    let mut files = Vec::new();
    for place in masters.places() {
        if let Err(error) = collect(place, &mut files) {
            let found = format!("{}: {error}", place.display());
            return match error.kind() {
                ErrorKind::NotFound => {
                    Check::bad("masters", found, format!("mkdir -p {}", quoted(place)))
                }
                _ => Check::bad("masters", found, admit("rx", place)),
            };
        }
    }
    let looked = files.iter().map(|(file, format)| {
        let judged = match format {
            MasterFormat::Vmdk => Overlay::new(file).format(*format).judge_master(),
            _ => Child::open(file, masters.clone())
                .and_then(|image| image.or_master().read().map(drop)),
        };
        (file.clone(), *format, judged)
    });
    let check = judge_masters(looked, files.len() >= MOST_FILES);
    let children: Vec<_> = files.iter().filter(|(file, _)| is_child(file)).collect();
    match (check.verdict, children.as_slice()) {
        (Verdict::Ok, [(child, _), ..]) => beside_masters(child, children.len()),
        _ => check,
    }
}

/// True for an overlay that somebody may write to, as a child is and no master.
fn is_child(file: &Path) -> bool {
    let is_overlay = || matches!(backing_file(file), Ok(Some(_)));
    fs::metadata(file).is_ok_and(|found| found.mode() & 0o222 != 0) && is_overlay()
}

/// Children where masters are named: each may be named as the backing file of another guest's disk.
fn beside_masters(child: &Path, count: usize) -> Check {
    let others = match count {
        1 => String::new(),
        more => format!(" and {} more", more - 1),
    };
    let found = format!(
        "{}{others}: an overlay that may be written to, as children are, lies where images.masters \
         looks for masters, so that another guest's disk may name it as its backing file and read it",
        child.display()
    );
    let remedy = format!(
        "keep children in a folder that images.masters does not name; or, if it is a master: chmod a-w {}",
        quoted(child)
    );
    Check::warning("masters", found, remedy)
}

fn judge_masters(
    looked: impl Iterator<Item = (PathBuf, MasterFormat, Result<(), ImageError>)>,
    there_are_more: bool,
) -> Check {
    let (mut sound, mut worst) = (0_usize, None::<(Verdict, Check)>);
    let (mut failed, mut vmdk) = (0_usize, 0_usize);
    for (file, format, result) in looked {
        let check = match result {
            Ok(()) => {
                sound += 1;
                vmdk += usize::from(format == MasterFormat::Vmdk);
                continue;
            }
            // Removed since it was listed.
            Err(ImageError::NotFound(_)) => continue,
            Err(error @ ImageError::InUse { .. }) => {
                Check::warning("masters", error, format!("fuser -v {}", quoted(&file)))
            }
            Err(error @ ImageError::Refused { .. }) => {
                let remedy = format!(
                    "qemu-img check -f {} {}; or move it elsewhere",
                    format.as_str(),
                    quoted(&file)
                );
                Check::bad("masters", error, remedy)
            }
            Err(error @ ImageError::Pending(_)) => Check::bad(
                "masters",
                error,
                format!("osgraft recover {}", quoted(&file)),
            ),
            Err(error) => Check::bad("masters", error, admit("r", &file)),
        };
        failed += 1;
        let is_worse = worst.as_ref().is_none_or(|(verdict, _)| {
            *verdict == Verdict::Warning && check.verdict == Verdict::Bad
        });
        if is_worse {
            worst = Some((check.verdict, check));
        }
    }
    let mut more = match there_are_more {
        true => format!(" of the first {MOST_FILES}"),
        false => String::new(),
    };
    if vmdk > 0 {
        more.push_str(&format!(" ({} qcow2, {vmdk} vmdk)", sound - vmdk));
    }
    match worst {
        None if sound == 0 => Check::ok("masters", "the folders are there and hold no image"),
        None => Check::ok(
            "masters",
            format!("{sound} of {sound} images pass the gate{more}"),
        ),
        Some((_, mut check)) => {
            let all = sound + failed;
            check.found = format!(
                "{sound} of {all} images pass the gate{more}; {}",
                check.found
            );
            check
        }
    }
}

/// Remedy that lets osgraft's user at a file.
fn admit(what: &str, path: &Path) -> String {
    format!("setfacl -m u:\"$USER\":{what} {}", quoted(path))
}

/// The images at or below a place: what is named `.qcow2`, or begins as one or as a sparse VMDK,
/// and what it is to be judged as. What cannot be listed below it, as `lost+found`, holds no master
/// that anybody could use.
fn collect(place: &Path, files: &mut Vec<(PathBuf, MasterFormat)>) -> std::io::Result<()> {
    if fs::metadata(place)?.is_file() {
        // A raw master has nothing to judge.
        files.extend(image_format(place).map(|format| (place.to_owned(), format)));
        return Ok(());
    }
    let mut entries: Vec<_> = fs::read_dir(place)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        if files.len() >= MOST_FILES {
            break;
        }
        let (path, kind) = (entry.path(), entry.file_type()?);
        let name = entry.file_name();
        if kind.is_dir() && !name.as_encoded_bytes().starts_with(BENCH_PREFIX.as_bytes()) {
            let _ = collect(&path, files);
        } else if kind.is_file()
            && let Some(format) = image_format(&path)
        {
            files.push((path, format));
        }
    }
    Ok(())
}

/// A guess, for this look alone: whoever clones a master states its format.
fn image_format(file: &Path) -> Option<MasterFormat> {
    let mut magic = [0; 4];
    // What is too short or cannot be read has no magic.
    let read = File::open(file).and_then(|mut file| file.read_exact(&mut magic));
    let named = || file.extension().is_some_and(|name| name == "qcow2");
    match (read, &magic) {
        (Ok(()), b"KDMV") => Some(MasterFormat::Vmdk),
        (Ok(()), b"QFI\xfb") => Some(MasterFormat::Qcow2),
        _ => named().then_some(MasterFormat::Qcow2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_configuration_may_be_missing_but_not_wrong() {
        let path = Path::new("/etc/c.toml");
        assert_eq!(config(path, Ok(None)).verdict, Verdict::Ok);
        assert_eq!(
            config(path, Ok(Some(&Config::default()))).verdict,
            Verdict::Ok
        );
        let wrong = Config::parse("[share]\nmount_pont = 1\n", "/etc/c.toml").unwrap_err();
        let check = config(path, Err(&wrong));
        assert_eq!(check.verdict, Verdict::Bad);
        assert!(
            check.found.starts_with("/etc/c.toml:2: "),
            "{}",
            check.found
        );
        assert_eq!(check.remedy.as_deref(), Some("editor /etc/c.toml"));
        assert_eq!(registry(None, Err(&wrong)).verdict, Verdict::NotChecked);
    }

    #[test]
    fn a_registry_is_as_good_as_its_active_servers() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("servers.toml");
        let check = |text: &str| {
            fs::write(&path, text).unwrap();
            registry(Some(&path), Ok(None))
        };
        let server = "[[server]]\nname = \"a\"\nexport = \"h:/e\"\n";
        assert!(check(server).found.ends_with(": 1 of 1 servers active"));
        let down = check(&format!("{server}state = \"down\"\n"));
        assert_eq!(down.verdict, Verdict::Warning);
        assert!(
            down.remedy
                .unwrap()
                .starts_with("osgraft server set a state=active ")
        );
        assert_eq!(check("").verdict, Verdict::Warning);
        let wrong = check("\n[[server]\n");
        assert_eq!(wrong.verdict, Verdict::Bad);
        assert!(wrong.found.contains("servers.toml:2: "), "{}", wrong.found);
        fs::remove_file(&path).unwrap();
        let missing = registry(Some(&path), Ok(None));
        assert_eq!(missing.verdict, Verdict::Bad);
        assert!(missing.remedy.unwrap().starts_with("osgraft server add "));
        assert_eq!(registry(None, Ok(None)).verdict, Verdict::Warning);
        let etcd = Config::parse("registry.etcd = [\"http://h\"]\n", "c").unwrap();
        assert_eq!(registry(None, Ok(Some(&etcd))).verdict, Verdict::NotChecked);
    }

    #[test]
    fn the_worst_of_the_masters_is_told() {
        let refused = |file: &str| {
            let error = ImageError::Refused {
                path: file.into(),
                refusal: crate::image::Refusal::Corrupt,
            };
            (PathBuf::from(file), MasterFormat::Qcow2, Err(error))
        };
        let used = |file: &str| {
            let error = ImageError::InUse {
                path: file.into(),
                by: crate::image::Holder::Qemu,
            };
            (PathBuf::from(file), MasterFormat::Qcow2, Err(error))
        };
        let sound = |file: &str| (PathBuf::from(file), MasterFormat::Qcow2, Ok(()));
        let judge = |looked: Vec<_>| judge_masters(looked.into_iter(), false);
        assert_eq!(judge(vec![]).verdict, Verdict::Ok);
        assert!(
            judge(vec![sound("a"), sound("b")])
                .found
                .starts_with("2 of 2 ")
        );
        assert_eq!(judge(vec![sound("a"), used("b")]).verdict, Verdict::Warning);
        let worst = judge(vec![
            used("a"),
            refused("/m/b"),
            sound("c"),
            refused("/m/d"),
        ]);
        assert_eq!(worst.verdict, Verdict::Bad);
        assert!(
            worst
                .found
                .starts_with("1 of 4 images pass the gate; /m/b: "),
            "{}",
            worst.found
        );
    }

    #[test]
    fn masters_are_found_below_their_folders_and_judged() {
        let folder = tempfile::tempdir().unwrap();
        let under = |place: PathBuf| masters(Some(&Masters::under([place])));
        fs::create_dir(folder.path().join("deep")).unwrap();
        fs::write(folder.path().join("notes.txt"), "QFI").unwrap();
        let empty = under(folder.path().to_owned());
        assert!(empty.found.contains("no image"), "{}", empty.found);
        fs::write(folder.path().join("deep/a.img"), b"QFI\xfb\0\0\0\x09").unwrap();
        let refused = under(folder.path().to_owned());
        assert_eq!(refused.verdict, Verdict::Bad);
        assert!(
            refused.found.starts_with("0 of 1 images"),
            "{}",
            refused.found
        );
        fs::write(folder.path().join("b.vmdk"), b"KDMV\x01\0\0\0").unwrap();
        fs::remove_file(folder.path().join("deep/a.img")).unwrap();
        let refused = under(folder.path().to_owned());
        assert!(refused.found.starts_with("0 of 1 images"), "{refused:?}");
        assert!(
            refused
                .remedy
                .unwrap()
                .starts_with("qemu-img check -f vmdk ")
        );
        let sound = |file: &str, format| (PathBuf::from(file), format, Ok(()));
        let both = [
            sound("a", MasterFormat::Qcow2),
            sound("b", MasterFormat::Vmdk),
        ];
        let told = judge_masters(both.into_iter(), false).found;
        assert_eq!(told, "2 of 2 images pass the gate (1 qcow2, 1 vmdk)");
        let missing = under(folder.path().join("missing"));
        assert!(missing.remedy.unwrap().starts_with("mkdir -p "));
        assert_eq!(masters(None).verdict, Verdict::Ok);
    }
}
