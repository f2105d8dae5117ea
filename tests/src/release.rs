//! Another release of the web client, as a node of it would have left it in the object store.

use std::collections::BTreeMap;

use data_encoding::BASE64;

use crate::{App, client, until};

/// The release of a deployment.
pub async fn release(app: &App) -> String {
    let page = client().get(format!("{}/", app.url())).send();
    let page = page.await.unwrap().text().await.unwrap();
    let (_, rest) = page.split_once("\"/web/").unwrap();
    rest.split('/').next().unwrap().to_owned()
}

/// Stores the client of a deployment as another release, when its nodes have stored their own.
pub async fn store_release(app: &App, other: &str) {
    let own = release(app).await;
    let folder = app.data().join("files/web");
    let stored = async || std::fs::exists(folder.join("releases")).unwrap();
    until("the stored release of the nodes", stored).await;
    let archive = std::fs::read(folder.join(&own)).unwrap();
    let mut files: BTreeMap<String, String> = serde_json::from_slice(&archive).unwrap();
    for (path, body) in &mut files {
        if path.ends_with(".html") {
            let page = String::from_utf8(BASE64.decode(body.as_bytes()).unwrap()).unwrap();
            *body = BASE64.encode(page.replace(&own, other).as_bytes());
        }
    }
    let archive = serde_json::to_vec(&files).unwrap();
    std::fs::write(folder.join(other), archive).unwrap();
}
