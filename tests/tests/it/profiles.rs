//! Profiles, pictures, search, exports, deletion.

use e2e::{App, PASSWORD, deployments, until};
use reqwest::Method;
use serde_json::json;

/// A PNG of this size.
pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    let mut file = std::io::Cursor::new(vec![]);
    image::RgbImage::from_pixel(width, height, image::Rgb([200, 30, 60]))
        .write_to(&mut file, image::ImageFormat::Png)
        .unwrap();
    file.into_inner()
}

#[tokio::test]
async fn get_and_patch_profile_support_etags() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let patch = json!({"display_name": "Ada L.", "bio": "First on the court.", "theme": "dark", "language": "pt-BR", "privacy": {"searchable": true, "profile": "friends"}});
        let profile = ada
            .patch("/api/v1/users/profile/", patch)
            .await
            .expect(200)
            .data();
        assert_eq!(
            (
                profile["display_name"].as_str(),
                profile["privacy"]["profile"].as_str()
            ),
            (Some("Ada L."), Some("friends"))
        );
        let read = ada.get("/api/v1/users/profile").await.expect(200);
        assert_eq!(read.data(), profile);
        let known = ada
            .authenticated_request(Method::GET, "/api/users/profile/")
            .header("if-none-match", read.header("etag"));
        let known = ada.send(known).await;
        assert!(known.status == 304 && known.body.is_empty());
        ada.put("/api/v1/users/profile/", json!({"bio": "x".repeat(501)}))
            .await
            .expect_field_error(422, "invalid_fields", "bio");
        ada.patch("/api/v1/users/profile/", json!({"username": "eve"}))
            .await
            .expect_field_error(422, "invalid_fields", "username");
        ada.patch("/api/v1/users/profile/", json!({"theme": 7}))
            .await
            .expect_field_error(422, "invalid_fields", "theme");
        assert_eq!(
            ada.get("/api/v1/users/profile/").await.data(),
            profile,
            "nothing was half written"
        );
    }
}

#[tokio::test]
async fn put_profile_replaces_and_patch_profile_merges() {
    let path = "/api/v1/users/profile/";
    for app in deployments().await {
        let ada = app.user("ada").await;
        let bare = ada.get(path).await.expect(200).data();
        let all = json!({"display_name": "Ada L.", "bio": "First.", "theme": "dark",
            "language": "pt-BR", "email": "ada@example.org",
            "privacy": {"searchable": false, "profile": "nobody"}});
        let stored = ada.put(path, all.clone()).await.expect(200).data();
        for name in ["display_name", "bio", "theme", "language"] {
            assert_eq!(stored[name], all[name], "{name}");
        }
        assert_eq!(stored["privacy"]["profile"], "nobody");
        assert_eq!(stored["privacy"]["game_invites"], "everyone");
        let merged = ada.patch(
            path,
            json!({"bio": null, "privacy": {"profile": "friends"}}),
        );
        let merged = merged.await.expect(200).data();
        assert_eq!(
            (&merged["bio"], &merged["theme"]),
            (&json!(""), &json!("dark"))
        );
        assert_eq!(merged["privacy"]["searchable"], false);
        let named = ada.patch(path, json!({"display_name": null})).await;
        assert_eq!(named.expect(200).data()["display_name"], "ada");
        ada.put(path, json!({"bio": "First."}))
            .await
            .expect_field_error(422, "invalid_fields", "email");
        let again = ada.put(path, json!({"email": "ada@example.org", "bio": null}));
        assert_eq!(again.await.expect(200).data(), bare);
    }
}

#[tokio::test]
async fn null_is_refused_where_nothing_can_be_empty() {
    let path = "/api/v1/users/profile/";
    for app in deployments().await {
        let ada = app.user("ada").await;
        for name in ["theme", "language", "email", "privacy"] {
            for method in [Method::PATCH, Method::PUT] {
                let body = json!({"email": "ada@example.org", name: null});
                let response = ada
                    .send(ada.authenticated_request(method, path).json(&body))
                    .await;
                response.expect_field_error(422, "invalid_fields", name);
            }
        }
        for name in [
            "searchable",
            "profile",
            "match_history",
            "online_status",
            "friend_requests",
            "game_invites",
            "read_receipts",
        ] {
            let body = json!({"privacy": {name: null}});
            let field = format!("privacy.{name}");
            ada.patch(path, body)
                .await
                .expect_field_error(422, "invalid_fields", &field);
        }
        for (path, body, field) in [
            (
                "/api/v1/users/profile/status/",
                json!({"status": null}),
                "status",
            ),
            (
                "/api/v1/users/profile/ai-settings/",
                json!({"level": null}),
                "level",
            ),
            (
                "/api/v1/users/profile/ai-settings/",
                json!({"level": "easy", "adaptive": null}),
                "adaptive",
            ),
            (
                "/api/v1/notifications/preferences/",
                json!({"digest": null}),
                "digest",
            ),
            (
                "/api/v1/notifications/preferences/",
                json!({"kinds": null}),
                "kinds",
            ),
            (
                "/api/v1/notifications/preferences/",
                json!({"kinds": {"system": null}}),
                "kinds.system",
            ),
        ] {
            ada.put(path, body)
                .await
                .expect_field_error(422, "invalid_fields", field);
        }
    }
}

