//! Replays: their steps, their end, and what they find.

use dovetail_server::webhooks::{
    Disposition, Finished, LaneClass, Replay, ReplayOnly, ReplayProgress, ReplayState, ReplayStep,
    change_position,
};

use super::{DELIVERED, Hooks, fanned, id, on_both_storages};

fn replay(only: ReplayOnly) -> Replay {
    Replay {
        id: "rpl_1".to_owned(),
        subscription: id("s"),
        since: 1_001,
        until: 1_003,
        subjects: vec!["*".to_owned()],
        only,
        state: ReplayState::Preparing,
        cursor: 0,
        end: change_position(9),
        created_at: 50,
        finished_at: None,
    }
}

on_both_storages!(
    a_replay_is_prepared_step_by_step_and_can_be_cancelled,
    |tables| {
        let hooks = Hooks::with(&tables, &["s"]).await;
        let replay = replay(ReplayOnly::All);
        hooks.store.replay_insert(&replay).await.unwrap();
        assert_eq!(
            hooks.store.replay_running().await.unwrap(),
            std::slice::from_ref(&replay)
        );
        let in_job = |seq, subject: &str| {
            let mut fanned = fanned(seq, subject, &["s"]);
            fanned.recipients[0].lane = format!("job:rpl_1:{subject}");
            fanned
        };
        let step = |from, to: u64, last, events| ReplayStep {
            id: "rpl_1".to_owned(),
            from,
            to: change_position(to),
            last,
            events,
        };
        let first = step(0, 1, false, vec![in_job(1, "a")]);
        assert!(hooks.store.replay_step(&first, 60).await.unwrap());
        assert!(!hooks.store.replay_step(&first, 60).await.unwrap(), "once");
        let events = vec![in_job(2, "a"), in_job(3, "b")];
        let second = step(change_position(1), 3, true, events);
        assert!(hooks.store.replay_step(&second, 61).await.unwrap());
        assert_eq!(hooks.store.replay_running().await.unwrap(), []);

        let claimed = hooks
            .claim_class(LaneClass::Replay, 62, "t1")
            .await
            .remove(0);
        assert_eq!(claimed.delivery.key.job, "rpl_1");
        hooks.deliver(&claimed, "t1", 63).await;
        let claimed = hooks
            .claim_class(LaneClass::Replay, 64, "t2")
            .await
            .remove(0);
        let (stored, progress) = hooks.store.replay("rpl_1").await.unwrap().unwrap();
        assert_eq!(stored.state, ReplayState::Prepared);
        let expected = ReplayProgress {
            pending: 2,
            delivered: 1,
            ..ReplayProgress::default()
        };
        assert_eq!(progress, expected);

        assert!(hooks.store.replay_cancel("rpl_1", 70).await.unwrap());
        assert!(!hooks.store.replay_cancel("rpl_1", 70).await.unwrap());
        let fenced = hooks.finish(&claimed, "t2", 71, DELIVERED).await;
        assert_eq!(fenced, Finished::Fenced);
        let listed = hooks.store.replay_list(&id("s")).await.unwrap();
        assert_eq!(listed[0].0.state, ReplayState::Cancelled);
        assert_eq!(listed[0].1.cancelled, 2);
        assert!(
            hooks
                .claim_class(LaneClass::Replay, 1_000, "t3")
                .await
                .is_empty()
        );
    }
);

on_both_storages!(what_was_given_up_is_found_by_when_it_happened, |tables| {
    let hooks = Hooks::with(&tables, &["s"]).await;
    let owed = (1..=4).map(|seq| fanned(seq, "a", &["s"])).collect();
    hooks.fan_out(owed, 5).await;
    for seq in 1..=4 {
        let claimed = hooks.claim(5 + seq, "t").await.remove(0);
        let outcome = if seq == 2 {
            DELIVERED
        } else {
            Disposition::Skip { gap: None }
        };
        hooks.finish(&claimed, "t", 5 + seq, outcome).await;
    }
    let replay = replay(ReplayOnly::Failed);
    let dead = async |replay: &Replay, after| {
        let found = hooks.store.replay_dead(replay, after, 10).await.unwrap();
        found
            .iter()
            .map(|one| one.key.event.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(dead(&replay, 0).await, ["evt_0001"], "until is excluded");
    let longer = Replay {
        until: 9_999,
        ..replay.clone()
    };
    assert_eq!(dead(&longer, 0).await, ["evt_0001", "evt_0003", "evt_0004"]);
    assert_eq!(dead(&longer, change_position(3)).await, ["evt_0004"]);
    let shorter = Replay {
        end: change_position(3),
        ..longer
    };
    assert_eq!(dead(&shorter, 0).await, ["evt_0001", "evt_0003"]);
});
