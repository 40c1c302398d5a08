//! `/compatibility`: what a registration would be told.

use dovetail_model::{
    VersionSpec,
    bodies::{CompatibilityResponse, RegisterRequest},
};

use crate::{
    client::{Client, version_segment},
    error::Result,
    http::Call,
};

/// How a schema is checked.
#[derive(Debug, Clone, Default)]
pub struct Check {
    /// In its normal form.
    pub normalize: bool,
    /// With the reasons, which then include why a schema is not valid.
    pub verbose: bool,
}

impl Client {
    /// Checks a schema as a registration would.
    pub async fn check(
        &self,
        subject: &str,
        schema: &RegisterRequest,
        how: &Check,
    ) -> Result<CompatibilityResponse> {
        let subject = self.subject(subject)?;
        let call = Call::ask(&["compatibility", "subjects", &subject, "versions"])?;
        self.json(checking(call, schema, how)?).await
    }

    /// Checks a schema against one version, whatever the level says of others.
    pub async fn check_version(
        &self,
        subject: &str,
        version: VersionSpec,
        schema: &RegisterRequest,
        how: &Check,
    ) -> Result<CompatibilityResponse> {
        let (subject, version) = (self.subject(subject)?, version_segment(version));
        let segments = ["compatibility", "subjects", &subject, "versions", &version];
        self.json(checking(Call::ask(&segments)?, schema, how)?)
            .await
    }
}

fn checking(call: Call, schema: &RegisterRequest, how: &Check) -> Result<Call> {
    call.flag("normalize", how.normalize)
        .flag("verbose", how.verbose)
        .json(schema)
}
