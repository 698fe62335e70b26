//! What the journal is told, by a socket in its place.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::net::UnixDatagram;

use crate::support::fixture::is_root;
use crate::support::namespace::in_own_namespace;
use crate::support::program::Workshop;

/// A record in the journal's own protocol: `NAME=value` in a line, or the name, the length in eight
/// bytes, and the value.
fn fields(mut record: &[u8]) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    while let Some(end) = record.iter().position(|byte| *byte == b'\n') {
        let line = String::from_utf8(record[..end].to_vec()).unwrap();
        record = &record[end + 1..];
        if let Some((name, value)) = line.split_once('=') {
            fields.insert(name.to_owned(), value.to_owned());
            continue;
        }
        let (len, rest) = record.split_first_chunk().unwrap();
        let (value, rest) = rest.split_at(u64::from_le_bytes(*len) as usize);
        fields.insert(line, String::from_utf8(value.to_vec()).unwrap());
        record = rest.strip_prefix(b"\n").unwrap();
    }
    fields
}

#[test]
fn the_journal_has_what_was_done_and_why_not_in_fields() {
    let Some(workshop) = Workshop::of("debian12") else {
        return;
    };
    workshop.configure("[[hook.vm]]\nmatch = \"^web-\"\n");
    let journal = UnixDatagram::bind(workshop.at("journal")).unwrap();
    journal.set_nonblocking(true).unwrap();
    let call = |name: &str, format: &str| {
        let xml = format!(
            "<domain><name>{name}</name><devices><disk type='file'><driver type='{format}'/>\
             <source file='{}'/><target dev='vda'/></disk></devices></domain>",
            workshop.child().display()
        );
        fs::write(workshop.at("domain.xml"), xml).unwrap();
        let script = "mount -t tmpfs none /run && mkdir -p /run/systemd/journal && \
            touch /run/systemd/journal/socket && \
            mount --bind \"$1/journal\" /run/systemd/journal/socket && \
            exec \"$2\" --config \"$1/config.toml\" hook libvirt --kept \"$1/kept\" \"$3\" prepare begin - \
            <\"$1/domain.xml\"";
        let folder = workshop.at("");
        let args = [
            folder.to_str().unwrap(),
            env!("CARGO_BIN_EXE_osgraft"),
            name,
        ];
        let ran = in_own_namespace(&folder, script, &args)?;
        let mut records = Vec::new();
        let mut record = vec![0; 1 << 16];
        while let Ok(len) = journal.recv(&mut record) {
            records.push(fields(&record[..len]));
        }
        // The layer tries the socket with an empty one.
        records.retain(|record| !record.is_empty());
        // In a namespace of an ordinary user's, root is nobody, so that no folder is trusted.
        let is_kept =
            |record: &BTreeMap<_, String>| record.get("OSGRAFT_CODE") == Some(&"kept".into());
        records.retain(|record| is_root() || !is_kept(record));
        Some((ran, records))
    };
    let Some((ran, records)) = call("web-1", "qcow2") else {
        return;
    };
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let last = records.last().unwrap();
    let child = workshop.child().to_str().unwrap().to_owned();
    for (name, value) in [
        ("MESSAGE", "web-1: its disk is changed"),
        ("SYSLOG_IDENTIFIER", "osgraft"),
        ("PRIORITY", "5"),
        ("OSGRAFT_VM", "web-1"),
        ("OSGRAFT_DISK", child.as_str()),
        ("OSGRAFT_EDITOR", "ext4"),
        ("OSGRAFT_OUTCOME", "changed"),
    ] {
        assert_eq!(last.get(name).map(String::as_str), Some(value), "{last:?}");
    }
    let ours = |record: &BTreeMap<_, String>| record["TARGET"].starts_with("osgraft");
    assert!(records.iter().all(ours), "{records:?}");
    let (ran, records) = call("web-2", "raw").unwrap();
    let line = ran.failed(1);
    let [record] = &records[..] else {
        panic!("{records:?}");
    };
    assert_eq!(format!("osgraft: {}", record["MESSAGE"]), line);
    assert_eq!(record["OSGRAFT_CODE"], "disk-format");
    assert_eq!(record["OSGRAFT_POLICY"], "refuse");
    assert_eq!(record["PRIORITY"], "3");
    let (_, records) = call("db-1", "raw").unwrap();
    assert!(records.is_empty(), "{records:?}");
}
