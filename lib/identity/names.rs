//! The host name, in each file that a guest keeps it in.
//!
//! A file is rewritten where it states the master's name as a whole word. Nothing else of it changes.

mod forms;
mod hosts;
mod stated;

use super::change::Owner;
use super::files::{Files, Look};
use super::flaw::Flaw;
use super::lines::{Assignment, ending, lines};
use super::place::put;
use super::told::Part;
use super::wanted::Hostname;
use crate::path::GuestPath;

pub(super) use hosts::Moved;
pub(super) use stated::stated;

use forms::Names;
use stated::{FILE, NAME_FILES, OPENRC, SYSCONFIG, name_line};

const HOSTS: &str = "/etc/hosts";
const MAILNAME: &str = "/etc/mailname";
const POSTFIX: &str = "/etc/postfix/main.cf";
const MACHINE_INFO: &str = "/etc/machine-info";
/// Its presence shows an init that reads the name from [`SYSCONFIG`] (RHEL 6 and before).
const RC_SYSINIT: &str = "/etc/rc.d/rc.sysinit";
/// Files of shell assignments that send a name to DHCP servers, beside the files of interfaces.
const IFCFG: &str = "/etc/sysconfig/network-scripts";
const SUSE_DHCP: &str = "/etc/sysconfig/network/dhcp";
const DHCLIENT: [&str; 3] = [
    "/etc/dhcp/dhclient.conf",
    "/etc/dhclient.conf",
    "/etc/dhcp3/dhclient.conf",
];
/// Older name of dhclient's folder, which may be a link to the newer one.
const DHCP3: &str = "/etc/dhcp3";
const DHCPCD: &str = "/etc/dhcpcd.conf";

/// Places that the subject has to know.
pub(super) fn looks() -> Vec<Look> {
    let mut looks = vec![
        Look::file(OPENRC),
        Look::file(SYSCONFIG),
        Look::kind(RC_SYSINIT),
        Look::file(HOSTS),
        Look::file(MAILNAME),
        Look::file(POSTFIX),
        Look::file(MACHINE_INFO),
        Look::folder(IFCFG),
        Look::file(SUSE_DHCP),
        Look::file(DHCPCD),
    ];
    looks.extend(NAME_FILES.map(Look::file));
    looks.extend(DHCLIENT.map(Look::file));
    looks.push(Look::kind(DHCP3));
    looks
}

/// Changes that give the guest its name, and move the lines of the master's addresses in `/etc/hosts`.
/// Without a name, that alone is done.
///
/// # Errors
/// [`Flaw`]: a file that states the name cannot be edited.
pub(super) fn render(
    wanted: Option<&Hostname>,
    moved: Moved<'_>,
    files: &Files,
) -> Result<Part, Flaw> {
    let mut part = Part::default();
    let names = names_of(wanted, files);
    if let Some(wanted) = wanted {
        static_name(&mut part, wanted, files)?;
    }
    if let Some(text) = files.content(HOSTS) {
        let content = hosts::rewritten(text, names.as_ref(), moved);
        put(&mut part, files, HOSTS, &content, Owner::root(0o644))?;
    }
    if let Some(names) = &names {
        others(&mut part, names, files)?;
    }
    Ok(part)
}

/// `None` where the master has no name of its own, or the name stays.
fn names_of(wanted: Option<&Hostname>, files: &Files) -> Option<Names> {
    let (wanted, old) = (wanted?, stated(files)?);
    if old == wanted.as_str().as_bytes() {
        return None;
    }
    let mut names = Names::of(wanted, old)?;
    if let Some(text) = files.content(HOSTS) {
        names.old_with_domain = hosts::words_with_domain(text, &names);
    }
    Some(names)
}

/// The files that the init takes the name from.
fn static_name(part: &mut Part, wanted: &Hostname, files: &Files) -> Result<(), Flaw> {
    let name = wanted.as_str().as_bytes();
    let mut is_stated = false;
    for path in NAME_FILES {
        // One file has two names on SUSE; the link leads to the one that was written.
        if is_stated && files.target(path).is_some() {
            continue;
        }
        if let Some(text) = files.content(path) {
            put(
                part,
                files,
                path,
                &with_name(text, name),
                Owner::root(0o644),
            )?;
            is_stated = true;
        }
    }
    if let Some(text) = files.content(OPENRC) {
        let content = assigned(text, |key| key.eq_ignore_ascii_case(b"hostname"), name);
        is_stated |= content.is_some();
        if let Some(content) = content {
            put(part, files, OPENRC, &content, Owner::root(0o644))?;
        }
    }
    let is_old_init = files.exists(RC_SYSINIT);
    if let Some(old) = files.content(SYSCONFIG) {
        let mut content = assigned(old, |key| key == b"HOSTNAME", name);
        if content.is_none() && is_old_init {
            let mut text = old.to_vec();
            if !text.is_empty() && !text.ends_with(b"\n") {
                text.push(b'\n');
            }
            text.extend_from_slice(format!("HOSTNAME={wanted}\n").as_bytes());
            content = Some(text);
        }
        if let Some(content) = content {
            put(part, files, SYSCONFIG, &content, Owner::root(0o644))?;
            is_stated |= is_old_init;
        }
    }
    if !is_stated {
        let content = format!("{wanted}\n");
        put(part, files, FILE, content.as_bytes(), Owner::root(0o644))?;
    }
    Ok(())
}

