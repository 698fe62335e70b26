//! Which server a child is given.

use std::collections::HashMap;

use osgraft::registry::{
    BootKernel, Lack, Needs, NoServer, Reason, Server, Servers, Source, State, Warning, select,
    select_named,
};
use proptest::prelude::*;

fn server(name: &str) -> Server {
    Server::new(name, Source::nfs("h:/x").unwrap()).unwrap()
}

fn weighted(name: &str, weight: u32) -> Server {
    server(name).with_weight(weight).unwrap()
}

fn servers(servers: impl IntoIterator<Item = Server>) -> Servers {
    Servers::new(servers.into_iter().collect()).unwrap()
}

fn debian() -> Needs {
    let mut needs = Needs::new("web-7");
    needs.os = Some("debian".into());
    needs.version = Some("12".into());
    needs.arch = Some("x86_64".into());
    needs.kernels = vec!["6.1.0-37-amd64".into(), "6.1.0-38-amd64".into()];
    needs.components = vec!["lib/modules".into()];
    needs
}

fn chosen(servers: &Servers, child: &str) -> String {
    let selection = select(servers, &Needs::new(child)).unwrap();
    selection.server.name().to_owned()
}

fn lacks(server: Server, needs: &Needs) -> Vec<Lack> {
    match select(&servers([server]), needs) {
        Ok(_) => Vec::new(),
        Err(NoServer::NoneFits { servers, .. }) => servers.into_iter().next().unwrap().lacks,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn a_server_that_says_nothing_fits_with_warnings() {
    let selection = select(&servers([server("a")]), &debian()).unwrap();
    let codes: Vec<&str> = selection.warnings.iter().map(Warning::code).collect();
    assert_eq!(
        codes,
        ["server-kernels-unknown", "server-components-unknown"]
    );
    let selection = select(&servers([server("a")]), &Needs::new("web-7")).unwrap();
    assert_eq!(
        selection.warnings,
        [],
        "what is not needed needs no warning"
    );
}

#[test]
fn the_kernel_of_the_release_counts_where_the_hypervisor_loads_it() {
    let mut needs = debian();
    needs.boots = Some(vec![
        BootKernel::new("1", "6.1.0-40-amd64"),
        BootKernel::new("2", "6.1.0-41-amd64"),
    ]);
    let of_release = |release: &str, kernel: &str| {
        let server = server("a").with_release(release).unwrap();
        server.with_kernels([kernel]).unwrap()
    };
    // The child's own kernels boot nothing, so nobody has to serve them.
    assert_eq!(lacks(of_release("2", "6.1.0-41-amd64"), &needs), []);
    assert_eq!(
        lacks(of_release("1", "6.1.0-41-amd64"), &needs),
        [Lack::Kernels {
            missing: vec!["6.1.0-40-amd64".into()]
        }]
    );
    for (server, told) in [
        (
            of_release("3", "6.1.0-41-amd64"),
            "“a” has release 3, whose kernel is not at hand to boot (that of 1, 2 is)",
        ),
        (
            server("a"),
            "“a” tells no release, so that its kernel is not at hand to boot (that of 1, 2 is)",
        ),
    ] {
        let error = select(&servers([server]), &needs).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
    needs.boots = Some(Vec::new());
    let error = select(&servers([server("a")]), &needs).unwrap_err();
    assert!(error.to_string().contains("(no release is)"), "{error}");
}

#[test]
fn all_that_is_said_has_to_match() {
    let fits = server("a")
        .with_os("debian")
        .and_then(|s| s.with_version("12"))
        .and_then(|s| s.with_arch("x86_64"))
        .and_then(|s| s.with_kernels(["6.1.0-38-amd64", "6.1.0-37-amd64", "6.1.0-36-amd64"]))
        .and_then(|s| s.with_components(["usr/share", "lib"]))
        .unwrap();
    assert_eq!(lacks(fits.clone(), &debian()), []);
    assert_eq!(select(&servers([fits]), &debian()).unwrap().warnings, []);

    let other = server("b")
        .with_os("ubuntu")
        .and_then(|s| s.with_version("24.04"))
        .and_then(|s| s.with_arch("aarch64"))
        .and_then(|s| s.with_kernels(["6.1.0-37-amd64"]))
        .and_then(|s| s.with_components(["lib/modules-extra", "lib/modules/6.1"]))
        .and_then(|s| s.with_weight(0))
        .unwrap()
        .with_state(State::Down);
    assert_eq!(
        select(&servers([other]), &debian())
            .unwrap_err()
            .to_string(),
        "memory: no server fits: “b” is down and serves os ubuntu, not debian and serves version \
         24.04, not 12 and serves arch aarch64, not x86_64 and has no modules for kernel \
         6.1.0-38-amd64 and does not hold lib/modules and has weight 0; add one that does or \
         correct these"
    );
}

#[test]
fn a_server_of_one_system_does_not_take_a_guest_of_an_unknown_one() {
    let debian = server("a").with_os("debian").unwrap();
    let needs = Needs::new("web-7");
    let expected = Lack::Os {
        serves: "debian".into(),
        guest: None,
    };
    assert_eq!(lacks(debian.clone(), &needs), [expected]);
    let named = select_named(&servers([debian]), "a", &needs).unwrap();
    assert_eq!(named.warnings[0].code(), "server-guest-unknown");
}

#[test]
fn a_list_that_is_empty_holds_nothing() {
    let none = server("a").with_kernels([""; 0]).unwrap();
    assert_eq!(
        lacks(none, &debian()),
        [Lack::Kernels {
            missing: debian().kernels
        }]
    );
}

#[test]
fn draining_servers_are_taken_only_where_no_active_one_fits() {
    let draining = server("d").with_state(State::Draining);
    let unfit = server("a").with_os("alpine").unwrap();
    let down = server("x").with_state(State::Down);
    let all = servers([draining, unfit.clone(), down.clone()]);
    let selection = select(&all, &debian()).unwrap();
    assert_eq!(selection.server.name(), "d");
    assert_eq!(selection.warnings[0].code(), "server-draining");
    assert_eq!(
        selection.reason.to_string(),
        "no active server fits; the only draining server of 3 that fits"
    );

    let draining = weighted("d", 1_000_000).with_state(State::Draining);
    let all = servers([draining, server("b"), unfit, down]);
    for child in 0..200 {
        let mut needs = debian();
        needs.child = child.to_string();
        assert_eq!(select(&all, &needs).unwrap().server.name(), "b");
    }
}

#[test]
fn a_named_server_is_refused_only_for_what_contradicts() {
    let all = servers([
        server("down").with_state(State::Down),
        weighted("drain", 0).with_state(State::Draining),
        server("alpine").with_os("alpine").unwrap(),
    ]);
    let selection = select_named(&all, "drain", &Needs::new("web-7")).unwrap();
    assert_eq!(selection.reason, Reason::Named);
    let codes: Vec<&str> = selection.warnings.iter().map(Warning::code).collect();
    assert_eq!(codes, ["server-draining", "server-weight-zero"]);
    for (name, text) in [
        ("down", "“down” is down"),
        ("alpine", "“alpine” serves os alpine, not debian"),
        (
            "alpin",
            "no server is named “alpin”; did you mean “alpine”?",
        ),
        (
            "zzzzzzzz\n",
            r"“zzzzzzzz\x0a”; there is down, drain, alpine",
        ),
    ] {
        let error = select_named(&all, name, &debian()).unwrap_err().to_string();
        assert!(error.contains(text), "{error}");
    }
}

#[test]
fn an_empty_registry_says_so() {
    let none = servers([]).with_origin("/etc/osgraft/servers.toml");
    let needs = Needs::new("web-7");
    for error in [select(&none, &needs), select_named(&none, "a", &needs)] {
        assert_eq!(
            error.unwrap_err().to_string(),
            "/etc/osgraft/servers.toml: holds no server; add one with “server add”"
        );
    }
}

#[test]
fn text_of_the_guest_is_escaped() {
    let mut needs = debian();
    needs.os = Some("\u{1b}[2J\n".into());
    needs.kernels = vec!["\u{7}".into()];
    let picky = server("a")
        .with_os("debian")
        .and_then(|s| s.with_kernels(["6.1"]))
        .unwrap();
    let error = select(&servers([picky]), &needs).unwrap_err().to_string();
    assert!(
        error.contains(r"not \x1b[2J\x0a and has no modules for kernel \x07"),
        "{error}"
    );
}

#[test]
fn weights_are_kept_within_a_few_percent() {
    const CHILDREN: u32 = 20_000;
    let weights = [("a", 10), ("b", 20), ("c", 1), ("d", 30), ("e", 0)];
    let all = servers(weights.map(|(name, weight)| weighted(name, weight)));
    let mut counts: HashMap<String, u32> = HashMap::new();
    for child in 0..CHILDREN {
        *counts
            .entry(chosen(&all, &format!("web-{child}")))
            .or_default() += 1;
    }
    let total: u32 = weights.iter().map(|(_, weight)| weight).sum();
    for (name, weight) in weights {
        let expected = f64::from(CHILDREN) * f64::from(weight) / f64::from(total);
        let got = f64::from(counts.get(name).copied().unwrap_or(0));
        // Four standard deviations of a binomial draw.
        let bound = 4.0 * (expected * (1.0 - f64::from(weight) / f64::from(total))).sqrt();
        assert!(
            (got - expected).abs() <= bound,
            "{name}: {got}, expected {expected}"
        );
    }
}

/// Known answers, so that no release moves a running fleet's children.
#[test]
fn answers_stay_the_same_from_release_to_release() {
    let all = servers([
        weighted("deb12-a", 10),
        weighted("deb12-b", 5),
        weighted("deb12-c", 1),
    ]);
    let given: Vec<String> = (0..12).map(|n| chosen(&all, &format!("web-{n}"))).collect();
    let given: String = given.iter().map(|name| &name["deb12-".len()..]).collect();
    assert_eq!(given, KNOWN);
}

const KNOWN: &str = "aababaaaaaba";

fn fleet() -> impl Strategy<Value = Vec<(String, u32)>> {
    proptest::collection::hash_map("[a-z]{1,6}", 1u32..1000, 2..8)
        .prop_map(|map| map.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_order_of_the_file_does_not_matter(fleet in fleet().prop_flat_map(|fleet| {
        (Just(fleet.clone()), Just(fleet).prop_shuffle())
    }), child in "\\PC{0,20}") {
        let [one, other] = [fleet.0, fleet.1]
            .map(|fleet| servers(fleet.iter().map(|(name, weight)| weighted(name, *weight))));
        prop_assert_eq!(chosen(&one, &child), chosen(&other, &child));
    }

    #[test]
    fn one_server_more_or_less_moves_only_its_own_children(fleet in fleet()) {
        let (gone, stay) = fleet.split_last().unwrap();
        let of = |fleet: &[(String, u32)]| {
            servers(fleet.iter().map(|(name, weight)| weighted(name, *weight)))
        };
        let (with, without) = (of(&fleet), of(stay));
        for child in 0..100 {
            let child = child.to_string();
            let before = chosen(&with, &child);
            let after = chosen(&without, &child);
            prop_assert!(before == after || before == gone.0, "{} {}", before, after);
            prop_assert!(after != gone.0);
        }
    }

    #[test]
    fn more_weight_only_attracts(fleet in fleet(), more in 1u32..1000) {
        let grown: Vec<(String, u32)> = fleet
            .iter()
            .enumerate()
            .map(|(i, (name, weight))| (name.clone(), weight + if i == 0 { more } else { 0 }))
            .collect();
        let of = |fleet: &[(String, u32)]| {
            servers(fleet.iter().map(|(name, weight)| weighted(name, *weight)))
        };
        let (before, after) = (of(&fleet), of(&grown));
        for child in 0..100 {
            let child = child.to_string();
            let (was, is) = (chosen(&before, &child), chosen(&after, &child));
            prop_assert!(was == is || is == fleet[0].0, "{} {}", was, is);
        }
    }
}
