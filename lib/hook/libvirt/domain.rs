//! A domain's XML, as far as it concerns osgraft.

use roxmltree::{Document, Node};

use super::disk::Disk;
use super::xml::{XmlError, child};
use super::{NAMESPACE, NAMESPACES};
use crate::config::OnFailure;
use crate::hook::asked::MachineNic;
use crate::hook::error::HookError;
use crate::hook::policy::Mark;
use crate::identity::Field;
use crate::path::escape;

/// A domain's description. What it says of its disks is read when it is asked for: a domain that
/// takes no part may have any.
#[derive(Clone, Copy, Debug)]
pub(super) struct Domain<'a> {
    root: Node<'a, 'a>,
    name: &'a str,
}

impl<'a> Domain<'a> {
    pub(super) fn of(document: &'a Document<'a>) -> Result<Self, XmlError> {
        let root = document.root_element();
        let tag = root.tag_name();
        if tag.name() != "domain" || tag.namespace().is_some() {
            return Err(XmlError::NotADomain(escape(tag.name().as_bytes())));
        }
        let name = child(root, "name")
            .and_then(|name| name.text())
            .filter(|name| !name.is_empty())
            .ok_or(XmlError::NoName)?;
        Ok(Self { root, name })
    }

    pub(super) fn name(&self) -> &'a str {
        self.name
    }

    /// Its UUID in libvirt's form, 36 characters; `None` where it has no sound one.
    pub(super) fn uuid(&self) -> Option<&'a str> {
        let uuid = child(self.root, "uuid")?.text()?.trim();
        let is_sound = uuid.len() == 36
            && uuid
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
        is_sound.then_some(uuid)
    }

    /// Metadata of the domain about osgraft.
    pub(super) fn mark(&self) -> Result<Option<Mark>, HookError> {
        let Some(metadata) = child(self.root, "metadata") else {
            return Ok(None);
        };
        let ours = |node: &Node<'_, '_>| {
            let namespace = node.tag_name().namespace();
            namespace.is_some_and(|namespace| namespace.starts_with(NAMESPACES))
        };
        let is_known = |node: &Node<'_, '_>| node.has_tag_name((NAMESPACE, "osgraft"));
        let Some(element) = metadata
            .children()
            .find(is_known)
            .or_else(|| metadata.children().find(ours))
        else {
            return Ok(None);
        };
        if !is_known(&element) {
            let (name, namespace) = (element.tag_name().name(), element.tag_name().namespace());
            return Err(HookError::Version {
                vm: escape(self.name.as_bytes()),
                element: escape(name.as_bytes()),
                namespace: escape(namespace.unwrap_or_default().as_bytes()),
            });
        }
        let mut mark = Mark {
            prepare: true,
            ..Mark::default()
        };
        for attribute in element.attributes() {
            let value = attribute.value();
            let unknown = |expected| HookError::Metadata {
                vm: escape(self.name.as_bytes()),
                attribute: escape(attribute.name().as_bytes()),
                value: escape(value.as_bytes()),
                expected,
            };
            match (attribute.name(), value) {
                ("prepare", "yes") => mark.prepare = true,
                ("prepare", "no") => mark.prepare = false,
                ("prepare", _) => return Err(unknown("say yes or no")),
                ("server", "") => return Err(unknown("name a server, or leave it out")),
                ("server", name) => mark.server = Some(name.to_owned()),
                ("on-failure", "refuse") => mark.on_failure = Some(OnFailure::Refuse),
                ("on-failure", "start-unprepared") => {
                    mark.on_failure = Some(OnFailure::StartUnprepared);
                }
                ("on-failure", _) => return Err(unknown("say refuse or start-unprepared")),
                _ => return Err(unknown("the attributes are prepare, server, on-failure")),
            }
        }
        for child in element.children().filter(Node::is_element) {
            self.put(child, &mut mark)?;
        }
        Ok(Some(mark))
    }

    /// Takes a word of an identity, an element of osgraft's in the metadata.
    fn put(&self, child: Node<'_, '_>, mark: &mut Mark) -> Result<(), HookError> {
        let name = child.tag_name().name();
        let text = child.text().unwrap_or_default().trim();
        let element = format!("<osgraft:{}>", escape(name.as_bytes()));
        let unknown = |expected| HookError::Metadata {
            vm: escape(self.name.as_bytes()),
            attribute: element.clone(),
            value: escape(text.as_bytes()),
            expected,
        };
        if child.tag_name().namespace() != Some(NAMESPACE) {
            return Err(unknown("the elements in it are of its own namespace"));
        }
        if text.is_empty() {
            return Err(unknown("write a word into it, or leave it out"));
        }
        if name == "pool" {
            mark.asked.pool = Some(text.to_owned());
            return Ok(());
        }
        let Ok(field) = name.replace('-', "_").parse::<Field>() else {
            return Err(unknown(
                "the elements are pool, hostname, address, gateway, dns, search, mac, nic, dhcp, \
                 ipv6, on-link, machine-id, ssh-keys, cloud-init",
            ));
        };
        let between = |c: char| field.is_list() && (c.is_whitespace() || ",;".contains(c));
        for word in text.split(between).filter(|word| !word.is_empty()) {
            let put = mark.asked.ask.put(field, word);
            put.map_err(|source| HookError::Identity {
                vm: escape(self.name.as_bytes()),
                place: element.clone(),
                source,
            })?;
        }
        Ok(())
    }

    /// Its NICs with a hardware address, in its order.
    pub(super) fn nics(&self) -> Vec<MachineNic> {
        let devices = child(self.root, "devices");
        let devices = devices.into_iter().flat_map(|devices| devices.children());
        let nics = devices.filter(|node| node.has_tag_name("interface"));
        nics.filter_map(|node| {
            let mac = child(node, "mac")?.attribute("address")?;
            let model = child(node, "model").and_then(|model| model.attribute("type"));
            let source = child(node, "source");
            let on = |name| source.and_then(|source| source.attribute(name));
            let bridges = [on("bridge"), on("network")].into_iter().flatten();
            Some(MachineNic {
                mac: mac.parse().ok()?,
                model: model.map(str::to_owned),
                bridges: bridges.map(str::to_owned).collect(),
            })
        })
        .collect()
    }

    /// A part of the description.
    pub(super) fn child(&self, name: &str) -> Option<Node<'a, 'a>> {
        child(self.root, name)
    }

    /// All its parts.
    pub(super) fn children(&self) -> impl Iterator<Item = Node<'a, 'a>> + use<'a> {
        self.root.children()
    }

    /// Its hard disks and other drives, in its order.
    pub(super) fn disks(&self) -> impl Iterator<Item = Disk<'a>> + use<'a> {
        let devices = child(self.root, "devices");
        devices
            .into_iter()
            .flat_map(|devices| devices.children())
            .filter(|node| node.has_tag_name("disk"))
            .map(Disk::new)
    }
}
