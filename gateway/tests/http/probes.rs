//! Probes and metrics.

use actix_web::test::TestRequest;

use crate::harness::TestApp;

#[actix_web::test]
async fn metrics_require_a_local_client_without_proxy() {
    let app = TestApp::new().await;
    let response = app.get("/metrics").await;
    assert_eq!(response.status, 200);
    assert!(
        response
            .header("content-type")
            .unwrap()
            .starts_with("text/plain")
    );
    let proxied = TestRequest::get()
        .uri("/metrics")
        .insert_header(("x-forwarded-for", "1.1.1.1"));
    app.send(proxied).await.assert_error(404, "not_found");
}

#[actix_web::test]
async fn readyz_fails_while_the_server_stops() {
    let app = TestApp::new().await;
    assert_eq!(
        app.get("/readyz").await.json()["data"]["checks"]["database"],
        "up"
    );
    app.state.http.lifecycle.stop();
    let error = app.get("/readyz").await.assert_error(503, "not_ready");
    assert_eq!(error["checks"]["database"], "up");
    assert_eq!(app.get("/healthz").await.status, 200, "it still responds");
}
