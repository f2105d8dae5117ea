//! Tournaments: the calls of each operation.

use e2e::TestUser;
use futures_util::FutureExt;
use serde_json::{Value, json};

use super::Domain;
use crate::idempotency::Creation;
use crate::statements::Meter;
use crate::tournaments::{TOURNAMENTS, begin_check_in, called_slot, create, path_of, register};

pub(super) const DOMAIN: Domain = Domain {
    fill_lists: |user| fill_lists(user).boxed_local(),
    creation: |operation| {
        (operation == "create_tournament").then(|| Creation::new(TOURNAMENTS, cup(), 2))
    },
    measure: |meter| measure(meter).boxed_local(),
};

fn cup() -> Value {
    json!({"name": "Spring Cup", "game": "tictactoe", "format": "single_elimination", "capacity": 8})
}

/// Two tournaments; the newer one has entrants and entries in its audit trail.
async fn fill_lists(user: &TestUser) {
    create(user, cup()).await;
    let path = path_of(&create(user, cup()).await);
    for alias in ["Left", "Right"] {
        let local = json!({"alias": alias, "local": true});
        user.post(&format!("{path}register/"), local)
            .await
            .expect(200);
    }
    for name in ["Summer Cup", "Autumn Cup"] {
        user.patch(&path, json!({ "name": name })).await.expect(200);
    }
}

fn label(method: &str, rest: &str) -> String {
    format!("{method} {TOURNAMENTS}{{id}}/{rest}")
}

async fn measure(meter: &Meter<'_>) {
    let [olga, pia] = [meter.app.user("olga").await, meter.app.user("pia").await];
    let created = meter
        .call(&olga, &format!("POST {TOURNAMENTS}"), &[], cup())
        .await;
    let id = created.data()["id"].as_str().unwrap().to_owned();
    meter.read(&olga, &format!("GET {TOURNAMENTS}"), &[]).await;
    meter.read(&olga, &label("GET", ""), &[&id]).await;
    let named = json!({"name": "Measured Cup"});
    meter.call(&olga, &label("PATCH", ""), &[&id], named).await;
    organize(meter, &olga, &id).await;
    enter(meter, &olga, &pia, &id).await;
    play(meter, &olga, &id).await;
    let theirs = "GET /api/v1/users/{username}/tournaments/";
    meter.read(&pia, theirs, &["olga"]).await;
    for rest in ["entrants/", "bracket/", "recap/", "audit/"] {
        meter.read(&olga, &label("GET", rest), &[&id]).await;
    }
    let open = format!("/ws/tournament/{id}/");
    let labels = ["GET /ws/tournament/{id}/", "connect /ws/tournament/{id}/"];
    let opened = meter.measure_all(&labels, meter.app.open_socket(&olga, 0, &open));
    opened.await.0.close().await;
    meter.read(&olga, &label("DELETE", ""), &[&id]).await;
}

async fn organize(meter: &Meter<'_>, organizer: &TestUser, id: &str) {
    let mut draft = cup();
    draft["draft"] = json!(true);
    let draft = create(organizer, draft).await;
    let own = draft["id"].as_str().unwrap();
    let open = label("POST", "open/");
    meter.call(organizer, &open, &[own], json!({})).await;
    organizer.delete(&path_of(&draft)).await.expect(200);
    let invite = label("POST", "invite/");
    let names = json!({"usernames": ["pia"]});
    meter.call(organizer, &invite, &[id], names).await;
    let add = label("POST", "co-organizers/");
    let name = json!({"username": "pia"});
    meter.call(organizer, &add, &[id], name).await;
    let remove = label("DELETE", "co-organizers/{username}/");
    meter.read(organizer, &remove, &[id, "pia"]).await;
}

async fn enter(meter: &Meter<'_>, organizer: &TestUser, other: &TestUser, id: &str) {
    let enter = label("POST", "register/");
    let alias = json!({"alias": "Hammer"});
    meter.call(organizer, &enter, &[id], alias.clone()).await;
    let leave = label("POST", "unregister/");
    meter.call(organizer, &leave, &[id], json!({})).await;
    let path = format!("{TOURNAMENTS}{id}/");
    organizer
        .post(&format!("{path}register/"), alias)
        .await
        .expect(200);
    register(other, &path, "Nail").await;
    let order = label("PUT", "seeds/");
    let numbers = json!({"order": [3, 2]});
    meter.call(organizer, &order, &[id], numbers).await;
    check_in(meter, organizer).await;
}

/// Check-in takes a tournament whose start is near.
async fn check_in(meter: &Meter<'_>, user: &TestUser) {
    let created = create(user, cup()).await;
    let (path, id) = (path_of(&created), created["id"].as_str().unwrap());
    register(user, &path, "Early").await;
    begin_check_in(user, &created).await;
    let call = label("POST", "check-in/");
    meter.call(user, &call, &[id], json!({})).await;
    user.delete(&path).await.expect(200);
}

async fn play(meter: &Meter<'_>, organizer: &TestUser, id: &str) {
    for act in ["start/", "pause/", "resume/"] {
        let call = label("POST", act);
        meter.call(organizer, &call, &[id], json!({})).await;
    }
    // Who organizes the other one is in its match. A dispute needs more entrants, so that the tournament goes on.
    rule(meter, &meter.app.user("tilda").await).await;
    request_bye(meter, organizer).await;
}

/// A dispute, and what organizers decide.
async fn rule(meter: &Meter<'_>, organizer: &TestUser) {
    let more = create(organizer, cup()).await;
    let (other_path, own) = (path_of(&more), more["id"].as_str().unwrap());
    for alias in ["A", "B", "C", "D"] {
        let local = json!({"alias": alias, "local": true});
        organizer
            .post(&format!("{other_path}register/"), local)
            .await
            .expect(200);
    }
    organizer
        .post(&format!("{other_path}start/"), json!({}))
        .await
        .expect(200);
    let slot = called_slot(organizer, &other_path).await;
    let match_id = slot["match_id"].as_str().unwrap().to_owned();
    crate::games::play_at_one_keyboard(meter.app, organizer, &match_id).await;
    let name = slot["slot"].as_str().unwrap();
    let disputed = json!({"slot": name, "reason": "Lag."});
    let dispute = label("POST", "dispute/");
    meter.call(organizer, &dispute, &[own], disputed).await;
    let upheld = json!({"decision": "uphold", "reason": "There was none."});
    let decide = label("POST", "slots/{slot}/decide/");
    meter.call(organizer, &decide, &[own, name], upheld).await;
    let disqualify = label("POST", "entrants/{number}/disqualify/");
    let reason = json!({"reason": "Cheating."});
    meter
        .call(organizer, &disqualify, &[own, "4"], reason)
        .await;
    organizer.delete(&other_path).await.expect(200);
}

async fn request_bye(meter: &Meter<'_>, organizer: &TestUser) {
    let mut swiss = cup();
    swiss["format"] = json!("swiss");
    let created = create(organizer, swiss).await;
    let (path, id) = (path_of(&created), created["id"].as_str().unwrap());
    register(organizer, &path, "Host").await;
    for alias in ["A", "B", "C"] {
        let local = json!({"alias": alias, "local": true});
        organizer
            .post(&format!("{path}register/"), local)
            .await
            .expect(200);
    }
    organizer
        .post(&format!("{path}start/"), json!({}))
        .await
        .expect(200);
    let bye = label("POST", "bye/");
    meter
        .call(organizer, &bye, &[id], json!({"round": 2}))
        .await;
    organizer.delete(&path).await.expect(200);
}
