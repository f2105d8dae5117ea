use std::collections::HashSet;
use std::time::Duration;

use accounts::prelude::*;
use accounts::{AuditAction, Tokens};
use db::AnyConn;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use futures_util::future::join_all;
use kernel::{PageRequest, Role, Secret, SessionId};

use crate::fixture::Fixture;
use crate::requests::{at, error_code, home};
use crate::test_users::PASSWORD;

testkit::database_tests!(
    refresh_rotates_the_token,
    refresh_repeats_the_successor_within_the_grace_period,
    refresh_with_a_spent_token_ends_the_session,
    refresh_treats_older_tokens_as_reused,
    concurrent_refreshes_have_one_successor,
    session_expires_when_idle_and_when_old,
    access_token_expires_after_ten_minutes,
    end_session_ends_only_own_sessions,
    sign_out_ends_one_or_all_sessions,
    sign_out_by_refresh_ends_the_session,
    ended_session_is_refused_by_other_nodes_within_a_second,
    current_actors_omits_ended_sessions_and_updates_roles,
    authenticate_reads_the_database_once_per_second,
    authenticate_refuses_tokens_for_sessions_of_others,
    ticket_is_redeemed_once,
    ticket_expires_and_ends_with_its_session,
    write_activity_records_sessions_once_a_minute,
    write_activity_writes_later_what_it_could_not,
    prune_deletes_expired_rows,
);

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn ada(fixture: &Fixture) -> Tokens {
    fixture.register("ada").await.unwrap();
    fixture.tokens("ada").await
}

async fn refreshed(fixture: &Fixture, tokens: &Tokens) -> Result<Tokens, kernel::AppError> {
    fixture.accounts.refresh(&tokens.refresh, &home()).await
}

async fn count(fixture: &Fixture, sql: &'static str) -> i64 {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let read = move |conn: &mut AnyConn| {
        let query = diesel::sql_query(sql);
        Ok(db::match_backend!(conn, c => query.get_result::<Row>(c))?.count)
    };
    fixture.store.read(read).await.unwrap()
}

async fn refresh_rotates_the_token(fixture: Fixture) {
    let first = ada(&fixture).await;
    let second = refreshed(&fixture, &first).await.unwrap();
    let third = refreshed(&fixture, &second).await.unwrap();
    let refreshes = [&first, &second, &third].map(|tokens| tokens.refresh.expose());
    assert_eq!(HashSet::from(refreshes).len(), 3);
    assert_eq!(third.session, first.session);
    assert_eq!(
        fixture.authenticate(&third).await.unwrap().session,
        first.session
    );
    let unknown = fixture.accounts.refresh(&Secret::new("x"), &home()).await;
    assert_eq!(error_code(unknown), "auth.refresh_invalid");
}

async fn refresh_repeats_the_successor_within_the_grace_period(fixture: Fixture) {
    let first = ada(&fixture).await;
    let second = refreshed(&fixture, &first).await.unwrap();
    fixture.advance(Duration::from_secs(9));
    let again = refreshed(&fixture, &first).await.unwrap();
    assert_eq!(again.refresh, second.refresh);
    assert_eq!(again.refresh_expires_at, second.refresh_expires_at);
    fixture.authenticate(&again).await.unwrap();
    refreshed(&fixture, &again).await.unwrap();
}

async fn refresh_with_a_spent_token_ends_the_session(fixture: Fixture) {
    let first = ada(&fixture).await;
    let second = refreshed(&fixture, &first).await.unwrap();
    fixture.authenticate(&second).await.unwrap();
    fixture.advance(Duration::from_secs(10));
    assert_eq!(
        error_code(refreshed(&fixture, &first).await),
        "auth.refresh_reused"
    );
    assert_eq!(fixture.ended.sessions(), [first.session]);
    assert_eq!(
        error_code(fixture.authenticate(&second).await),
        "auth.session_ended"
    );
    assert_eq!(
        error_code(refreshed(&fixture, &second).await),
        "auth.refresh_invalid"
    );
    assert_eq!(
        error_code(refreshed(&fixture, &first).await),
        "auth.refresh_invalid"
    );
    let other = fixture.tokens("ada").await;
    let audit = fixture.authenticate(&other).await.unwrap().user;
    let audit = fixture
        .accounts
        .audit(audit, PageRequest::default())
        .await
        .unwrap();
    assert!(
        audit
            .items
            .iter()
            .any(|line| line.action == AuditAction::RefreshReused)
    );
}

