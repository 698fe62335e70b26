use std::fs;

use osgraft::ErrorKind;
use osgraft::registry::Key;

use super::refused;
use crate::support::program::Workshop;

#[test]
fn a_server_that_is_unknown_or_does_not_fit_is_refused() {
    let none = ErrorKind::NoServer;
    if let Some(workshop) = Workshop::of("debian12") {
        let child = workshop.child();
        let unknown = "no server is named “debian-12-c”; did you mean “debian-12-";
        refused(&workshop, &child, Some("debian-12-c"), none, unknown);
        let other = "serves version 9, not 12";
        refused(&workshop, &child, Some("debian-9-a"), none, other);
        fs::write(workshop.at("servers.toml"), "# none yet\n").unwrap();
        refused(&workshop, &child, None, none, "holds no server");
    }
    for (guest, part) in [
        ("arm64", "serves arch x86_64, not aarch64"),
        ("two-kernels", "has no modules for kernel 6.1.0-35-amd64"),
    ] {
        if let Some(workshop) = Workshop::of(guest) {
            refused(&workshop, &workshop.child(), None, none, part);
        }
    }
}

#[test]
fn a_registry_that_is_no_toml_is_refused_by_its_line() {
    let Some(workshop) = Workshop::of("debian12") else {
        return;
    };
    let file = workshop.at("servers.toml");
    let sound = fs::read_to_string(&file).unwrap();
    for (text, part) in [
        (format!("{sound}[[server]\n"), ":"),
        ("\n\nname = \n".to_owned(), "servers.toml:3: "),
        ("[[server]]\nname = \"a\n".to_owned(), "servers.toml:2: "),
        (
            "[[server]]\nname = \"a\"\nexport = \"h:/x\"\nwieght = 1\n".to_owned(),
            "servers.toml:4: ",
        ),
    ] {
        let line = format!("servers.toml:{}: ", text.lines().count());
        let part = if part == ":" { &line } else { part };
        fs::write(&file, &text).unwrap();
        refused(
            &workshop,
            &workshop.child(),
            None,
            ErrorKind::Registry,
            part,
        );
        assert_eq!(fs::read_to_string(&file).unwrap(), text);
    }
    fs::remove_file(&file).unwrap();
    let gone = "servers.toml: does not exist";
    refused(
        &workshop,
        &workshop.child(),
        None,
        ErrorKind::Registry,
        gone,
    );
    fs::create_dir(&file).unwrap();
    let folder = "servers.toml: is a directory";
    refused(
        &workshop,
        &workshop.child(),
        None,
        ErrorKind::Registry,
        folder,
    );
}

/// What would break a line of fstab, in each value that a server has.
#[test]
fn a_newline_or_a_blank_in_any_value_is_refused_by_line_and_key() {
    let Some(workshop) = Workshop::of("debian12") else {
        return;
    };
    for key in Key::ALL {
        for bad in ["a b", "a\\nb", "a\\tb", " a", "a\\n"] {
            // These may be several words.
            if bad == "a b" && matches!(key, Key::Os | Key::Version) {
                continue;
            }
            let list = matches!(key, Key::Kernels | Key::Components);
            let value = match list {
                true => format!("[\"sound\", \"{bad}\"]"),
                false => format!("\"{bad}\""),
            };
            // A server has one source; the others come with the key that is wrong.
            let rest = match key {
                Key::Name => "export = \"h:/x\"\n",
                Key::Export | Key::Virtiofs => "name = \"a\"\n",
                Key::Disk => "name = \"a\"\nfstype = \"erofs\"\n",
                Key::Fstype => "name = \"a\"\ndisk = \"LABEL=os\"\n",
                _ => "name = \"a\"\nexport = \"h:/x\"\n",
            };
            let text = format!("[[server]]\n{rest}{key} = {value}\n");
            fs::write(workshop.at("servers.toml"), &text).unwrap();
            let part = format!("servers.toml:{}: {key}: ", text.lines().count());
            refused(
                &workshop,
                &workshop.child(),
                None,
                ErrorKind::Registry,
                &part,
            );
        }
    }
}
