//! Under which subject a schema is registered, and under which the schemas it refers to.

use std::{fmt, sync::Arc};

/// The part of a record that a schema is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// Its key.
    Key,
    /// Its value.
    Value,
}

impl Part {
    /// `key` or `value`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Value => "value",
        }
    }
}

type Custom = Arc<dyn Fn(&str, Part, Option<&str>) -> Option<String> + Send + Sync>;

/// How a subject is named after a topic and the full name of a record or message.
#[derive(Clone, Default)]
pub enum SubjectNames {
    /// `topic-key` or `topic-value`.
    #[default]
    Topic,
    /// The full name: one subject for each type, whatever the topic.
    Record,
    /// `topic-FullName`: several types in a topic, each with a history of its own there.
    TopicRecord,
    /// As a function of the topic, the part and the full name says; nothing where it cannot say.
    Custom(Custom),
}

impl SubjectNames {
    /// Names as a function says.
    pub fn custom(
        name: impl Fn(&str, Part, Option<&str>) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        Self::Custom(Arc::new(name))
    }

    /// The subject; nothing where the full name would be needed and the schema has none.
    ///
    /// ```
    /// use dovetail_client::wire::{Part, SubjectNames};
    ///
    /// let name = |names: SubjectNames| names.subject("orders", Part::Value, Some("shop.Order"));
    /// assert_eq!(name(SubjectNames::Topic).unwrap(), "orders-value");
    /// assert_eq!(name(SubjectNames::Record).unwrap(), "shop.Order");
    /// assert_eq!(name(SubjectNames::TopicRecord).unwrap(), "orders-shop.Order");
    /// assert_eq!(SubjectNames::Record.subject("orders", Part::Key, None), None);
    /// ```
    pub fn subject(&self, topic: &str, part: Part, full_name: Option<&str>) -> Option<String> {
        match self {
            Self::Topic => Some(format!("{topic}-{}", part.as_str())),
            Self::Record => full_name.map(str::to_owned),
            Self::TopicRecord => full_name.map(|name| format!("{topic}-{name}")),
            Self::Custom(name) => name(topic, part, full_name),
        }
    }
}

impl fmt::Debug for SubjectNames {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Topic => "Topic",
            Self::Record => "Record",
            Self::TopicRecord => "TopicRecord",
            Self::Custom(_) => "Custom",
        })
    }
}

/// How the subject of an imported Protobuf file is named after its path.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ReferenceNames {
    /// The path as the import writes it.
    #[default]
    Path,
    /// The path with dots for slashes and without `.proto`.
    Qualified,
}

impl ReferenceNames {
    /// The subject.
    ///
    /// ```
    /// use dovetail_client::wire::ReferenceNames;
    ///
    /// assert_eq!(ReferenceNames::Path.subject("shop/id.proto"), "shop/id.proto");
    /// assert_eq!(ReferenceNames::Qualified.subject("shop/id.proto"), "shop.id");
    /// ```
    pub fn subject(self, import: &str) -> String {
        match self {
            Self::Path => import.to_owned(),
            Self::Qualified => {
                let stem = import.strip_suffix(".proto").unwrap_or(import);
                stem.replace('/', ".")
            }
        }
    }
}
