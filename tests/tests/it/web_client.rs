//! How the web client is served: its release, and those of other nodes.

use e2e::{deployments, release, store_release};

const OTHER: &str = "0011223344556677";
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

#[tokio::test]
async fn files_of_the_release_are_immutable_on_every_node() {
    for app in deployments().await {
        let release = release(&app).await;
        for node in &app.nodes {
            let url = format!("{}/web/{release}/app.js", node.url());
            let response = e2e::client().get(url).send().await.unwrap();
            assert_eq!(response.status(), 200);
            assert_eq!(response.headers()["cache-control"], IMMUTABLE);
            let url = format!("{}/service-worker.js", node.url());
            let response = e2e::client().get(url).send().await.unwrap();
            assert_eq!(response.headers()["cache-control"], "no-cache");
            assert!(response.text().await.unwrap().contains(&release));
        }
    }
}

#[tokio::test]
async fn files_of_another_release_are_served_by_every_node() {
    for app in deployments().await {
        store_release(&app, OTHER).await;
        for node in &app.nodes {
            let url = format!("{}/web/{OTHER}/index.html", node.url());
            let response = e2e::client().get(url).send().await.unwrap();
            assert_eq!(response.status(), 200, "{}", app.name);
            assert_eq!(response.headers()["cache-control"], IMMUTABLE);
            let page = response.text().await.unwrap();
            assert!(page.contains(&format!("/web/{OTHER}/app.js")));
            let url = format!("{}/web/ffffffffffffffff/app.js", node.url());
            let response = e2e::client().get(url).send().await.unwrap();
            assert_eq!(response.status(), 404);
            assert_eq!(response.headers()["cache-control"], "no-store");
        }
    }
}
