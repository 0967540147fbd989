//! The way out: signed changes of status to the address that a workspace has set. One try; trying again is the outbox's.
//!
//! An address is an admin's word, and admins of a workspace are not those who run the program: unless those say
//! otherwise, nothing is sent but over TLS to public addresses, whatever a name resolves to, and no redirect is followed,
//! so that nobody looks around in the network that the program runs in.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{StatusCode, Url, header, redirect};

use super::sign;
use crate::chat::port::{HookPort, Outgoing, Refusal, SendError};

/// How long a target may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long is waited where a target wants less but does not say how long.
const LESS: Duration = Duration::from_secs(30);
/// The longest wait that a target can ask for.
const LONGEST: Duration = Duration::from_hours(1);

/// Where may be sent to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Reach {
    /// Public addresses, over TLS.
    #[default]
    Public,
    /// Anywhere: the program's own network as well.
    Anywhere,
}

/// Sends webhooks.
pub struct Sender {
    client: reqwest::Client,
    reach: Reach,
}

impl Sender {
    /// With connections of its own.
    ///
    /// # Errors
    /// Where the system has no TLS to offer.
    pub fn new(reach: Reach) -> Result<Self, reqwest::Error> {
        let client = reqwest::Client::builder()
            .user_agent(concat!("bellwether/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .timeout(PATIENCE)
            .no_proxy();
        let client = match reach {
            Reach::Public => client.https_only(true).dns_resolver(Arc::new(PublicOnly)),
            Reach::Anywhere => client,
        };
        Ok(Self { client: client.build()?, reach })
    }
}

#[async_trait::async_trait]
impl HookPort for Sender {
    async fn send(&self, outgoing: &Outgoing) -> Result<(), SendError> {
        let refused = |why: &str| SendError::Refused { refusal: Refusal::Other, why: why.to_owned() };
        let url = Url::parse(&outgoing.url).map_err(|_| refused("the address cannot be read"))?;
        // A name is looked at when it is resolved.
        let literal = url.host_str().and_then(|host| host.trim_matches(['[', ']']).parse::<IpAddr>().ok());
        if self.reach == Reach::Public
            && (url.scheme() != "https" || literal.is_some_and(|ip| !is_public(ip)))
        {
            return Err(refused("only public addresses are sent to, over https"));
        }
        let timestamp = (outgoing.wall / 1000).to_string();
        let signature = sign::sign(&outgoing.secret, &timestamp, outgoing.body.as_bytes());
        let request = self
            .client
            .post(url)
            .header(header::CONTENT_TYPE, "application/json")
            .header(sign::TIMESTAMP, timestamp)
            .header(sign::SIGNATURE, signature)
            .header(sign::IDEMPOTENCY, &outgoing.key)
            .body(outgoing.body.clone());
        // An address may hold a token: it is not repeated in logs.
        let response = request.send().await.map_err(|why| later(None, why.without_url().to_string()))?;
        let status = response.status();
        let after = response.headers().get(header::RETRY_AFTER);
        let after = after.and_then(|v| v.to_str().ok()?.trim().parse().ok()).map(Duration::from_secs);
        let after = after.map(|after| after.min(LONGEST));
        let why = format!("the target answered {}", status.as_u16());
        match status {
            status if status.is_success() => Ok(()),
            StatusCode::TOO_MANY_REQUESTS => Err(later(Some(after.unwrap_or(LESS)), why)),
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY => Err(later(after, why)),
            status if status.is_server_error() => Err(later(after, why)),
            _ => Err(refused(&why)),
        }
    }
}

fn later(after: Option<Duration>, why: String) -> SendError {
    SendError::Retry { after, everything: false, why }
}

/// Resolves names to public addresses alone.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err("the name has no public address".into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

/// Whether an address is somebody's on the internet, and not of a network of one's own.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped() {
            Some(ip) => is_public_v4(ip),
            None => {
                let first = ip.segments()[0];
                // 2000::/3 is what is given out; below it lie the ways into IPv4 (6to4, Teredo) and the examples.
                first & 0xe000 == 0x2000
                    && first != 0x2002
                    && !(first == 0x2001 && ip.segments()[1] < 0x0200)
                    && !(first == 0x2001 && ip.segments()[1] == 0x0db8)
            }
        },
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let own = ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_documentation();
    let special =
        matches!((a, b, c), (0 | 224..=255, _, _) | (100, 64..=127, _) | (192, 0, 0) | (198, 18..=19, _));
    !own && !special
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_network_is_not_public() {
        for own in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "::ffff:169.254.169.254",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
            "ff02::1",
        ] {
            assert!(!is_public(own.parse().expect(own)), "{own}");
        }
        for public in ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "2a00:1450::1", "2001:4860:4860::8888"]
        {
            assert!(is_public(public.parse().expect(public)), "{public}");
        }
    }

    #[tokio::test]
    async fn nothing_is_sent_into_the_own_network_unless_its_owner_says_so() {
        let sender = Sender::new(Reach::Public).expect("a client");
        for url in [
            "http://example.com",
            "https://127.0.0.1:1",
            "https://[::1]:1",
            "https://169.254.169.254/x",
            "no address",
        ] {
            let outgoing = Outgoing {
                url: url.to_owned(),
                secret: crate::domain::hooks::Key::new("k"),
                key: "1".to_owned(),
                wall: 0,
                body: "{}".to_owned(),
            };
            assert!(matches!(sender.send(&outgoing).await, Err(SendError::Refused { .. })), "{url}");
        }
        let name = Outgoing {
            url: "https://localhost:1/".to_owned(),
            secret: crate::domain::hooks::Key::new("k"),
            key: "1".to_owned(),
            wall: 0,
            body: "{}".to_owned(),
        };
        assert!(matches!(sender.send(&name).await, Err(SendError::Retry { .. })));
    }
}
