//! Webhooks as a whole: what is owed arrives, in order, whatever fails.

mod simulation;
