//! From a domain's XML to a verdict.

use super::NAMESPACES;
use super::boot;
use super::disk::Disks;
use super::domain::Domain;
use super::pool::Volume;
use super::xml::{self, XmlError};
use crate::config::Config;
use crate::hook::asked::Asked;
use crate::hook::direct;
use crate::hook::error::HookError;
use crate::hook::policy::takes_part;
use crate::hook::verdict::{Failed, Request, Verdict, Why};
use crate::path::escape;

/// Judges a domain that is about to start. No disk is opened: whether the image can
/// be prepared shows when [`Request::prepare`] is called.
///
/// # Errors
/// [`XmlError`], when the XML cannot be judged; whether the domain takes part is then not known.
pub fn request(xml: &[u8], config: &Config) -> Result<Verdict, XmlError> {
    let document = xml::parse(xml)?;
    Ok(judge(&Domain::of(&document)?, config))
}

/// The same where the domain's name is known beforehand, as the hook is given it: a domain that no
/// pattern matches, and whose XML does not so much as mention osgraft, is not parsed at all.
///
/// Beside the verdict comes the domain's UUID, as far as it was read.
pub fn named(name: &str, xml: &[u8], config: &Config) -> (Verdict, Option<String>) {
    let by_name = takes_part(&[name], None, &config.hook);
    let failed = |reason| match by_name {
        Ok(on_failure) => Verdict::Fail(Failed { on_failure, reason }),
        // It mentions osgraft, and that is all that can be said of it.
        Err(why) if !mentions(xml) => Verdict::Leave(why),
        Err(_) => Verdict::Fail(Failed {
            on_failure: config.hook.on_failure,
            reason,
        }),
    };
    if let Err(why) = by_name
        && !mentions(xml)
    {
        return (Verdict::Leave(why), None);
    }
    let document = match xml::parse(xml) {
        Ok(document) => document,
        Err(error) => return (failed(error.into()), None),
    };
    let domain = match Domain::of(&document) {
        Ok(domain) => domain,
        Err(error) => return (failed(error.into()), None),
    };
    if domain.name() != name {
        let reason = HookError::OtherName {
            called: escape(name.as_bytes()),
            described: escape(domain.name().as_bytes()),
        };
        return (failed(reason), None);
    }
    (judge(&domain, config), domain.uuid().map(str::to_owned))
}

fn mentions(xml: &[u8]) -> bool {
    xml.windows(NAMESPACES.len())
        .any(|window| window == NAMESPACES.as_bytes())
}

fn judge(domain: &Domain<'_>, config: &Config) -> Verdict {
    let mark = match domain.mark() {
        Ok(mark) => mark,
        Err(reason) => {
            let by_name = takes_part(&[domain.name()], None, &config.hook);
            return Verdict::Fail(Failed {
                on_failure: by_name.unwrap_or(config.hook.on_failure),
                reason,
            });
        }
    };
    let on_failure = match takes_part(&[domain.name()], mark.as_ref(), &config.hook) {
        Ok(on_failure) => on_failure,
        Err(why) => return Verdict::Leave(why),
    };
    let vm = || escape(domain.name().as_bytes());
    let failed = |reason| Verdict::Fail(Failed { on_failure, reason });
    let pools = &config.hook.libvirt.pools;
    let disks = Disks::new(domain.disks().collect(), pools);
    let (either, root) = match boot::disks(domain, &disks.disks) {
        Ok(found) => found,
        Err(reason) => return failed(reason),
    };
    let (mut images, mut refused) = (Vec::new(), None);
    for disk in either {
        match disk.image(&disks, pools) {
            Ok((Volume::File(path), chain)) => images.push((path, chain)),
            Ok((Volume::Absent(_), _)) => return Verdict::Leave(Why::NoVolume),
            // A root that is named by its content may still be on another one.
            Err(refusal) => {
                refused.get_or_insert(HookError::Disk {
                    vm: vm(),
                    disk: disk.name(),
                    refusal,
                });
            }
        }
    }
    let kernel = boot::kernel(domain);
    let machine = match direct::machine(kernel.as_ref(), &config.boot, &vm()) {
        Ok(machine) => machine,
        Err(reason) => return failed(reason),
    };
    let mut images = images.into_iter();
    let Some((path, chain)) = images.next() else {
        return failed(refused.unwrap_or(HookError::NoDisk { vm: vm() }));
    };
    let Some(masters) = config.masters.clone() else {
        return failed(HookError::NoMasters { vm: vm() });
    };
    let mark = mark.unwrap_or_default();
    let nics = domain.nics();
    let mut asked = mark.asked;
    // What its own description asks for needs no configuration.
    if (asked != Asked::default() || Asked::is_everyones(config, &nics))
        && let Err(reason) = asked.complete(Some(domain.name()), &vm(), &nics, config)
    {
        return failed(reason);
    }
    Verdict::Prepare(Request {
        nics: nics.into(),
        asked: Box::new(asked),
        identity: None,
        name: domain.name().to_owned(),
        disk: path,
        chain,
        root,
        others: images.collect(),
        known_as: Some(domain.uuid().unwrap_or(domain.name()).to_ascii_lowercase()),
        server: mark.server,
        machine,
        on_failure,
        masters,
    })
}