#[tokio::test]
async fn put_settings_replaces_them() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let path = "/api/v1/users/profile/ai-settings/";
        let all = json!({"level": "hard", "reaction_ms": 120, "accuracy": 90, "adaptive": true});
        ada.put(path, all).await.expect(200);
        let stored = ada
            .put(path, json!({"level": "easy", "accuracy": null}))
            .await;
        let bare =
            json!({"level": "easy", "reaction_ms": null, "accuracy": null, "adaptive": false});
        assert_eq!(stored.expect(200).data(), bare);
        let path = "/api/v1/notifications/preferences/";
        let usual = ada.get(path).await.data();
        let off = json!({"digest": "off", "kinds": {"system": {"in_app": false, "email": false}}});
        assert_ne!(ada.put(path, off).await.expect(200).data(), usual);
        assert_eq!(ada.put(path, json!({})).await.expect(200).data(), usual);
    }
}

#[tokio::test]
async fn put_preferences_keeps_any_json_within_limits() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let wanted = json!({"pong": {"paddle": "#33ff99", "deep": [1, null, "ü"]}});
        ada.put("/api/v1/users/profile/preferences/", wanted.clone())
            .await
            .expect(200);
        assert_eq!(
            ada.get("/api/v1/users/profile/preferences/").await.data(),
            wanted
        );
        ada.put(
            "/api/v1/users/profile/preferences/",
            json!({"x": "y".repeat(20_000)}),
        )
        .await
        .expect_error(422, "users.preferences_too_large");
        assert_eq!(
            ada.put("/api/v1/users/profile/preferences/", json!([1]))
                .await
                .status,
            422
        );
        let ai = json!({"level": "hard", "reaction_ms": 120, "accuracy": 90, "adaptive": true});
        ada.put("/api/v1/users/profile/ai-settings/", ai.clone())
            .await
            .expect(200);
        assert_eq!(
            ada.get("/api/v1/users/profile/ai-settings/").await.data(),
            ai
        );
        ada.put(
            "/api/v1/users/profile/ai-settings/",
            json!({"level": "hard", "accuracy": 101}),
        )
        .await
        .expect_field_error(422, "invalid_fields", "accuracy");
    }
}

#[tokio::test]
async fn upload_avatar_reencodes_serves_and_deletes_it() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        let default = ada.get("/api/v1/users/ada/avatar/").await.expect(200);
        assert_eq!(default.header("content-type"), "image/svg+xml");
        let upload = |bytes: Vec<u8>| {
            ada.authenticated_request(Method::POST, "/api/v1/users/profile/avatar/")
                .header("content-type", "image/png")
                .body(bytes)
        };
        let url = ada.send(upload(png(300, 200))).await.expect(200).data()["avatar"]
            .as_str()
            .unwrap()
            .to_owned();
        let picture = ada.get(&url).await.expect(200);
        assert!(picture.header("cache-control").contains("immutable"));
        assert!(
            picture
                .header("content-security-policy")
                .contains("sandbox")
        );
        let drawn = image::load_from_memory(&picture.body).unwrap();
        assert_eq!((drawn.width(), drawn.height()), (256, 256));
        let part = reqwest::multipart::Part::bytes(png(64, 64)).file_name("me.png");
        let form = reqwest::multipart::Form::new().part("avatar", part);
        ada.send(
            ada.authenticated_request(Method::POST, "/api/v1/users/profile/avatar/")
                .multipart(form),
        )
        .await
        .expect(200);
        ada.send(upload(b"<svg onload=alert(1)>".to_vec()))
            .await
            .expect_error(415, "users.avatar_wrong_type");
        ada.send(upload(png(8, 8)[..40].to_vec()))
            .await
            .expect_error(422, "users.avatar_broken");
        ada.send(upload(png(9000, 1)))
            .await
            .expect_error(422, "users.avatar_too_many_pixels");
        let large = [png(8, 8), vec![0; 6 * 1024 * 1024]].concat();
        assert_eq!(ada.send(upload(large)).await.status, 413);
        ada.delete("/api/v1/users/profile/avatar/")
            .await
            .expect(200);
        ada.delete("/api/v1/users/profile/avatar/")
            .await
            .expect_error(404, "users.avatar_missing");
    }
}

