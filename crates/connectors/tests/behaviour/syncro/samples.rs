//! The vendor's own sample bodies, when `PORTICO_SPECS` names the folder that has them: each is read whole.

use std::path::PathBuf;

use domain::record::Batch;
use domain::stream::Stream;
use serde_json::Value;
use simulator::{Fault, FaultKind};

use super::VENDOR;
use crate::recorded;
use crate::specification::read;
use crate::vendor::{Vendor, whole};

/// Where the documents are.
pub fn folder() -> Option<PathBuf> {
    std::env::var_os("PORTICO_SPECS").map(PathBuf::from)
}

fn sample(path: &str) -> Value {
    let folder = folder().expect("PORTICO_SPECS names the folder of the documents");
    let document = read(&folder.join("syncro/syncro-v1-openapi.json"));
    let content = &document["paths"][path]["get"]["responses"]["200"]["content"];
    content["application/json"]["example"].clone()
}

/// The sandbox answers lists with the document's samples; no record is set aside, and what is kept of each stands there.
pub async fn are_read() {
    let stand = VENDOR.start().await;
    let connector = stand.connector();
    for (stream, path) in [
        (Stream::Companies, "/customers"),
        (Stream::Contacts, "/contacts"),
        (Stream::Tickets, "/tickets"),
    ] {
        let body = sample(path);
        let key = &path[1..];
        let given = body[key][0].clone();
        let fault = FaultKind::Status {
            code: 200,
            body: Some(body),
            retry_after: None,
        };
        stand.control().clear_faults();
        stand
            .control()
            .set_fault(Fault::new(fault).on_entity(VENDOR.entity(stream)));
        let pages = whole(&*connector, stream).await.expect("the sample");
        let read = pages.iter().all(|page| page.unreadable.is_empty());
        assert!(read && !pages[0].batch.is_empty(), "{path}");
        let id = crate::vendor::batch_ids(&pages[0].batch)[0].clone();
        let record = crate::vendor::record(&pages, &id);
        let found = recorded::arrives_whole(VENDOR, stream, key, &given, &record);
        assert!(found > 3, "{path}: only {found} fields were looked at");
        println!("syncro: {found} fields of the sample of {path} arrive");
    }
    let body = sample("/users/{id}");
    stand.control().clear_faults();
    let name = body["user"]["full_name"].clone();
    let fault = FaultKind::Status {
        code: 200,
        body: Some(body),
        retry_after: None,
    };
    stand
        .control()
        .set_fault(Fault::new(fault).on_path("/users/"));
    let pages = whole(&*connector, Stream::Technicians)
        .await
        .expect("the sample");
    let Batch::Technicians(all) = &pages[0].batch else {
        panic!("technicians")
    };
    assert_eq!(
        Value::from(format!("{} {}", all[0].first_name, all[0].last_name)),
        name
    );
}
