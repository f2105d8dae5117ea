//! The content of an export, written page by page, so that memory holds no more than a page and a
//! part of the upload.

use blobs::{BlobKey, BlobWriter};
use bytes::Bytes;
use data_encoding::BASE64;
use db::PagedJson;
use futures_util::TryStreamExt;
use futures_util::stream::BoxStream;
use kernel::{AppError, Timestamp, UserId};
use serde_json::{Value, json};

use super::rows;
use crate::Accounts;
use crate::avatars::AvatarFormat;

/// The version of the format; incremented by incompatible changes.
const FORMAT_VERSION: u32 = 1;

/// All data of a user, read while it is written.
pub(super) async fn content(
    accounts: &Accounts,
    user: UserId,
    now: Timestamp,
) -> Result<PagedJson, AppError> {
    let account = rows::account(&accounts.inner.store, user).await?;
    let avatar_json = avatar_json(accounts, user, account.avatar).await?;
    let mut fields = vec![
        ("format".to_owned(), json!(FORMAT_VERSION).into()),
        ("made_at".to_owned(), json!(now).into()),
        ("picture".to_owned(), avatar_json.into()),
        ("account".to_owned(), account.rows),
    ];
    for domain in &accounts.inner.personal_data {
        fields.push((domain.section().to_owned(), domain.export(user)?));
    }
    Ok(PagedJson::Object(fields))
}

async fn avatar_json(
    accounts: &Accounts,
    user: UserId,
    version: Option<String>,
) -> Result<Value, AppError> {
    let Some(version) = version else {
        return Ok(Value::Null);
    };
    let key = BlobKey::avatar(user, &version);
    let Some(bytes) = accounts.inner.blobs.get(&key).await? else {
        return Ok(Value::Null);
    };
    Ok(json!({
        "media_type": AvatarFormat::of(&bytes).media_type(),
        "base64": BASE64.encode(&bytes),
    }))
}

/// Writes a value as JSON, with each item of a list on its own line.
pub(super) async fn write(file: &mut dyn BlobWriter, value: PagedJson) -> Result<(), AppError> {
    match value {
        PagedJson::Value(value) => {
            let text = serde_json::to_vec_pretty(&value.await?)?;
            file.write(text.into()).await
        }
        PagedJson::List(pages) => write_list(file, pages).await,
        PagedJson::Object(fields) => Box::pin(write_object(file, fields)).await,
    }
}

async fn write_object(
    file: &mut dyn BlobWriter,
    fields: Vec<(String, PagedJson)>,
) -> Result<(), AppError> {
    let mut separator = "{\n";
    for (name, value) in fields {
        let text = format!("{separator}{}: ", Value::from(name));
        file.write(text.into()).await?;
        write(file, value).await?;
        separator = ",\n";
    }
    let end = if separator.starts_with('{') {
        "{}"
    } else {
        "\n}"
    };
    file.write(Bytes::from_static(end.as_bytes())).await
}

async fn write_list(
    file: &mut dyn BlobWriter,
    mut pages: BoxStream<'static, Result<Vec<Value>, AppError>>,
) -> Result<(), AppError> {
    let mut separator = "[\n";
    while let Some(page) = pages.try_next().await? {
        let mut text = Vec::new();
        for row in &page {
            text.extend_from_slice(separator.as_bytes());
            serde_json::to_writer(&mut text, row)?;
            separator = ",\n";
        }
        file.write(text.into()).await?;
    }
    let end = if separator.starts_with('[') {
        "[]"
    } else {
        "\n]"
    };
    file.write(Bytes::from_static(end.as_bytes())).await
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;
    use futures_util::stream;

    use super::*;

    /// A file in memory.
    #[derive(Default)]
    struct MemoryFile(Vec<u8>);

    #[async_trait]
    impl BlobWriter for MemoryFile {
        async fn write(&mut self, bytes: Bytes) -> Result<(), AppError> {
            self.0.extend_from_slice(&bytes);
            Ok(())
        }

        async fn finish(self: Box<Self>) -> Result<u64, AppError> {
            Ok(self.0.len() as u64)
        }

        async fn abort(self: Box<Self>) {}
    }

    fn list(pages: Vec<Vec<Value>>) -> PagedJson {
        PagedJson::List(Box::pin(stream::iter(pages.into_iter().map(Ok))))
    }

    #[tokio::test]
    async fn write_gives_valid_json_for_any_pages() {
        let row = |number: u32| json!({"number": number, "text": "\"quoted\"\n"});
        let rows: Vec<Value> = (0..7).map(row).collect();
        let value = PagedJson::object([
            ("none", list(vec![])),
            (
                "empty pages",
                list(vec![vec![], rows[..1].to_vec(), vec![]]),
            ),
            (
                "several \"pages\"",
                list(vec![rows[..4].to_vec(), rows[4..].to_vec()]),
            ),
            ("nothing", PagedJson::object([])),
            (
                "within",
                PagedJson::object([("value", json!([1, {"a": null}]).into())]),
            ),
        ]);
        let mut file = MemoryFile::default();
        write(&mut file, value).await.unwrap();
        let read: Value = serde_json::from_slice(&file.0).unwrap();
        let expected = json!({
            "none": [], "empty pages": [rows[0]], "several \"pages\"": rows, "nothing": {},
            "within": {"value": [1, {"a": null}]},
        });
        assert_eq!(read, expected);
    }
}
