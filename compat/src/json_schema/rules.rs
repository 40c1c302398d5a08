//! The table: every kind of difference between two JSON Schemas, whom it breaks, and the sentence for people.
//!
//! The walk reports what differs; here it says who minds. `IncompatibleIfStrict` marks what the lenient policy lets pass:
//! it takes properties that a schema does not mention for absent, not for arbitrary.
//!
//! Each row says why it breaks whom, or nobody, and where it breaks someone, what to do instead. Rows serve both directions,
//! so these texts speak of producers and consumers: going backward, consumers have the new schema and producers the old
//! one, or stored documents do; going forward, it is the other way round.
//!
//! A new row goes into its group with a case in `tests/cases/json_schema/`; a test misses it otherwise.

use crate::{Rule, Verdict};

macro_rules! rules {
    ($($(#[$note:meta])* $id:ident $verdict:ident $message:literal $why:literal $($instead:literal)?)*) => {
        $(
            $(#[$note])*
            pub(super) static $id: Rule = Rule {
                id: stringify!($id),
                verdict: Verdict::$verdict,
                message: $message,
                why: $why,
                instead: concat!($($instead)?),
            };
        )*

        /// Every row, in the order of the protocol's documentation.
        pub(crate) const RULES: &[&Rule] = &[$(&$id),*];
    };
}

rules! {
    // Labels.
    ID_CHANGED Compatible
        "the identifier at path '{path}' differs between the {reader} and the {writer} schema"
        "An identifier names a schema and constrains no document, so nobody breaks."
    DESCRIPTION_CHANGED Compatible
        "the description at path '{path}' differs between the {reader} and the {writer} schema"
        "A description is for people and constrains no document, so nobody breaks."
    TITLE_CHANGED Compatible
        "the title at path '{path}' differs between the {reader} and the {writer} schema"
        "A title is for people and constrains no document, so nobody breaks."
    DEFAULT_CHANGED Compatible
        "the default value at path '{path}' differs between the {reader} and the {writer} schema"
        "Validators do not fill in defaults, so the same documents stay valid. Code that does fill them in will see the other value."

    // Whole schemas and their types.
    SCHEMA_ADDED Incompatible
        "the {reader} schema constrains what the {writer} schema leaves open at path '{path}'"
        "Where one schema says nothing, producers may write anything. Consumers whose schema says something there reject what does not fit it."
        "Leave the place open, or describe it under a new name and let producers fill that first."
    SCHEMA_REMOVED Compatible
        "the {reader} schema leaves open what the {writer} schema constrains at path '{path}'"
        "Consumers that accept anything at a place accept what producers write there."
    TYPE_EXTENDED Compatible
        "the {reader} schema accepts all numbers where the {writer} schema has integers only, at path '{path}'"
        "Every integer is a number, so consumers that accept all numbers accept what producers write."
    TYPE_NARROWED Incompatible
        "the {reader} schema accepts integers only where the {writer} schema has all numbers, at path '{path}'"
        "Producers may write 0.5. Consumers that accept integers only reject it."
        "Keep `number`, or add a new property of type `integer` and move producers to it before the old one goes away."
    TYPE_CHANGED Incompatible
        "the {reader} schema at path '{path}' is of another type than the {writer} schema: {detail}"
        "Producers write values of one type, consumers expect another, and reject them."
        "Keep the type. Accept both with `\"type\": [\"old\", \"new\"]` (or `anyOf`) until every producer has moved, or add a property with the new type under a new name."

    // Strings.
    MAX_LENGTH_ADDED Incompatible
        "the {reader} schema adds the greatest length {detail} at path '{path}', which the {writer} schema does not have"
        "Producers know no limit and may write longer strings. Consumers with the limit reject those."
        "Do not limit what is in use: check it where the values are produced, or add a new property that has the limit from the start."
    MAX_LENGTH_REMOVED Compatible
        "the {reader} schema no longer has the greatest length {detail} of the {writer} schema at path '{path}'"
        "Without the limit consumers accept everything that producers with the limit write."
    MAX_LENGTH_INCREASED Compatible
        "the {reader} schema raises the greatest length at path '{path}' from {detail}"
        "Consumers accept more than before, and all that producers with the lower limit write."
    MAX_LENGTH_DECREASED Incompatible
        "the {reader} schema lowers the greatest length at path '{path}' from {detail}"
        "Producers may still write longer strings, up to the higher limit. Consumers with the lower limit reject those."
        "Keep the higher limit, or wait until no producer and no stored document needs it; a new property can have the lower one from the start."
    MIN_LENGTH_ADDED Incompatible
        "the {reader} schema adds the smallest length {detail} at path '{path}', which the {writer} schema does not have"
        "Producers know no limit and may write shorter strings. Consumers with the limit reject those."
        "Do not limit what is in use: check it where the values are produced, or add a new property that has the limit from the start."
    MIN_LENGTH_REMOVED Compatible
        "the {reader} schema no longer has the smallest length {detail} of the {writer} schema at path '{path}'"
        "Without the limit consumers accept everything that producers with the limit write."
    MIN_LENGTH_INCREASED Incompatible
        "the {reader} schema raises the smallest length at path '{path}' from {detail}"
        "Producers may still write shorter strings, down to the lower limit. Consumers with the higher limit reject those."
        "Keep the lower limit, or wait until no producer and no stored document needs it; a new property can have the higher one from the start."
    MIN_LENGTH_DECREASED Compatible
        "the {reader} schema lowers the smallest length at path '{path}' from {detail}"
        "Consumers accept more than before, and all that producers with the higher limit write."
    PATTERN_ADDED Incompatible
        "the {reader} schema adds the pattern {detail} at path '{path}', which the {writer} schema does not have"
        "Producers know no pattern and may write any string. Consumers with the pattern reject those that do not match."
        "Check the form where the values are produced, or add a new property that has the pattern from the start."
    PATTERN_REMOVED Compatible
        "the {reader} schema no longer has the pattern {detail} of the {writer} schema at path '{path}'"
        "Without the pattern consumers accept every string that producers write."
    PATTERN_CHANGED Incompatible
        "the {reader} schema has another pattern at path '{path}' than the {writer} schema: {detail}"
        "Producers write strings of one pattern, consumers expect another. Whether one includes the other is not looked into, so the change counts as breaking."
        "Accept both with `anyOf` of the two patterns, or add a property with the new pattern under a new name."

    // Numbers.
    MAXIMUM_ADDED Incompatible
        "the {reader} schema adds the maximum {detail} at path '{path}', which the {writer} schema does not have"
        "Producers know no limit and may write larger numbers. Consumers with the limit reject those."
        "Do not limit what is in use: check it where the values are produced, or add a new property that has the limit from the start."
    MAXIMUM_REMOVED Compatible
        "the {reader} schema no longer has the maximum {detail} of the {writer} schema at path '{path}'"
        "Without the limit consumers accept everything that producers with the limit write."
    MAXIMUM_INCREASED Compatible
        "the {reader} schema raises the maximum at path '{path}' from {detail}"
        "Consumers accept more than before, and all that producers with the lower limit write."
    MAXIMUM_DECREASED Incompatible
        "the {reader} schema lowers the maximum at path '{path}' from {detail}"
        "Producers may still write larger numbers, up to the higher limit. Consumers with the lower limit reject those."
        "Keep the higher limit, or wait until no producer and no stored document needs it; a new property can have the lower one from the start."
    MINIMUM_ADDED Incompatible
        "the {reader} schema adds the minimum {detail} at path '{path}', which the {writer} schema does not have"
        "Producers know no limit and may write smaller numbers. Consumers with the limit reject those."
        "Do not limit what is in use: check it where the values are produced, or add a new property that has the limit from the start."
    MINIMUM_REMOVED Compatible
        "the {reader} schema no longer has the minimum {detail} of the {writer} schema at path '{path}'"
        "Without the limit consumers accept everything that producers with the limit write."
    MINIMUM_INCREASED Incompatible
        "the {reader} schema raises the minimum at path '{path}' from {detail}"
        "Producers may still write smaller numbers, down to the lower limit. Consumers with the higher limit reject those."
        "Keep the lower limit, or wait until no producer and no stored document needs it; a new property can have the higher one from the start."
    MINIMUM_DECREASED Compatible
        "the {reader} schema lowers the minimum at path '{path}' from {detail}"
        "Consumers accept more than before, and all that producers with the higher limit write."
    EXCLUSIVE_MAXIMUM_ADDED Incompatible
        "the {reader} schema adds the exclusive maximum {detail} at path '{path}', which the {writer} schema does not have"
        "Producers know no limit and may write numbers at or above the limit. Consumers with the limit reject those."
        "Do not limit what is in use: check it where the values are produced, or add a new property that has the limit from the start."
    EXCLUSIVE_MAXIMUM_REMOVED Compatible
        "the {reader} schema no longer has the exclusive maximum {detail} of the {writer} schema at path '{path}'"
        "Without the limit consumers accept everything that producers with the limit write."
    EXCLUSIVE_MAXIMUM_INCREASED Compatible
        "the {reader} schema raises the exclusive maximum at path '{path}' from {detail}"
        "Consumers accept more than before, and all that producers with the lower limit write."
    EXCLUSIVE_MAXIMUM_DECREASED Incompatible
        "the {reader} schema lowers the exclusive maximum at path '{path}' from {detail}"
        "Producers may still write numbers at or above the limit, up to the higher limit. Consumers with the lower limit reject those."
        "Keep the higher limit, or wait until no producer and no stored document needs it; a new property can have the lower one from the start."
    EXCLUSIVE_MINIMUM_ADDED Incompatible
        "the {reader} schema adds the exclusive minimum {detail} at path '{path}', which the {writer} schema does not have"
        "Producers know no limit and may write numbers at or below the limit. Consumers with the limit reject those."
        "Do not limit what is in use: check it where the values are produced, or add a new property that has the limit from the start."
    EXCLUSIVE_MINIMUM_REMOVED Compatible
        "the {reader} schema no longer has the exclusive minimum {detail} of the {writer} schema at path '{path}'"
        "Without the limit consumers accept everything that producers with the limit write."
    EXCLUSIVE_MINIMUM_INCREASED Incompatible
        "the {reader} schema raises the exclusive minimum at path '{path}' from {detail}"
        "Producers may still write numbers at or below the limit, down to the lower limit. Consumers with the higher limit reject those."
        "Keep the lower limit, or wait until no producer and no stored document needs it; a new property can have the higher one from the start."
    EXCLUSIVE_MINIMUM_DECREASED Compatible
        "the {reader} schema lowers the exclusive minimum at path '{path}' from {detail}"
        "Consumers accept more than before, and all that producers with the higher limit write."
    MULTIPLE_OF_ADDED Incompatible
        "the {reader} schema adds the factor {detail} at path '{path}', which the {writer} schema does not have"
        "Producers may write any number. Consumers with the factor reject those that are no multiple of it."
        "Check the factor where the numbers are produced, or add a new property that has it from the start."
    MULTIPLE_OF_REMOVED Compatible
        "the {reader} schema no longer has the factor {detail} of the {writer} schema at path '{path}'"
        "Without the factor consumers accept every number that producers write."
    MULTIPLE_OF_EXPANDED Incompatible
        "the factor of the {reader} schema at path '{path}' is a multiple of that of the {writer} schema: {detail}"
        "Producers may write multiples of the smaller factor, such as the factor itself. Consumers with the larger one reject them."
        "Keep the smaller factor: what is a multiple of the larger one fits it as well."
    MULTIPLE_OF_REDUCED Compatible
        "the factor of the {reader} schema at path '{path}' divides that of the {writer} schema: {detail}"
        "Every multiple of the larger factor is one of the smaller, so consumers accept what producers write."
    MULTIPLE_OF_CHANGED Incompatible
        "the factors of the {reader} and the {writer} schema at path '{path}' do not divide each other: {detail}"
        "Producers write multiples of one factor, and few of them are multiples of the other, which consumers expect."
        "Use a factor that divides both, or add a property with the new factor under a new name."

    // Objects.
    REQUIRED_ATTRIBUTE_ADDED Incompatible
        "the {reader} schema requires the property '{detail}' at path '{path}' without a default, where it is optional in the {writer} schema"
        "Producers may leave the property out, and stored documents without it exist. Consumers that require it reject those."
        "Keep it optional and treat its absence in the code, or give it a `default` that consumers fill in."
    REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED Compatible
        "the {reader} schema requires the property '{detail}' at path '{path}', with a default, where it is optional in the {writer} schema"
        "Consumers are expected to fill in the default where the property is missing. A validator alone does not, and rejects the document."
    REQUIRED_ATTRIBUTE_REMOVED Compatible
        "the {reader} schema no longer requires the property '{detail}' at path '{path}', as the {writer} schema does"
        "Consumers that do not require a property accept documents that have it."
    MAX_PROPERTIES_ADDED Incompatible
        "the {reader} schema adds the greatest number of properties {detail} at path '{path}', which the {writer} schema does not have"
        "Producers know no limit and may write objects with more properties. Consumers with the limit reject those."
        "Do not limit what is in use: check it where the values are produced, or add a new property that has the limit from the start."
    MAX_PROPERTIES_REMOVED Compatible
        "the {reader} schema no longer has the greatest number of properties {detail} of the {writer} schema at path '{path}'"
        "Without the limit consumers accept everything that producers with the limit write."
    MAX_PROPERTIES_INCREASED Compatible
        "the {reader} schema raises the greatest number of properties at path '{path}' from {detail}"
        "Consumers accept more than before, and all that producers with the lower limit write."
    MAX_PROPERTIES_DECREASED Incompatible
        "the {reader} schema lowers the greatest number of properties at path '{path}' from {detail}"
        "Producers may still write objects with more properties, up to the higher limit. Consumers with the lower limit reject those."
        "Keep the higher limit, or wait until no producer and no stored document needs it; a new property can have the lower one from the start."
    MIN_PROPERTIES_ADDED Incompatible
        "the {reader} schema adds the smallest number of properties {detail} at path '{path}', which the {writer} schema does not have"
        "Producers know no limit and may write objects with fewer properties. Consumers with the limit reject those."
        "Do not limit what is in use: check it where the values are produced, or add a new property that has the limit from the start."
    MIN_PROPERTIES_REMOVED Compatible
        "the {reader} schema no longer has the smallest number of properties {detail} of the {writer} schema at path '{path}'"
        "Without the limit consumers accept everything that producers with the limit write."
    MIN_PROPERTIES_INCREASED Incompatible
        "the {reader} schema raises the smallest number of properties at path '{path}' from {detail}"
        "Producers may still write objects with fewer properties, down to the lower limit. Consumers with the higher limit reject those."
        "Keep the lower limit, or wait until no producer and no stored document needs it; a new property can have the higher one from the start."
    MIN_PROPERTIES_DECREASED Compatible
        "the {reader} schema lowers the smallest number of properties at path '{path}' from {detail}"
        "Consumers accept more than before, and all that producers with the higher limit write."
    ADDITIONAL_PROPERTIES_ADDED Compatible
        "the {reader} schema permits the additional properties at path '{path}' that the {writer} schema forbids"
        "Consumers accept properties that producers never write."
    ADDITIONAL_PROPERTIES_REMOVED IncompatibleIfStrict
        "the {reader} schema forbids the additional properties at path '{path}' that the {writer} schema permits"
        "Producers may add properties of any name. Consumers that forbid those reject the document. The lenient policy assumes that nobody adds any."
        "Leave the schema open, or describe every property in use before it is closed, and use the lenient policy if producers never add others."
    ADDITIONAL_PROPERTIES_EXTENDED Compatible
        "the {reader} schema permits any additional properties at path '{path}', the {writer} schema only those of one schema"
        "Consumers accept any additional property, also those of the schema that producers keep to."
    ADDITIONAL_PROPERTIES_NARROWED IncompatibleIfStrict
        "the {reader} schema permits only additional properties of one schema at path '{path}', the {writer} schema any"
        "Producers may add properties with any value. Consumers reject those whose value does not fit their schema for additional properties. The lenient policy assumes that nobody adds any."
        "Leave additional properties open, or describe each of them under `properties` instead."
    DEPENDENCY_ARRAY_ADDED Incompatible
        "the {reader} schema asks for other properties beside '{detail}' at path '{path}', which the {writer} schema does not"
        "Producers may write the property alone. Consumers that ask for others beside it reject the document."
        "Leave the others optional and check their presence in the code, or put them together into one new object property that requires all of them."
    DEPENDENCY_ARRAY_REMOVED Compatible
        "the {reader} schema no longer asks for other properties beside '{detail}' at path '{path}', as the {writer} schema does"
        "Consumers no longer mind whether other properties stand beside this one."
    DEPENDENCY_ARRAY_EXTENDED Incompatible
        "the {reader} schema asks for more properties beside '{detail}' at path '{path}' than the {writer} schema"
        "Producers may write the property with fewer others beside it than consumers ask for."
        "Keep the shorter list, or put the properties together into one new object property that requires all of them."
    DEPENDENCY_ARRAY_NARROWED Compatible
        "the {reader} schema asks for fewer properties beside '{detail}' at path '{path}' than the {writer} schema"
        "Consumers ask for fewer properties than producers write beside this one."
    DEPENDENCY_ARRAY_CHANGED Incompatible
        "the {reader} schema asks for different properties beside '{detail}' at path '{path}' than the {writer} schema"
        "Producers write other properties beside this one than consumers ask for."
        "Ask only for those that both lists have, or put the properties together into one new object property that requires all of them."
    DEPENDENCY_SCHEMA_ADDED Incompatible
        "the {reader} schema makes the property '{detail}' at path '{path}' bring a schema with it, which the {writer} schema does not"
        "Producers may write the property in any document. Consumers reject those that do not fit the schema it brings with it."
        "Leave the property without it, or put what belongs together into one new object property with a schema of its own."
    DEPENDENCY_SCHEMA_REMOVED Compatible
        "the property '{detail}' at path '{path}' no longer brings a schema with it in the {reader} schema, as it does in the {writer} schema"
        "Consumers no longer hold documents with the property against a further schema."

    // The three of these groups that are never reported stay, because the protocol knows their names: this one was split into
    // the four that follow it.
    PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL Incompatible
        "the {reader} schema adds the property '{detail}' at path '{path}', for which the {writer} schema accepts anything"
        "Producers may already write anything under this name. Consumers reject what does not fit the new description."
        "Add the property with an empty schema (`{}`). Schemas that are closed (`additionalProperties: false`) from their first version on do not have this problem."
    REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL Incompatible
        "the {reader} schema requires the property '{detail}' at path '{path}' without a default, and the {writer} schema accepts anything there, or nothing"
        "Producers may leave the property out, and may already write anything under this name. Consumers reject both."
        "Add it as an optional property; with a `default` it may be required under the lenient policy."
    REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL IncompatibleIfStrict
        "the {reader} schema requires the property '{detail}' at path '{path}', with a default, and the {writer} schema accepts anything there"
        "Producers may already write anything under this name. Consumers reject what does not fit the description. The lenient policy assumes that nobody uses the name."
        "Choose a name that is surely unused and allow it with the lenient policy, or add the property with an empty schema (`{}`)."
    OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL IncompatibleIfStrict
        "the {reader} schema describes the property '{detail}' at path '{path}', for which the {writer} schema accepts anything"
        "Producers may already write anything under this name. Consumers reject what does not fit the description. The lenient policy assumes that nobody uses the name."
        "Choose a name that is surely unused and allow it with the lenient policy, or add it with an empty schema (`{}`). Schemas that are closed (`additionalProperties: false`) from their first version on do not have this problem."
    PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL Compatible
        "the {reader} schema adds the property '{detail}' at path '{path}' and accepts anything there, as the {writer} schema does"
        "The property accepts anything, as did the open schema before. If it is required, documents without it are rejected all the same; the reference does not look at that."
    REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL Incompatible
        "the {reader} schema requires the property '{detail}' at path '{path}' without a default, and the {writer} schema does not have it"
        "Producers cannot write the property, as their schema does not have it. Consumers that require it reject every document."
        "Add it as an optional property, or give it a `default` that consumers fill in."
    REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL Compatible
        "the {reader} schema requires the property '{detail}' at path '{path}', with a default, and the {writer} schema does not have it"
        "Consumers are expected to fill in the default where the property is missing. A validator alone does not, and rejects the document."
    OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL Compatible
        "the {reader} schema adds the optional property '{detail}' at path '{path}', which the {writer} schema does not have"
        "Producers cannot write the property, and consumers do not ask for it."
    PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL Compatible
        "the {reader} schema accepts anything for the property '{detail}' at path '{path}' that the {writer} schema describes"
        "Consumers accept anything under names they do not describe."
    PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL Compatible
        "the {reader} schema does not have the property '{detail}' at path '{path}', which the {writer} schema forbids anyway"
        "Nobody may write the property in either schema."
    PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL IncompatibleIfStrict
        "the {reader} schema does not permit the property '{detail}' at path '{path}' that the {writer} schema has"
        "Producers may write the property. Consumers whose schema is closed and does not have it reject the document. The lenient policy assumes that nobody writes it any more."
        "Keep the property as optional (`\"deprecated\": true` says that it goes away), or open the schema before it is removed."
    PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL Compatible
        "the property '{detail}' at path '{path}' of the {writer} schema is covered by what the {reader} schema says of other properties"
        "What consumers say of other properties accepts all that producers write here."
    PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL IncompatibleIfStrict
        "the property '{detail}' at path '{path}' of the {writer} schema is not covered by what the {reader} schema says of other properties"
        "Consumers hold the property against what they say of other properties, which does not accept all that producers write."
        "Keep the property, or widen `additionalProperties` or the matching pattern so that it accepts its values."
    PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL Compatible
        "the property '{detail}' at path '{path}' of the {reader} schema covers what the {writer} schema says of other properties"
        "The property accepts all that producers may write under this name."
    PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL IncompatibleIfStrict
        "the property '{detail}' at path '{path}' of the {reader} schema does not cover what the {writer} schema says of other properties"
        "Producers may already write other values under this name, which their schema for other properties allows. Consumers reject them."
        "Give the property a schema that accepts all that `additionalProperties` or the matching pattern allows, or choose a name that these do not allow."

    // These two belong to the check of reserved fields (`validateFields`), which is not part of the walk.
    RESERVED_PROPERTY_REMOVED Incompatible
        "the {reader} schema no longer reserves the property '{detail}' that the {writer} schema reserves"
        "A reserved name that is free again may be given another meaning, while old documents that use it still exist."
        "Keep the name in the list of reserved properties."
    RESERVED_PROPERTY_CONFLICTS_WITH_PROPERTY Incompatible
        "the {reader} schema has the property '{detail}' at path '{path}', which is reserved"
        "The name was reserved because older documents use it with another meaning. Consumers would read those wrongly or reject them."
        "Choose another name for the property."
    UNEVALUATED_PROPERTIES_ADDED Compatible
        "the {reader} schema permits the unevaluated properties at path '{path}' that the {writer} schema forbids"
        "Consumers accept properties that producers never write."
    UNEVALUATED_PROPERTIES_REMOVED IncompatibleIfStrict
        "the {reader} schema forbids the unevaluated properties at path '{path}' that the {writer} schema permits"
        "Producers may add properties that nothing describes. Consumers that forbid those reject the document. The lenient policy assumes that nobody adds any."
        "Leave the schema open, or describe every property in use before it is closed, and use the lenient policy if producers never add others."
    UNEVALUATED_PROPERTIES_EXTENDED Compatible
        "the {reader} schema says less of unevaluated properties at path '{path}' than the {writer} schema"
        "Consumers say less of properties that nothing describes, and accept all that producers add."
    UNEVALUATED_PROPERTIES_NARROWED IncompatibleIfStrict
        "the {reader} schema says more of unevaluated properties at path '{path}' than the {writer} schema"
        "Producers may add properties with any value. Consumers reject those that do not fit what they say of unevaluated properties. The lenient policy assumes that nobody adds any."
        "Leave unevaluated properties open, or describe each of them under `properties` instead."

    // Arrays.
    MAX_ITEMS_ADDED Incompatible
        "the {reader} schema adds the greatest number of items {detail} at path '{path}', which the {writer} schema does not have"
        "Producers know no limit and may write arrays with more items. Consumers with the limit reject those."
        "Do not limit what is in use: check it where the values are produced, or add a new property that has the limit from the start."
    MAX_ITEMS_REMOVED Compatible
        "the {reader} schema no longer has the greatest number of items {detail} of the {writer} schema at path '{path}'"
        "Without the limit consumers accept everything that producers with the limit write."
    MAX_ITEMS_INCREASED Compatible
        "the {reader} schema raises the greatest number of items at path '{path}' from {detail}"
        "Consumers accept more than before, and all that producers with the lower limit write."
    MAX_ITEMS_DECREASED Incompatible
        "the {reader} schema lowers the greatest number of items at path '{path}' from {detail}"
        "Producers may still write arrays with more items, up to the higher limit. Consumers with the lower limit reject those."
        "Keep the higher limit, or wait until no producer and no stored document needs it; a new property can have the lower one from the start."
    MIN_ITEMS_ADDED Incompatible
        "the {reader} schema adds the smallest number of items {detail} at path '{path}', which the {writer} schema does not have"
        "Producers know no limit and may write arrays with fewer items. Consumers with the limit reject those."
        "Do not limit what is in use: check it where the values are produced, or add a new property that has the limit from the start."
    MIN_ITEMS_REMOVED Compatible
        "the {reader} schema no longer has the smallest number of items {detail} of the {writer} schema at path '{path}'"
        "Without the limit consumers accept everything that producers with the limit write."
    MIN_ITEMS_INCREASED Incompatible
        "the {reader} schema raises the smallest number of items at path '{path}' from {detail}"
        "Producers may still write arrays with fewer items, down to the lower limit. Consumers with the higher limit reject those."
        "Keep the lower limit, or wait until no producer and no stored document needs it; a new property can have the higher one from the start."
    MIN_ITEMS_DECREASED Compatible
        "the {reader} schema lowers the smallest number of items at path '{path}' from {detail}"
        "Consumers accept more than before, and all that producers with the higher limit write."
    MAX_CONTAINS_ADDED Incompatible
        "the {reader} schema adds the greatest number of items of a kind {detail} at path '{path}', which the {writer} schema does not have"
        "Producers know no limit and may write arrays with more items of that kind. Consumers with the limit reject those."
        "Do not limit what is in use: check it where the values are produced, or add a new property that has the limit from the start."
    MAX_CONTAINS_REMOVED Compatible
        "the {reader} schema no longer has the greatest number of items of a kind {detail} of the {writer} schema at path '{path}'"
        "Without the limit consumers accept everything that producers with the limit write."
    MAX_CONTAINS_INCREASED Compatible
        "the {reader} schema raises the greatest number of items of a kind at path '{path}' from {detail}"
        "Consumers accept more than before, and all that producers with the lower limit write."
    MAX_CONTAINS_DECREASED Incompatible
        "the {reader} schema lowers the greatest number of items of a kind at path '{path}' from {detail}"
        "Producers may still write arrays with more items of that kind, up to the higher limit. Consumers with the lower limit reject those."
        "Keep the higher limit, or wait until no producer and no stored document needs it; a new property can have the lower one from the start."
    MIN_CONTAINS_ADDED Incompatible
        "the {reader} schema adds the smallest number of items of a kind {detail} at path '{path}', which the {writer} schema does not have"
        "Producers know no limit and may write arrays with fewer items of that kind. Consumers with the limit reject those."
        "Do not limit what is in use: check it where the values are produced, or add a new property that has the limit from the start."
    MIN_CONTAINS_REMOVED Compatible
        "the {reader} schema no longer has the smallest number of items of a kind {detail} of the {writer} schema at path '{path}'"
        "Without the limit consumers accept everything that producers with the limit write."
    MIN_CONTAINS_INCREASED Incompatible
        "the {reader} schema raises the smallest number of items of a kind at path '{path}' from {detail}"
        "Producers may still write arrays with fewer items of that kind, down to the lower limit. Consumers with the higher limit reject those."
        "Keep the lower limit, or wait until no producer and no stored document needs it; a new property can have the higher one from the start."
    MIN_CONTAINS_DECREASED Compatible
        "the {reader} schema lowers the smallest number of items of a kind at path '{path}' from {detail}"
        "Consumers accept more than before, and all that producers with the higher limit write."
    UNIQUE_ITEMS_ADDED Incompatible
        "the {reader} schema wants unique items at path '{path}', the {writer} schema does not"
        "Producers may write the same item twice. Consumers that want unique items reject the array."
        "Remove duplicates in the code that reads, or add a new property that wants unique items from the start."
    UNIQUE_ITEMS_REMOVED Compatible
        "the {reader} schema does not want unique items at path '{path}', the {writer} schema does"
        "Consumers accept arrays with and without duplicates."
    ADDITIONAL_ITEMS_ADDED Compatible
        "the {reader} schema permits the additional items at path '{path}' that the {writer} schema forbids"
        "Consumers accept items that producers never write."
    ADDITIONAL_ITEMS_REMOVED Incompatible
        "the {reader} schema forbids the additional items at path '{path}' that the {writer} schema permits"
        "Producers may write more items than are described. Consumers that forbid those reject the array."
        "Leave the array open and ignore what is further back, or add a closed one as a new property."
    ADDITIONAL_ITEMS_EXTENDED Compatible
        "the {reader} schema permits any additional items at path '{path}', the {writer} schema only those of one schema"
        "Consumers accept any additional item, also those of the schema that producers keep to."
    ADDITIONAL_ITEMS_NARROWED Incompatible
        "the {reader} schema permits only additional items of one schema at path '{path}', the {writer} schema any"
        "Producers may write additional items of any kind. Consumers reject those that do not fit their schema."
        "Leave additional items open, or add a new property whose items have the schema from the start."
    UNEVALUATED_ITEMS_ADDED Compatible
        "the {reader} schema permits the unevaluated items at path '{path}' that the {writer} schema forbids"
        "Consumers accept items that producers never write."
    UNEVALUATED_ITEMS_REMOVED Incompatible
        "the {reader} schema forbids the unevaluated items at path '{path}' that the {writer} schema permits"
        "Producers may write more items than are described. Consumers that forbid those reject the array."
        "Leave the array open and ignore what is further back, or add a closed one as a new property."
    UNEVALUATED_ITEMS_EXTENDED Compatible
        "the {reader} schema says less of unevaluated items at path '{path}' than the {writer} schema"
        "Consumers say less of items that nothing describes, and accept all that producers write."
    UNEVALUATED_ITEMS_NARROWED Incompatible
        "the {reader} schema says more of unevaluated items at path '{path}' than the {writer} schema"
        "Producers may write further items of any kind. Consumers reject those that do not fit what they say of unevaluated items."
        "Leave unevaluated items open, or add a new property whose items have the schema from the start."
    ITEM_ADDED_TO_OPEN_CONTENT_MODEL Incompatible
        "the {reader} schema describes item {detail} at path '{path}', for which the {writer} schema accepts anything"
        "Producers may already write anything at this position. Consumers reject what does not fit the new description."
        "Add the item with an empty schema (`{}`). Arrays that are closed from their first version on do not have this problem."
    ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL Compatible
        "the {reader} schema adds item {detail} at path '{path}' and accepts anything there, as the {writer} schema does"
        "The item accepts anything, as did the open array before."
    ITEM_ADDED_TO_CLOSED_CONTENT_MODEL Compatible
        "the {reader} schema adds item {detail} at path '{path}', which the {writer} schema does not permit"
        "Producers cannot write the item, and consumers accept shorter arrays."
    ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL Compatible
        "the {reader} schema accepts anything for item {detail} at path '{path}' that the {writer} schema describes"
        "Consumers accept anything at positions they do not describe."
    ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL Compatible
        "the {reader} schema does not have item {detail} at path '{path}', which the {writer} schema forbids anyway"
        "Nobody may write the item in either schema."
    ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL Incompatible
        "the {reader} schema does not permit item {detail} at path '{path}' that the {writer} schema has"
        "Producers may write the item. Consumers whose array ends before it reject the array."
        "Keep the item and ignore it, or open the array before it is removed."
    ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL Compatible
        "item {detail} at path '{path}' of the {writer} schema is covered by what the {reader} schema says of other items"
        "What consumers say of further items accepts all that producers write here."
    ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL Incompatible
        "item {detail} at path '{path}' of the {writer} schema is not covered by what the {reader} schema says of other items"
        "Consumers hold the item against what they say of further items, which does not accept all that producers write."
        "Keep the item, or widen the schema for further items so that it accepts its values."
    ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL Compatible
        "item {detail} at path '{path}' of the {reader} schema covers what the {writer} schema says of other items"
        "The item accepts all that producers may write at this position."
    ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL Incompatible
        "item {detail} at path '{path}' of the {reader} schema does not cover what the {writer} schema says of other items"
        "Producers may already write other values at this position, which their schema for further items allows. Consumers reject them."
        "Give the item a schema that accepts all that the schema for further items allows."

    // Values.
    ENUM_ARRAY_EXTENDED Compatible
        "the {reader} schema permits more values at path '{path}' than the {writer} schema"
        "Consumers accept more values than producers write."
    ENUM_ARRAY_NARROWED Incompatible
        "the {reader} schema permits fewer values at path '{path}' than the {writer} schema"
        "Producers may write a value that consumers no longer permit, and stored documents have it."
        "Keep the value in the list and stop producing it first; remove it when no stored document has it."
    ENUM_ARRAY_CHANGED Incompatible
        "the {reader} schema permits different values at path '{path}' than the {writer} schema"
        "Producers may write a value that consumers do not permit."
        "Add values without removing any: keep the old ones beside the new until nobody writes them and no stored document has them."

    // Combinations.
    COMBINED_TYPE_EXTENDED Compatible
        "the {reader} schema combines its members at path '{path}' more loosely than the {writer} schema: {detail}"
        "The combination that consumers use accepts whatever fulfils that of the producers."
    COMBINED_TYPE_CHANGED Incompatible
        "the {reader} schema combines its members at path '{path}' differently from the {writer} schema: {detail}"
        "The combination that consumers use may reject what fulfils that of the producers: `allOf` wants every member to hold, `oneOf` exactly one, `anyOf` at least one."
        "Keep the keyword, or change to `anyOf`, which accepts what the other two accept."
    PRODUCT_TYPE_EXTENDED Incompatible
        "the {reader} schema wants more schemas to hold together at path '{path}' than the {writer} schema"
        "Producers write documents that fulfil fewer schemas. Consumers reject those that do not fulfil the one that was added."
        "Keep the list of `allOf`, or describe what is new as an optional property in one of its members."
    PRODUCT_TYPE_NARROWED Compatible
        "the {reader} schema wants fewer schemas to hold together at path '{path}' than the {writer} schema"
        "Consumers ask for fewer schemas to hold than producers fulfil."
    SUM_TYPE_EXTENDED Compatible
        "the {reader} schema offers more alternatives at path '{path}' than the {writer} schema"
        "Consumers offer the alternatives that producers use, and more."
    SUM_TYPE_NARROWED Incompatible
        "the {reader} schema offers fewer alternatives at path '{path}' than the {writer} schema"
        "Producers may use an alternative that consumers no longer have."
        "Keep the alternative and stop producing it first; remove it when no stored document uses it."
    COMBINED_TYPE_SUBSCHEMAS_CHANGED Incompatible
        "the member {detail} of the {writer} schema at path '{path}' has no compatible partner of its own in the {reader} schema"
        "A member that producers may fulfil has no counterpart of its own at the consumers, so what they write with it may be rejected."
        "Add members without changing the present ones, and change a member only in ways that are compatible by themselves."
    NOT_TYPE_EXTENDED Incompatible
        "the {reader} schema excludes more at path '{path}' than the {writer} schema"
        "Consumers exclude documents that producers may still write."
        "Exclude no more than before; check what should no longer be written where it is produced."
    NOT_TYPE_NARROWED Compatible
        "the {reader} schema excludes no more at path '{path}' than the {writer} schema"
        "Consumers exclude no more than producers do."
}
