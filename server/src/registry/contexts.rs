//! Contexts: which there are, and deleting one that is empty.

use dovetail_model::Context;

use super::{Registry, RegistryError, Result};
use crate::core::{ChangeKind, Decision, Mutation, View};

impl Registry {
    /// Every context that was written to, sorted, whose name with its dot begins like this. The default one is always there.
    pub async fn contexts(&self, prefix: &str) -> Result<Vec<Context>> {
        let view = self.view().await?;
        let others = view
            .contexts()
            .filter(|(context, slot)| !context.is_default() && slot.exists())
            .map(|(context, _)| context.clone());
        Ok(std::iter::once(Context::default())
            .chain(others)
            .filter(|context| context.as_str().starts_with(prefix))
            .collect())
    }

    /// Deletes a context in which there is nothing but settings. One that is not there is as good as deleted.
    pub async fn delete_context(&self, context: &Context) -> Result<()> {
        if context.is_default() || context.is_global() {
            return Err(RegistryError::OperationNotPermitted(format!(
                "The context {context} is always there and cannot be deleted"
            )));
        }
        let context = context.clone();
        let decide = move |view: &View| match view.context(&context) {
            Some(slot) if slot.has_versions() => {
                Err(RegistryError::ContextNotEmpty(context.clone()))
            }
            Some(slot) if slot.exists() => {
                let kind = ChangeKind::ContextDeleted {
                    context: context.clone(),
                };
                Ok(Decision::Write(
                    vec![Mutation {
                        kind,
                        content: None,
                    }],
                    (),
                ))
            }
            _ => Ok(Decision::Keep(())),
        };
        self.committer
            .submit(move |moment| decide(moment.view))
            .await
    }
}
