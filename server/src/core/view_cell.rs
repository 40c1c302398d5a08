//! Where the newest view stands. Readers take it without waiting; it only ever moves forward.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use super::{Change, View};

/// The newest view of this node.
#[derive(Debug)]
pub struct ViewCell {
    current: ArcSwap<View>,
    advancing: Mutex<()>,
}

impl ViewCell {
    pub fn new(view: View) -> Self {
        Self {
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
        self.current.store(Arc::new(view));
    }

    /// Puts a view in place that the committer made from this cell's view while it held the head.
    pub fn publish(&self, view: View) {
        let _one_at_a_time = self
            .advancing
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if view.seq() > self.current.load().seq() {
            self.current.store(Arc::new(view));
        }
    }
}
