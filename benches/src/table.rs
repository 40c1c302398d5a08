//! The table that a run prints.

use std::fmt::Write as _;

/// One figure beside its ceiling.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) what: String,
    pub(crate) ours: String,
    pub(crate) ceiling: String,
    pub(crate) ratio: String,
    pub(crate) target: String,
}

pub(crate) fn markdown(rows: &[Row]) -> String {
    let mut text =
        "| what | ours | ceiling | ratio | target |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for row in rows {
        let Row {
            what,
            ours,
            ceiling,
            ratio,
            target,
        } = row;
        let _ = writeln!(text, "| {what} | {ours} | {ceiling} | {ratio} | {target} |");
    }
    text
}

/// The middle one of some figures; the lower of two.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[(figures.len() - 1) / 2]
}
