use std::io::Cursor;
use std::path::Path;
use std::time::Duration;

use accounts::prelude::*;
use bytes::Bytes;
use contract::users::DeleteAccount;
use futures_util::future::join_all;
use image::{ImageFormat, Rgb, RgbImage};
use kernel::Secret;

use crate::company::{PASSWORD, until};
use crate::world::each;

/// A picture of one colour.
pub(crate) fn upload(shade: u8) -> Bytes {
    let picture = RgbImage::from_pixel(40, 30, Rgb([shade, 10, 10]));
    let mut file = Cursor::new(vec![]);
    picture.write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner().into()
}

/// How many files lie in a folder and those within.
pub(crate) fn files(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    let count = |path: &Path| if path.is_dir() { files(path) } else { 1 };
    entries.map(|entry| count(&entry.unwrap().path())).sum()
}

fn version(url: &str) -> &str {
    url.split_once("?v=").unwrap().1
}

#[tokio::test]
async fn an_upload_is_drawn_anew_and_can_be_cached_for_good() {
    for world in each() {
        let ada = world.person("ada").await;
        let up = world.accounts.set_avatar(&ada, upload(200)).await.unwrap();
        assert!(up.avatar.starts_with("/api/v1/users/ada/avatar/?v="));
        assert_eq!(
            world.accounts.profile(&ada).await.unwrap().avatar,
            up.avatar
        );
        let served = world
            .accounts
            .avatar("ADA", Some(version(&up.avatar)))
            .await
            .unwrap();
        assert!(served.forever);
        assert_eq!(served.media_type, "image/jpeg");
        assert_eq!(
            image::guess_format(&served.bytes).unwrap(),
            ImageFormat::Jpeg
        );
        assert_ne!(served.bytes, upload(200));
        for asked in [None, Some("older")] {
            let newest = world.accounts.avatar("ada", asked).await.unwrap();
            assert!(!newest.forever);
            assert_eq!(
                (newest.bytes, newest.version),
                (served.bytes.clone(), served.version.clone())
            );
        }
    }
}

#[tokio::test]
async fn those_without_a_picture_have_one_of_their_own() {
    for world in each() {
        let (ada, bea) = (world.person("ada").await, world.person("bea").await);
        let drawn = world.accounts.avatar("ada", None).await.unwrap();
        let other = world
            .accounts
            .avatar(&bea.user.to_string(), None)
            .await
            .unwrap();
        assert_eq!(drawn.media_type, "image/svg+xml");
        assert_ne!(
            (&drawn.bytes, &drawn.version),
            (&other.bytes, &other.version)
        );
        world.accounts.set_avatar(&ada, upload(1)).await.unwrap();
        let down = world.accounts.remove_avatar(&ada).await.unwrap();
        assert_eq!(down.avatar, "/api/v1/users/ada/avatar/");
        let again = world.accounts.avatar("ada", None).await.unwrap();
        assert_eq!((again.bytes, again.forever), (drawn.bytes, false));
        let refused = world.accounts.remove_avatar(&ada).await.unwrap_err();
        assert_eq!(refused.code().name, "users.avatar_missing");
        let nobody = world.accounts.avatar("nobody", None).await.unwrap_err();
        assert_eq!(nobody.code().name, "users.not_found");
    }
}

#[tokio::test]
async fn what_is_no_picture_is_refused_and_nothing_changes() {
    for world in each() {
        let ada = world.person("ada").await;
        let up = world.accounts.set_avatar(&ada, upload(1)).await.unwrap();
        let page = Bytes::from_static(b"<html><script>alert(1)</script></html>");
        let refused = world.accounts.set_avatar(&ada, page).await.unwrap_err();
        assert_eq!(refused.code().name, "users.avatar_wrong_type");
        let cut = upload(2).slice(..60);
        let refused = world.accounts.set_avatar(&ada, cut).await.unwrap_err();
        assert_eq!(refused.code().name, "users.avatar_broken");
        assert_eq!(
            world.accounts.profile(&ada).await.unwrap().avatar,
            up.avatar
        );
    }
}

#[tokio::test]
async fn a_picture_that_was_replaced_or_taken_down_is_removed() {
    for world in each() {
        let ada = world.person("ada").await;
        let _working = world.working();
        let first = world.accounts.set_avatar(&ada, upload(1)).await.unwrap();
        let second = world.accounts.set_avatar(&ada, upload(1)).await.unwrap();
        assert_ne!(
            first.avatar, second.avatar,
            "the same upload has another name"
        );
        until("one picture is left", async || {
            files(world.folder.path()) == 1
        })
        .await;
        world.accounts.remove_avatar(&ada).await.unwrap();
        until("none is left", async || files(world.folder.path()) == 0).await;
    }
}

#[tokio::test]
async fn of_uploads_that_meet_one_is_shown_and_the_others_are_swept() {
    for world in each() {
        let ada = world.person("ada").await;
        let uploads = (0..4).map(|shade| world.accounts.set_avatar(&ada, upload(shade)));
        let told = join_all(uploads).await;
        assert!(told.iter().all(Result::is_ok));
        world.wait(Duration::from_secs(3_601));
        let _working = world.working();
        until("one picture is left", async || {
            files(world.folder.path()) == 1
        })
        .await;
        let shown = world.accounts.profile(&ada).await.unwrap().avatar;
        let served = world
            .accounts
            .avatar("ada", Some(version(&shown)))
            .await
            .unwrap();
        assert!(served.forever && served.media_type == "image/jpeg");
    }
}

#[tokio::test]
async fn an_upload_that_came_to_nothing_is_swept() {
    for world in each() {
        let ada = world.person("ada").await;
        let wanted = DeleteAccount {
            password: Secret::new(PASSWORD),
        };
        world.accounts.delete_account(&ada, wanted).await.unwrap();
        let late = world
            .accounts
            .set_avatar(&ada, upload(1))
            .await
            .unwrap_err();
        assert_eq!(late.code().name, "auth.session_ended");
        assert_eq!(files(world.folder.path()), 1);
        world.wait(Duration::from_secs(3_601));
        let _working = world.working();
        until("it is gone", async || files(world.folder.path()) == 0).await;
    }
}
