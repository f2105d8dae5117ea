use accounts::prelude::*;
use contract::accounts::{AiLevel, Audience, Theme};
use contract::users::{
    AiSettings, PatchPrivacy, PatchProfile, Preferences, Privacy, Profile, PutProfile,
};
use futures_util::future::join_all;
use kernel::Role;
use serde_json::json;

use crate::fixture::Fixture;

testkit::database_tests!(
    new_profile_has_defaults,
    patch_profile_changes_only_given_fields,
    put_profile_replaces_all_fields,
    put_profile_requests_a_change_of_address,
    patch_profile_is_all_or_nothing,
    patch_profile_shows_a_pending_address,
    concurrent_privacy_patches_are_all_applied,
    set_preferences_keeps_values_and_limits_them,
    set_ai_settings_replaces_the_settings,
);

fn patch() -> PatchProfile {
    PatchProfile::default()
}

async fn new_profile_has_defaults(fixture: Fixture) {
    let ada = fixture.user("Ada").await;
    let profile = fixture.accounts.profile(&ada).await.unwrap();
    assert_eq!((profile.id, profile.username.as_str()), (ada.user, "Ada"));
    assert_eq!(
        profile.display_name, "Ada",
        "the username where no other is set"
    );
    assert_eq!(profile.avatar, "/api/v1/users/Ada/avatar/");
    assert_eq!((profile.theme, profile.role), (Theme::System, Role::Member));
    assert_eq!(profile.privacy, accounts::rules::privacy::DEFAULT);
    assert_eq!(profile.second_factor.recovery_codes_left, 0);
    assert!(!profile.second_factor.totp && !profile.second_factor.email);
    assert_eq!((profile.bio.as_str(), profile.pending_email), ("", None));
}

async fn patch_profile_changes_only_given_fields(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let first = PatchProfile {
        display_name: Some(" Ada L. ".to_owned()),
        bio: Some("First\r\non the court.".to_owned()),
        theme: Some(Theme::Dark),
        language: Some("pt-br".to_owned()),
        ..patch()
    };
    let updated = fixture.accounts.patch_profile(&ada, first).await.unwrap();
    assert_eq!(
        (updated.display_name.as_str(), updated.theme),
        ("Ada L.", Theme::Dark)
    );
    assert_eq!(
        (updated.bio.as_str(), updated.language.as_str()),
        ("First\non the court.", "pt-BR")
    );
    let second = PatchProfile {
        display_name: Some(String::new()),
        privacy: Some(PatchPrivacy {
            match_history: Some(Audience::Nobody),
            ..PatchPrivacy::default()
        }),
        ..patch()
    };
    let updated = fixture.accounts.patch_profile(&ada, second).await.unwrap();
    assert_eq!(
        (updated.display_name.as_str(), updated.theme),
        ("ada", Theme::Dark)
    );
    let privacy = Privacy {
        match_history: Audience::Nobody,
        ..accounts::rules::privacy::DEFAULT
    };
    assert_eq!(updated.privacy, privacy);
    let read = fixture.accounts.patch_profile(&ada, patch()).await.unwrap();
    assert_eq!(read.privacy, privacy, "an empty patch changes nothing");
    assert_eq!((read.bio, read.language), (updated.bio, updated.language));
}

fn put(email: &str) -> PutProfile {
    serde_json::from_value(json!({ "email": email })).unwrap()
}

async fn put_profile_replaces_all_fields(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let bare = fixture.accounts.profile(&ada).await.unwrap();
    let all = PutProfile {
        display_name: "Ada L.".to_owned(),
        bio: "First on the court.".to_owned(),
        theme: Theme::Dark,
        language: "pt-br".to_owned(),
        privacy: PatchPrivacy {
            profile: Some(Audience::Nobody),
            online_status: Some(Audience::Nobody),
            searchable: Some(false),
            ..PatchPrivacy::default()
        },
        ..put("ada@example.org")
    };
    let updated = fixture.accounts.put_profile(&ada, all).await.unwrap();
    let expected = Profile {
        display_name: "Ada L.".to_owned(),
        bio: "First on the court.".to_owned(),
        theme: Theme::Dark,
        language: "pt-BR".to_owned(),
        privacy: Privacy {
            profile: Audience::Nobody,
            online_status: Audience::Nobody,
            searchable: false,
            ..bare.privacy
        },
        ..bare.clone()
    };
    assert_eq!(json!(updated), json!(expected));
    let updated = fixture.accounts.put_profile(&ada, put("ADA@example.org"));
    assert_eq!(
        json!(updated.await.unwrap()),
        json!(bare),
        "what is left out goes"
    );
}

async fn put_profile_requests_a_change_of_address(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let updated = fixture.accounts.put_profile(&ada, put("new@example.org"));
    let pending = updated.await.unwrap().pending_email;
    assert_eq!(pending.as_deref(), Some("new@example.org"));
    let updated = fixture.accounts.put_profile(&ada, put("ada@example.org"));
    assert_eq!(updated.await.unwrap().pending_email, None);
    let error = fixture.accounts.put_profile(&ada, put("no address")).await;
    assert_eq!(error.unwrap_err().fields()[0].field, "email");
}

