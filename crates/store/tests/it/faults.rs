//! What happens when the database goes away.

use kernel::Kind;

use crate::until;

#[tokio::test]
async fn a_restarted_postgres_is_unavailable_for_a_while_and_heals() {
    let Some(server) = testbed::private_postgres() else {
        return;
    };
    let config = store::StoreConfig {
        url: server.url().parse().unwrap(),
        connections: 4,
        migrate: true,
    };
    let store = store::Store::open(&config, kernel::Ambient::system()).unwrap();
    store.ping().await.unwrap();
    server.stop();
    for _ in 0..2 {
        let fault = store.write(|tx| tx.emit("s", "e", &())).await.unwrap_err();
        assert_eq!(fault.code().kind, Kind::Unavailable);
        assert!(fault.wait().is_some(), "it says when to try again");
        assert_eq!(
            store.ping().await.unwrap_err().code().kind,
            Kind::Unavailable
        );
    }
    server.restart();
    until("writes work again", || async {
        store.write(|tx| tx.emit("s", "e", &())).await.is_ok()
    })
    .await;
    until("reads work again", || async { store.ping().await.is_ok() }).await;
}

#[tokio::test]
async fn a_wrong_address_is_a_fault_at_start_and_makes_no_file() {
    let config = store::StoreConfig {
        url: "postgres://127.0.0.1:1/none".parse().unwrap(),
        connections: 1,
        migrate: true,
    };
    assert!(store::Store::open(&config, kernel::Ambient::system()).is_err());
}
