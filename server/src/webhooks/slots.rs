//! Places for attempts on one node: how many are under way, so that no receiver and no queue takes them all.

use std::collections::HashMap;

use super::{LaneClass, SubscriptionId};

/// How many attempts may be under way at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    /// On this node.
    pub total: u32,
    /// To one host.
    pub per_host: u32,
    /// For one subscription.
    pub per_subscription: u32,
}

/// What is under way.
#[derive(Debug, Clone, Default)]
pub struct Slots {
    classes: HashMap<LaneClass, u32>,
    hosts: HashMap<String, u32>,
    subscriptions: HashMap<SubscriptionId, u32>,
}

impl Places {
    /// How many of all places a queue has. Retries and replays have theirs apart, so an outage of many receivers cannot keep
    /// fresh events waiting.
    const fn of_class(self, class: LaneClass) -> u32 {
        let (retry, replay) = (at_least_one(self.total / 4), at_least_one(self.total / 8));
        match class {
            LaneClass::Fresh => at_least_one(self.total.saturating_sub(retry + replay)),
            LaneClass::Retry => retry,
            LaneClass::Replay => replay,
            LaneClass::Blocked => 0,
        }
    }
}

const fn at_least_one(places: u32) -> u32 {
    if places == 0 { 1 } else { places }
}

impl Slots {
    /// How many places of a queue are free.
    pub fn free(&self, places: &Places, class: LaneClass) -> u32 {
        let taken = self.classes.get(&class).copied().unwrap_or_default();
        places.of_class(class).saturating_sub(taken)
    }

    /// Subscriptions that have all their places taken.
    pub fn full(&self, places: &Places) -> Vec<SubscriptionId> {
        self.taken(|taken| taken >= places.per_subscription)
    }

    /// Subscriptions that have any place taken: a slowed one gets no more.
    pub fn busy(&self) -> Vec<SubscriptionId> {
        self.taken(|taken| taken > 0)
    }

    fn taken(&self, is_meant: impl Fn(u32) -> bool) -> Vec<SubscriptionId> {
        let meant = self
            .subscriptions
            .iter()
            .filter(|(_, taken)| is_meant(**taken));
        meant.map(|(id, _)| id.clone()).collect()
    }

    /// How many places each host has taken.
    pub fn hosts(&self) -> &HashMap<String, u32> {
        &self.hosts
    }

    /// Whether a subscription, or its host, has no place free.
    pub fn is_full(&self, places: &Places, host: &str, subscription: &SubscriptionId) -> bool {
        let of_host = self.hosts.get(host).copied().unwrap_or_default();
        let of_subscription = self.subscriptions.get(subscription).copied();
        of_host >= places.per_host || of_subscription.unwrap_or_default() >= places.per_subscription
    }

    /// How many attempts are under way.
    pub fn under_way(&self) -> u32 {
        self.classes.values().sum()
    }

    /// Takes a place.
    pub fn take(&mut self, class: LaneClass, host: &str, subscription: &SubscriptionId) {
        *self.classes.entry(class).or_default() += 1;
        *self.hosts.entry(host.to_owned()).or_default() += 1;
        *self.subscriptions.entry(subscription.clone()).or_default() += 1;
    }

    /// Gives a place back.
    pub fn give_back(&mut self, class: LaneClass, host: &str, subscription: &SubscriptionId) {
        give_back(&mut self.classes, &class);
        give_back(&mut self.hosts, host);
        give_back(&mut self.subscriptions, subscription);
    }
}

/// Forgets whoever has nothing taken, so that the maps stay as small as what is under way.
fn give_back<K, Q>(taken: &mut HashMap<K, u32>, key: &Q)
where
    K: std::borrow::Borrow<Q> + std::hash::Hash + Eq,
    Q: std::hash::Hash + Eq + ?Sized,
{
    if let Some(count) = taken.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            taken.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{LaneClass, Places, Slots, SubscriptionId};

    const PLACES: Places = Places {
        total: 64,
        per_host: 4,
        per_subscription: 2,
    };

    #[test]
    fn each_queue_has_places_of_its_own() {
        let classes = [LaneClass::Fresh, LaneClass::Retry, LaneClass::Replay];
        for total in [3, 4, 8, 64, 1000] {
            let places = Places { total, ..PLACES };
            let all: u32 = classes.map(|class| places.of_class(class)).iter().sum();
            assert_eq!(all, total);
            assert!(classes.iter().all(|class| places.of_class(*class) > 0));
        }
        assert_eq!(Slots::default().free(&PLACES, LaneClass::Blocked), 0);
    }

    #[test]
    fn what_is_taken_and_given_back_leaves_nothing() {
        let mut slots = Slots::default();
        let id = SubscriptionId::new("a");
        slots.take(LaneClass::Fresh, "host", &id);
        assert_eq!(slots.busy(), std::slice::from_ref(&id));
        assert!(slots.full(&PLACES).is_empty());
        slots.take(LaneClass::Retry, "host", &id);
        assert_eq!(slots.full(&PLACES), std::slice::from_ref(&id));
        assert_eq!(slots.hosts()["host"], 2);
        slots.give_back(LaneClass::Fresh, "host", &id);
        slots.give_back(LaneClass::Retry, "host", &id);
        assert_eq!(slots.under_way(), 0);
        assert!(slots.hosts().is_empty() && slots.busy().is_empty());
    }
}
