use std::collections::HashSet;
use std::time::Duration;

use accounts::prelude::*;
use accounts::{Action, Tokens};
use db::AnyConn;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use futures_util::future::join_all;
use kernel::{PageRequest, Role, Secret, SessionId};

use crate::company::PASSWORD;
use crate::entrance::{at, home, refusal};
use crate::world::{World, each};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

async fn ada(world: &World) -> Tokens {
    world.register("ada").await.unwrap();
    world.tokens("ada").await
}

async fn refreshed(world: &World, tokens: &Tokens) -> Result<Tokens, kernel::AppError> {
    world.accounts.refresh(&tokens.refresh, &home()).await
}

async fn count(world: &World, sql: &'static str) -> i64 {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let read = move |conn: &mut AnyConn| {
        let query = diesel::sql_query(sql);
        Ok(db::match_backend!(conn, c => query.get_result::<Row>(c))?.count)
    };
    world.store.read(read).await.unwrap()
}

#[tokio::test]
async fn a_refresh_token_is_exchanged_for_the_next() {
    for world in each() {
        let first = ada(&world).await;
        let second = refreshed(&world, &first).await.unwrap();
        let third = refreshed(&world, &second).await.unwrap();
        let refreshes = [&first, &second, &third].map(|tokens| tokens.refresh.expose());
        assert_eq!(HashSet::from(refreshes).len(), 3);
        assert_eq!(third.session, first.session);
        assert_eq!(world.who(&third).await.unwrap().session, first.session);
        let unknown = world.accounts.refresh(&Secret::new("x"), &home()).await;
        assert_eq!(refusal(unknown), "auth.refresh_invalid");
    }
}

#[tokio::test]
async fn the_parent_gets_the_same_successor_for_a_moment() {
    for world in each() {
        let first = ada(&world).await;
        let second = refreshed(&world, &first).await.unwrap();
        world.wait(Duration::from_secs(9));
        let again = refreshed(&world, &first).await.unwrap();
        assert_eq!(again.refresh, second.refresh);
        assert_eq!(again.refresh_expires_at, second.refresh_expires_at);
        world.who(&again).await.unwrap();
        refreshed(&world, &again).await.unwrap();
    }
}

#[tokio::test]
async fn a_spent_token_shown_again_ends_the_session() {
    for world in each() {
        let first = ada(&world).await;
        let second = refreshed(&world, &first).await.unwrap();
        world.who(&second).await.unwrap();
        world.wait(Duration::from_secs(10));
        assert_eq!(
            refusal(refreshed(&world, &first).await),
            "auth.refresh_reused"
        );
        assert_eq!(world.ended.sessions(), [first.session]);
        assert_eq!(refusal(world.who(&second).await), "auth.session_ended");
        assert_eq!(
            refusal(refreshed(&world, &second).await),
            "auth.refresh_invalid"
        );
        assert_eq!(
            refusal(refreshed(&world, &first).await),
            "auth.refresh_invalid"
        );
        let other = world.tokens("ada").await;
        let audit = world.who(&other).await.unwrap().user;
        let audit = world
            .accounts
            .audit(audit, PageRequest::default())
            .await
            .unwrap();
        assert!(
            audit
                .items
                .iter()
                .any(|line| line.action == Action::RefreshReused)
        );
    }
}

#[tokio::test]
async fn a_grandparent_has_no_grace() {
    for world in each() {
        let first = ada(&world).await;
        let second = refreshed(&world, &first).await.unwrap();
        refreshed(&world, &second).await.unwrap();
        assert_eq!(
            refusal(refreshed(&world, &first).await),
            "auth.refresh_reused"
        );
    }
}

