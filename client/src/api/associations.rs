//! `/associations`: resources, such as Kafka topics, that own or share subjects.

use dovetail_model::{
    Association, AssociationType, Lifecycle,
    bodies::{
        AssociationBatchGet, AssociationBatchRequest, AssociationBatchResponse, AssociationRequest,
        AssociationResponse,
    },
};
use reqwest::Method;

use crate::{
    client::Client,
    error::Result,
    http::{Call, Repeat},
};

/// Which associations are meant.
#[derive(Debug, Clone, Default)]
pub struct ListAssociations {
    /// What the resources are; `topic` where nothing is said.
    pub resource_type: Option<String>,
    /// What the subjects are to them; any where nothing is said.
    pub types: Vec<AssociationType>,
    /// Whether the subjects live and die with them.
    pub lifecycle: Option<Lifecycle>,
    /// How many are skipped.
    pub offset: u32,
    /// How many are listed at most; registries have a limit of their own.
    pub limit: Option<u32>,
}

/// Which associations of a resource are removed.
#[derive(Debug, Clone, Default)]
pub struct RemoveAssociations {
    /// What the resource is; `topic` where nothing is said.
    pub resource_type: Option<String>,
    /// What the subjects are to it; any where nothing is said.
    pub types: Vec<AssociationType>,
    /// The subjects that belong to the resource alone as well.
    pub cascade: bool,
    /// Only finds out whether it could be done.
    pub dry_run: bool,
}

impl Client {
    /// Lists the associations of a subject.
    pub async fn associations_of_subject(
        &self,
        subject: &str,
        list: &ListAssociations,
    ) -> Result<Vec<Association>> {
        let subject = self.subject(subject)?;
        let call = Call::get(&["associations", "subjects", &subject])?;
        self.json(listed(call, list)).await
    }

    /// Lists the associations of the resource with an id.
    pub async fn associations_of_resource(
        &self,
        id: &str,
        list: &ListAssociations,
    ) -> Result<Vec<Association>> {
        let call = Call::get(&["associations", "resources", id])?;
        self.json(listed(call, list)).await
    }

    /// Lists the associations of the resources with a name, in a namespace; `-` is any namespace.
    pub async fn associations_of_name(
        &self,
        namespace: &str,
        name: &str,
        list: &ListAssociations,
    ) -> Result<Vec<Association>> {
        let call = Call::get(&["associations", "resources", namespace, name])?;
        self.json(listed(call, list)).await
    }

    /// Makes associations of a resource, with the schemas that come with them: all of them or none.
    pub async fn associate(
        &self,
        request: &AssociationRequest,
        dry_run: bool,
    ) -> Result<AssociationResponse> {
        let call = Call::new(Method::POST, &["associations"], Repeat::Unsafe)?;
        let call = self.in_its_context(call).flag("dryRun", dry_run);
        self.json(call.json(request)?).await
    }

    /// Makes associations of the resource with an id, or changes them to what is asked for.
    pub async fn put_associations(
        &self,
        id: &str,
        request: &AssociationRequest,
        dry_run: bool,
    ) -> Result<AssociationResponse> {
        let call = Call::put(&["associations", "resources", id])?;
        let call = self.in_its_context(call).flag("dryRun", dry_run);
        self.json(call.json(request)?).await
    }

    /// Removes associations of the resource with an id.
    pub async fn dissociate(&self, id: &str, how: &RemoveAssociations) -> Result<()> {
        let call = Call::delete(&["associations", "resources", id])?
            .option("resourceType", how.resource_type.as_deref())
            .each("associationType", &spelled(&how.types))
            .flag("cascadeLifecycle", how.cascade)
            .flag("dryRun", how.dry_run);
        self.text(call).await.map(drop)
    }

    /// Reads the associations of several resources, with the newest versions of their subjects where that is asked for.
    pub async fn get_associations(
        &self,
        questions: &AssociationBatchGet,
        with_schemas: bool,
    ) -> Result<AssociationBatchResponse> {
        let call = Call::ask(&["associations"])?
            .action("batchGet")
            .flag("includeSchemas", with_schemas);
        self.json(call.json(questions)?).await
    }

    /// Makes, changes and removes associations of several resources, each resource by itself.
    pub async fn change_associations(
        &self,
        requests: &AssociationBatchRequest,
        dry_run: bool,
    ) -> Result<AssociationBatchResponse> {
        let call = Call::new(Method::POST, &["associations"], Repeat::Unsafe)?;
        let call = call.action("batchMutate");
        let call = self.in_its_context(call).flag("dryRun", dry_run);
        self.json(call.json(requests)?).await
    }

    /// Subjects that name no context live in the client's.
    fn in_its_context(&self, call: Call) -> Call {
        call.option("context", self.context_prefix())
    }
}

fn listed(call: Call, list: &ListAssociations) -> Call {
    let call = call
        .option("resourceType", list.resource_type.as_deref())
        .each("associationType", &spelled(&list.types))
        .option("lifecycle", list.lifecycle.map(|one| one.to_string()));
    super::versions::paged(call, list.offset, list.limit)
}

/// Values as a query has them.
pub(super) fn spelled<T: ToString>(values: &[T]) -> Vec<String> {
    values.iter().map(ToString::to_string).collect()
}
