//! Everything that a schema refers to, in an order in which it can be read.

use std::{collections::HashSet, pin::Pin, sync::Arc};

use dovetail_model::{Reference, Version};

use super::{KnownSchema, NamedSchema, ResolvedSchema, Schemas};
use crate::error::{Error, Kind, Result};

/// How deep references may go, which also ends what goes in circles.
const MAX_DEPTH: usize = 64;
/// How many schemas one may need.
const MAX_SCHEMAS: usize = 1000;

/// What was found so far.
#[derive(Default)]
struct Walk {
    seen: HashSet<(String, String, i32)>,
    found: Vec<NamedSchema>,
}

impl Schemas {
    /// A schema with everything that its references lead to. Each of them is remembered by itself.
    pub async fn resolve(&self, schema: Arc<KnownSchema>) -> Result<ResolvedSchema> {
        let mut walk = Walk::default();
        self.within(&schema)
            .walk(&schema.references, &mut walk, 0)
            .await?;
        Ok(ResolvedSchema {
            schema,
            references: walk.found,
        })
    }

    fn walk<'a>(
        &'a self,
        references: &'a [Reference],
        walk: &'a mut Walk,
        depth: usize,
    ) -> Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>> {
        Box::pin(async move {
            for reference in references {
                let identity = (
                    reference.name.clone(),
                    reference.subject.clone(),
                    reference.version,
                );
                if !walk.seen.insert(identity) {
                    continue;
                }
                if depth == MAX_DEPTH || walk.seen.len() > MAX_SCHEMAS {
                    return Err(too_far(reference));
                }
                let schema = self.referenced(reference).await?;
                let inside = self.within(&schema);
                inside.walk(&schema.references, walk, depth + 1).await?;
                let name = reference.name.clone();
                walk.found.push(NamedSchema { name, schema });
            }
            Ok(())
        })
    }

    async fn referenced(&self, reference: &Reference) -> Result<Arc<KnownSchema>> {
        match Version::new(reference.version.into()) {
            Some(version) => self.version(&reference.subject, version).await,
            None => self.latest(&reference.subject).await,
        }
    }

    /// The context of a schema, in which its references live where they do not say otherwise.
    fn within(&self, schema: &KnownSchema) -> Self {
        let qualified = schema.subject.as_deref().and_then(|subject| {
            let (context, _) = subject.strip_prefix(":.")?.split_once(':')?;
            Some(context)
        });
        match qualified {
            Some(context) => Self {
                client: self.client.in_context(context),
                cache: Arc::clone(&self.cache),
            },
            None => self.clone(),
        }
    }
}

fn too_far(reference: &Reference) -> Error {
    Error::new(Kind::Answer(format!(
        "references that lead too far, over {:?} to version {} of subject {:?}",
        reference.name, reference.version, reference.subject
    )))
}
