//! Whole journeys, as a user makes them.

mod orders;
mod readme;
mod receiver;
mod services;
