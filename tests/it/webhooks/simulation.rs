//! The engine under simulated faults: nodes crash wherever they wait, stand still until their leases are lost, clocks jump,
//! receivers fail. Every run follows from its seed; `DOVETAIL_SIMULATION_SEEDS` says how many are run.
//!
//! What must hold: no event is lost, none arrives before an earlier one of its subject, no subject has two attempts in
//! flight, whoever lost a lease records nothing, and retries are due inside their band.

mod ground;
mod world;

use std::{
    collections::HashSet,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
    time::Duration,
};

use dovetail_model::{Mode, Subject};
use dovetail_server::{
    core::{Change, ChangeKind, Scope},
    storage::{Storage, StorageError},
    webhooks::{
        Claimer, Delivered, Deliverer, Delivery, DeliveryQuery, DeliveryStatus, EventId, FanOuter,
        Filter, Job, LaneClass, Next, OnDeadLetter, Ordering, Places, Schedule, Slots, Step,
        Subscription, SubscriptionId, SubscriptionState, WebhookStore,
    },
};

use self::ground::{Ground, each, seeds};
use self::world::{Chance, DEADLINE, Plain, Seen, Stepwise, Time, Wire, event_id};

type Result<T> = std::result::Result<T, StorageError>;
type Task<T> = Pin<Box<dyn Future<Output = T>>>;

/// Longer than a deadline and its margin, as in the engine.
const LEASE: i64 = 60_000;

/// The delays after the first failures, in milliseconds.
const DELAYS: [i64; 5] = [5_000, 60_000, 600_000, 3_600_000, 7_200_000];

const HOUR: i64 = 3_600_000;

const SUBJECTS: [&str; 3] = ["a", "b", "c"];

/// What a node is at.
enum Work {
    FanOut(Task<(FanOuter, Result<Step>)>),
    Claim(LaneClass, Task<Result<Option<Vec<Job>>>>),
    Deliver(Box<Job>, Task<Result<Delivered>>),
}

/// One node. A crash forgets all of it.
struct Node {
    fan_outer: Option<FanOuter>,
    slots: Slots,
    work: Vec<Work>,
}

struct Run<'a> {
    ground: &'a Ground,
    chance: Chance,
    time: Time,
    wire: Wire,
    store: Arc<dyn WebhookStore>,
    log: Arc<dyn Storage>,
    deliverer: Arc<Deliverer>,
    claimer: Arc<Claimer>,
    nodes: Vec<Node>,
    subscriptions: Vec<Subscription>,
    committed: Vec<Change>,
    /// Attempts that were recorded. Each is once: of two that hold a lane one after the other, one is fenced off.
    recorded: HashSet<(SubscriptionId, EventId, u32)>,
    broken: Vec<String>,
}

impl<'a> Run<'a> {
    fn new(ground: &'a Ground, seed: u64, nodes: usize) -> Self {
        let chance = Chance::new(seed);
        // Runs share a database; none begins when another one began.
        let time = Time::at(1_000_000_000_000 + i64::try_from(seed % 1_000_000).unwrap() * 1_000);
        let wire = Wire {
            seen: Arc::new(Mutex::new(Seen::default())),
            chance: chance.clone(),
            time: time.clone(),
            failing: Arc::new(Mutex::new(0)),
        };
        let store: Arc<dyn WebhookStore> = Arc::new(Stepwise {
            inner: ground.store(),
            runtime: Arc::clone(&ground.runtime),
        });
        let log: Arc<dyn Storage> = Arc::new(Stepwise {
            inner: Arc::clone(&ground.storage),
            runtime: Arc::clone(&ground.runtime),
        });
        let text: Vec<String> = DELAYS.iter().map(|delay| format!("{delay}ms")).collect();
        let deliverer = Arc::new(Deliverer {
            store: Arc::clone(&store),
            clock: Arc::new(time.clone()),
            random: Arc::new(chance.clone()),
            transport: Arc::new(wire.clone()),
            events: Arc::new(Plain {
                chance: chance.clone(),
            }),
            schedule: Schedule::parse(&text.join(",")).unwrap(),
            deadline: Duration::from_millis(u64::try_from(DEADLINE).unwrap()),
            tries: 1,
        });
        let claimer = Arc::new(Claimer {
            store: Arc::clone(&store),
            clock: Arc::new(time.clone()),
            random: Arc::new(chance.clone()),
            places: Places {
                total: 16,
                per_host: 4,
                per_subscription: 2,
            },
            lease: Duration::from_millis(u64::try_from(LEASE).unwrap()),
        });
        let mut run = Self {
            ground,
            chance,
            time,
            wire,
            store,
            log,
            deliverer,
            claimer,
            nodes: Vec::new(),
            subscriptions: Vec::new(),
            committed: Vec::new(),
            recorded: HashSet::new(),
            broken: Vec::new(),
        };
        for _ in 0..nodes {
            let node = run.fresh_node();
            run.nodes.push(node);
        }
        run.subscribe(seed);
        run
    }

