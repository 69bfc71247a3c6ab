//! Documents: multipart upload, list by record, download.

use serde_json::json;

use crate::support::{desk, issues};

fn form(fields: &[(&str, &str)], file: Option<(&str, &str, &[u8])>) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, value) in fields {
        body.extend(
            format!("--sep\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
                .bytes(),
        );
    }
    if let Some((name, kind, bytes)) = file {
        body.extend(format!("--sep\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n").bytes());
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--sep--\r\n");
    body
}

#[tokio::test]
async fn a_document_goes_up_and_comes_down_again() {
    let desk = desk().await;
    let url = desk.url("system/documents");
    let send = |body: Vec<u8>| {
        desk.request("POST", &url)
            .header("Content-Type", "multipart/form-data; boundary=sep")
            .body(body)
    };
    let bytes: Vec<u8> = (0..=255).chain(*b"\r\n--se").collect();
    let fields = [
        ("recordType", "Ticket"),
        ("recordId", "10001"),
        ("title", "Proof"),
        ("privateFlag", "true"),
    ];
    let made = desk
        .reply(send(form(
            &fields,
            Some(("proof.png", "image/png", &bytes)),
        )))
        .await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(
        (
            &made.body["size"],
            &made.body["imageFlag"],
            &made.body["publicFlag"]
        ),
        (&json!(262), &json!(true), &json!(false))
    );
    assert!(made.body["data"].is_null());
    let id = made.body["id"].as_i64().unwrap();
    let down = desk
        .request("GET", &desk.url(&format!("system/documents/{id}/download")))
        .send()
        .await
        .unwrap();
    assert_eq!(
        down.headers()["content-disposition"],
        "attachment; filename=\"proof.png\""
    );
    assert_eq!(down.headers()["content-type"], "image/png");
    assert_eq!(down.bytes().await.unwrap(), bytes);
    assert_eq!(
        desk.get("system/documents?recordType=Ticket&recordId=10001")
            .await
            .ids(),
        [id]
    );
    assert_eq!(
        desk.get("service/tickets/10001/documents").await.ids(),
        [id]
    );
    assert_eq!(
        desk.get("service/tickets/10002/documents").await.ids(),
        Vec::<i64>::new()
    );

    let nobody = [("recordType", "Ticket"), ("recordId", "1"), ("title", "x")];
    let reply = desk
        .reply(send(form(&nobody, Some(("x.txt", "text/plain", b"x")))))
        .await;
    assert_eq!(issues(&reply.body)[0].1, "recordId");
    let reply = desk.reply(send(form(&fields, None))).await;
    assert_eq!(
        issues(&reply.body),
        [("MissingRequiredField".into(), "file".into())]
    );
    assert_eq!(
        desk.send("POST", "system/documents", &json!({}))
            .await
            .status,
        415
    );
    assert_eq!(
        desk.send("DELETE", &format!("system/documents/{id}"), &json!({}))
            .await
            .status,
        204
    );
}
