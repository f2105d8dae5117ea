use std::io::Cursor;
use std::path::Path;
use std::time::Duration;

use accounts::prelude::*;
use bytes::Bytes;
use contract::users::DeleteAccount;
use futures_util::future::join_all;
use image::{ImageFormat, Rgb, RgbImage};
use kernel::Secret;

use crate::fixture::Fixture;
use crate::test_users::{PASSWORD, until};

testkit::database_tests!(
    set_avatar_reencodes_the_upload,
    avatar_returns_a_default_for_users_without_one,
    set_avatar_refuses_other_files,
    replaced_avatar_is_deleted,
    concurrent_uploads_keep_one_avatar,
    unfinished_upload_is_deleted,
);

/// An image of one color.
pub(crate) fn upload(shade: u8) -> Bytes {
    let picture = RgbImage::from_pixel(40, 30, Rgb([shade, 10, 10]));
    let mut file = Cursor::new(vec![]);
    picture.write_to(&mut file, ImageFormat::Png).unwrap();
    file.into_inner().into()
}

/// The number of files in a folder and its subfolders.
pub(crate) fn count_files(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return 0;
    };
    let count = |path: &Path| if path.is_dir() { count_files(path) } else { 1 };
    entries.map(|entry| count(&entry.unwrap().path())).sum()
}

fn version(url: &str) -> &str {
    url.split_once("?v=").unwrap().1
}

async fn set_avatar_reencodes_the_upload(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let up = fixture
        .accounts
        .set_avatar(&ada, upload(200))
        .await
        .unwrap();
    assert!(up.avatar.starts_with("/api/v1/users/ada/avatar/?v="));
    assert_eq!(
        fixture.accounts.profile(&ada).await.unwrap().avatar,
        up.avatar
    );
    let served = fixture
        .accounts
        .avatar("ADA", Some(version(&up.avatar)))
        .await
        .unwrap();
    assert!(served.is_immutable);
    assert_eq!(served.media_type, "image/jpeg");
    assert_eq!(
        image::guess_format(&served.bytes).unwrap(),
        ImageFormat::Jpeg
    );
    assert_ne!(served.bytes, upload(200));
    for requested in [None, Some("older")] {
        let newest = fixture.accounts.avatar("ada", requested).await.unwrap();
        assert!(!newest.is_immutable);
        assert_eq!(
            (newest.bytes, newest.version),
            (served.bytes.clone(), served.version.clone())
        );
    }
}

async fn avatar_returns_a_default_for_users_without_one(fixture: Fixture) {
    let (ada, bea) = (fixture.user("ada").await, fixture.user("bea").await);
    let drawn = fixture.accounts.avatar("ada", None).await.unwrap();
    let other = fixture
        .accounts
        .avatar(&bea.user.to_string(), None)
        .await
        .unwrap();
    assert_eq!(drawn.media_type, "image/svg+xml");
    assert_ne!(
        (&drawn.bytes, &drawn.version),
        (&other.bytes, &other.version)
    );
    fixture.accounts.set_avatar(&ada, upload(1)).await.unwrap();
    let down = fixture.accounts.remove_avatar(&ada).await.unwrap();
    assert_eq!(down.avatar, "/api/v1/users/ada/avatar/");
    let again = fixture.accounts.avatar("ada", None).await.unwrap();
    assert_eq!((again.bytes, again.is_immutable), (drawn.bytes, false));
    let error = fixture.accounts.remove_avatar(&ada).await.unwrap_err();
    assert_eq!(error.code().name, "users.avatar_missing");
    let unknown = fixture.accounts.avatar("nobody", None).await.unwrap_err();
    assert_eq!(unknown.code().name, "users.not_found");
}

async fn set_avatar_refuses_other_files(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let up = fixture.accounts.set_avatar(&ada, upload(1)).await.unwrap();
    let page = Bytes::from_static(b"<html><script>alert(1)</script></html>");
    let error = fixture.accounts.set_avatar(&ada, page).await.unwrap_err();
    assert_eq!(error.code().name, "users.avatar_wrong_type");
    let cut = upload(2).slice(..60);
    let error = fixture.accounts.set_avatar(&ada, cut).await.unwrap_err();
    assert_eq!(error.code().name, "users.avatar_broken");
    assert_eq!(
        fixture.accounts.profile(&ada).await.unwrap().avatar,
        up.avatar
    );
}

async fn replaced_avatar_is_deleted(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let _worker = fixture.start_worker();
    let first = fixture.accounts.set_avatar(&ada, upload(1)).await.unwrap();
    let second = fixture.accounts.set_avatar(&ada, upload(1)).await.unwrap();
    assert_ne!(
        first.avatar, second.avatar,
        "the same upload has another name"
    );
    until("one picture is left", async || {
        count_files(fixture.folder.path()) == 1
    })
    .await;
    fixture.accounts.remove_avatar(&ada).await.unwrap();
    until("none is left", async || {
        count_files(fixture.folder.path()) == 0
    })
    .await;
}

async fn concurrent_uploads_keep_one_avatar(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let uploads = (0..4).map(|shade| fixture.accounts.set_avatar(&ada, upload(shade)));
    let results = join_all(uploads).await;
    assert!(results.iter().all(Result::is_ok));
    fixture.advance(Duration::from_secs(3_601));
    let _worker = fixture.start_worker();
    until("one picture is left", async || {
        count_files(fixture.folder.path()) == 1
    })
    .await;
    let current = fixture.accounts.profile(&ada).await.unwrap().avatar;
    let served = fixture
        .accounts
        .avatar("ada", Some(version(&current)))
        .await
        .unwrap();
    assert!(served.is_immutable && served.media_type == "image/jpeg");
}

async fn unfinished_upload_is_deleted(fixture: Fixture) {
    let ada = fixture.user("ada").await;
    let wanted = DeleteAccount {
        password: Secret::new(PASSWORD),
    };
    fixture.accounts.delete_account(&ada, wanted).await.unwrap();
    let late = fixture
        .accounts
        .set_avatar(&ada, upload(1))
        .await
        .unwrap_err();
    assert_eq!(late.code().name, "auth.session_ended");
    assert_eq!(count_files(fixture.folder.path()), 1);
    fixture.advance(Duration::from_secs(3_601));
    let _worker = fixture.start_worker();
    until("it is deleted", async || {
        count_files(fixture.folder.path()) == 0
    })
    .await;
}