    fn fresh_node(&self) -> Node {
        let events = Arc::new(Plain {
            chance: self.chance.clone(),
        });
        let (store, log) = (Arc::clone(&self.store), Arc::clone(&self.log));
        Node {
            // One delivery in a transaction, so that a step is also broken off between those of one change.
            fan_outer: Some(FanOuter::new(store, log, events).in_parts_of(1)),
            slots: Slots::default(),
            work: Vec::new(),
        }
    }

    /// Runs something on the database at once.
    fn now<T>(&self, work: impl Future<Output = Result<T>>) -> T {
        self.ground.runtime.block_on(work).unwrap()
    }

    fn subscribe(&mut self, seed: u64) {
        for (number, ordering) in [Ordering::Subject, Ordering::Subject, Ordering::None]
            .into_iter()
            .enumerate()
        {
            let subscription = Subscription {
                id: SubscriptionId::new(&format!("whk_{seed}_{number}")),
                revision: 1,
                owner: "anonymous".to_owned(),
                created_at: self.time.now(),
                updated_at: self.time.now(),
                url: format!("https://{number}.example.com/"),
                description: String::new(),
                filter: Filter {
                    events: vec!["*".to_owned()],
                    subjects: vec![if number == 1 { "a" } else { "*" }.to_owned()],
                },
                ordering,
                on_dead_letter: OnDeadLetter::Advance,
                include_schema: false,
                max_rate: None,
                state: SubscriptionState::Enabled,
                state_reason: None,
                state_since: self.time.now(),
                from_seq: 0,
                secrets: Vec::new(),
                headers: Vec::new(),
            };
            let store = self.ground.store();
            self.now(store.subscription_insert(&subscription));
            self.subscriptions.push(subscription);
        }
    }

    fn commit_change(&mut self) {
        let subject = SUBJECTS[usize::try_from(self.chance.number() % 3).unwrap()];
        let storage = Arc::clone(&self.ground.storage);
        let at = self.time.now();
        let change = self.now(async {
            let mut transaction = storage.begin().await?;
            let scope = Scope {
                context: dovetail_model::Context::default(),
                subject: Some(Subject::new(subject)),
            };
            let change = Change {
                seq: transaction.head() + 1,
                at,
                actor: "anonymous".to_owned(),
                kind: ChangeKind::ModeChanged {
                    scope,
                    mode: Some(Mode::ReadWrite),
                },
            };
            transaction.append(&[(change.clone(), None)]).await?;
            transaction.commit().await?;
            Ok(change)
        });
        self.committed.push(change);
    }

    /// Gives a node something to do, unless it is at it.
    fn begin(&mut self, at: usize, class: Option<LaneClass>) {
        let time = self.time.now();
        let claimer = Arc::clone(&self.claimer);
        let node = &mut self.nodes[at];
        match class {
            None => {
                if let Some(mut fan_outer) = node.fan_outer.take() {
                    node.work.push(Work::FanOut(Box::pin(async move {
                        let step = fan_outer.step(time).await;
                        (fan_outer, step)
                    })));
                }
            }
            Some(class) => {
                let is_at_it = |work: &Work| matches!(work, Work::Claim(..));
                if !node.work.iter().any(is_at_it) {
                    let mut slots = node.slots.clone();
                    let claim = async move { claimer.claim(&mut slots, class).await };
                    node.work.push(Work::Claim(class, Box::pin(claim)));
                }
            }
        }
    }

    /// Lets one piece of work of a node go one step on. Returns whether it had any.
    fn poll(&mut self, at: usize) -> bool {
        let count = self.nodes[at].work.len() as u64;
        if count == 0 {
            return false;
        }
        let which = usize::try_from(self.chance.number() % count).unwrap();
        let mut work = self.nodes[at].work.swap_remove(which);
        let mut context = Context::from_waker(Waker::noop());
        let pending = match &mut work {
            Work::FanOut(task) => match task.as_mut().poll(&mut context) {
                Poll::Pending => true,
                Poll::Ready((fan_outer, step)) => {
                    step.unwrap();
                    self.nodes[at].fan_outer = Some(fan_outer);
                    false
                }
            },
            Work::Claim(class, task) => match task.as_mut().poll(&mut context) {
                Poll::Pending => true,
                Poll::Ready(jobs) => {
                    let class = *class;
                    self.take(at, class, jobs.unwrap().unwrap_or_default());
                    false
                }
            },
            Work::Deliver(job, task) => match task.as_mut().poll(&mut context) {
                Poll::Pending => true,
                Poll::Ready(delivered) => {
                    let job = job.clone();
                    self.settle(at, &job, delivered.unwrap());
                    false
                }
            },
        };
        if pending {
            self.nodes[at].work.push(work);
        }
        true
    }

