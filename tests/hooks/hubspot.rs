//! HubSpot's own format (D20): believed by its signature, mapped by one table, and never answered with an error for what
//! means nothing here.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bellwether::adapters::webhook::hubspot::{SIGNATURE, TIMESTAMP};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::kit::Site;

const SECRET: &str = "0123456789abcdef-client-secret";

/// Sends events as HubSpot does, signed with a secret.
async fn sends(site: &Site, secret: &str, events: &Value) -> u16 {
    let address = format!("{}/hooks/{}/hubspot", site.address, crate::support::world::WORKSPACE);
    let body = events.to_string();
    let now = site.wall().to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any length");
    mac.update(format!("POST{address}{body}{now}").as_bytes());
    let signature = STANDARD.encode(mac.finalize().into_bytes());
    let request = reqwest::Client::new().post(&address).header(TIMESTAMP, now).header(SIGNATURE, signature);
    request.body(body).send().await.expect("an answer").status().as_u16()
}

fn reply(event: i64, object: i64, at: i64) -> Value {
    json!({
        "eventId": event, "subscriptionId": 9, "portalId": 5, "occurredAt": at, "attemptNumber": 0,
        "subscriptionType": "contact.propertyChange", "objectId": object,
        "propertyName": "hs_email_last_reply_date", "propertyValue": "1795424400000"
    })
}

/// D20, R4: a reply that HubSpot saw connects a lead once, however often it is told.
#[tokio::test]
async fn what_hubspot_tells_moves_a_lead() {
    let mut site = Site::open().await;
    site.world.file("leads.csv", b"id,name,email\n77,Kim,kim@beta.example\n".to_vec());
    let preview = crate::kit::message(site.reply("root", "/lead import file:leads.csv").await);
    site.presses("root", crate::kit::button(&preview, "Import")).await;
    assert_eq!(sends(&site, SECRET, &json!([])).await, 404, "nobody has told the secret yet");
    let said = site.says("root", &format!("/setup hooks hubspot:{SECRET}")).await;
    assert!(!said.contains(SECRET), "R11: {said}");

    let now = site.world.now().timestamp_millis();
    assert_eq!(sends(&site, "somebody-else", &json!([reply(1, 77, now)])).await, 401);
    assert_eq!(site.status("L-1").await, "new");
    assert_eq!(sends(&site, SECRET, &json!([reply(1, 77, now)])).await, 204);
    assert_eq!(site.status("L-1").await, "connected");
    assert_eq!(sends(&site, SECRET, &json!([reply(1, 77, now)])).await, 204);
    let history = site.says("ana", "/lead history lead:L-1").await;
    assert_eq!(history.matches("✉️ E-mail reply").count(), 1, "{history}");

    // A field, what means nothing here, and whose record is not here: all are taken, and the last one is kept.
    let others = json!([
        {"eventId": 2, "subscriptionType": "contact.propertyChange", "objectId": 77, "occurredAt": now,
         "propertyName": "company", "propertyValue": "Beta Ltd"},
        {"eventId": 3, "subscriptionType": "contact.merge", "objectId": 77, "occurredAt": now},
        reply(4, 78, now),
    ]);
    assert_eq!(sends(&site, SECRET, &others).await, 204);
    assert!(site.says("ana", "/lead show lead:L-1").await.contains("Beta Ltd"));
    let kept = site.says("root", "/setup hooks").await;
    assert!(kept.contains("1 event kept") && kept.contains("email.replied of 78"), "{kept}");
    assert!(kept.contains("From HubSpot: events at /hooks/1/hubspot"), "{kept}");
    assert_eq!(sends(&site, SECRET, &json!({"no": "list"})).await, 400);
    site.world.check_histories().await;
}
