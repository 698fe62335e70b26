use std::path::{Path, PathBuf};
use std::process::Command;

use osgraft::share::serve::{Export, NfsServer};

use crate::support::fixture::{is_root, not_run};
use crate::support::text;

/// A folder whose path has a space in it, and exports of it.
struct Exported {
    folder: tempfile::TempDir,
}

impl Exported {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("with space")).unwrap();
        Self { folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("with space")
    }

    fn text(&self, server: NfsServer, clients: &[&str]) -> String {
        let clients: Vec<String> = clients.iter().map(|&client| client.to_owned()).collect();
        Export::of(self.path(), &clients).unwrap().text(server)
    }
}

fn is_there(program: &str) -> bool {
    let there = Command::new("sh")
        .args(["-c", &format!("command -v {program}")])
        .output();
    there.is_ok_and(|found| found.status.success())
}

/// A script in a network and a file system of its own.
fn alone(script: &str, args: &[&Path]) -> String {
    let mut command = Command::new("unshare");
    command.args(["-n", "-m", "bash", "-euc", script]);
    let done = command.args(args).output().unwrap();
    let told = [done.stdout, done.stderr].concat();
    let told = String::from_utf8_lossy(&told).into_owned();
    assert!(done.status.success(), "{told}");
    told
}

#[test]
fn nfs_ganesha_reads_the_block_and_serves_the_folder() {
    if !is_root() || !is_there("ganesha.nfsd") {
        not_run("nfs-ganesha: it takes root, and “.ci/setup e2e”");
        return;
    }
    for clients in [&[][..], &["127.0.0.0/8", "192.0.2.7"]] {
        let exported = Exported::new();
        let conf = exported.folder.path().join("ganesha.conf");
        let core = format!(
            "NFS_CORE_PARAM {{ Protocols = 4; NFS_Port = 12049; Enable_NLM = false; Enable_RQUOTA = false; }}\n\
             NFSv4 {{ Graceless = true; RecoveryRoot = {}; }}\n",
            text(exported.folder.path())
        );
        std::fs::write(&conf, core + &exported.text(NfsServer::Ganesha, clients)).unwrap();
        let script = r#"
            ip link set lo up 2>/dev/null || true
            ganesha.nfsd -F -L "$0/log" -f "$0/ganesha.conf" -p "$0/pid" -N EVENT &
            server=$!
            for try in $(seq 200); do
                grep -q 'NFS SERVER INITIALIZED' "$0/log" 2>/dev/null && break
                kill -0 $server || break
                sleep 0.1
            done
            (exec 3<>/dev/tcp/127.0.0.1/12049) && echo answers
            kill $server; wait $server || true
            cat "$0/log"
        "#;
        let told = alone(script, &[exported.folder.path()]);
        assert!(told.contains("answers"), "{told}");
        assert!(told.contains("NFS SERVER INITIALIZED"), "{told}");
        for wrong in [
            ":CONFIG :CRIT",
            ":CONFIG :MAJ",
            "errors found",
            "Unknown parameter",
        ] {
            assert!(!told.contains(wrong), "{wrong}: {told}");
        }
    }
}

#[test]
fn exportfs_reads_the_line_as_it_was_meant() {
    if !is_root() || !is_there("exportfs") {
        not_run("the kernel's NFS server: it takes root, and “.ci/setup e2e”");
        return;
    }
    let exported = Exported::new();
    let line = exported.text(NfsServer::Kernel, &["192.0.2.0/24"]);
    std::fs::write(exported.folder.path().join("osgraft.exports"), line).unwrap();
    let script = r#"
        cp /etc/netconfig /etc/nsswitch.conf /etc/services "$0/" || true
        mount -t tmpfs none /etc
        mount -t tmpfs none /var/lib/nfs
        mkdir /etc/exports.d
        cp "$0/netconfig" "$0/nsswitch.conf" "$0/services" /etc/ || true
        touch /etc/exports /var/lib/nfs/etab /var/lib/nfs/rmtab
        cp "$0/osgraft.exports" /etc/exports.d/
        exportfs -r 2>&1 || true
        exportfs -s
    "#;
    let told = alone(script, &[exported.folder.path()]);
    let line = told.lines().find(|line| line.contains("192.0.2.0/24"));
    let line = line.unwrap_or_else(|| panic!("{told}"));
    assert!(
        line.contains("with space") || line.contains("with\\040space"),
        "{line}"
    );
    for option in ["ro", "all_squash", "no_subtree_check", "sec=sys", "fsid="] {
        assert!(line.contains(option), "{option}: {line}");
    }
    assert!(
        !line.contains("rw,") && !line.contains("no_all_squash"),
        "{line}"
    );
}
