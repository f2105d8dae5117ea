//! Mail over a real connection, to a server that says what the test wants.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests")]

use kernel::Secret;
use mail::{Email, Mail, MailError, MailRenderer, MailTemplate, Mailer, OutgoingMail, SmtpMailer};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A mail server for one connection, which answers a recipient in this way and gives back all it
/// was told.
async fn server(recipient: &'static str) -> (SmtpMailer, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    let talk = async move {
        let (socket, _) = listener.accept().await.unwrap();
        listen(socket, recipient).await
    };
    let smtp = SmtpMailer::new(&url, "Courtside <no-reply@example.org>").unwrap();
    (smtp, tokio::spawn(talk))
}

async fn listen(socket: TcpStream, recipient: &str) -> String {
    let mut socket = BufReader::new(socket);
    let mut told = String::new();
    let mut in_data = false;
    socket.write_all(b"220 test ESMTP\r\n").await.unwrap();
    loop {
        let mut line = String::new();
        if socket.read_line(&mut line).await.unwrap_or(0) == 0 {
            return told;
        }
        told.push_str(&line);
        let answer = match line.trim_end() {
            "." if in_data => "250 queued",
            _ if in_data => continue,
            "DATA" => "354 go on",
            line if line.starts_with("RCPT") => recipient,
            line if line.starts_with("QUIT") => "221 bye",
            _ => "250 fine",
        };
        in_data = answer.starts_with("354");
        socket
            .write_all(format!("{answer}\r\n").as_bytes())
            .await
            .unwrap();
        if answer.starts_with("250 queued") {
            return told;
        }
    }
}

const ID: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

fn mail() -> Mail {
    let outgoing = OutgoingMail {
        to: Email::parse("ada@example.net").unwrap(),
        name: "Ada <3 Ærø".to_owned(),
        template: MailTemplate::LoginCode {
            code: Secret::new("012345"),
        },
    };
    MailRenderer::new("https://play.example.org")
        .render(ID.parse().unwrap(), &outgoing)
        .unwrap()
}

#[tokio::test]
async fn send_adds_one_click_headers_to_mail_that_can_be_ended() {
    let (smtp, server) = server("250 fine").await;
    let outgoing = OutgoingMail {
        to: Email::parse("ada@example.net").unwrap(),
        name: "Ada".to_owned(),
        template: MailTemplate::Digest {
            lines: vec!["bob wrote to you.".to_owned()],
            more: 0,
            unsubscribe: Secret::new("un-sub"),
        },
    };
    let mail = MailRenderer::new("https://play.example.org")
        .render(ID.parse().unwrap(), &outgoing)
        .unwrap();
    smtp.send(mail).await.unwrap();
    let told = server.await.unwrap().replace("\r\n ", " ");
    let url = "https://play.example.org/api/v1/notifications/unsubscribe/?token=un-sub";
    assert!(
        told.contains(&format!("List-Unsubscribe: <{url}>\r\n")),
        "{told}"
    );
    assert!(
        told.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"),
        "{told}"
    );
}

#[tokio::test]
async fn a_mail_arrives_as_text_and_page() {
    let (smtp, server) = server("250 fine").await;
    smtp.send(mail()).await.unwrap();
    let told = server.await.unwrap();
    assert!(told.contains("MAIL FROM:<no-reply@example.org>"));
    assert!(told.contains("RCPT TO:<ada@example.net>"));
    assert!(told.contains("Subject: Your login code\r\n"));
    assert!(told.contains(&format!("Message-ID: <{ID}@example.org>\r\n")));
    assert!(!told.contains("List-Unsubscribe"));
    assert!(told.contains("Content-Type: multipart/alternative"));
    assert!(told.contains("text/plain") && told.contains("text/html"));
    assert!(told.contains("012345"));
}

#[tokio::test]
async fn what_is_refused_for_good_is_not_tried_again() {
    let (smtp, _server) = server("550 no such person").await;
    assert!(matches!(
        smtp.send(mail()).await,
        Err(MailError::Permanent(_))
    ));
}

#[tokio::test]
async fn what_is_refused_for_now_is_tried_later() {
    let (smtp, _server) = server("451 come back").await;
    assert!(matches!(
        smtp.send(mail()).await,
        Err(MailError::Temporary(_))
    ));
}

#[tokio::test]
async fn a_server_that_is_away_is_tried_later() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("smtp://{}", listener.local_addr().unwrap());
    drop(listener);
    let smtp = SmtpMailer::new(&url, "no-reply@example.org").unwrap();
    assert!(matches!(
        smtp.send(mail()).await,
        Err(MailError::Temporary(_))
    ));
    assert!(smtp.check().await.is_err());
}

#[test]
fn a_wrong_configuration_is_told_without_its_password() {
    let error =
        SmtpMailer::new("nonsense://user:hunter2@host", "no-reply@example.org").unwrap_err();
    assert!(!format!("{error:?}").contains("hunter2"));
    assert!(SmtpMailer::new("smtp://localhost", "not an address").is_err());
}
