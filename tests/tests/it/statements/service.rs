//! Health, metrics, the dev mailbox, and the lookup of sessions.

use serde_json::json;

use super::id_in;
use super::meter::Meter;

pub(super) async fn measure(meter: &Meter<'_>) {
    meter.measure_scrape().await;
    let anonymous = meter.app.anonymous();
    for label in ["GET /healthz", "GET /readyz"] {
        meter.read(&anonymous, label, &[]).await;
    }
    let mut user = meter.app.user("service").await;
    let (socket, _) = meter.app.open_socket(&user, 0, "/ws/events/").await;
    meter.read(&anonymous, "GET /api/v1/online/", &[]).await;
    socket.close().await;
    let local = e2e::client();
    let mailbox = |path: &str| {
        let request = local.get(format!("{}/dev/mailbox/{path}", meter.app.url()));
        async {
            e2e::Response::of(request.send().await.unwrap())
                .await
                .expect(200)
        }
    };
    let all = meter.measure("GET /dev/mailbox/", mailbox("?format=json"));
    let mail = id_in(&all.await.data()[0]);
    meter
        .measure("GET /dev/mailbox/{id}/", mailbox(&format!("{mail}/")))
        .await;
    // This session was not used yet.
    user.log_in().await;
    let request = user.get("/api/v1/chats/unread/");
    meter.measure("session lookup", request).await.expect(200);
    user.post("/api/v1/auth/logout/", json!({}))
        .await
        .expect(200);
}
