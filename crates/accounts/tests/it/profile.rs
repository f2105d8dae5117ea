use accounts::prelude::*;
use contract::accounts::{AiLevel, Audience, Theme};
use contract::users::{
    AiSettings, PatchPrivacy, PatchProfile, Preferences, Privacy, Profile, PutProfile,
};
use futures_util::future::join_all;
use kernel::Role;
use serde_json::json;

use crate::world::each;

fn patch() -> PatchProfile {
    PatchProfile::default()
}

#[tokio::test]
async fn a_new_profile_is_bare_and_open() {
    for world in each() {
        let ada = world.person("Ada").await;
        let profile = world.accounts.profile(&ada).await.unwrap();
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
}

#[tokio::test]
async fn a_patch_changes_what_it_names_and_nothing_else() {
    for world in each() {
        let ada = world.person("ada").await;
        let first = PatchProfile {
            display_name: Some(" Ada L. ".to_owned()),
            bio: Some("First\r\non the court.".to_owned()),
            theme: Some(Theme::Dark),
            language: Some("pt-br".to_owned()),
            ..patch()
        };
        let told = world.accounts.patch_profile(&ada, first).await.unwrap();
        assert_eq!(
            (told.display_name.as_str(), told.theme),
            ("Ada L.", Theme::Dark)
        );
        assert_eq!(
            (told.bio.as_str(), told.language.as_str()),
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
        let told = world.accounts.patch_profile(&ada, second).await.unwrap();
        assert_eq!(
            (told.display_name.as_str(), told.theme),
            ("ada", Theme::Dark)
        );
        let privacy = Privacy {
            match_history: Audience::Nobody,
            ..accounts::rules::privacy::DEFAULT
        };
        assert_eq!(told.privacy, privacy);
        let read = world.accounts.patch_profile(&ada, patch()).await.unwrap();
        assert_eq!(read.privacy, privacy, "an empty patch changes nothing");
        assert_eq!((read.bio, read.language), (told.bio, told.language));
    }
}

fn put(email: &str) -> PutProfile {
    serde_json::from_value(json!({ "email": email })).unwrap()
}

#[tokio::test]
async fn put_profile_replaces_all_that_can_be_set() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let bare = world.accounts.profile(&ada).await.unwrap();
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
        let told = world.accounts.put_profile(&ada, all).await.unwrap();
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
        assert_eq!(json!(told), json!(expected));
        let told = world.accounts.put_profile(&ada, put("ADA@example.org"));
        assert_eq!(
            json!(told.await.unwrap()),
            json!(bare),
            "what is left out goes"
        );
    }
}

#[tokio::test]
async fn put_profile_keeps_the_address_or_asks_for_another() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let told = world.accounts.put_profile(&ada, put("new@example.org"));
        let pending = told.await.unwrap().pending_email;
        assert_eq!(pending.as_deref(), Some("new@example.org"));
        let told = world.accounts.put_profile(&ada, put("ada@example.org"));
        assert_eq!(told.await.unwrap().pending_email, None);
        let refused = world.accounts.put_profile(&ada, put("no address")).await;
        assert_eq!(refused.unwrap_err().fields()[0].field, "email");
    }
}

#[tokio::test]
async fn a_patch_with_one_wrong_field_changes_none() {
    for world in each() {
        let ada = world.person("ada").await;
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
            let refused = world
                .accounts
                .patch_profile(&ada, change)
                .await
                .unwrap_err();
            assert_eq!(refused.code().name, code);
            assert_eq!(refused.fields()[0].field, field);
        }
        let all = PatchProfile {
            display_name: Some("a\u{0}b".to_owned()),
            bio: Some("a\u{0}b".to_owned()),
            language: Some("english".to_owned()),
            email: Some("no address".to_owned()),
            ..patch()
        };
        let refused = world.accounts.patch_profile(&ada, all).await.unwrap_err();
        assert_eq!(refused.code().name, "invalid_fields");
        let fields = refused.fields().iter().map(|error| error.field.as_str());
        let expected = ["display_name", "bio", "language", "email"];
        assert_eq!(fields.collect::<Vec<_>>(), expected, "all at once");
        let profile = world.accounts.profile(&ada).await.unwrap();
        assert_eq!(profile.theme, Theme::System);
    }
}

