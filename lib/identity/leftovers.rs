//! What else a master leaves that two machines must not share.
//!
//! Each subject says why it may not stay. Leases, logs and file system UUIDs stay as they are. What only
//! a service can make anew, its registration or its key, is told.

mod nic_rules;
mod shared;
#[cfg(test)]
mod tests;

use sha2::{Digest, Sha256};

use super::change::Owner;
use super::files::{Files, Look};
use super::flaw::Flaw;
use super::lines::{ending, lines};
use super::place::{editable, put, put_aside};
use super::told::{Part, Told};
use super::wanted::{Mac, MachineId};

/// Seeds of the kernel's random numbers. Two machines that credit one seed may make the same keys. The
/// guest writes a new one when it shuts down.
const SEEDS: [&str; 6] = [
    "/var/lib/systemd/random-seed",
    "/var/lib/urandom/random-seed",
    "/var/lib/misc/random-seed",
    "/var/lib/random-seed",
    "/var/lib/seedrng/seed.credit",
    "/var/lib/seedrng/seed.no-credit",
];
/// Names by which a guest asks DHCP, and what stable IPv6 addresses are made of. Two machines that share
/// one get one address. Each program makes its own anew.
const DHCP: [&str; 10] = [
    "/etc/dhcpcd.duid",
    "/etc/dhcpcd.secret",
    "/var/lib/dhcpcd/duid",
    "/var/lib/dhcpcd/secret",
    "/var/lib/dhcpcd5/duid",
    "/var/db/dhcpcd/duid",
    "/var/db/dhcpcd/secret",
    "/var/lib/wicked/duid.xml",
    "/var/lib/wicked/iaid.xml",
    "/var/lib/NetworkManager/secret_key",
];
/// Folders in which dhclient keeps its leases, and its DUID in the same files.
const LEASES: [&str; 4] = [
    "/var/lib/dhcp",
    "/var/lib/dhcp3",
    "/var/lib/dhclient",
    "/var/lib/NetworkManager",
];
/// Older names of such folders, which may be links to the newer ones.
const OLDER: [&str; 4] = [
    "/var/lib/dhcpcd5",
    "/var/db/dhcpcd",
    "/var/lib/dhcp3",
    "/var/lib/dhclient",
];
/// A list of disks by their serial numbers. LVM leaves the disks of the child out, whose numbers differ;
/// without the list it takes all.
const LVM_DEVICES: &str = "/etc/lvm/devices/system.devices";
/// The name by which a guest logs in to iSCSI targets. Two machines with one name write to one disk.
const ISCSI: &str = "/etc/iscsi/initiatorname.iscsi";
/// Names by which a guest connects to NVMe over Fabrics, for the same reason.
const NVME_ID: &str = "/etc/nvme/hostid";
const NVME_NQN: &str = "/etc/nvme/hostnqn";

/// Places that the subject has to know.
pub(super) fn looks() -> Vec<Look> {
    let mut looks = vec![
        Look::kind(LVM_DEVICES),
        Look::file(ISCSI),
        Look::file(NVME_ID),
        Look::file(NVME_NQN),
    ];
    looks.extend(SEEDS.map(Look::kind));
    looks.extend(DHCP.map(Look::kind));
    looks.extend(LEASES.map(Look::folder));
    looks.extend(OLDER.map(Look::kind));
    looks.extend(nic_rules::looks());
    looks.extend(shared::looks());
    looks
}

/// What is the child's own, and stays so from one run to the next.
#[derive(Clone, Copy, Debug)]
pub(super) struct Own<'a> {
    /// Random bytes of the child. What is made of them does not tell them.
    pub seed: &'a [u8; 16],
    /// Hardware addresses of its NICs, as far as they are known.
    pub macs: &'a [Mac],
    /// True for a child that was rid of its master's leftovers before. What its programs made since is its
    /// own and stays.
    pub is_rid: bool,
}

impl Own<'_> {
    /// Bytes for one use of the seed.
    fn bytes(&self, purpose: &str) -> [u8; 16] {
        let mut hash = Sha256::new();
        hash.update(b"osgraft identity\0");
        hash.update(purpose.as_bytes());
        hash.update([0]);
        hash.update(self.seed);
        let digest = hash.finalize();
        std::array::from_fn(|at| digest[at])
    }

    /// A UUID for one use of the seed, in its text form.
    fn uuid(&self, purpose: &str) -> String {
        let id = MachineId::of_random(self.bytes(purpose));
        let digits = id.as_str();
        let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| &digits[range]);
        parts.join("-")
    }
}

