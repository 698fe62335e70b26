//! The unit, as systemd's own tools name and read it.

use std::process::Command;

use osgraft::path::GuestPath;
use osgraft::unit::Unit;

use super::support::run;

#[test]
fn systemd_names_it_and_reads_its_mount_point_as_meant() {
    let folder = tempfile::tempdir().unwrap();
    for mount_point in [
        "/shared",
        "/srv/my-os",
        "/srv/my os",
        "/.os/a.b",
        "/srv/50%i'q\"$x",
    ] {
        let path = GuestPath::new(mount_point).unwrap();
        let unit = Unit::of(&path);
        let name = run("systemd-escape", &["--path", "--", mount_point]);
        let name = name.trim_end();
        assert_eq!(unit.mount_unit(), format!("{name}.mount"));

        let at = folder.path().join(unit.name());
        std::fs::write(&at, unit.text()).unwrap();
        let where_ = mount_point.replace('%', "%%");
        let mount = format!("[Mount]\nWhat=192.0.2.1:/v\nWhere={where_}\nType=nfs\n");
        std::fs::write(folder.path().join(unit.mount_unit()), mount).unwrap();
        let verify = |level: &str| {
            let units = format!("{}:/lib/systemd/system", folder.path().display());
            let ran = Command::new("systemd-analyze")
                .args(["verify", at.to_str().unwrap()])
                .env("SYSTEMD_UNIT_PATH", units)
                .env("SYSTEMD_LOG_LEVEL", level)
                .output()
                .expect("systemd-analyze is needed; run “make setup”");
            let said = String::from_utf8_lossy(&ran.stderr).into_owned();
            assert!(ran.status.success(), "{mount_point}: {said}");
            (String::from_utf8_lossy(&ran.stdout).into_owned(), said)
        };
        let (_, said) = verify("info");
        assert!(!said.contains("osgraft-"), "{mount_point}: {said}");
        // How a command line is quoted there differs between versions.
        let bare = |text: &str| text.replace(['\'', '"', '\\', '$'], "");
        let (dump, _) = verify("debug");
        let listed = mount_point.replace(' ', "\\040");
        let command = bare(&format!(" sh {mount_point} {listed}\n"));
        assert!(bare(&dump).contains(&command), "{mount_point}: {dump}");
        let bound = format!("BindsTo: {}", unit.mount_unit());
        assert!(dump.contains(&bound), "{mount_point}: {dump}");
    }
}