#[tokio::test]
async fn many_renewals_at_once_lead_to_one_successor() {
    for world in each() {
        let mut tokens = ada(&world).await;
        for round in 1..=4 {
            let renewals = join_all((0..12).map(|_| refreshed(&world, &tokens))).await;
            let renewed: Vec<Tokens> = renewals.into_iter().map(Result::unwrap).collect();
            let different: HashSet<_> = renewed.iter().map(|one| one.refresh.expose()).collect();
            assert_eq!(different.len(), 1);
            let rows = count(&world, "SELECT count(*) AS count FROM refresh_tokens").await;
            assert_eq!(rows, round + 1, "on {:?}", world.store);
            tokens = renewed[0].clone();
        }
        let unspent = "SELECT count(*) AS count FROM refresh_tokens WHERE spent_at IS NULL";
        assert_eq!(count(&world, unspent).await, 1);
    }
}

#[tokio::test]
async fn a_session_ends_by_itself_when_idle_and_when_old() {
    for world in each() {
        let tokens = ada(&world).await;
        world.wait(14 * DAY);
        assert_eq!(
            refusal(refreshed(&world, &tokens).await),
            "auth.refresh_invalid"
        );
        let mut tokens = world.tokens("ada").await;
        for _ in 0..2 {
            world.wait(13 * DAY);
            tokens = refreshed(&world, &tokens).await.unwrap();
        }
        world.wait(4 * DAY);
        assert_eq!(refusal(world.who(&tokens).await), "auth.token_expired");
        assert_eq!(
            refusal(refreshed(&world, &tokens).await),
            "auth.refresh_invalid"
        );
    }
}

#[tokio::test]
async fn an_access_token_lasts_ten_minutes() {
    for world in each() {
        let tokens = ada(&world).await;
        world.wait(Duration::from_secs(599));
        world.who(&tokens).await.unwrap();
        world.wait(Duration::from_secs(1));
        assert_eq!(refusal(world.who(&tokens).await), "auth.token_expired");
        assert_eq!(
            refusal(world.accounts.authenticate("x").await),
            "auth.token_invalid"
        );
    }
}

#[tokio::test]
async fn i_see_my_sessions_and_end_them_and_nobody_elses() {
    for world in each() {
        let first = ada(&world).await;
        let me = world.who(&first).await.unwrap();
        world.wait(Duration::from_secs(1));
        let second = world
            .sign_in_from("ada", PASSWORD, &at("127.0.0.1"))
            .await
            .unwrap();
        let bea = world.person("bea").await;
        let list = world
            .accounts
            .sessions(&me, PageRequest::default())
            .await
            .unwrap();
        assert_eq!(list.total, 2);
        let told: Vec<_> = list.items.iter().map(|one| (one.id, one.current)).collect();
        assert_eq!(told, [(second.session, false), (first.session, true)]);
        assert_eq!(list.items[0].device, "Firefox on Linux");
        assert_eq!(list.items[0].place, "this machine");
        assert_eq!(list.items[1].ip, "203.0.113.7");

        for (who, session) in [(bea, first.session), (me, bea.session)] {
            let refused = world.accounts.end_session(&who, session).await;
            assert_eq!(refusal(refused), "auth.session_not_found");
        }
        world.who(&second).await.unwrap();
        world
            .accounts
            .end_session(&me, second.session)
            .await
            .unwrap();
        assert_eq!(refusal(world.who(&second).await), "auth.session_ended");
        let again = world.accounts.end_session(&me, second.session).await;
        assert_eq!(refusal(again), "auth.session_not_found");
        assert_eq!(world.ended.sessions(), [second.session]);
        world.who(&first).await.unwrap();
    }
}

#[tokio::test]
async fn signing_out_here_and_everywhere() {
    for world in each() {
        let (first, second) = (ada(&world).await, world.tokens("ada").await);
        let third = world.tokens("ada").await;
        world
            .accounts
            .sign_out(&world.who(&first).await.unwrap())
            .await
            .unwrap();
        assert_eq!(refusal(world.who(&first).await), "auth.session_ended");
        assert_eq!(
            refusal(refreshed(&world, &first).await),
            "auth.refresh_invalid"
        );
        let actor = world.who(&second).await.unwrap();
        world.accounts.sign_out_everywhere(&actor).await.unwrap();
        for tokens in [&second, &third] {
            assert_eq!(refusal(world.who(tokens).await), "auth.session_ended");
        }
        let ended: HashSet<SessionId> = world.ended.sessions().into_iter().collect();
        assert_eq!(
            ended,
            [first, second, third].map(|tokens| tokens.session).into()
        );
    }
}