#[tokio::test]
async fn search_users_finds_prefixes_ignoring_case() {
    for app in deployments().await {
        let ada = app.user("ada").await;
        for name in ["Bob", "bobby", "Žofie"] {
            let mut other = app.anonymous();
            other.name = name.to_owned();
            let body = json!({"username": name, "email": format!("x{}@example.org", name.len()), "password": PASSWORD, "password_confirm": PASSWORD});
            other
                .post("/api/v1/users/register/", body)
                .await
                .expect(201);
        }
        let found = ada
            .get("/api/v1/users/?search=BOB&limit=1")
            .await
            .expect(200)
            .json();
        assert_eq!(
            (
                found["meta"]["total"].as_i64(),
                found["data"].as_array().unwrap().len()
            ),
            (Some(2), 1)
        );
        let next = found["meta"]["next"].as_str().unwrap();
        assert!(
            next.contains("search=BOB") && next.contains("offset=1"),
            "{next}"
        );
        let found = ada
            .get("/api/v1/users/?&search=%C5%BEOFIE")
            .await
            .expect(200)
            .json();
        assert_eq!(found["data"][0]["username"], "Žofie");
        let one = ada.get("/api/v1/users/?search=b").await.expect(200).json();
        assert_eq!(one["meta"]["total"], 2);
        for nothing in ["", "search=", "search=%20"] {
            let refused = ada.get(&format!("/api/v1/users/?{nothing}")).await;
            refused.expect_field_error(422, "users.search_too_short", "search");
        }
        let bob = ada.get("/api/v1/users/BOB/").await.expect(200).data();
        assert_eq!(bob["username"], "Bob");
        ada.get("/api/v1/users/nobody/")
            .await
            .expect_error(404, "users.not_found");
    }
}

#[tokio::test]
async fn export_can_be_downloaded_by_its_owner_only() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let world = ada
            .put("/api/v1/chats/lobbies/world/", json!({}))
            .await
            .data();
        let path = format!(
            "/api/v1/chats/rooms/{}/messages/",
            world["chat_id"].as_str().unwrap()
        );
        ada.post(&path, json!({"content": "words of my own"}))
            .await
            .expect(201);
        let export = ada
            .post("/api/v1/users/profile/export/", json!({}))
            .await
            .expect(201)
            .data();
        let path = format!(
            "/api/v1/users/profile/export/{}/",
            export["id"].as_str().unwrap()
        );
        until("the export is ready", || async {
            ada.get(&path).await.data()["state"] == "ready"
        })
        .await;
        let download = ada.get(&path).await.data()["download"]
            .as_str()
            .unwrap()
            .to_owned();
        let file = ada.get(&download).await.expect(200);
        assert!(file.header("content-disposition").starts_with("attachment"));
        assert_eq!(file.header("content-length"), file.body.len().to_string());
        assert!(file.text().contains("ada@example.org") && !file.text().contains("argon2"));
        assert!(file.text().contains("words of my own"));
        bob.get(&download)
            .await
            .expect_error(404, "users.export_not_found");
        bob.get(&path)
            .await
            .expect_error(404, "users.export_not_found");
    }
}

#[tokio::test]
async fn delete_account_prevents_login_and_removes_the_name() {
    for app in deployments().await {
        let (ada, bob) = (app.user("ada").await, app.user("bob").await);
        let wrong = ada
            .authenticated_request(Method::DELETE, "/api/v1/users/profile/")
            .json(&json!({"password": "not-the-password-1"}));
        ada.send(wrong)
            .await
            .expect_field_error(422, "auth.password_wrong", "password");
        let gone = ada
            .authenticated_request(Method::DELETE, "/api/v1/users/profile/")
            .json(&json!({"password": PASSWORD}));
        ada.send(gone).await.expect(200);
        ada.expect_error_everywhere("auth.session_ended").await;
        bob.get("/api/v1/users/ada/")
            .await
            .expect_error(404, "users.not_found");
        let again = app
            .anonymous()
            .post(
                "/api/v1/token/",
                json!({"username": "ada", "password": PASSWORD}),
            )
            .await;
        again.expect_error(401, "auth.invalid_credentials");
        let again = json!({"username": "ada", "email": "new@example.org",
            "password": PASSWORD, "password_confirm": PASSWORD});
        app.anonymous()
            .post("/api/v1/users/register/", again)
            .await
            .expect_field_error(409, "auth.username_taken", "username");
    }
}

#[tokio::test]
async fn optional_verification_lets_new_users_act_at_once() {
    let app = App::with()
        .flag("--email-verification", "optional")
        .embedded();
    let (mut ada, mut bob) = (app.anonymous(), app.anonymous());
    for (user, name) in [(&mut ada, "ada"), (&mut bob, "bob")] {
        user.register(name).await;
        user.log_in().await;
    }
    ada.befriend(&bob).await;
    let invite = json!({"username": "bob", "game": "pong"});
    ada.post("/api/v1/invites/", invite).await.expect(201);
    let chat = ada.chat_with(&bob).await;
    let path = format!("/api/v1/chats/rooms/{chat}/messages/");
    let written = ada.post(&path, json!({"content": "Ready when you are"}));
    written.await.expect(201);
    let path = "/ws/matchmaking/?game=pong&score_to_win=7";
    let (mut socket, _) = app.open_socket(&ada, 0, path).await;
    assert_eq!(socket.next_event("queued").await["data"]["position"], 1);
}
