//! Real etcd servers on loopback, which end with the value that holds them.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use osgraft::kv::{EtcdStore, Store};
use tempfile::TempDir;

/// One etcd, or several members of one.
pub(super) struct Cluster {
    members: Vec<Member>,
    scheme: &'static str,
    folder: TempDir,
}

struct Member {
    port: u16,
    process: Child,
}

/// Encryption of a cluster's client side.
#[derive(Clone, Copy)]
pub(super) struct Tls<'a> {
    pub(super) certificates: &'a Certificates,
    /// It wants the client's certificate as well.
    pub(super) asks_client: bool,
}

impl Cluster {
    pub(super) fn of(count: usize) -> Self {
        Self::with(count, None)
    }

    pub(super) fn with(count: usize, tls: Option<Tls<'_>>) -> Self {
        // A port that was free may be taken by then.
        (0..5)
            .find_map(|_| Self::try_start(count, tls))
            .expect("etcd does not stay up")
    }

    fn try_start(count: usize, tls: Option<Tls<'_>>) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let scheme = if tls.is_some() { "https" } else { "http" };
        let ports = free_ports(2 * count);
        let (clients, peers) = ports.split_at(count);
        let all: Vec<String> = peers
            .iter()
            .enumerate()
            .map(|(number, port)| format!("m{number}=http://127.0.0.1:{port}"))
            .collect();
        let start = |number: usize| {
            let name = format!("m{number}");
            let log = File::create(folder.path().join(format!("{name}.log"))).unwrap();
            let client = format!("{scheme}://127.0.0.1:{}", clients[number]);
            let peer = format!("http://127.0.0.1:{}", peers[number]);
            let mut etcd = Command::new("etcd");
            etcd.arg("--data-dir").arg(folder.path().join(&name));
            for (flag, value) in [
                ("--name", name.as_str()),
                ("--logger", "zap"),
                ("--log-outputs", "stderr"),
                ("--listen-client-urls", &client),
                ("--advertise-client-urls", &client),
                ("--listen-peer-urls", &peer),
                ("--initial-advertise-peer-urls", &peer),
                ("--initial-cluster", &all.join(",")),
            ] {
                etcd.args([flag, value]);
            }
            if let Some(tls) = tls {
                etcd.arg("--cert-file")
                    .arg(tls.certificates.path("server.pem"));
                etcd.arg("--key-file")
                    .arg(tls.certificates.path("server.key"));
                if tls.asks_client {
                    etcd.arg("--trusted-ca-file")
                        .arg(tls.certificates.path("ca.pem"));
                    etcd.arg("--client-cert-auth");
                }
            }
            let process = etcd
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(log)
                .spawn()
                .expect("etcd is missing: “.ci/setup test” installs it");
            Member {
                port: clients[number],
                process,
            }
        };
        let members = (0..count).map(start).collect();
        let mut cluster = Self {
            members,
            scheme,
            folder,
        };
        cluster.answers(tls).then_some(cluster)
    }

    /// Waits until it has a leader; false where a member ended.
    fn answers(&mut self, tls: Option<Tls<'_>>) -> bool {
        let store = EtcdStore::at(&self.urls()).unwrap();
        let store = match tls {
            Some(tls) => tls.certificates.known_to(store),
            None => store,
        };
        let ends = Instant::now() + Duration::from_secs(60);
        let mut last = None;
        while Instant::now() < ends {
            match store.get("ready") {
                Ok(_) => return true,
                Err(error) => last = Some(error),
            }
            let is_over = |member: &mut Member| member.process.try_wait().unwrap().is_some();
            if self.members.iter_mut().any(is_over) {
                return false;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("etcd does not answer: {last:?}: {}", self.log(0));
    }

    pub(super) fn urls(&self) -> Vec<String> {
        let url = |member: &Member| format!("{}://127.0.0.1:{}", self.scheme, member.port);
        self.members.iter().map(url).collect()
    }

    pub(super) fn url(&self) -> String {
        self.urls().join(",")
    }

    /// A store of it, without certificates.
    pub(super) fn store(&self) -> EtcdStore {
        EtcdStore::at(&self.urls()).unwrap()
    }

    /// Ends a member.
    pub(super) fn kill(&mut self, number: usize) {
        let process = &mut self.members[number].process;
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// Lets a member stand still, or go on.
    pub(super) fn signal(&self, number: usize, signal: rustix::process::Signal) {
        let process = rustix::process::Pid::from_child(&self.members[number].process);
        rustix::process::kill_process(process, signal).unwrap();
    }

    /// Sends a request to the first member as it is.
    pub(super) fn post(&self, path: &str, body: &str, token: Option<&str>) -> String {
        let mut request = ureq::post(format!("{}/v3/{path}", self.urls()[0]));
        if let Some(token) = token {
            request = request.header("authorization", token);
        }
        let mut response = request.send(body).unwrap();
        response.body_mut().read_to_string().unwrap()
    }

    fn log(&self, number: usize) -> String {
        fs::read_to_string(self.folder.path().join(format!("m{number}.log"))).unwrap_or_default()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for member in &mut self.members {
            let _ = member.process.kill();
            let _ = member.process.wait();
        }
    }
}

fn free_ports(count: usize) -> Vec<u16> {
    let bind = |_| TcpListener::bind("127.0.0.1:0").unwrap();
    let sockets: Vec<TcpListener> = (0..count).map(bind).collect();
    sockets
        .iter()
        .map(|it| it.local_addr().unwrap().port())
        .collect()
}

/// A CA, a server's certificate for 127.0.0.1 and two clients' of that CA, one of which has no CN.
pub(super) struct Certificates {
    folder: TempDir,
}

impl Certificates {
    pub(super) fn new() -> Self {
        let made = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        made.openssl(
            "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=ca \
             -addext basicConstraints=critical,CA:TRUE -keyout ca.key -out ca.pem",
        );
        fs::write(
            made.path("server.ext"),
            "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n",
        )
        .unwrap();
        fs::write(made.path("client.ext"), "extendedKeyUsage=clientAuth\n").unwrap();
        for (name, subject, extensions) in [
            ("server", "/CN=server", "server.ext"),
            ("client", "/O=osgraft", "client.ext"),
            ("named", "/CN=osgraft", "client.ext"),
        ] {
            made.openssl(&format!(
                "req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj {subject} \
                 -keyout {name}.key -out {name}.csr"
            ));
            made.openssl(&format!(
                "x509 -req -in {name}.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
                 -extfile {extensions} -out {name}.pem"
            ));
        }
        made
    }

    fn openssl(&self, arguments: &str) {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .output()
            .expect("openssl is missing: “.ci/setup test” installs it");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl {arguments}: {told}");
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn read(&self, name: &str) -> Vec<u8> {
        read(&self.path(name))
    }

    /// A store that trusts the CA and shows the certificate without a CN.
    pub(super) fn known_to(&self, store: EtcdStore) -> EtcdStore {
        let store = store.with_ca(&self.read("ca.pem")).unwrap();
        store
            .with_certificate(&self.read("client.pem"), &self.read("client.key"))
            .unwrap()
    }
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap()
}
