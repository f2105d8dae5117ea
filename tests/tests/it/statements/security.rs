//! Registration, login, sessions, passwords, second factors.

use e2e::{PASSWORD, TestUser};
use serde_json::{Value, json};

use super::meter::Meter;
use super::{create_users, id_in};
use crate::sessions::execute;
use crate::two_factor;

const OTHER: &str = "amber-lantern-orbit-27";
const LOGIN: &str = "POST /api/v1/auth/login/";
const STEP_UP: &str = "POST /api/v1/auth/step-up/";

pub(super) async fn measure(meter: &Meter<'_>) {
    registration(meter).await;
    let [ida, joe, kim, lea] = create_users(meter.app, ["ida", "joe", "kim", "lea"]).await;
    sessions(meter, ida).await;
    passwords(meter, joe).await;
    authenticator(meter, &kim).await;
    mailed_codes(meter, &lea).await;
}

async fn registration(meter: &Meter<'_>) {
    let mut hal = meter.app.anonymous();
    let label = "POST /api/v1/users/register/";
    meter.measure(label, hal.register("hal")).await;
    hal.log_in().await;
    // Another email is sent a minute after the previous one at the earliest.
    let hour = match meter.app.database_url().starts_with("sqlite:") {
        true => "3600000000",
        false => "interval '1 hour'",
    };
    let update = format!("UPDATE mail_links SET created_at = created_at - {hour}");
    execute(meter.app, &update);
    meter
        .call(&hal, "POST /api/v1/auth/email/resend/", &[], json!({}))
        .await;
    let token = json!({"token": hal.mailed_token("verify-email").await});
    let label = "POST /api/v1/auth/email/verify/";
    meter.call(&hal, label, &[], token).await;
}

fn credentials(user: &TestUser) -> Value {
    json!({"username": user.name, "password": PASSWORD})
}

async fn sessions(meter: &Meter<'_>, mut ida: TestUser) {
    let login = meter.call(&ida, LOGIN, &[], credentials(&ida));
    login.await;
    let label = "POST /api/v1/token/";
    meter.call(&ida, label, &[], credentials(&ida)).await;
    let mut away = ida.duplicate().from_another_address();
    let label = "POST /api/v1/token/ (new place)";
    let tokens = meter.call(&away, label, &[], credentials(&ida)).await;
    away.store_tokens(tokens);
    let refresh = json!({"refresh": ida.refresh});
    let renewed = meter
        .call(&ida, "POST /api/v1/token/refresh/", &[], refresh)
        .await;
    ida.access = renewed.json()["access"].as_str().unwrap().to_owned();
    let listed = meter.read(&ida, "GET /api/v1/auth/sessions/", &[]).await;
    let listed = listed.data();
    let other = listed.as_array().unwrap().iter();
    let mut other = other.filter(|session| session["current"] == false);
    let other = id_in(other.next_back().unwrap());
    meter
        .read(&ida, "DELETE /api/v1/auth/sessions/{id}/", &[&other])
        .await;
    meter
        .call(&ida, "POST /api/v1/auth/ws-ticket/", &[], json!({}))
        .await;
    let label = "POST /api/v1/auth/logout/";
    meter.call(&ida, label, &[], json!({})).await;
    ida.log_in().await;
    let label = "POST /api/v1/auth/logout-all/";
    meter.call(&ida, label, &[], json!({})).await;
}

async fn passwords(meter: &Meter<'_>, mut joe: TestUser) {
    let change =
        json!({"current_password": PASSWORD, "password": OTHER, "password_confirm": OTHER});
    meter
        .call(&joe, "POST /api/v1/auth/password/change/", &[], change)
        .await;
    let (email, anonymous) = (json!({"email": joe.email()}), meter.app.anonymous());
    meter
        .call(&anonymous, "POST /api/v1/auth/password/forgot/", &[], email)
        .await;
    let token = joe.mailed_token("reset-password").await;
    let reset = json!({"token": token, "password": PASSWORD, "password_confirm": PASSWORD});
    meter
        .call(&anonymous, "POST /api/v1/auth/password/reset/", &[], reset)
        .await;
    joe.log_in().await;
    let proof = json!({"password": PASSWORD});
    meter.call(&joe, STEP_UP, &[], proof).await;
}

async fn authenticator(meter: &Meter<'_>, kim: &TestUser) {
    let proof = json!({"password": PASSWORD});
    kim.post("/api/v1/auth/step-up/", proof.clone())
        .await
        .expect(200);
    let label = |name: &str| format!("POST /api/v1/auth/2fa/{name}/");
    let setup = meter.call(kim, &label("totp/setup"), &[], json!({})).await;
    let phone = two_factor::authenticator(setup.data()["secret"].as_str().unwrap());
    // The code of the previous period is accepted, too, which leaves the next one for the login.
    let code = json!({"code": phone.generate(two_factor::now() - 30).to_string()});
    meter.call(kim, &label("totp/enable"), &[], code).await;
    let renew = label("recovery-codes");
    let renewed = meter.call(kim, &renew, &[], json!({})).await;
    let codes = renewed.data()["recovery_codes"].clone();

    let case = format!("{STEP_UP} (with a second step)");
    let asked = meter.call(kim, &case, &[], proof).await.data();
    let response = json!({"challenge": asked["second_factor"]["challenge"],
        "method": "recovery", "code": codes[0]});
    meter
        .call(kim, "POST /api/v1/auth/step-up/verify/", &[], response)
        .await;

    let case = format!("{LOGIN} (with a second step)");
    let asked = meter.call(kim, &case, &[], credentials(kim)).await.data();
    let response = json!({"challenge": asked["second_factor"]["challenge"],
        "method": "totp", "code": phone.generate(two_factor::now()).to_string()});
    meter
        .call(kim, "POST /api/v1/auth/login/verify/", &[], response)
        .await;
    let method = json!({"method": "totp"});
    meter.call(kim, &label("disable"), &[], method).await;
}

async fn mailed_codes(meter: &Meter<'_>, lea: &TestUser) {
    let proof = json!({"password": PASSWORD});
    lea.post("/api/v1/auth/step-up/", proof).await.expect(200);
    let label = "POST /api/v1/auth/2fa/email/enable/";
    meter.call(lea, label, &[], json!({})).await;
    let label = format!("{LOGIN} (with a mailed code)");
    let asked = meter.call(lea, &label, &[], credentials(lea)).await.data();
    let challenge = json!({"challenge": asked["second_factor"]["challenge"]});
    // Another code is sent a minute after the previous one at the earliest.
    execute(meter.app, "UPDATE login_challenges SET code_sent_at = NULL");
    meter
        .call(lea, "POST /api/v1/auth/login/resend/", &[], challenge)
        .await;
}
