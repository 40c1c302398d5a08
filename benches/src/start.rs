//! Starting with a full database: from the start of the process until it says that it is ready, and the memory it has then.

use std::{path::Path, time::Duration};

use dovetail_tests::Database;
use tokio::runtime::Runtime;

use crate::{
    Extent,
    database::fill,
    load::{self, count},
    registry::Registry,
    requests::get,
    table::Row,
};

/// What each schema may take of a start, and of the memory.
const BUDGET: (Duration, f64) = (Duration::from_micros(10), 200.0 / 100_000.0);

pub(crate) fn measure(
    runtime: &Runtime,
    binary: &Path,
    database: &Database,
    schemas: usize,
    extent: &Extent,
) -> Row {
    let kind = if database.file().is_some() {
        "SQLite"
    } else {
        "PostgreSQL"
    };
    // The first start makes the tables.
    drop(Registry::start(binary, database, false));
    runtime.block_on(fill(database, schemas));
    let last = get(&format!("/schemas/ids/{schemas}"));
    let mut best: Option<(Duration, f64, f64)> = None;
    for _ in 0..extent.starts {
        let registry = Registry::start(binary, database, false);
        let resident = registry.process.mebibytes("VmRSS");
        let peak = registry.process.mebibytes("VmHWM");
        assert_eq!(load::ask(registry.address, &last).0, 200, "all are there");
        if best.is_none_or(|(took, ..)| registry.took < took) {
            best = Some((registry.took, resident, peak));
        }
    }
    let (took, resident, peak) = best.unwrap_or_default();
    let allowed = BUDGET.0.mul_f64(count(schemas));
    let allowed_memory = BUDGET.1 * count(schemas);
    Row {
        what: format!("start with {schemas} schemas, {kind}"),
        ours: format!(
            "{:.2} s, {resident:.0} MiB (peak {peak:.0})",
            took.as_secs_f64()
        ),
        ceiling: String::new(),
        ratio: format!(
            "{:.2} of the time, {:.2} of the memory",
            took.as_secs_f64() / allowed.as_secs_f64(),
            resident / allowed_memory
        ),
        target: format!("{:.0} s, {allowed_memory:.0} MiB", allowed.as_secs_f64()),
    }
}