    fn take(&mut self, at: usize, class: LaneClass, jobs: Vec<Job>) {
        for job in jobs {
            let node = &mut self.nodes[at];
            let claimed = &job.claimed;
            node.slots
                .take(class, &claimed.host, &claimed.lane.subscription);
            let (deliverer, of_task) = (Arc::clone(&self.deliverer), job.clone());
            let task = Box::pin(async move { deliverer.deliver(&of_task).await });
            node.work.push(Work::Deliver(Box::new(job), task));
        }
    }

    fn settle(&mut self, at: usize, job: &Job, delivered: Delivered) {
        let claimed = &job.claimed;
        let slots = &mut self.nodes[at].slots;
        slots.give_back(job.class, &claimed.host, &claimed.lane.subscription);
        let Delivered::Recorded(report) = delivered else {
            return;
        };
        let event = report.event.clone();
        let attempt = (report.subscription.id.clone(), event, report.number);
        if let Some(twice) = self.recorded.replace(attempt) {
            self.broken.push(format!("{twice:?} was recorded twice"));
        }
        if let Next::Retry { at } = report.next {
            let base = DELAYS[usize::try_from(report.number).unwrap() - 1];
            let delay = at - report.now;
            if !(base..=base + base / 5).contains(&delay) {
                self.broken
                    .push(format!("{delay} after failure {}", report.number));
            }
        }
    }

    /// Everything the node was at stops where it stands.
    fn crash(&mut self, at: usize) {
        self.nodes[at] = self.fresh_node();
    }

    /// One thing happens.
    fn step(&mut self) {
        let at = usize::try_from(self.chance.number() % self.nodes.len() as u64).unwrap();
        match self.chance.number() % 100 {
            0..70 => {
                if !self.poll(at) {
                    self.begin(at, None);
                }
            }
            70..76 => self.begin(at, None),
            76..84 => self.begin(at, Some(LaneClass::Fresh)),
            84..88 => self.begin(at, Some(LaneClass::Retry)),
            88..91 => self.crash(at),
            91..96 => self
                .wire
                .pass(i64::try_from(self.chance.number() % 8_000).unwrap()),
            96 => self.wire.pass(LEASE + 1),
            97 => self
                .wire
                .pass(if self.chance.percent(20) { -HOUR } else { HOUR }),
            98 => {
                let failing = [0, 30, 70, 100][usize::try_from(self.chance.number() % 4).unwrap()];
                *self.wire.failing.lock().unwrap() = failing;
            }
            _ => {
                if self.committed.len() < 12 {
                    self.commit_change();
                }
            }
        }
    }

    /// No more faults: whatever is owed has to go out.
    fn heal(&mut self) {
        *self.wire.failing.lock().unwrap() = 0;
        while self.committed.len() < 6 {
            self.commit_change();
        }
        let mut quiet = 0;
        while quiet < 4 {
            for at in 0..self.nodes.len() {
                for class in [None, Some(LaneClass::Fresh), Some(LaneClass::Retry)] {
                    self.begin(at, class);
                    while self.poll(at) {}
                }
            }
            self.wire.pass(3 * HOUR);
            quiet = if self.is_done() { quiet + 1 } else { 0 };
            assert!(self.time.now() < 4_000_000_000_000, "it ends some day");
        }
    }

    fn deliveries(&self, subscription: &SubscriptionId) -> Vec<Delivery> {
        let query = DeliveryQuery {
            limit: 10_000,
            ..DeliveryQuery::default()
        };
        self.now(self.ground.store().delivery_list(subscription, &query))
    }

    fn is_done(&self) -> bool {
        let is_pending = |delivery: &Delivery| delivery.status == DeliveryStatus::Pending;
        let of = |subscription: &Subscription| self.deliveries(&subscription.id);
        let head = self.committed.last().map_or(0, |change| change.seq);
        let cursor = self.now(self.ground.store().cursor());
        cursor.seq >= head
            && !self
                .subscriptions
                .iter()
                .any(|subscription| of(subscription).iter().any(is_pending))
    }

