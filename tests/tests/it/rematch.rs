//! Rematches and challenges from the history.

use e2e::deployments;
use serde_json::json;

const UNKNOWN: &str = "01890a5d-ac96-774b-bcce-b302099a8060";

#[tokio::test]
async fn rematch_requires_a_finished_match() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let mut new = app.anonymous();
        new.register("new").await;
        new.log_in().await;
        for way in ["rematch", "challenge"] {
            let path = format!("/api/v1/matches/{UNKNOWN}/{way}/");
            let none = ada.post(&path, json!({})).await;
            none.expect_error(404, "invites.match_not_found");
            let long = json!({"client_id": "x".repeat(65)});
            let long = ada.post(&path, long).await;
            long.expect_field_error(422, "invalid_fields", "client_id");
            let unproven = new.post(&path, json!({})).await;
            unproven.expect_error(403, "auth.email_not_verified");
        }
    }
}
