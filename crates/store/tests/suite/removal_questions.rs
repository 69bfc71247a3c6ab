//! Mass-removal questions: asked once, answered once, replaced by a newer full run.

use domain::stream::Stream;
use store::removal_questions::{
    self, MissingRecord, NewQuestion, QuestionState, add_candidates, answer, ask, find_question,
    forget_candidates, list_candidates, replace_open, take_candidates,
};

use crate::harness::{both, integration};

#[test]
fn a_removal_question_is_asked_once_answered_once_and_replaced_by_a_newer_run() {
    both(async |home| {
        let store = home.open().await;
        let id = integration(&store, "a").await;
        let question = NewQuestion {
            integration: id,
            stream: Stream::Companies,
            stream_run: domain::id::StreamRunId(1),
            missing: 1_200,
            present: 2_000,
            sample: vec![MissingRecord {
                external_id: "1".into(),
                label: "Acme".into(),
            }],
        };
        let mut tx = store.begin().await.unwrap();
        let first = ask(&mut tx, &question).await.unwrap();
        add_candidates(&mut tx, first, &["1".into(), "2".into()])
            .await
            .unwrap();
        let second = ask(&mut tx, &question).await.unwrap();
        let candidates: Vec<String> = (0..1_200).map(|number| format!("{number:05}")).collect();
        add_candidates(&mut tx, second, &candidates).await.unwrap();
        add_candidates(&mut tx, second, &candidates[..3])
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(
            find_question(&store, first).await.unwrap().unwrap().state,
            QuestionState::Replaced
        );
        assert_eq!(
            list_candidates(&store, first, None, 10).await.unwrap(),
            [""; 0]
        );
        let open = removal_questions::list_open(&store, id).await.unwrap();
        assert_eq!(
            (open.len(), open[0].id, &open[0].sample),
            (1, second, &question.sample)
        );
        let page = list_candidates(&store, second, Some("00999"), 500)
            .await
            .unwrap();
        assert_eq!(page, candidates[1_000..]);

        let mut tx = store.begin().await.unwrap();
        assert!(answer(&mut tx, second, true, "Ann").await.unwrap());
        assert!(!answer(&mut tx, second, false, "Bob").await.unwrap());
        let seen_again = ["00002"];
        forget_candidates(&mut tx, id, Stream::Companies, &seen_again)
            .await
            .unwrap();
        let mut taken = take_candidates(&mut tx, second, 1_000).await.unwrap();
        taken.sort();
        assert_eq!(taken.len(), 1_000);
        assert!(
            !taken.contains(&"00002".to_owned()),
            "what was seen again is not removed"
        );
        let rest = take_candidates(&mut tx, second, 1_000).await.unwrap();
        assert_eq!(rest.len(), 199, "each is taken once");
        assert!(!replace_open(&mut tx, id, Stream::Companies).await.unwrap());
        let third = ask(&mut tx, &question).await.unwrap();
        add_candidates(&mut tx, third, &["x".into()]).await.unwrap();
        assert!(answer(&mut tx, third, false, "Bob").await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(
            list_candidates(&store, third, None, 10).await.unwrap(),
            [""; 0],
            "refused: nothing is to be removed"
        );
        let answered = find_question(&store, second).await.unwrap().unwrap();
        assert_eq!(
            (answered.state, answered.answered_by.as_deref()),
            (QuestionState::Confirmed, Some("Ann"))
        );
    });
}