async fn refresh_treats_older_tokens_as_reused(fixture: Fixture) {
    let first = ada(&fixture).await;
    let second = refreshed(&fixture, &first).await.unwrap();
    refreshed(&fixture, &second).await.unwrap();
    assert_eq!(
        error_code(refreshed(&fixture, &first).await),
        "auth.refresh_reused"
    );
}

async fn concurrent_refreshes_have_one_successor(fixture: Fixture) {
    let mut tokens = ada(&fixture).await;
    for round in 1..=4 {
        let renewals = join_all((0..12).map(|_| refreshed(&fixture, &tokens))).await;
        let renewed: Vec<Tokens> = renewals.into_iter().map(Result::unwrap).collect();
        let different: HashSet<_> = renewed.iter().map(|one| one.refresh.expose()).collect();
        assert_eq!(different.len(), 1);
        let rows = count(&fixture, "SELECT count(*) AS count FROM refresh_tokens").await;
        assert_eq!(rows, round + 1, "on {:?}", fixture.store);
        tokens = renewed[0].clone();
    }
    let unspent = "SELECT count(*) AS count FROM refresh_tokens WHERE spent_at IS NULL";
    assert_eq!(count(&fixture, unspent).await, 1);
}

async fn session_expires_when_idle_and_when_old(fixture: Fixture) {
    let tokens = ada(&fixture).await;
    fixture.advance(14 * DAY);
    assert_eq!(
        error_code(refreshed(&fixture, &tokens).await),
        "auth.refresh_invalid"
    );
    let mut tokens = fixture.tokens("ada").await;
    for _ in 0..2 {
        fixture.advance(13 * DAY);
        tokens = refreshed(&fixture, &tokens).await.unwrap();
    }
    fixture.advance(4 * DAY);
    assert_eq!(
        error_code(fixture.authenticate(&tokens).await),
        "auth.token_expired"
    );
    assert_eq!(
        error_code(refreshed(&fixture, &tokens).await),
        "auth.refresh_invalid"
    );
}

async fn access_token_expires_after_ten_minutes(fixture: Fixture) {
    let tokens = ada(&fixture).await;
    fixture.advance(Duration::from_secs(599));
    fixture.authenticate(&tokens).await.unwrap();
    fixture.advance(Duration::from_secs(1));
    assert_eq!(
        error_code(fixture.authenticate(&tokens).await),
        "auth.token_expired"
    );
    assert_eq!(
        error_code(fixture.accounts.authenticate("x").await),
        "auth.token_invalid"
    );
}

async fn end_session_ends_only_own_sessions(fixture: Fixture) {
    let first = ada(&fixture).await;
    let me = fixture.authenticate(&first).await.unwrap();
    fixture.advance(Duration::from_secs(1));
    let second = fixture
        .sign_in_from("ada", PASSWORD, &at("127.0.0.1"))
        .await
        .unwrap();
    let bea = fixture.user("bea").await;
    let list = fixture
        .accounts
        .sessions(&me, PageRequest::default())
        .await
        .unwrap();
    assert_eq!(list.total, 2);
    let listed: Vec<_> = list.items.iter().map(|one| (one.id, one.current)).collect();
    assert_eq!(listed, [(second.session, false), (first.session, true)]);
    assert_eq!(list.items[0].device, "Firefox on Linux");
    assert_eq!(list.items[0].place, "this machine");
    assert_eq!(list.items[1].ip, "203.0.113.7");

    for (who, session) in [(bea, first.session), (me, bea.session)] {
        let error = fixture.accounts.end_session(&who, session).await;
        assert_eq!(error_code(error), "auth.session_not_found");
    }
    fixture.authenticate(&second).await.unwrap();
    fixture
        .accounts
        .end_session(&me, second.session)
        .await
        .unwrap();
    assert_eq!(
        error_code(fixture.authenticate(&second).await),
        "auth.session_ended"
    );
    let again = fixture.accounts.end_session(&me, second.session).await;
    assert_eq!(error_code(again), "auth.session_not_found");
    assert_eq!(fixture.ended.sessions(), [second.session]);
    fixture.authenticate(&first).await.unwrap();
}

async fn sign_out_ends_one_or_all_sessions(fixture: Fixture) {
    let (first, second) = (ada(&fixture).await, fixture.tokens("ada").await);
    let third = fixture.tokens("ada").await;
    fixture
        .accounts
        .sign_out(&fixture.authenticate(&first).await.unwrap())
        .await
        .unwrap();
    assert_eq!(
        error_code(fixture.authenticate(&first).await),
        "auth.session_ended"
    );
    assert_eq!(
        error_code(refreshed(&fixture, &first).await),
        "auth.refresh_invalid"
    );
    let actor = fixture.authenticate(&second).await.unwrap();
    fixture.accounts.sign_out_everywhere(&actor).await.unwrap();
    for tokens in [&second, &third] {
        assert_eq!(
            error_code(fixture.authenticate(tokens).await),
            "auth.session_ended"
        );
    }
    let ended: HashSet<SessionId> = fixture.ended.sessions().into_iter().collect();
    assert_eq!(
        ended,
        [first, second, third].map(|tokens| tokens.session).into()
    );
}

