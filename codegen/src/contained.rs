//! Running code of others that may panic or recurse deeply, so that neither ends the build without a word.

use std::{any::Any, panic, sync::Once, thread};

/// The name of the threads whose panics are nobody's business but ours.
const THREAD: &str = "dovetail-contained";

/// Enough for everything that the limits on texts let through.
const STACK_BYTES: usize = 256 * 1024 * 1024;

/// Runs a function on a thread with a large stack. A panic is an error with its message, and prints nothing.
pub(crate) fn contained<T: Send>(function: impl FnOnce() -> T + Send) -> Result<T, String> {
    silence();
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .name(THREAD.to_owned())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, function)
            .map_err(|error| format!("no thread could be started: {error}"))?;
        thread.join().map_err(|panic| message(&*panic))
    })
}

/// Runs a function on a contained thread, and makes a panic an error there already.
#[cfg(feature = "json-schema")]
pub(crate) fn caught<T>(function: impl FnOnce() -> T) -> Result<T, String> {
    // What the function was at is thrown away with it, so nobody sees it half done.
    panic::catch_unwind(panic::AssertUnwindSafe(function)).map_err(|panic| message(&*panic))
}

/// Has panics of our threads say nothing, and leaves all others as they were.
fn silence() {
    static SILENCED: Once = Once::new();
    SILENCED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            if thread::current().name() != Some(THREAD) {
                before(panic);
            }
        }));
    });
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "it panicked".to_owned())
}

#[cfg(test)]
mod tests {
    use super::contained;

    #[test]
    fn a_panic_is_an_error_with_its_message() {
        let failed = contained(|| -> u8 { panic!("no {}", "luck") });
        assert_eq!(failed, Err("no luck".to_owned()));
        assert_eq!(contained(|| 7), Ok(7));
    }
}
