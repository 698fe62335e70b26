//! JSON of etcd's gateway: its int64 are strings, its bytes are base64, and zero and false are left out.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use crate::kv::{Change, Compare, Lease, Operation, Version, Versioned};

/// Most keys of one answer; more are asked for at the same revision.
pub(super) const PAGE: usize = 1000;

/// A number of 64 bits.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Int(pub(super) i64);

/// Bytes.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Bytes(pub(super) Vec<u8>);

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Header {
    pub(super) revision: Int,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct KeyValue {
    pub(super) key: Bytes,
    value: Bytes,
    mod_revision: Int,
    lease: Int,
}

/// Answer to a range.
#[derive(Debug, Deserialize)]
pub(super) struct Range {
    pub(super) header: Header,
    #[serde(default)]
    pub(super) kvs: Vec<KeyValue>,
    #[serde(default)]
    pub(super) more: bool,
}

/// Answer to a transaction.
#[derive(Debug, Deserialize)]
pub(super) struct Txn {
    #[serde(rename = "header")]
    _header: Header,
    #[serde(default)]
    pub(super) succeeded: bool,
}

/// Answer to a grant.
#[derive(Debug, Deserialize)]
pub(super) struct Grant {
    #[serde(rename = "ID")]
    pub(super) id: Int,
}

/// Answer to a keepalive. A lease that has ended has no time left.
#[derive(Debug, Deserialize)]
pub(super) struct Kept {
    pub(super) result: KeptResult,
}

#[derive(Debug, Deserialize)]
pub(super) struct KeptResult {
    #[serde(rename = "header")]
    _header: Header,
    #[serde(rename = "TTL", default)]
    pub(super) ttl: Int,
}

/// Answer to a revocation.
#[derive(Debug, Deserialize)]
pub(super) struct Revoked {
    #[serde(rename = "header")]
    _header: Header,
}

/// Answer to a name and its password.
#[derive(Debug, Deserialize)]
pub(super) struct Authenticated {
    pub(super) token: String,
}

/// A refusal: gRPC's code and etcd's text.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Fault {
    pub(super) code: i64,
    pub(super) message: String,
}

impl<'de> Deserialize<'de> for Int {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        match Value::deserialize(from)? {
            Value::String(text) => text.parse().map(Self).map_err(D::Error::custom),
            Value::Number(number) => match number.as_i64() {
                Some(number) => Ok(Self(number)),
                None => Err(D::Error::custom("no number of 64 bits")),
            },
            _ => Err(D::Error::custom("no number")),
        }
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        STANDARD.decode(text).map(Self).map_err(D::Error::custom)
    }
}

impl KeyValue {
    /// The value, with the state of its key.
    pub(super) fn versioned(self) -> Versioned {
        Versioned {
            value: self.value.0,
            version: Version(self.mod_revision.0.cast_unsigned()),
            lease: (self.lease.0 != 0).then_some(Lease(self.lease.0)),
        }
    }
}

impl Fault {
    /// The refusal in an answer, if it is one; that of a stream lies a level deeper.
    pub(super) fn of(answer: &[u8]) -> Option<Self> {
        let answer: Value = serde_json::from_slice(answer).ok()?;
        let error = answer.get("error")?;
        let (fault, code) = match error.is_object() {
            true => (error, error.get("grpc_code").or_else(|| error.get("code"))),
            false => (&answer, answer.get("code")),
        };
        let message = fault.get("message").or(Some(error)).and_then(Value::as_str);
        Some(Self {
            code: code.and_then(Value::as_i64).unwrap_or(2),
            message: message.unwrap_or_default().to_owned(),
        })
    }
}

/// An answer in its type; the reason why it is none.
pub(super) fn answer<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    serde_json::from_slice(bytes).map_err(|why| why.to_string())
}

/// Asks for one key.
pub(super) fn get(key: &str) -> Value {
    json!({ "key": base64(key.as_bytes()) })
}

/// Asks for the keys from `from` on that begin with `prefix`; at a revision, where there is one.
pub(super) fn list(from: &[u8], prefix: &str, revision: Option<i64>, is_stale: bool) -> Value {
    // The first key: etcd takes no empty one.
    let from = if from.is_empty() { b"\0" } else { from };
    json!({
        "key": base64(from),
        "range_end": base64(&end(prefix)),
        "limit": PAGE.to_string(),
        "revision": revision.unwrap_or(0).to_string(),
        "serializable": is_stale,
    })
}

/// The first key behind all that begin with a prefix. UTF-8 has no byte 0xff to carry over.
fn end(prefix: &str) -> Vec<u8> {
    let mut end = prefix.as_bytes().to_vec();
    match end.last_mut() {
        Some(last) => *last += 1,
        // All keys, as etcd spells it.
        None => end.push(0),
    }
    end
}