#[tokio::test]
async fn a_browser_signs_out_with_its_cookie_alone() {
    for world in each() {
        let first = ada(&world).await;
        let second = refreshed(&world, &first).await.unwrap();
        world
            .accounts
            .sign_out_by_refresh(&Secret::new("x"))
            .await
            .unwrap();
        world.who(&second).await.unwrap();
        world
            .accounts
            .sign_out_by_refresh(&second.refresh)
            .await
            .unwrap();
        assert_eq!(refusal(world.who(&second).await), "auth.session_ended");
        world
            .accounts
            .sign_out_by_refresh(&second.refresh)
            .await
            .unwrap();
        assert_eq!(world.ended.sessions(), [first.session]);
    }
}

#[tokio::test]
async fn another_node_refuses_an_ended_session_within_a_second_and_at_once_when_told() {
    for world in each() {
        let (there, tokens) = (world.another_node(), ada(&world).await);
        let access = tokens.access.token.expose();
        let actor = there.authenticate(access).await.unwrap();
        world.accounts.sign_out(&actor).await.unwrap();
        there.authenticate(access).await.unwrap();
        world.wait(Duration::from_secs(1));
        assert_eq!(
            refusal(there.authenticate(access).await),
            "auth.session_ended"
        );

        let tokens = world.tokens("ada").await;
        let access = tokens.access.token.expose();
        there.authenticate(access).await.unwrap();
        world
            .accounts
            .sign_out(&world.who(&tokens).await.unwrap())
            .await
            .unwrap();
        there.forget_sessions(&world.ended.sessions());
        assert_eq!(
            refusal(there.authenticate(access).await),
            "auth.session_ended"
        );
    }
}

