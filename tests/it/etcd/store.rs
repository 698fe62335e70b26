//! The store in etcd: the contract of every store, its members, its users, its connections.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread;
use std::time::{Duration, Instant};

use osgraft::kv::{Applied, Change, EtcdStore, KvError, Store, conformance};
use rustix::process::Signal;

use super::server::{Certificates, Cluster, Tls};

fn put(store: &EtcdStore, key: &str) -> Result<Applied, KvError> {
    store.apply(&Change::new().put(key, key))
}

/// The answer of a store whose members may be electing a leader.
fn at_last<T>(call: impl Fn() -> Result<T, KvError>) -> T {
    let began = Instant::now();
    loop {
        match call() {
            Ok(answer) => return answer,
            Err(error) => assert!(
                error.is_retryable() && began.elapsed() < Duration::from_secs(60),
                "{error}"
            ),
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// A refusal's code and its one line.
#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, KvError>, code: &str, parts: &[&str]) {
    let error = result.unwrap_err();
    let text = error.to_string();
    assert_eq!(error.code(), code, "{text}");
    assert!(!text.contains('\n'), "{text}");
    for part in parts {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn it_does_what_every_store_does() {
    let cluster = Cluster::of(1);
    let store = cluster.store();
    let breaches = conformance::check(&store, "conformance/", &mut thread::sleep);
    assert!(breaches.is_empty(), "{breaches:#?}");
}

#[test]
fn a_key_that_is_not_utf_8_is_left_out() {
    let cluster = Cluster::of(1);
    let store = cluster.store();
    put(&store, "p/a").unwrap();
    // “p/”, and a byte 0xff.
    cluster.post("kv/put", r#"{"key":"cC//","value":"AP8="}"#, None);
    cluster.post("kv/put", r#"{"key":"cC9i","value":"AP8="}"#, None);
    let found = store.list("p/").unwrap();
    let found: Vec<(&str, &[u8])> = found
        .iter()
        .map(|it| (it.0.as_str(), &it.1.value[..]))
        .collect();
    assert_eq!(found, [("p/a", &b"p/a"[..]), ("p/b", &b"\0\xff"[..])]);
}

#[test]
fn a_list_of_many_megabytes_is_whole() {
    let cluster = Cluster::of(1);
    let store = cluster.store();
    for number in 0..8 {
        let change = Change::new().put(format!("p/{number}"), vec![b'x'; 1 << 20]);
        assert_eq!(store.apply(&change).unwrap(), Applied::Yes);
    }
    let found = store.list("p/").unwrap();
    assert_eq!(
        found.iter().map(|it| it.1.value.len()).sum::<usize>(),
        8 << 20
    );
}

#[test]
fn a_member_that_is_away_is_passed_over() {
    let mut cluster = Cluster::of(3);
    let store = cluster.store();
    at_last(|| put(&store, "a"));
    cluster.kill(0);
    // It may take an election; a change in doubt is made again.
    assert!(at_last(|| store.get("a")).is_some());
    at_last(|| put(&store, "b"));
    assert_eq!(at_last(|| cluster.store().get("b")).unwrap().value, b"b");

    cluster.signal(1, Signal::STOP);
    let patient = cluster.store().with_timeout(Duration::from_secs(3));
    let began = Instant::now();
    refused(
        patient.get("b"),
        "kv-unavailable",
        &["refused", "no answer in time"],
    );
    let error = patient.apply(&Change::new().put("c", "1")).unwrap_err();
    assert!(error.is_retryable(), "{error}");
    assert!(
        began.elapsed() < Duration::from_secs(9),
        "{:?}",
        began.elapsed()
    );
    let stale = patient.list_stale("b").unwrap();
    assert_eq!(stale.len(), 1, "what is known without the others");

    cluster.signal(1, Signal::CONT);
    assert!(at_last(|| store.get("b")).is_some());
}

#[test]
fn nobody_there_is_told_at_once() {
    let store = EtcdStore::at(&["http://127.0.0.1:1", "http://127.0.0.1:2"]).unwrap();
    refused(
        put(&store, "a"),
        "kv-unavailable",
        &["http://127.0.0.1:1: ", "http://127.0.0.1:2: ", "refused"],
    );
    assert_eq!(store.origin(), "http://127.0.0.1:1,http://127.0.0.1:2");
}

/// Serves one answer to each of so many requests.
fn serve(answers: Vec<&'static [u8]>) -> String {
    let socket = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", socket.local_addr().unwrap());
    thread::spawn(move || {
        for answer in answers {
            let (mut stream, _) = socket.accept().unwrap();
            let _ = stream.read(&mut [0; 65536]).unwrap();
            stream.write_all(answer).unwrap();
        }
    });
    url
}

#[test]
fn a_change_whose_answer_is_lost_is_in_doubt_and_given_to_nobody_else() {
    let cluster = Cluster::of(1);
    let lost = serve(vec![
        b"",
        b"HTTP/1.1 503 x\r\ncontent-length: 1\r\n\r\nx",
        b"HTTP/1.1 200 x\r\ncontent-length: 2\r\n\r\n{}",
    ]);
    let urls = [lost, cluster.url()];
    for _ in 0..3 {
        // A new one asks the first member first.
        let store = EtcdStore::at(&urls).unwrap();
        refused(put(&store, "a"), "kv-unknown", &[]);
    }
    assert!(cluster.store().get("a").unwrap().is_none());
    let readable = [serve(vec![b""]), cluster.url()];
    let store = EtcdStore::at(&readable).unwrap();
    assert!(store.get("a").unwrap().is_none(), "a reading asks the next");
}

#[test]
fn what_is_no_etcd_is_told() {
    let not_found = serve(vec![b"HTTP/1.1 404 x\r\ncontent-length: 4\r\n\r\nnone"]);
    let store = EtcdStore::at(&[not_found]).unwrap();
    refused(store.get("a"), "kv-unusable", &["no JSON gateway", "3.4"]);
    let moved = serve(vec![
        b"HTTP/1.1 301 x\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n",
    ]);
    let store = EtcdStore::at(&[moved]).unwrap();
    refused(store.get("a"), "kv-unusable", &["HTTP 301"]);
    let empty = serve(vec![b"HTTP/1.1 200 x\r\ncontent-length: 2\r\n\r\n{}"]);
    let store = EtcdStore::at(&[empty]).unwrap();
    refused(store.get("a"), "kv-unusable", &["none of etcd's"]);
    refused(
        EtcdStore::at(&[""; 0]),
        "kv-unusable",
        &["no server is named"],
    );
    refused(
        EtcdStore::at(&["db\n:1"]),
        "kv-unusable",
        &["https://HOST:PORT"],
    );
}

#[test]
fn users_and_their_rights() {
    let cluster = Cluster::of(1);
    let open = cluster.store();
    let as_user = |name, password| cluster.store().with_user(name, password).unwrap();
    put(&open, "osgraft/a").unwrap();
    refused(
        as_user("os", "right").get("a"),
        "kv-denied",
        &["authentication is not enabled"],
    );

    for (path, body) in [
        ("auth/user/add", r#"{"name":"root","password":"geheim"}"#),
        ("auth/user/grant", r#"{"user":"root","role":"root"}"#),
        ("auth/user/add", r#"{"name":"os","password":"right"}"#),
        ("auth/role/add", r#"{"name":"reader"}"#),
        // From “osgraft/” to “osgraft0”, for reading.
        (
            "auth/role/grant",
            r#"{"name":"reader","perm":{"permType":"READ","key":"b3NncmFmdC8=","range_end":"b3NncmFmdDA="}}"#,
        ),
        ("auth/user/grant", r#"{"user":"os","role":"reader"}"#),
        ("auth/enable", "{}"),
    ] {
        cluster.post(path, body, None);
    }

    refused(open.get("osgraft/a"), "kv-denied", &["user name is empty"]);
    refused(
        as_user("os", "wrong").get("osgraft/a"),
        "kv-denied",
        &["authentication failed"],
    );
    refused(
        as_user("nobody", "right").get("osgraft/a"),
        "kv-denied",
        &["authentication failed"],
    );
    let reader = as_user("os", "right");
    assert_eq!(reader.list("osgraft/").unwrap().len(), 1);
    refused(reader.get("other"), "kv-denied", &["permission denied"]);
    refused(
        put(&reader, "osgraft/b"),
        "kv-denied",
        &["permission denied"],
    );

    // The token of before is not valid any more; the user is.
    let root = as_user("root", "geheim");
    assert_eq!(put(&root, "other").unwrap(), Applied::Yes);
    let answer = cluster.post(
        "auth/authenticate",
        r#"{"name":"root","password":"geheim"}"#,
        None,
    );
    let token = answer
        .split("\"token\":\"")
        .nth(1)
        .unwrap()
        .split('"')
        .next()
        .unwrap();
    cluster.post(
        "auth/user/changepw",
        r#"{"name":"root","password":"geheim"}"#,
        Some(token),
    );
    assert_eq!(put(&root, "other").unwrap(), Applied::Yes);
    assert_eq!(reader.list("osgraft/").unwrap().len(), 1);
    assert!(!format!("{root:?}").contains("geheim"));
}

#[test]
fn a_password_is_not_told_in_the_clear() {
    let store = EtcdStore::at(&["https://db", "http://db.example:2379"]).unwrap();
    refused(
        store.with_user("os", "geheim"),
        "kv-untrusted",
        &["http://db.example:2379 would be told the password unencrypted"],
    );
}

/// Its alert may be lost where the server closes the connection first.
#[track_caller]
fn assert_client_is_not_known(store: &EtcdStore) {
    let error = store.get("a").unwrap_err();
    let text = error.to_string();
    match error.code() {
        "kv-untrusted" => assert!(text.contains("alert"), "{text}"),
        "kv-unavailable" => assert!(text.contains("another client certificate"), "{text}"),
        code => panic!("{code}: {text}"),
    }
}

#[test]
fn a_connection_is_trusted_by_its_ca_and_in_both_directions() {
    let certificates = Certificates::new();
    let others = Certificates::new();
    let tls = Tls {
        certificates: &certificates,
        asks_client: true,
    };
    let cluster = Cluster::with(1, Some(tls));
    let store = || cluster.store();
    let ca = certificates.read("ca.pem");
    let known = certificates.known_to(store());
    assert_eq!(put(&known, "a").unwrap(), Applied::Yes);

    refused(
        store().get("a"),
        "kv-untrusted",
        &["the CA of its certificates has to be named"],
    );
    let wrong = store().with_ca(&others.read("ca.pem")).unwrap();
    refused(put(&wrong, "a"), "kv-untrusted", &["certificate"]);
    let unknown = store().with_ca(&ca).unwrap();
    assert_client_is_not_known(&unknown);
    let foreign = unknown.with_certificate(&others.read("client.pem"), &others.read("client.key"));
    assert_client_is_not_known(&foreign.unwrap());
    let (pem, key) = (
        certificates.read("client.pem"),
        certificates.read("named.key"),
    );
    let mixed = store().with_certificate(&pem, &key);
    refused(
        mixed,
        "kv-untrusted",
        &["the client certificate and its key"],
    );
    refused(
        store().with_ca(b"no PEM"),
        "kv-untrusted",
        &["the CA holds no certificate"],
    );
    refused(
        store().with_certificate(&pem, &pem),
        "kv-untrusted",
        &["no private key"],
    );
    let host = cluster.url().replace("127.0.0.1", "localhost");
    let elsewhere = certificates.known_to(EtcdStore::at(&[host]).unwrap());
    refused(elsewhere.get("a"), "kv-untrusted", &["localhost"]);
    let plain = EtcdStore::at(&[cluster.url().replace("https", "http")]).unwrap();
    let text = plain.get("a").unwrap_err().to_string();
    assert!(
        text.contains("HTTPS server") || text.contains("it may speak https"),
        "{text}"
    );
    // A certificate with a CN is taken as long as there are no users.
    let named = || {
        let store = store().with_ca(&ca).unwrap();
        store
            .with_certificate(
                &certificates.read("named.pem"),
                &certificates.read("named.key"),
            )
            .unwrap()
    };
    assert!(named().get("a").unwrap().is_some());
}

#[test]
fn an_https_url_at_a_server_without_tls_is_told() {
    let certificates = Certificates::new();
    let cluster = Cluster::of(1);
    let store = EtcdStore::at(&[cluster.url().replace("http", "https")]).unwrap();
    refused(
        certificates.known_to(store).get("a"),
        "kv-unavailable",
        &["or speak http"],
    );
}
