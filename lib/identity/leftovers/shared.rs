//! Registrations and keys that a service made in the master, and that the child shares with it.

use super::super::files::{Files, Look};
use super::super::told::{Part, Told};

/// A place, what it is, and what makes it anew.
const SHARED: [(&str, &str, &str); 14] = [
    (
        "/etc/krb5.keytab",
        "the Kerberos keys of the host",
        "join the child to its domain",
    ),
    (
        "/var/lib/samba/private/secrets.tdb",
        "the Samba account of the host",
        "join the child to its domain",
    ),
    (
        "/etc/pki/consumer/cert.pem",
        "a registration with Red Hat",
        "run “subscription-manager clean” and register the child",
    ),
    (
        "/etc/zypp/credentials.d/SCCcredentials",
        "a registration with SUSE",
        "run “SUSEConnect --cleanup” and register the child",
    ),
    (
        "/var/lib/ubuntu-advantage/private/machine-token.json",
        "a registration with Ubuntu Pro",
        "run “pro detach” and attach the child",
    ),
    (
        "/etc/salt/pki/minion/minion.pem",
        "the key of a Salt minion",
        "remove it and /etc/salt/minion_id, and accept the child's key",
    ),
    (
        "/etc/puppetlabs/puppet/ssl/private_keys",
        "the keys of a Puppet agent",
        "remove /etc/puppetlabs/puppet/ssl and sign the child's certificate",
    ),
    (
        "/var/lib/puppet/ssl/private_keys",
        "the keys of a Puppet agent",
        "remove /var/lib/puppet/ssl and sign the child's certificate",
    ),
    (
        "/etc/chef/client.pem",
        "the key of a Chef client",
        "remove it and register the child",
    ),
    (
        "/var/lib/tailscale/tailscaled.state",
        "the node key of Tailscale",
        "remove it and log the child in",
    ),
    (
        "/etc/kubernetes/kubelet.conf",
        "the membership of a Kubernetes node",
        "run “kubeadm reset” and join the child",
    ),
    (
        "/var/lib/docker/swarm/docker-state.json",
        "the membership of a Docker swarm",
        "let the child leave the swarm and join it",
    ),
    (
        "/etc/ssl/private/ssl-cert-snakeoil.key",
        "a self-signed TLS key",
        "run “make-ssl-cert generate-default-snakeoil --force-overwrite”",
    ),
    (
        "/etc/pki/tls/private/localhost.key",
        "a self-signed TLS key",
        "make the child one of its own",
    ),
];
/// Configurations of WireGuard, which hold private keys.
const WIREGUARD: &str = "/etc/wireguard";

pub(super) fn looks() -> Vec<Look> {
    let mut looks = vec![Look::names(WIREGUARD)];
    looks.extend(SHARED.iter().map(|(path, ..)| Look::kind(path)));
    looks
}

/// Tells of each that is there. None is changed: the service would lose what it is registered as.
pub(super) fn tell(part: &mut Part, files: &Files) {
    for (path, what, remedy) in SHARED {
        if files.exists(path) {
            part.tell(shared(path, what, remedy));
        }
    }
    for (path, _) in files.in_folder(WIREGUARD) {
        if path
            .file_name()
            .is_some_and(|name| name.ends_with(b".conf"))
        {
            let remedy = "make the child a key of its own";
            part.tell(shared(
                &path.to_string(),
                "a WireGuard tunnel with its key",
                remedy,
            ));
        }
    }
}

fn shared(path: &str, what: &str, remedy: &str) -> Told {
    let text = format!("{path} is {what}, which the child shares with its master: {remedy}");
    Told::new("identity-shared", text)
}
