//! Signatures: HMAC-SHA256 over `<timestamp>.<body>`, as hexadecimal digits behind `v1=`. The same for what comes in and
//! what goes out.

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::domain::hooks::{Key, hex};

/// The header with the seconds since 1970 at which it was signed.
pub const TIMESTAMP: &str = "bellwether-timestamp";
/// The header with the signature.
pub const SIGNATURE: &str = "bellwether-signature";
/// The header with the id of an event that goes out: a second one with the same is the same.
pub const IDEMPOTENCY: &str = "idempotency-key";
/// How far the sender's watch and ours may differ, in milliseconds: also for how long a request can be repeated.
pub const WINDOW_MS: i64 = 5 * 60 * 1000;

/// What a request brought to be known by.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// [`TIMESTAMP`].
    pub timestamp: Option<&'a str>,
    /// [`SIGNATURE`].
    pub signature: Option<&'a str>,
}

/// Why a request is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// It has no signature, no timestamp, or one that cannot be read.
    Missing,
    /// Somebody without the secret has signed it, or it was changed on its way.
    Wrong,
    /// It was signed too long ago, or by a watch that is ahead.
    Old,
}

impl Given<'_> {
    /// Whether it was signed with the secret, and lately. `wall`: the time of day, in milliseconds.
    ///
    /// # Errors
    /// Why it is not believed.
    pub fn check(&self, secret: &Key, body: &[u8], wall: i64) -> Result<(), Refused> {
        let (Some(timestamp), Some(signature)) = (self.timestamp, self.signature) else {
            return Err(Refused::Missing);
        };
        let seconds: i64 = timestamp.parse().map_err(|_| Refused::Missing)?;
        let digits = signature.trim().strip_prefix("v1=").and_then(bytes).ok_or(Refused::Missing)?;
        // The signature first: whoever cannot sign learns nothing of our watch.
        mac(secret, timestamp, body).verify_slice(&digits).map_err(|_| Refused::Wrong)?;
        if within(seconds.saturating_mul(1000), wall) { Ok(()) } else { Err(Refused::Old) }
    }
}

/// Whether something was signed within the window, in milliseconds.
pub fn within(signed: i64, wall: i64) -> bool {
    wall.saturating_sub(signed).saturating_abs() <= WINDOW_MS
}

/// Signs: the value of [`SIGNATURE`].
pub fn sign(secret: &Key, timestamp: &str, body: &[u8]) -> String {
    format!("v1={}", hex(&mac(secret, timestamp, body).finalize().into_bytes()))
}

fn mac(secret: &Key, timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac = keyed(secret);
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

/// An HMAC takes a key of any length.
pub(super) fn keyed(secret: &Key) -> Hmac<Sha256> {
    match Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()) {
        Ok(mac) => mac,
        Err(never) => unreachable!("an HMAC refused a key: {never}"),
    }
}

/// Hexadecimal digits.
fn bytes(digits: &str) -> Option<Vec<u8>> {
    if !digits.len().is_multiple_of(2) || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of docs/hooks.md, as `openssl dgst -sha256 -hmac` gives it.
    #[test]
    fn it_is_what_openssl_gives() {
        let signature = sign(&Key::new("secret"), "1764000000", br#"{"id":"1"}"#);
        assert_eq!(signature, "v1=29c12ebb1c5a381ebe18c557465af26b2c5cc1fbde39726ec8f4988aa4846f37");
    }

    #[test]
    fn only_the_very_request_is_believed_and_only_for_five_minutes() {
        let secret = Key::new("k");
        let now = 1_764_000_000;
        let signature = sign(&secret, &now.to_string(), b"body");
        let given = |timestamp: &'static str, signature: Option<&str>, body: &[u8], later: i64| {
            Given { timestamp: Some(timestamp), signature }.check(&secret, body, (now + later) * 1000)
        };
        let good = Some(signature.as_str());
        assert_eq!(given("1764000000", good, b"body", 0), Ok(()));
        assert_eq!(given("1764000000", good, b"body", 300), Ok(()));
        assert_eq!(given("1764000000", good, b"body", 301), Err(Refused::Old));
        assert_eq!(given("1764000000", good, b"body", -301), Err(Refused::Old));
        assert_eq!(given("1764000001", good, b"body", 0), Err(Refused::Wrong));
        assert_eq!(given("1764000000", good, b"bodY", 0), Err(Refused::Wrong));
        assert_eq!(given("1764000000", Some("v1=00"), b"body", 0), Err(Refused::Wrong));
        for unreadable in ["", "v1=", "v1=zz", "v1=0", "v2=00", "v1=é"] {
            let wrong = given("1764000000", Some(unreadable), b"body", 0);
            assert!(matches!(wrong, Err(Refused::Missing | Refused::Wrong)), "{unreadable}");
        }
        assert_eq!(given("yesterday", good, b"body", 0), Err(Refused::Missing));
        assert_eq!(given("1764000000", None, b"body", 0), Err(Refused::Missing));
    }
}