/// A file of a name alone (hostname(5)), with another name. Its comments stay.
fn with_name(text: &[u8], name: &[u8]) -> Vec<u8> {
    let at = name_line(text);
    let mut out = Vec::with_capacity(text.len() + name.len() + 1);
    for (number, line) in lines(text).enumerate() {
        let (_, end) = ending(line);
        if Some(number) == at {
            let end = if end.is_empty() { b"\n" } else { end };
            out.extend_from_slice(&[name, end].concat());
        } else {
            out.extend_from_slice(line);
        }
    }
    if at.is_none() {
        if !out.is_empty() && !out.ends_with(b"\n") {
            out.push(b'\n');
        }
        out.extend_from_slice(&[name, b"\n"].concat());
    }
    out
}

/// A shell file with another value of some key. `None` where it does not set the key plainly.
fn assigned(text: &[u8], is_key: impl Fn(&[u8]) -> bool, value: &[u8]) -> Option<Vec<u8>> {
    let mut is_set = false;
    let mut out = Vec::with_capacity(text.len() + value.len());
    for line in lines(text) {
        match Assignment::read(line).filter(|read| is_key(read.key)) {
            Some(read) => {
                is_set = true;
                out.extend_from_slice(&read.with(value));
            }
            None => out.extend_from_slice(line),
        }
    }
    is_set.then_some(out)
}

/// Files that repeat the name for some service. The exact name alone is replaced in them.
fn others(part: &mut Part, names: &Names, files: &Files) -> Result<(), Flaw> {
    let mut each = |path: &str, edit: &dyn Fn(&[u8]) -> Option<Vec<u8>>| {
        let mut content = Vec::new();
        let Some(text) = files.content(path) else {
            return Ok(());
        };
        for line in lines(text) {
            match edit(line) {
                Some(line) => content.extend_from_slice(&line),
                None => content.extend_from_slice(line),
            }
        }
        if content == text {
            return Ok(());
        }
        put(part, files, path, &content, Owner::root(0o644))
    };
    each(MAILNAME, &|line| {
        let (body, end) = ending(line);
        Some([&names.of_exact(body.trim_ascii())?, end].concat())
    })?;
    each(POSTFIX, &|line| {
        let (body, end) = ending(line);
        let value = body.strip_prefix(b"myhostname")?;
        let value = value
            .trim_ascii_start()
            .strip_prefix(b"=")?
            .trim_ascii_start();
        let new = names.of_exact(value.trim_ascii_end())?;
        let tail = &value[value.trim_ascii_end().len()..];
        Some([&body[..body.len() - value.len()], &new, tail, end].concat())
    })?;
    let of_key = |line: &[u8], keys: &[&[u8]]| {
        let read = Assignment::read(line)?;
        let is_key = keys.contains(&read.key);
        Some(read.with(&names.of_exact(read.value).filter(|_| is_key)?))
    };
    each(MACHINE_INFO, &|line| of_key(line, &[b"PRETTY_HOSTNAME"]))?;
    for (path, _) in files.files_in(IFCFG) {
        if is_ifcfg(path) {
            each(&path.to_string(), &|line| of_key(line, &[b"DHCP_HOSTNAME"]))?;
        }
    }
    each(SUSE_DHCP, &|line| {
        of_key(line, &[b"DHCLIENT_HOSTNAME_OPTION"])
    })?;
    for path in DHCLIENT {
        if path.starts_with(DHCP3) && files.target(DHCP3).is_some() {
            continue;
        }
        each(path, &|line| sent(line, names))?;
    }
    each(DHCPCD, &|line| {
        let (body, end) = ending(line);
        let value = body.strip_prefix(b"hostname ")?;
        let new = names.of_exact(value.trim_ascii())?;
        Some([b"hostname ", new.as_slice(), end].concat())
    })
}

/// The statement `send host-name "…";` of dhclient.conf(5) with the new name.
fn sent(line: &[u8], names: &Names) -> Option<Vec<u8>> {
    let start = line.trim_ascii_start();
    let words = start.strip_prefix(b"send")?;
    let option = words.trim_ascii_start();
    let option = option
        .strip_prefix(b"host-name")
        .or_else(|| option.strip_prefix(b"fqdn.fqdn"))?;
    let value = option.trim_ascii_start().strip_prefix(b"\"")?;
    let end = value.iter().position(|byte| *byte == b'"')?;
    let new = names.of_exact(&value[..end])?;
    let at = line.len() - value.len();
    Some([&line[..at], &new, &value[end..]].concat())
}

/// True for a file of an interface, which the init scripts of RHEL read.
fn is_ifcfg(path: &GuestPath) -> bool {
    path.file_name()
        .is_some_and(|name| name.starts_with(b"ifcfg-") && !name.ends_with(b"~"))
}

#[cfg(test)]
mod tests;
