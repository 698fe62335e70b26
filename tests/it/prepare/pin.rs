//! A server that is asked for is kept, until another is.

use osgraft::prepare::ServerWish;
use osgraft::registry::State;

use super::*;

/// Two servers, of which the hash gives this child the first.
fn pair() -> Vec<Server> {
    let server = |name: &str, export| {
        Server::new(name, Source::nfs(export).unwrap())
            .unwrap()
            .with_components(["lib/modules"])
            .unwrap()
    };
    let pair = vec![server("a", "10.0.0.1:/v"), server("b", "10.0.0.2:/v")];
    let chosen = graft(&mut debian(), &pair, ServerWish::Kept).unwrap().0;
    match chosen.as_str() {
        "a" => pair,
        _ => pair.into_iter().rev().collect(),
    }
}

fn graft(
    guest: &mut MemoryGuest,
    servers: &[Server],
    wish: ServerWish,
) -> Result<(String, String), Error> {
    let registry = MemoryRegistry::new(Servers::new(servers.to_vec()).unwrap());
    let graft = Preparer::new(registry, share())
        .server(wish)
        .graft(guest, "web-7")?;
    Ok((graft.server.name().to_owned(), graft.reason.to_string()))
}

fn pin(guest: &mut MemoryGuest) -> (u64, Option<String>) {
    let receipt = text(guest, "/var/lib/osgraft/receipt.json");
    let receipt: serde_json::Value = serde_json::from_str(&receipt).unwrap();
    let pin = receipt
        .get("pin")
        .map(|pin| pin.as_str().unwrap().to_owned());
    (receipt["version"].as_u64().unwrap(), pin)
}

#[test]
fn a_server_that_was_asked_for_is_kept_until_auto() {
    let pair = pair();
    let (chosen, other) = (pair[0].name(), pair[1].name());
    let mut guest = debian();
    let named = graft(&mut guest, &pair, other.into()).unwrap();
    assert_eq!(named, (other.into(), "asked for by name".into()));
    assert_eq!(pin(&mut guest), (3, Some(other.into())));
    let before = guest.snapshot();
    let kept = graft(&mut guest, &pair, ServerWish::Kept).unwrap();
    assert_eq!(kept, (other.into(), "pinned by an earlier --server".into()));
    assert!(guest.snapshot() == before);

    let anew = graft(&mut guest, &pair, ServerWish::Auto).unwrap();
    assert_eq!(anew.0, chosen);
    assert_eq!(pin(&mut guest), (3, None));
    assert_eq!(compare(&mut guest, Some(&share())).unwrap().1, []);
    assert_eq!(
        graft(&mut guest, &pair, ServerWish::Kept).unwrap().0,
        chosen
    );
}

#[test]
fn a_server_for_one_call_leaves_the_pin_as_it_is() {
    let pair = pair();
    let (chosen, other) = (pair[0].name(), pair[1].name());
    let mut guest = debian();
    let once = ServerWish::Once(other.into());
    assert_eq!(graft(&mut guest, &pair, once).unwrap().0, other);
    assert_eq!(pin(&mut guest), (3, None));
    assert_eq!(
        graft(&mut guest, &pair, ServerWish::Kept).unwrap().0,
        chosen
    );

    graft(&mut guest, &pair, other.into()).unwrap();
    let once = ServerWish::Once(chosen.into());
    assert_eq!(graft(&mut guest, &pair, once).unwrap().0, chosen);
    assert_eq!(pin(&mut guest), (3, Some(other.into())));
    assert_eq!(graft(&mut guest, &pair, ServerWish::Kept).unwrap().0, other);
}

#[test]
fn a_pin_to_a_server_that_is_gone_or_down_is_refused_with_the_way_out() {
    let pair = pair();
    let mut guest = debian();
    graft(&mut guest, &pair, pair[1].name().into()).unwrap();
    let before = guest.snapshot();
    let down = vec![pair[0].clone(), pair[1].clone().with_state(State::Down)];
    for left in [&pair[..1], &down] {
        let error = graft(&mut guest, left, ServerWish::Kept).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoServer);
        let text = error.to_string();
        assert!(
            text.contains("pinned") && text.contains("--server auto"),
            "{text}"
        );
        assert!(guest.snapshot() == before);
        let mut guest = guest.clone();
        let anew = graft(&mut guest, left, ServerWish::Auto).unwrap();
        assert_eq!(anew.0, pair[0].name());
    }
}

#[test]
fn a_draining_server_is_kept_by_a_pin_and_told() {
    let pair = pair();
    let mut guest = debian();
    graft(&mut guest, &pair, pair[1].name().into()).unwrap();
    let draining = vec![pair[0].clone(), pair[1].clone().with_state(State::Draining)];
    let registry = MemoryRegistry::new(Servers::new(draining).unwrap());
    let graft = Preparer::new(registry, share())
        .graft(&mut guest, "web-7")
        .unwrap();
    assert_eq!(graft.server.name(), pair[1].name());
    assert!(codes(&graft.warnings).contains(&"server-draining"));
}

#[test]
fn a_pin_goes_with_the_graft() {
    let pair = pair();
    let mut guest = debian();
    graft(&mut guest, &pair, pair[1].name().into()).unwrap();
    ungraft(&mut guest).unwrap();
    let again = graft(&mut guest, &pair, ServerWish::Kept).unwrap();
    assert_eq!(again.0, pair[0].name());
}

/// A receipt is the guest's: what it is pinned to is shown escaped, and fits or is refused.
#[test]
fn a_pin_that_the_guest_wrote_is_judged_like_any_name() {
    let pair = pair();
    let mut guest = debian();
    graft(&mut guest, &pair, pair[1].name().into()).unwrap();
    let receipt = text(&mut guest, "/var/lib/osgraft/receipt.json");
    let name = format!("\"pin\": \"{}\"", pair[1].name());
    assert!(receipt.contains(&name), "the premise");
    let forged = receipt.replace(&name, "\"pin\": \"\\u001b[31m\\n\"");
    let at = path("/var/lib/osgraft/receipt.json");
    guest
        .write(&at, forged.as_bytes(), Attributes::root(0o600))
        .unwrap();
    let error = graft(&mut guest, &pair, ServerWish::Kept).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoServer);
    assert!(
        error.to_string().chars().all(|c| !c.is_control()),
        "{error}"
    );
}
