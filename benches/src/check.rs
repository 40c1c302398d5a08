//! The check itself, without a server: schemas of all formats, everything parsed before.
//!
//! Times are CPU times of one thread, which other programs on the machine lengthen least. The curves say how they grow with the
//! size of a schema and with the number of versions; Avro's stand beside other implementations where these are at hand.

mod peers;
mod schemas;

use std::{hint::black_box, path::PathBuf, time::Duration};

use clap::Args;
use dovetail_compat::{Schema, check, parse};
use dovetail_model::{CompatibilityLevel, CompatibilityPolicy, Direction, SchemaType};

use crate::{Extent, load::count, process::cpu_of_this_thread, table::Row};

/// Other implementations to measure beside ours.
#[derive(Debug, Args)]
pub(crate) struct Peers {
    /// A Python that can import `avro`, to measure its check of Avro beside ours
    #[arg(long, value_name = "PROGRAM")]
    avro_python: Option<PathBuf>,

    /// The class path of Avro for Java (`avro`, its `jackson` jars and `slf4j-api`), to measure its check beside ours
    #[arg(long, value_name = "CLASSPATH")]
    avro_java: Option<String>,
}

const FIELDS: usize = 100;
const VERSIONS: usize = 100;
const SIZES: [usize; 4] = [10, 100, 1_000, 10_000];
const COUNTS: [usize; 4] = [1, 10, 100, 1_000];

pub(crate) fn measure(extent: &Extent, peers: &Peers) -> Vec<Row> {
    let mut rows = targets(extent);
    for schema_type in SchemaType::ALL {
        for fields in SIZES {
            let case = Case::new(schema_type, fields, 1);
            let what = format!("{schema_type} check, {fields} fields, 1 version");
            rows.push(case.row(what, fields, "field", extent, peers));
        }
        for versions in COUNTS {
            let case = Case::new(schema_type, FIELDS, versions);
            let what = format!("{schema_type} check, {FIELDS} fields, versions: {versions}");
            rows.push(case.row(what, versions, "version", extent, peers));
        }
    }
    rows
}

/// The figures that a target is set for.
fn targets(extent: &Extent) -> Vec<Row> {
    let case = Case::new(SchemaType::Avro, FIELDS, VERSIONS);
    [
        CompatibilityLevel::BackwardTransitive,
        CompatibilityLevel::FullTransitive,
    ]
    .into_iter()
    .map(|level| {
        let took = case.time(level.directions(), extent).as_secs_f64() * 1e3;
        Row {
            what: format!("Avro check, {FIELDS} fields, {VERSIONS} versions, `{level}`, warm"),
            ours: format!("{took:.2} ms CPU"),
            ceiling: String::new(),
            ratio: format!("{took:.2}"),
            target: "1 ms".to_owned(),
        }
    })
    .collect()
}

/// A new version and those before it.
pub(crate) struct Case {
    schema_type: SchemaType,
    new: String,
    previous: Vec<String>,
}

impl Case {
    fn new(schema_type: SchemaType, fields: usize, versions: usize) -> Self {
        Self {
            schema_type,
            new: schemas::version(schema_type, fields, versions),
            previous: (0..versions)
                .map(|number| schemas::version(schema_type, fields, number))
                .collect(),
        }
    }

    /// The time of one pass over all versions, beside that of the others.
    fn row(&self, what: String, parts: usize, part: &str, extent: &Extent, peers: &Peers) -> Row {
        let ours = self.time(&[Direction::Backward], extent);
        let theirs = match self.schema_type {
            SchemaType::Avro => peers::measure(self, peers, extent),
            SchemaType::Protobuf | SchemaType::Json => Vec::new(),
        };
        let each = ours.as_secs_f64() * 1e9 / count(parts);
        let joined = |text: &dyn Fn(&(&str, Duration)) -> String| {
            theirs.iter().map(text).collect::<Vec<_>>().join(", ")
        };
        Row {
            what,
            ours: format!("{:.1} µs CPU, {each:.0} ns a {part}", micros(ours)),
            ceiling: joined(&|(name, took)| format!("{name} {:.1} µs", micros(*took))),
            ratio: joined(&|(_, took)| format!("{:.3}", ours.as_secs_f64() / took.as_secs_f64())),
            target: String::new(),
        }
    }

    /// The CPU time of one pass over all versions, all compatible.
    fn time(&self, directions: &[Direction], extent: &Extent) -> Duration {
        let parsed = |text: &String| -> Schema {
            parse(self.schema_type, text, &[]).expect("the schema is good")
        };
        let (new, previous) = (parsed(&self.new), self.previous.iter().map(parsed));
        let previous: Vec<Schema> = previous.collect();
        let pass = || {
            for earlier in &previous {
                let policy = CompatibilityPolicy::default();
                let report = check(black_box(&new), black_box(earlier), directions, policy);
                let report = report.expect("the schemas are no burden");
                assert!(report.is_compatible(), "{:?}", report.messages());
            }
        };
        pass();
        // The clock is a file, and reading it takes longer than a small check, so it is read ever more seldom.
        let (began, mut passes, mut more) = (cpu_of_this_thread(), 0, 1);
        loop {
            (0..more).for_each(|_| pass());
            passes += more;
            more = passes;
            let took = cpu_of_this_thread().saturating_sub(began);
            if took >= extent.check {
                return took / passes;
            }
        }
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
