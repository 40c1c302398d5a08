//! Where the newest view stands. Readers take it without waiting; it only ever moves forward.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use tokio::sync::watch;

use super::{Change, View};

/// The newest view of this node.
#[derive(Debug)]
pub struct ViewCell {
    current: ArcSwap<View>,
    advancing: Mutex<()>,
    /// How far the view has come, for those who wait for news.
    reached: watch::Sender<u64>,
}

impl ViewCell {
    pub fn new(view: View) -> Self {
        Self {
            reached: watch::Sender::new(view.seq()),
            current: ArcSwap::from_pointee(view),
            advancing: Mutex::new(()),
        }
    }

    /// The newest view.
    pub fn load(&self) -> Arc<View> {
        self.current.load_full()
    }

    /// Applies committed changes, in order; those the view already has are passed over.
    pub fn advance(&self, changes: &[Change]) {
        let _one_at_a_time = self
            .advancing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mut view = View::clone(&self.current.load());
        for change in changes {
            if change.seq == view.seq() + 1 {
                view.apply(change);
            }
        }
        self.put(view);
    }

    /// Puts a view in place that the committer made from this cell's view while it held the head.
    pub fn publish(&self, view: View) {
        let _one_at_a_time = self
            .advancing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if view.seq() > self.current.load().seq() {
            self.put(view);
        }
    }

    /// Tells how far the view has come, whenever it moves.
    pub fn reached(&self) -> watch::Receiver<u64> {
        self.reached.subscribe()
    }

    fn put(&self, view: View) {
        let seq = view.seq();
        self.current.store(Arc::new(view));
        self.reached.send_replace(seq);
    }
}
