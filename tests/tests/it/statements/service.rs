//! The service itself: health, metrics, the dev mailbox, and looking up who asks.

use serde_json::json;

use super::id_in;
use super::meter::Meter;

pub(super) async fn measure(meter: &Meter<'_>) {
    meter.measure_scrape().await;
    let visitor = meter.app.visitor();
    for label in ["GET /healthz", "GET /readyz"] {
        meter.read(&visitor, label, &[]).await;
    }
    let mut person = meter.app.person("service").await;
    let local = e2e::client();
    let mailbox = |path: &str| {
        let request = local.get(format!("{}/dev/mailbox/{path}", meter.app.url()));
        async {
            e2e::Answer::of(request.send().await.unwrap())
                .await
                .expect(200)
        }
    };
    let all = meter.measure("GET /dev/mailbox/", mailbox("?format=json"));
    let mail = id_in(&all.await.data()[0]);
    meter
        .measure("GET /dev/mailbox/{id}/", mailbox(&format!("{mail}/")))
        .await;
    // Nobody has asked with this session yet.
    person.sign_in().await;
    let request = person.get("/api/v1/chats/unread/");
    meter.measure("session lookup", request).await.expect(200);
    person
        .post("/api/v1/auth/logout/", json!({}))
        .await
        .expect(200);
}