#[tokio::test]
async fn current_actors_leaves_out_sessions_that_are_over_and_gives_the_role_of_today() {
    for world in each() {
        let (accounts, there) = (&world.accounts, world.another_node());
        accounts
            .sign_out(&world.who(&ada(&world).await).await.unwrap())
            .await
            .unwrap();
        let (expired, bea) = (world.tokens("ada").await, world.person("bea").await);
        accounts.grant_admin("bea").await.unwrap();
        world.wait(Duration::from_secs(40 * 24 * 3_600));
        let fresh = world.tokens("ada").await;
        let asked = vec![expired.session, bea.session, fresh.session];
        let current = there.current_actors(asked.clone()).await.unwrap();
        assert_eq!(current.len(), 1, "time has ended two of them");
        assert_eq!(current[&fresh.session].role, Role::Member);
        accounts.grant_admin("ada").await.unwrap();
        let current = there.current_actors(asked.clone()).await.unwrap();
        assert_eq!(current[&fresh.session].role, Role::Admin);
        let bea = world.who(&world.tokens("bea").await).await.unwrap();
        accounts.suspend(&bea, "ada").await.unwrap();
        assert!(there.current_actors(asked).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn within_a_second_the_database_is_asked_once() {
    for world in each() {
        let tokens = ada(&world).await;
        world.who(&tokens).await.unwrap();
        let gone = |tx: &mut db::Tx<'_>| {
            let query = diesel::sql_query("DELETE FROM sessions");
            Ok(db::match_backend!(tx.conn, c => query.execute(c))?)
        };
        world.store.write(gone).await.unwrap();
        world.wait(Duration::from_millis(999));
        world.who(&tokens).await.unwrap();
        world.wait(Duration::from_millis(1));
        assert_eq!(refusal(world.who(&tokens).await), "auth.session_ended");
    }
}

#[tokio::test]
async fn a_token_of_one_person_never_opens_the_session_of_another() {
    for world in each() {
        let (ada, bea) = (ada(&world).await, world.person("bea").await);
        world.who(&ada).await.unwrap();
        let secret = Secret::new("a secret of this test");
        let keys = accounts::keys::Keys::derive(&secret);
        let signer = accounts::tokens::AccessTokens::new(&keys, "https://play.example.org");
        let now = world.store.env().now();
        let mixed = signer.issue(bea.user, ada.session, now).unwrap();
        let refused = world.accounts.authenticate(mixed.token.expose()).await;
        assert_eq!(refusal(refused), "auth.session_ended");
    }
}

#[tokio::test]
async fn a_ticket_opens_one_socket() {
    for world in each() {
        let actor = world.person("ada").await;
        let ticket = world.accounts.ws_ticket(&actor).await.unwrap().ticket;
        let tries = join_all((0..12).map(|_| world.accounts.redeem_ticket(&ticket))).await;
        let (opened, refused): (Vec<_>, Vec<_>) = tries.into_iter().partition(Result::is_ok);
        assert_eq!(opened.len(), 1, "on {:?}", world.store);
        assert_eq!(opened.into_iter().next().unwrap().unwrap(), actor);
        assert!(
            refused
                .into_iter()
                .all(|one| refusal(one) == "auth.ticket_invalid")
        );
    }
}

#[tokio::test]
async fn a_ticket_lasts_half_a_minute_and_as_long_as_its_session() {
    for world in each() {
        let actor = world.person("ada").await;
        let late = world.accounts.ws_ticket(&actor).await.unwrap().ticket;
        world.wait(Duration::from_secs(30));
        assert_eq!(
            refusal(world.accounts.redeem_ticket(&late).await),
            "auth.ticket_invalid"
        );
        let ticket = world.accounts.ws_ticket(&actor).await.unwrap().ticket;
        world.accounts.sign_out(&actor).await.unwrap();
        assert_eq!(
            refusal(world.accounts.redeem_ticket(&ticket).await),
            "auth.session_ended"
        );
    }
}

#[tokio::test]
async fn who_was_seen_is_written_once_a_minute() {
    for world in each() {
        let tokens = ada(&world).await;
        let last_used = async || {
            let actor = world.who(&tokens).await.unwrap();
            let list = world
                .accounts
                .sessions(&actor, PageRequest::default())
                .await
                .unwrap();
            list.items[0].last_used_at
        };
        let began = last_used().await;
        world.wait(Duration::from_secs(59));
        world.who(&tokens).await.unwrap();
        assert_eq!(world.accounts.write_activity().await.unwrap(), 0);
        world.wait(Duration::from_secs(1));
        world.who(&tokens).await.unwrap();
        world.wait(Duration::from_secs(1));
        world.who(&tokens).await.unwrap();
        assert_eq!(world.accounts.write_activity().await.unwrap(), 1);
        assert_eq!(last_used().await, began + Duration::from_secs(60));
        assert_eq!(world.accounts.write_activity().await.unwrap(), 0);
    }
}

#[tokio::test]
async fn what_is_over_is_thrown_away_in_time() {
    for world in each() {
        let old = ada(&world).await;
        refreshed(&world, &old).await.unwrap();
        let actor = world.who(&old).await.unwrap();
        world.accounts.ws_ticket(&actor).await.unwrap();
        world.sign_in("ada", "wrong").await.unwrap_err();
        world.wait(43 * DAY);
        let fresh = world.tokens("ada").await;
        assert!(world.accounts.prune().await.unwrap() > 0);
        for (table, left) in [
            ("SELECT count(*) AS count FROM socket_tickets", 0),
            ("SELECT count(*) AS count FROM sign_in_failures", 0),
            ("SELECT count(*) AS count FROM mail_links", 0),
            ("SELECT count(*) AS count FROM sessions", 2),
        ] {
            assert_eq!(count(&world, table).await, left, "{table}");
        }
        world.wait(2 * DAY);
        world.accounts.prune().await.unwrap();
        assert_eq!(
            count(&world, "SELECT count(*) AS count FROM sessions").await,
            1
        );
        assert_eq!(
            count(&world, "SELECT count(*) AS count FROM refresh_tokens").await,
            1
        );
        refreshed(&world, &fresh).await.unwrap();
    }
}