async fn sign_out_by_refresh_ends_the_session(fixture: Fixture) {
    let first = ada(&fixture).await;
    let second = refreshed(&fixture, &first).await.unwrap();
    fixture
        .accounts
        .sign_out_by_refresh(&Secret::new("x"))
        .await
        .unwrap();
    fixture.authenticate(&second).await.unwrap();
    fixture
        .accounts
        .sign_out_by_refresh(&second.refresh)
        .await
        .unwrap();
    assert_eq!(
        error_code(fixture.authenticate(&second).await),
        "auth.session_ended"
    );
    fixture
        .accounts
        .sign_out_by_refresh(&second.refresh)
        .await
        .unwrap();
    assert_eq!(fixture.ended.sessions(), [first.session]);
}

async fn ended_session_is_refused_by_other_nodes_within_a_second(fixture: Fixture) {
    let (there, tokens) = (fixture.another_node(), ada(&fixture).await);
    let access = tokens.access.token.expose();
    let actor = there.authenticate(access).await.unwrap();
    fixture.accounts.sign_out(&actor).await.unwrap();
    there.authenticate(access).await.unwrap();
    fixture.advance(Duration::from_secs(1));
    assert_eq!(
        error_code(there.authenticate(access).await),
        "auth.session_ended"
    );

    let tokens = fixture.tokens("ada").await;
    let access = tokens.access.token.expose();
    there.authenticate(access).await.unwrap();
    fixture
        .accounts
        .sign_out(&fixture.authenticate(&tokens).await.unwrap())
        .await
        .unwrap();
    there.forget_sessions(&fixture.ended.sessions());
    assert_eq!(
        error_code(there.authenticate(access).await),
        "auth.session_ended"
    );
}

async fn current_actors_omits_ended_sessions_and_updates_roles(fixture: Fixture) {
    let (accounts, there) = (&fixture.accounts, fixture.another_node());
    accounts
        .sign_out(&fixture.authenticate(&ada(&fixture).await).await.unwrap())
        .await
        .unwrap();
    let (expired, bea) = (fixture.tokens("ada").await, fixture.user("bea").await);
    accounts.grant_admin("bea").await.unwrap();
    fixture.advance(Duration::from_secs(40 * 24 * 3_600));
    let fresh = fixture.tokens("ada").await;
    let ids = vec![expired.session, bea.session, fresh.session];
    let current = there.current_actors(ids.clone()).await.unwrap();
    assert_eq!(current.len(), 1, "time has ended two of them");
    assert_eq!(current[&fresh.session].role, Role::Member);
    accounts.grant_admin("ada").await.unwrap();
    let current = there.current_actors(ids.clone()).await.unwrap();
    assert_eq!(current[&fresh.session].role, Role::Admin);
    let bea = fixture
        .authenticate(&fixture.tokens("bea").await)
        .await
        .unwrap();
    accounts.suspend(&bea, "ada").await.unwrap();
    assert!(there.current_actors(ids).await.unwrap().is_empty());
}

async fn authenticate_reads_the_database_once_per_second(fixture: Fixture) {
    let tokens = ada(&fixture).await;
    fixture.authenticate(&tokens).await.unwrap();
    let delete = |tx: &mut db::Tx<'_>| {
        let query = diesel::sql_query("DELETE FROM sessions");
        Ok(db::match_backend!(tx.conn, c => query.execute(c))?)
    };
    fixture.store.write(delete).await.unwrap();
    fixture.advance(Duration::from_millis(999));
    fixture.authenticate(&tokens).await.unwrap();
    fixture.advance(Duration::from_millis(1));
    assert_eq!(
        error_code(fixture.authenticate(&tokens).await),
        "auth.session_ended"
    );
}

async fn authenticate_refuses_tokens_for_sessions_of_others(fixture: Fixture) {
    let (ada, bea) = (ada(&fixture).await, fixture.user("bea").await);
    fixture.authenticate(&ada).await.unwrap();
    let secret = Secret::new("a secret of this test");
    let keys = accounts::keys::Keys::derive(&secret);
    let signer = accounts::tokens::AccessTokens::new(&keys, "https://play.example.org");
    let now = fixture.store.env().now();
    let mixed = signer.issue(bea.user, ada.session, now).unwrap();
    let error = fixture.accounts.authenticate(mixed.token.expose()).await;
    assert_eq!(error_code(error), "auth.session_ended");
}