async fn patch_profile_is_all_or_nothing(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let wrong = "a\u{0}b".to_owned();
    let (name, bio, language) = (Some(wrong.clone()), Some(wrong.clone()), Some(wrong));
    for (field, code, change) in [
        (
            "display_name",
            "users.display_name_invalid",
            PatchProfile {
                display_name: name,
                ..patch()
            },
        ),
        ("bio", "users.bio_invalid", PatchProfile { bio, ..patch() }),
        (
            "language",
            "users.language_invalid",
            PatchProfile {
                language,
                ..patch()
            },
        ),
    ] {
        let change = PatchProfile {
            theme: Some(Theme::Light),
            ..change
        };
        let error = fixture
            .accounts
            .patch_profile(&ada, change)
            .await
            .unwrap_err();
        assert_eq!(error.code().name, code);
        assert_eq!(error.fields()[0].field, field);
    }
    let all = PatchProfile {
        display_name: Some("a\u{0}b".to_owned()),
        bio: Some("a\u{0}b".to_owned()),
        language: Some("english".to_owned()),
        email: Some("no address".to_owned()),
        ..patch()
    };
    let error = fixture.accounts.patch_profile(&ada, all).await.unwrap_err();
    assert_eq!(error.code().name, "invalid_fields");
    let fields = error.fields().iter().map(|error| error.field.as_str());
    let expected = ["display_name", "bio", "language", "email"];
    assert_eq!(fields.collect::<Vec<_>>(), expected, "all at once");
    let profile = fixture.accounts.profile(&ada).await.unwrap();
    assert_eq!(profile.theme, Theme::System);
}

async fn patch_profile_shows_a_pending_address(fixture: Fixture) {
    let _worker = fixture.start_worker();
    let ada = fixture.verified_user("ada").await;
    let to = |address: &str| PatchProfile {
        email: Some(address.to_owned()),
        theme: Some(Theme::Dark),
        ..patch()
    };
    let error = fixture.accounts.patch_profile(&ada, to("no address"));
    assert_eq!(error.await.unwrap_err().fields()[0].field, "email");
    let before = fixture.accounts.profile(&ada).await.unwrap();
    assert_eq!((before.theme, before.pending_email), (Theme::System, None));
    let updated = fixture.accounts.patch_profile(&ada, to("new@example.org"));
    let updated = updated.await.unwrap();
    assert_eq!(updated.pending_email.as_deref(), Some("new@example.org"));
    assert_eq!(
        (updated.email.as_str(), updated.theme),
        ("ada@example.org", Theme::Dark)
    );
}

async fn concurrent_privacy_patches_are_all_applied(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let none = PatchPrivacy::default();
    let audience = Some(Audience::Nobody);
    let patches = [
        PatchPrivacy {
            searchable: Some(false),
            ..none
        },
        PatchPrivacy {
            profile: audience,
            ..none
        },
        PatchPrivacy {
            match_history: audience,
            ..none
        },
        PatchPrivacy {
            online_status: audience,
            ..none
        },
        PatchPrivacy {
            friend_requests: audience,
            ..none
        },
        PatchPrivacy {
            game_invites: audience,
            read_receipts: Some(false),
            ..none
        },
    ];
    let all = patches.map(|privacy| {
        let change = PatchProfile {
            privacy: Some(privacy),
            ..patch()
        };
        fixture.accounts.patch_profile(&ada, change)
    });
    assert!(
        join_all(all)
            .await
            .into_iter()
            .all(|updated| updated.is_ok())
    );
    let expected = Privacy {
        searchable: false,
        profile: Audience::Nobody,
        match_history: Audience::Nobody,
        online_status: Audience::Nobody,
        friend_requests: Audience::Nobody,
        game_invites: Audience::Nobody,
        read_receipts: false,
    };
    assert_eq!(
        fixture.accounts.profile(&ada).await.unwrap().privacy,
        expected
    );
}

async fn set_preferences_keeps_values_and_limits_them(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    assert_eq!(
        fixture.accounts.preferences(&ada).await.unwrap(),
        Preferences::default()
    );
    let wanted = json!({"pong": {"paddle": "#33ff99", "sound": true, "size": 1.5, "off": null}});
    let wanted = Preferences(wanted.as_object().unwrap().clone());
    fixture
        .accounts
        .set_preferences(&ada, wanted.clone())
        .await
        .unwrap();
    let large = json!({"k": "x".repeat(17_000)});
    let large = Preferences(large.as_object().unwrap().clone());
    let error = fixture
        .accounts
        .set_preferences(&ada, large)
        .await
        .unwrap_err();
    assert_eq!(error.code().name, "users.preferences_too_large");
    assert_eq!(fixture.accounts.preferences(&ada).await.unwrap(), wanted);
}

async fn set_ai_settings_replaces_the_settings(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    assert_eq!(
        fixture.accounts.ai_settings(&ada).await.unwrap(),
        AiSettings::default()
    );
    let wanted = AiSettings {
        level: AiLevel::Expert,
        reaction_ms: Some(120),
        accuracy: None,
        adaptive: true,
    };
    fixture
        .accounts
        .set_ai_settings(&ada, wanted)
        .await
        .unwrap();
    assert_eq!(fixture.accounts.ai_settings(&ada).await.unwrap(), wanted);
}
