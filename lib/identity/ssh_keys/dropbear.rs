//! The host keys of dropbear, in its own format.

use ssh_key::private::{EcdsaKeypair, KeypairData};
use ssh_key::public::{EcdsaPublicKey, Ed25519PublicKey, KeyData};
use ssh_key::{PublicKey, sec1};

use super::super::change::Owner;
use super::super::files::{Files, Look};
use super::super::flaw::Flaw;
use super::super::fresh::Fresh;
use super::super::place::{editable, put_aside, secret};
use super::super::told::{Part, Told};
use super::made::{Kind, Pair};

const FOLDER: &str = "/etc/dropbear";

pub(super) fn looks() -> Vec<Look> {
    vec![Look::folder(FOLDER)]
}

/// Changes that replace the keys which are there. dropbear makes the missing ones itself where it is
/// started with `-R`, or where its init script does.
pub(super) fn render(
    part: &mut Part,
    comment: &str,
    fresh: &mut Fresh<'_>,
    files: &Files,
) -> Result<(), Flaw> {
    let (mut made, mut gone) = (0, Vec::new());
    for path in keys(files) {
        let kind = match path.rsplit('/').next() {
            Some("dropbear_ed25519_host_key") => Kind::Ed25519,
            Some("dropbear_ecdsa_host_key") => Kind::Ecdsa,
            _ => {
                gone.push(path);
                continue;
            }
        };
        let owner = editable(files, &path)?.map_or(Owner::root(0o600), |file| file.owner);
        let pair = Pair::new(kind, comment, fresh);
        part.changes.push(secret(&path, format_of(&pair), owner));
        made += 1;
    }
    if made == 0 && !gone.is_empty() {
        return Err(Flaw::new(
            "ssh-key-dropbear",
            format!(
                "{} is of a kind that osgraft does not make, and dropbear has no other: make an Ed25519 key in the master with dropbearkey, or keep the master's keys",
                gone[0]
            ),
        ));
    }
    for path in gone {
        put_aside(part, files, &path)?;
        part.tell(Told::new(
            "ssh-key-dropbear-gone",
            format!("{path} is moved aside: keys of this kind are not made; dropbear goes on with its others"),
        ));
    }
    Ok(())
}

fn keys(files: &Files) -> Vec<String> {
    let paths = files.in_folder(FOLDER).map(|(path, _)| path.to_string());
    let is_key = |path: &String| {
        let name = path.rsplit('/').next().unwrap_or_default();
        name.starts_with("dropbear_") && name.ends_with("_host_key")
    };
    paths.filter(is_key).collect()
}

/// A private key as dropbear writes it: fields with their length before them.
fn format_of(pair: &Pair) -> Vec<u8> {
    let mut out = Vec::new();
    let mut field = |bytes: &[u8]| {
        let length = u32::try_from(bytes.len()).expect("a short field");
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(bytes);
    };
    match pair.key().key_data() {
        KeypairData::Ed25519(key) => {
            field(b"ssh-ed25519");
            field(&[key.private.to_bytes(), key.public.0].concat());
        }
        KeypairData::Ecdsa(EcdsaKeypair::NistP256 { public, private }) => {
            field(b"ecdsa-sha2-nistp256");
            field(b"nistp256");
            field(public.as_bytes());
            // A number of RFC 4251: without leading zeros, with one where the first bit is set.
            let number = private.as_slice();
            let start = number.iter().position(|byte| *byte != 0);
            let number = &number[start.unwrap_or(number.len())..];
            let is_high = number.first().is_some_and(|byte| byte & 0x80 != 0);
            let zero: &[u8] = if is_high { &[0] } else { &[] };
            field(&[zero, number].concat());
        }
        _ => unreachable!("no other kind is made"),
    }
    out
}

/// The public keys of dropbear's host keys. A file that is not understood has none.
pub(super) fn public(files: &Files) -> Vec<PublicKey> {
    let read = |path: String| public_of(files.content(&path)?);
    keys(files).into_iter().filter_map(read).collect()
}

fn public_of(content: &[u8]) -> Option<PublicKey> {
    let mut rest = content;
    let mut field = || {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (field, after) = after.split_at_checked(length)?;
        rest = after;
        Some(field)
    };
    let data = match field()? {
        b"ssh-ed25519" => {
            let public: [u8; 32] = field()?.get(32..)?.try_into().ok()?;
            KeyData::Ed25519(Ed25519PublicKey(public))
        }
        b"ecdsa-sha2-nistp256" => {
            field().filter(|curve| *curve == b"nistp256")?;
            let point = sec1::EncodedPoint::from_bytes(field()?).ok()?;
            KeyData::Ecdsa(EcdsaPublicKey::NistP256(point))
        }
        _ => return None,
    };
    Some(PublicKey::from(data))
}