async fn ticket_is_redeemed_once(fixture: Fixture) {
    let actor = fixture.user("ada").await;
    let ticket = fixture.accounts.ws_ticket(&actor).await.unwrap().ticket;
    let tries = join_all((0..12).map(|_| fixture.accounts.redeem_ticket(&ticket))).await;
    let (opened, error): (Vec<_>, Vec<_>) = tries.into_iter().partition(Result::is_ok);
    assert_eq!(opened.len(), 1, "on {:?}", fixture.store);
    assert_eq!(opened.into_iter().next().unwrap().unwrap(), actor);
    assert!(
        error
            .into_iter()
            .all(|one| error_code(one) == "auth.ticket_invalid")
    );
}

async fn ticket_expires_and_ends_with_its_session(fixture: Fixture) {
    let actor = fixture.user("ada").await;
    let late = fixture.accounts.ws_ticket(&actor).await.unwrap().ticket;
    fixture.advance(Duration::from_secs(30));
    assert_eq!(
        error_code(fixture.accounts.redeem_ticket(&late).await),
        "auth.ticket_invalid"
    );
    let ticket = fixture.accounts.ws_ticket(&actor).await.unwrap().ticket;
    fixture.accounts.sign_out(&actor).await.unwrap();
    assert_eq!(
        error_code(fixture.accounts.redeem_ticket(&ticket).await),
        "auth.session_ended"
    );
}

async fn write_activity_records_sessions_once_a_minute(fixture: Fixture) {
    let tokens = ada(&fixture).await;
    let last_used = async || {
        let actor = fixture.authenticate(&tokens).await.unwrap();
        let list = fixture
            .accounts
            .sessions(&actor, PageRequest::default())
            .await
            .unwrap();
        list.items[0].last_used_at
    };
    let began = last_used().await;
    fixture.advance(Duration::from_secs(59));
    fixture.authenticate(&tokens).await.unwrap();
    assert_eq!(fixture.accounts.write_activity().await.unwrap(), 0);
    fixture.advance(Duration::from_secs(1));
    fixture.authenticate(&tokens).await.unwrap();
    fixture.advance(Duration::from_secs(1));
    fixture.authenticate(&tokens).await.unwrap();
    assert_eq!(fixture.accounts.write_activity().await.unwrap(), 1);
    assert_eq!(last_used().await, began + Duration::from_secs(60));
    assert_eq!(fixture.accounts.write_activity().await.unwrap(), 0);
}

async fn write_activity_writes_later_what_it_could_not(fixture: Fixture) {
    let tokens = ada(&fixture).await;
    fixture.advance(Duration::from_secs(60));
    fixture.authenticate(&tokens).await.unwrap();
    let (accounts, store) = (&fixture.accounts, &fixture.store);
    let too_late = store.with_deadline(Duration::ZERO, accounts.write_activity());
    too_late.await.unwrap_err();
    assert_eq!(accounts.write_activity().await.unwrap(), 1);
}

async fn prune_deletes_expired_rows(fixture: Fixture) {
    let old = ada(&fixture).await;
    refreshed(&fixture, &old).await.unwrap();
    let actor = fixture.authenticate(&old).await.unwrap();
    fixture.accounts.ws_ticket(&actor).await.unwrap();
    fixture.sign_in("ada", "wrong").await.unwrap_err();
    fixture.advance(43 * DAY);
    let fresh = fixture.tokens("ada").await;
    assert!(fixture.accounts.prune().await.unwrap() > 0);
    for (table, left) in [
        ("SELECT count(*) AS count FROM socket_tickets", 0),
        ("SELECT count(*) AS count FROM sign_in_failures", 0),
        ("SELECT count(*) AS count FROM mail_links", 0),
        ("SELECT count(*) AS count FROM sessions", 2),
    ] {
        assert_eq!(count(&fixture, table).await, left, "{table}");
    }
    fixture.advance(2 * DAY);
    fixture.accounts.prune().await.unwrap();
    assert_eq!(
        count(&fixture, "SELECT count(*) AS count FROM sessions").await,
        1
    );
    assert_eq!(
        count(&fixture, "SELECT count(*) AS count FROM refresh_tokens").await,
        1
    );
    refreshed(&fixture, &fresh).await.unwrap();
}
