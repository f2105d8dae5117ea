//! Playing somebody again, from the end of a match or from the history.

use e2e::each;
use serde_json::json;

const UNKNOWN: &str = "01890a5d-ac96-774b-bcce-b302099a8060";

#[tokio::test]
async fn only_a_match_that_was_played_to_its_end_leads_to_another() {
    for app in each().await {
        let ada = app.person("ada").await;
        let mut new = app.visitor();
        new.register("new").await;
        new.sign_in().await;
        for way in ["rematch", "challenge"] {
            let path = format!("/api/v1/matches/{UNKNOWN}/{way}/");
            let none = ada.post(&path, json!({})).await;
            none.refused(404, "invites.match_not_found");
            let long = json!({"client_id": "x".repeat(65)});
            let long = ada.post(&path, long).await;
            long.refused_at(422, "invalid_fields", "client_id");
            let unproven = new.post(&path, json!({})).await;
            unproven.refused(403, "auth.email_not_verified");
        }
    }
}
