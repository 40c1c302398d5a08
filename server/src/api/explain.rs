//! `/api/v1/explain`: what a change means, as data.

use dovetail_compat::explain::{Containment, Explanation, Outcome, Witness};
use dovetail_model::{
    CompatibilityLevel, Direction,
    bodies::{
        ExplainRequest, ExplainResponse, FindingBody, PlaceBody, ProofBody, ProofOutcome,
        RulesAgainstProof, WitnessBody,
    },
};

use super::{
    code,
    extract::{Answer, Live},
    render::json,
};
use crate::http::{JsonText, parse_json};

/// `POST /api/v1/explain`
pub(crate) async fn explain(Live(registry): Live, body: JsonText) -> Answer {
    let request: ExplainRequest =
        parse_json(&body.0).map_err(|error| error.into_http(code::INVALID_SCHEMA))?;
    let explained = registry.explain(&request).await?;
    let findings: Vec<FindingBody> = explained.findings.into_iter().map(finding).collect();
    json(&ExplainResponse {
        is_compatible: explained.level == CompatibilityLevel::None
            || findings.iter().all(|finding| !finding.breaks),
        compatibility: explained.level.as_str(),
        proofs: explained
            .proofs
            .into_iter()
            .map(|(direction, containment)| proof(direction, containment, &findings))
            .collect(),
        findings,
    })
}

/// What was proven in a direction, beside what the rules found in it.
fn proof(direction: Direction, containment: Containment, findings: &[FindingBody]) -> ProofBody {
    let rules_refuse = findings
        .iter()
        .any(|finding| finding.direction == direction && finding.breaks);
    let (outcome, rules, witness) = match (containment, rules_refuse) {
        (Containment::Proven, false) => {
            (ProofOutcome::Proven, Some(RulesAgainstProof::Agree), None)
        }
        (Containment::Proven, true) => (
            ProofOutcome::Proven,
            Some(RulesAgainstProof::TooStrict),
            None,
        ),
        (Containment::Refuted(witness), true) => (
            ProofOutcome::Refuted,
            Some(RulesAgainstProof::Agree),
            Some(witness),
        ),
        (Containment::Refuted(witness), false) => (
            ProofOutcome::Refuted,
            Some(RulesAgainstProof::TooLax),
            Some(witness),
        ),
        (Containment::Unknown, _) => (ProofOutcome::Unknown, None, None),
    };
    ProofBody {
        direction,
        outcome,
        rules,
        witness: witness.map(body),
    }
}

fn finding(explanation: Explanation) -> FindingBody {
    let (message, who_breaks) = (explanation.sentence(), explanation.who_breaks());
    let Explanation {
        direction,
        difference,
        breaks,
        new,
        previous,
        witness,
    } = explanation;
    let place = |position: dovetail_compat::explain::Position| PlaceBody {
        place: position.place,
        line: position.line,
        column: position.column,
    };
    FindingBody {
        rule: difference.rule.id,
        direction,
        breaks,
        message,
        who_breaks,
        why: difference.rule.why,
        instead: difference.rule.instead,
        path: difference.path,
        new: new.map(place),
        previous: previous.map(place),
        witness: witness.map(body),
    }
}

fn body(witness: Witness) -> WitnessBody {
    let hex = witness.hex();
    let (fails, reads_as) = match witness.outcome {
        Outcome::Fails(reason) => (Some(reason), None),
        Outcome::ReadsAs(value) => (None, Some(value)),
    };
    WitnessBody {
        value: witness.value,
        hex,
        fails,
        reads_as,
    }
}