/// A change as a transaction.
pub(super) fn txn(change: &Change) -> Value {
    let compare = |compare: &Compare| match compare {
        Compare::Absent(key) => json!({
            "key": base64(key.as_bytes()),
            "target": "CREATE",
            "result": "EQUAL",
            "create_revision": "0",
        }),
        Compare::Is(key, version) => json!({
            "key": base64(key.as_bytes()),
            "target": "MOD",
            "result": "EQUAL",
            "mod_revision": version.0.to_string(),
        }),
    };
    let operation = |operation: &Operation| match operation {
        Operation::Put { key, value, lease } => json!({ "request_put": {
            "key": base64(key.as_bytes()),
            "value": base64(value),
            "lease": lease.map_or(0, |lease| lease.0).to_string(),
        }}),
        Operation::Delete(key) => json!({ "request_delete_range": {
            "key": base64(key.as_bytes()),
        }}),
    };
    json!({
        "compare": change.compares().iter().map(compare).collect::<Vec<_>>(),
        "success": change.operations().iter().map(operation).collect::<Vec<_>>(),
    })
}

/// Names a lease.
pub(super) fn lease(lease: Lease) -> Value {
    json!({ "ID": lease.0.to_string() })
}

/// Asks for a lease of so many seconds.
pub(super) fn grant(seconds: u64) -> Value {
    json!({ "TTL": seconds.to_string() })
}

/// Asks for a token.
pub(super) fn authenticate(name: &str, password: &str) -> Value {
    json!({ "name": name, "password": password })
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_zero_and_numbers_are_strings() {
        let text = br#"{"header":{"revision":"9223372036854775807"},"kvs":[{"key":"YQ==",
            "mod_revision":"7"},{"key":"Yg==","value":"AP8=","mod_revision":"8","lease":"-3"}]}"#;
        let range: Range = answer(text).unwrap();
        assert_eq!((range.header.revision, range.more), (Int(i64::MAX), false));
        let values: Vec<Versioned> = range.kvs.into_iter().map(KeyValue::versioned).collect();
        assert_eq!((values[0].value.len(), values[0].lease), (0, None));
        assert_eq!(values[0].version, Version(7));
        assert_eq!(
            (&values[1].value[..], values[1].lease),
            (&b"\0\xff"[..], Some(Lease(-3)))
        );
        let txn: Txn = answer(br#"{"header":{"revision":"3"}}"#).unwrap();
        assert!(!txn.succeeded);
        let kept: Kept = answer(b"{\"result\":{\"header\":{},\"ID\":\"7\"}}\n").unwrap();
        assert_eq!(kept.result.ttl, Int(0));
    }

    #[test]
    fn what_is_no_answer_is_told() {
        assert!(answer::<Txn>(b"{}").is_err(), "a change that was not made");
        assert!(answer::<Range>(b"{}").is_err(), "no keys");
        assert!(answer::<Range>(br#"{"header":{},"kvs":[{"key":"%"}]}"#).is_err());
        assert!(answer::<Grant>(br#"{"ID":"x"}"#).is_err());
    }

    #[test]
    fn a_refusal_is_found_at_both_levels() {
        let fault = |code, message: &str| {
            Some(Fault {
                code,
                message: message.to_owned(),
            })
        };
        let plain = br#"{"error":"etcdserver: permission denied","code":7,"message":"etcdserver: permission denied"}"#;
        assert_eq!(Fault::of(plain), fault(7, "etcdserver: permission denied"));
        let stream = br#"{"error":{"grpc_code":14,"http_code":503,"message":"no leader"}}"#;
        assert_eq!(Fault::of(stream), fault(14, "no leader"));
        assert_eq!(Fault::of(br#"{"error":"odd"}"#), fault(2, "odd"));
        assert_eq!(Fault::of(br#"{"header":{}}"#), None);
        assert_eq!(Fault::of(b"404 page not found"), None);
    }

    #[test]
    fn a_prefix_ends_before_what_does_not_begin_with_it() {
        assert_eq!(end("a/"), b"a0");
        assert_eq!(end("é"), [0xc3, 0xaa]);
        assert_eq!(end(""), [0]);
        let all = list(b"", "", None, true);
        assert_eq!(
            (&all["key"], &all["range_end"]),
            (&json!("AA=="), &json!("AA=="))
        );
        assert_eq!(all["serializable"], json!(true));
    }

    #[test]
    fn a_change_names_the_state_that_it_rests_on() {
        let change = Change::new()
            .absent("a")
            .is("b", Version(u64::from(u32::MAX) + 1))
            .put_leased("a", "1", Lease(5))
            .delete("b");
        let txn = txn(&change);
        assert_eq!(txn["compare"][0]["create_revision"], json!("0"));
        assert_eq!(txn["compare"][1]["mod_revision"], json!("4294967296"));
        assert_eq!(txn["success"][0]["request_put"]["lease"], json!("5"));
        assert_eq!(
            txn["success"][1]["request_delete_range"]["key"],
            json!("Yg==")
        );
    }
}