    /// Every committed change is owed once to everybody who is to be told, and arrived or was given up with a gap.
    fn check(&mut self, seed: u64) {
        let seen = std::mem::take(&mut *self.wire.seen.lock().unwrap());
        self.broken.extend(seen.broken);
        for subscription in std::mem::take(&mut self.subscriptions) {
            let deliveries = self.deliveries(&subscription.id);
            let arrived: Vec<&EventId> = seen
                .arrived
                .iter()
                .filter(|((told, _), _)| *told == subscription.id)
                .flat_map(|(_, events)| events.iter().map(|(_, event)| event))
                .collect();
            let mut given_up = 0;
            for change in &self.committed {
                let id = event_id(change);
                let found: Vec<_> = deliveries
                    .iter()
                    .filter(|delivery| delivery.key.event == id)
                    .collect();
                let subjects = &subscription.filter.subjects;
                let meant = subjects[0] == "*" || subjects[0] == subject(change);
                let statuses: Vec<_> = found.iter().map(|delivery| delivery.status).collect();
                match statuses[..] {
                    [] if !meant => {}
                    [DeliveryStatus::Delivered] if meant && arrived.contains(&&id) => {}
                    [DeliveryStatus::Dead] if meant => given_up += 1,
                    _ => self
                        .broken
                        .push(format!("{id} is {statuses:?} for {}", subscription.id)),
                }
            }
            let gaps = deliveries
                .iter()
                .filter(|delivery| delivery.event_type == "webhook.gap");
            let told = gaps.filter(|gap| gap.status == DeliveryStatus::Delivered);
            if given_up > 0 && told.count() == 0 {
                self.broken
                    .push(format!("{} was told of no gap", subscription.id));
            }
            self.now(self.ground.store().subscription_delete(&subscription.id));
        }
        assert!(self.broken.is_empty(), "seed {seed}: {:#?}", self.broken);
    }
}

fn subject(change: &Change) -> &str {
    match &change.kind {
        ChangeKind::ModeChanged {
            scope: Scope {
                subject: Some(subject),
                ..
            },
            ..
        } => subject.as_str(),
        _ => unreachable!("the simulation changes modes of subjects"),
    }
}

/// Three nodes, and six hundred things that happen.
fn storm(ground: &Ground, seed: u64) -> Run<'_> {
    let mut run = Run::new(ground, seed, 3);
    for _ in 0..600 {
        run.step();
    }
    run.heal();
    run.check(seed);
    run
}

#[test]
fn whatever_fails_nothing_is_lost_or_overtaken() {
    let first = std::env::var("DOVETAIL_SIMULATION_FIRST").ok();
    let first: u64 = first.map_or(1, |first| first.parse().expect("a seed"));
    each(first..first + seeds(), |ground, seed| {
        storm(ground, seed);
    });
}

/// A seed that fails has to fail again, wherever it is run and whatever ran there before.
#[test]
fn a_run_follows_from_its_seed() {
    let end = |ground: &Ground, seed| {
        let run = storm(ground, seed);
        (run.chance.number(), run.time.now(), run.recorded.len())
    };
    let (one, other) = (Ground::new(), Ground::new());
    let first = end(&one, 7);
    assert_ne!(end(&other, 8), first);
    assert_eq!(end(&other, 7), first);
}

/// One node, three events: it crashes after one step, after two, and so on, wherever that is.
#[test]
fn a_crash_after_any_number_of_steps_loses_nothing() {
    each(0..60, |ground, steps| {
        let mut run = Run::new(ground, 1_000_000 + steps, 1);
        for _ in 0..3 {
            run.commit_change();
        }
        for _ in 0..steps {
            if !run.poll(0) {
                run.begin(0, None);
                run.begin(0, Some(LaneClass::Fresh));
            }
        }
        run.crash(0);
        run.heal();
        run.check(steps);
    });
}

/// A node claims and stands still; the clock leaps ahead, another node takes over, and the clock comes back.
#[test]
fn a_lease_that_was_taken_over_begins_nothing_when_the_clock_comes_back() {
    const SEED: u64 = 2_000_000;
    let ground = Ground::new();
    let mut run = Run::new(&ground, SEED, 2);
    run.commit_change();
    run.begin(0, None);
    while run.poll(0) {}
    let is_claimed = |node: &Node| {
        let is_delivery = |work: &Work| matches!(work, Work::Deliver(..));
        node.work.iter().any(is_delivery)
    };
    for (at, then) in [(0, HOUR), (1, -HOUR)] {
        run.begin(at, Some(LaneClass::Fresh));
        while !is_claimed(&run.nodes[at]) {
            assert!(run.poll(at), "node {at} claims something");
        }
        run.wire.pass(then);
    }
    while run.poll(0) {}
    assert!(run.wire.seen.lock().unwrap().arrived.is_empty());
    run.heal();
    run.check(SEED);
}