#[tokio::test]
async fn another_address_is_pending_and_a_refused_one_changes_nothing() {
    for world in each() {
        let _working = world.working();
        let ada = world.verified_person("ada").await;
        let to = |address: &str| PatchProfile {
            email: Some(address.to_owned()),
            theme: Some(Theme::Dark),
            ..patch()
        };
        let refused = world.accounts.patch_profile(&ada, to("no address"));
        assert_eq!(refused.await.unwrap_err().fields()[0].field, "email");
        let before = world.accounts.profile(&ada).await.unwrap();
        assert_eq!((before.theme, before.pending_email), (Theme::System, None));
        let told = world.accounts.patch_profile(&ada, to("new@example.org"));
        let told = told.await.unwrap();
        assert_eq!(told.pending_email.as_deref(), Some("new@example.org"));
        assert_eq!(
            (told.email.as_str(), told.theme),
            ("ada@example.org", Theme::Dark)
        );
    }
}

#[tokio::test]
async fn privacy_patches_that_meet_all_count() {
    for world in each() {
        let ada = world.person("ada").await;
        let none = PatchPrivacy::default();
        let nobody = Some(Audience::Nobody);
        let patches = [
            PatchPrivacy {
                searchable: Some(false),
                ..none
            },
            PatchPrivacy {
                profile: nobody,
                ..none
            },
            PatchPrivacy {
                match_history: nobody,
                ..none
            },
            PatchPrivacy {
                online_status: nobody,
                ..none
            },
            PatchPrivacy {
                friend_requests: nobody,
                ..none
            },
            PatchPrivacy {
                game_invites: nobody,
                read_receipts: Some(false),
                ..none
            },
        ];
        let all = patches.map(|privacy| {
            let change = PatchProfile {
                privacy: Some(privacy),
                ..patch()
            };
            world.accounts.patch_profile(&ada, change)
        });
        assert!(join_all(all).await.into_iter().all(|told| told.is_ok()));
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
            world.accounts.profile(&ada).await.unwrap().privacy,
            expected
        );
    }
}

#[tokio::test]
async fn preferences_come_back_as_they_went_and_have_bounds() {
    for world in each() {
        let ada = world.person("ada").await;
        assert_eq!(
            world.accounts.preferences(&ada).await.unwrap(),
            Preferences::default()
        );
        let wanted =
            json!({"pong": {"paddle": "#33ff99", "sound": true, "size": 1.5, "off": null}});
        let wanted = Preferences(wanted.as_object().unwrap().clone());
        world
            .accounts
            .set_preferences(&ada, wanted.clone())
            .await
            .unwrap();
        let large = json!({"k": "x".repeat(17_000)});
        let large = Preferences(large.as_object().unwrap().clone());
        let refused = world
            .accounts
            .set_preferences(&ada, large)
            .await
            .unwrap_err();
        assert_eq!(refused.code().name, "users.preferences_too_large");
        assert_eq!(world.accounts.preferences(&ada).await.unwrap(), wanted);
    }
}

#[tokio::test]
async fn the_computer_plays_as_it_was_told() {
    for world in each() {
        let ada = world.person("ada").await;
        assert_eq!(
            world.accounts.ai_settings(&ada).await.unwrap(),
            AiSettings::default()
        );
        let wanted = AiSettings {
            level: AiLevel::Expert,
            reaction_ms: Some(120),
            accuracy: None,
            adaptive: true,
        };
        world.accounts.set_ai_settings(&ada, wanted).await.unwrap();
        assert_eq!(world.accounts.ai_settings(&ada).await.unwrap(), wanted);
    }
}