/// Changes that take the master's leftovers away, or replace them by the child's own.
///
/// # Errors
/// [`Flaw`]: a leftover that must go cannot be edited, or has a form that is not known.
pub(super) fn render(own: Own<'_>, files: &Files) -> Result<Part, Flaw> {
    let mut part = Part::default();
    iscsi(&mut part, own, files)?;
    nvme(&mut part, own, files)?;
    if own.is_rid {
        return Ok(part);
    }
    for path in SEEDS.iter().chain(&DHCP).chain([&LVM_DEVICES]) {
        if !is_behind_link(path, files) {
            put_aside(&mut part, files, path)?;
        }
    }
    leases(&mut part, files)?;
    nic_rules::render(&mut part, own.macs, files)?;
    shared::tell(&mut part, files);
    Ok(part)
}

/// True for a place that has another name as well, by which it is found.
fn is_behind_link(path: &str, files: &Files) -> bool {
    let folders = OLDER.iter().filter(|folder| files.target(folder).is_some());
    let mut rests = folders.filter_map(|folder| path.strip_prefix(folder));
    rests.any(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Takes the DUID out of dhclient's leases. The leases stay.
fn leases(part: &mut Part, files: &Files) -> Result<(), Flaw> {
    let folders = LEASES
        .iter()
        .filter(|folder| !is_behind_link(folder, files));
    for (path, file) in folders.flat_map(|folder| files.files_in(folder)) {
        let is_lease = path
            .file_name()
            .is_some_and(|name| name.ends_with(b".lease") || name.ends_with(b".leases"));
        if !is_lease {
            continue;
        }
        let is_foreign = |line: &&[u8]| !line.trim_ascii_start().starts_with(b"default-duid ");
        let content: Vec<u8> = lines(&file.content)
            .filter(is_foreign)
            .flatten()
            .copied()
            .collect();
        if content != file.content {
            let path = path.to_string();
            put(part, files, &path, &content, Owner::root(0o644))?;
        }
    }
    Ok(())
}

/// Gives the iSCSI initiator a name of its own: the part after the last colon is the machine's.
fn iscsi(part: &mut Part, own: Own<'_>, files: &Files) -> Result<(), Flaw> {
    let Some(file) = editable(files, ISCSI)? else {
        return Ok(());
    };
    let hex: String = own.bytes("iscsi")[..6]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let mut content = Vec::new();
    for line in lines(&file.content) {
        let (body, end) = ending(line);
        let Some(name) = body.trim_ascii_start().strip_prefix(b"InitiatorName=") else {
            content.extend_from_slice(line);
            continue;
        };
        let name = name.trim_ascii();
        if !name.starts_with(b"iqn.") {
            return Err(Flaw::new(
                "iscsi-name",
                format!(
                    "{ISCSI} names the initiator {}, which osgraft cannot make another of: put “GenerateName=yes” there in the master, or an iqn",
                    crate::path::escape(name)
                ),
            ));
        }
        let colon = name.iter().rposition(|byte| *byte == b':');
        let authority = &name[..colon.unwrap_or(name.len())];
        content.extend_from_slice(b"InitiatorName=");
        content.extend_from_slice(&[authority, b":", hex.as_bytes(), end].concat());
    }
    put(part, files, ISCSI, &content, Owner::root(0o600))
}

/// Gives the NVMe host an identity of its own. A qualified name that holds no UUID is told.
fn nvme(part: &mut Part, own: Own<'_>, files: &Files) -> Result<(), Flaw> {
    let uuid = own.uuid("nvme");
    if let Some(file) = editable(files, NVME_ID)? {
        let (body, end) = ending(&file.content);
        if !body.trim_ascii().is_empty() {
            let content = [uuid.as_bytes(), end].concat();
            put(part, files, NVME_ID, &content, Owner::root(0o644))?;
        }
    }
    let Some(file) = editable(files, NVME_NQN)? else {
        return Ok(());
    };
    let (body, end) = ending(&file.content);
    let mark = b":uuid:";
    let at = body.windows(mark.len()).position(|part| part == mark);
    match at.map(|at| at + mark.len()) {
        Some(at) => {
            let content = [&body[..at], uuid.as_bytes(), end].concat();
            put(part, files, NVME_NQN, &content, Owner::root(0o644))?;
        }
        None if body.trim_ascii().is_empty() => {}
        None => part.tell(Told::new(
            "nvme-name",
            format!(
                "{NVME_NQN} holds a name without a UUID, which stays the master's: give the child its own before it connects to NVMe over Fabrics"
            ),
        )),
    }
    Ok(())
}
