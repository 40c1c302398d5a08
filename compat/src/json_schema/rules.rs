//! The table: every kind of difference between two JSON Schemas, whom it breaks, and the sentence for people.
//!
//! The walk reports what differs; here it says who minds. `IncompatibleIfStrict` marks what the lenient policy lets pass:
//! it takes properties that a schema does not mention for absent, not for arbitrary.
//!
//! A new row goes into its group with a case in `tests/cases/json_schema/`; a test misses it otherwise.

use crate::{Rule, Verdict};

macro_rules! rules {
    ($($(#[$note:meta])* $id:ident $verdict:ident $message:literal)*) => {
        $(
            $(#[$note])*
            pub(super) static $id: Rule = Rule {
                id: stringify!($id),
                verdict: Verdict::$verdict,
                message: $message,
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
    DESCRIPTION_CHANGED Compatible
        "the description at path '{path}' differs between the {reader} and the {writer} schema"
    TITLE_CHANGED Compatible
        "the title at path '{path}' differs between the {reader} and the {writer} schema"
    DEFAULT_CHANGED Compatible
        "the default value at path '{path}' differs between the {reader} and the {writer} schema"

    // Whole schemas and their types.
    SCHEMA_ADDED Incompatible
        "the {reader} schema constrains what the {writer} schema leaves open at path '{path}'"
    SCHEMA_REMOVED Compatible
        "the {reader} schema leaves open what the {writer} schema constrains at path '{path}'"
    TYPE_EXTENDED Compatible
        "the {reader} schema accepts all numbers where the {writer} schema has integers only, at path '{path}'"
    TYPE_NARROWED Incompatible
        "the {reader} schema accepts integers only where the {writer} schema has all numbers, at path '{path}'"
    TYPE_CHANGED Incompatible
        "the {reader} schema at path '{path}' is of another type than the {writer} schema: {detail}"

    // Strings.
    MAX_LENGTH_ADDED Incompatible
        "the {reader} schema adds the greatest length {detail} at path '{path}', which the {writer} schema does not have"
    MAX_LENGTH_REMOVED Compatible
        "the {reader} schema no longer has the greatest length {detail} of the {writer} schema at path '{path}'"
    MAX_LENGTH_INCREASED Compatible
        "the {reader} schema raises the greatest length at path '{path}' from {detail}"
    MAX_LENGTH_DECREASED Incompatible
        "the {reader} schema lowers the greatest length at path '{path}' from {detail}"
    MIN_LENGTH_ADDED Incompatible
        "the {reader} schema adds the smallest length {detail} at path '{path}', which the {writer} schema does not have"
    MIN_LENGTH_REMOVED Compatible
        "the {reader} schema no longer has the smallest length {detail} of the {writer} schema at path '{path}'"
    MIN_LENGTH_INCREASED Incompatible
        "the {reader} schema raises the smallest length at path '{path}' from {detail}"
    MIN_LENGTH_DECREASED Compatible
        "the {reader} schema lowers the smallest length at path '{path}' from {detail}"
    PATTERN_ADDED Incompatible
        "the {reader} schema adds the pattern {detail} at path '{path}', which the {writer} schema does not have"
    PATTERN_REMOVED Compatible
        "the {reader} schema no longer has the pattern {detail} of the {writer} schema at path '{path}'"
    PATTERN_CHANGED Incompatible
        "the {reader} schema has another pattern at path '{path}' than the {writer} schema: {detail}"

    // Numbers.
    MAXIMUM_ADDED Incompatible
        "the {reader} schema adds the maximum {detail} at path '{path}', which the {writer} schema does not have"
    MAXIMUM_REMOVED Compatible
        "the {reader} schema no longer has the maximum {detail} of the {writer} schema at path '{path}'"
    MAXIMUM_INCREASED Compatible
        "the {reader} schema raises the maximum at path '{path}' from {detail}"
    MAXIMUM_DECREASED Incompatible
        "the {reader} schema lowers the maximum at path '{path}' from {detail}"
    MINIMUM_ADDED Incompatible
        "the {reader} schema adds the minimum {detail} at path '{path}', which the {writer} schema does not have"
    MINIMUM_REMOVED Compatible
        "the {reader} schema no longer has the minimum {detail} of the {writer} schema at path '{path}'"
    MINIMUM_INCREASED Incompatible
        "the {reader} schema raises the minimum at path '{path}' from {detail}"
    MINIMUM_DECREASED Compatible
        "the {reader} schema lowers the minimum at path '{path}' from {detail}"
    EXCLUSIVE_MAXIMUM_ADDED Incompatible
        "the {reader} schema adds the exclusive maximum {detail} at path '{path}', which the {writer} schema does not have"
    EXCLUSIVE_MAXIMUM_REMOVED Compatible
        "the {reader} schema no longer has the exclusive maximum {detail} of the {writer} schema at path '{path}'"
    EXCLUSIVE_MAXIMUM_INCREASED Compatible
        "the {reader} schema raises the exclusive maximum at path '{path}' from {detail}"
    EXCLUSIVE_MAXIMUM_DECREASED Incompatible
        "the {reader} schema lowers the exclusive maximum at path '{path}' from {detail}"
    EXCLUSIVE_MINIMUM_ADDED Incompatible
        "the {reader} schema adds the exclusive minimum {detail} at path '{path}', which the {writer} schema does not have"
    EXCLUSIVE_MINIMUM_REMOVED Compatible
        "the {reader} schema no longer has the exclusive minimum {detail} of the {writer} schema at path '{path}'"
    EXCLUSIVE_MINIMUM_INCREASED Incompatible
        "the {reader} schema raises the exclusive minimum at path '{path}' from {detail}"
    EXCLUSIVE_MINIMUM_DECREASED Compatible
        "the {reader} schema lowers the exclusive minimum at path '{path}' from {detail}"
    MULTIPLE_OF_ADDED Incompatible
        "the {reader} schema adds the factor {detail} at path '{path}', which the {writer} schema does not have"
    MULTIPLE_OF_REMOVED Compatible
        "the {reader} schema no longer has the factor {detail} of the {writer} schema at path '{path}'"
    MULTIPLE_OF_EXPANDED Incompatible
        "the factor of the {reader} schema at path '{path}' is a multiple of that of the {writer} schema: {detail}"
    MULTIPLE_OF_REDUCED Compatible
        "the factor of the {reader} schema at path '{path}' divides that of the {writer} schema: {detail}"
    MULTIPLE_OF_CHANGED Incompatible
        "the factors of the {reader} and the {writer} schema at path '{path}' do not divide each other: {detail}"

    // Objects.
    REQUIRED_ATTRIBUTE_ADDED Incompatible
        "the {reader} schema requires the property '{detail}' at path '{path}' without a default, where it is optional in the {writer} schema"
    REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED Compatible
        "the {reader} schema requires the property '{detail}' at path '{path}', with a default, where it is optional in the {writer} schema"
    REQUIRED_ATTRIBUTE_REMOVED Compatible
        "the {reader} schema no longer requires the property '{detail}' at path '{path}', as the {writer} schema does"
    MAX_PROPERTIES_ADDED Incompatible
        "the {reader} schema adds the greatest number of properties {detail} at path '{path}', which the {writer} schema does not have"
    MAX_PROPERTIES_REMOVED Compatible
        "the {reader} schema no longer has the greatest number of properties {detail} of the {writer} schema at path '{path}'"
    MAX_PROPERTIES_INCREASED Compatible
        "the {reader} schema raises the greatest number of properties at path '{path}' from {detail}"
    MAX_PROPERTIES_DECREASED Incompatible
        "the {reader} schema lowers the greatest number of properties at path '{path}' from {detail}"
    MIN_PROPERTIES_ADDED Incompatible
        "the {reader} schema adds the smallest number of properties {detail} at path '{path}', which the {writer} schema does not have"
    MIN_PROPERTIES_REMOVED Compatible
        "the {reader} schema no longer has the smallest number of properties {detail} of the {writer} schema at path '{path}'"
    MIN_PROPERTIES_INCREASED Incompatible
        "the {reader} schema raises the smallest number of properties at path '{path}' from {detail}"
    MIN_PROPERTIES_DECREASED Compatible
        "the {reader} schema lowers the smallest number of properties at path '{path}' from {detail}"
    ADDITIONAL_PROPERTIES_ADDED Compatible
        "the {reader} schema permits the additional properties at path '{path}' that the {writer} schema forbids"
    ADDITIONAL_PROPERTIES_REMOVED IncompatibleIfStrict
        "the {reader} schema forbids the additional properties at path '{path}' that the {writer} schema permits"
    ADDITIONAL_PROPERTIES_EXTENDED Compatible
        "the {reader} schema permits any additional properties at path '{path}', the {writer} schema only those of one schema"
    ADDITIONAL_PROPERTIES_NARROWED IncompatibleIfStrict
        "the {reader} schema permits only additional properties of one schema at path '{path}', the {writer} schema any"
    DEPENDENCY_ARRAY_ADDED Incompatible
        "the {reader} schema asks for other properties beside '{detail}' at path '{path}', which the {writer} schema does not"
    DEPENDENCY_ARRAY_REMOVED Compatible
        "the {reader} schema no longer asks for other properties beside '{detail}' at path '{path}', as the {writer} schema does"
    DEPENDENCY_ARRAY_EXTENDED Incompatible
        "the {reader} schema asks for more properties beside '{detail}' at path '{path}' than the {writer} schema"
    DEPENDENCY_ARRAY_NARROWED Compatible
        "the {reader} schema asks for fewer properties beside '{detail}' at path '{path}' than the {writer} schema"
    DEPENDENCY_ARRAY_CHANGED Incompatible
        "the {reader} schema asks for different properties beside '{detail}' at path '{path}' than the {writer} schema"
    DEPENDENCY_SCHEMA_ADDED Incompatible
        "the {reader} schema makes the property '{detail}' at path '{path}' bring a schema with it, which the {writer} schema does not"
    DEPENDENCY_SCHEMA_REMOVED Compatible
        "the property '{detail}' at path '{path}' no longer brings a schema with it in the {reader} schema, as it does in the {writer} schema"

    // The three of these groups that are never reported stay, because the protocol knows their names: this one was split into
    // the four that follow it.
    PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL Incompatible
        "the {reader} schema adds the property '{detail}' at path '{path}', for which the {writer} schema accepts anything"
    REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL Incompatible
        "the {reader} schema requires the property '{detail}' at path '{path}' without a default, and the {writer} schema accepts anything there, or nothing"
    REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL IncompatibleIfStrict
        "the {reader} schema requires the property '{detail}' at path '{path}', with a default, and the {writer} schema accepts anything there"
    OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL IncompatibleIfStrict
        "the {reader} schema describes the property '{detail}' at path '{path}', for which the {writer} schema accepts anything"
    PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL Compatible
        "the {reader} schema adds the property '{detail}' at path '{path}' and accepts anything there, as the {writer} schema does"
    REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL Incompatible
        "the {reader} schema requires the property '{detail}' at path '{path}' without a default, and the {writer} schema does not have it"
    REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL Compatible
        "the {reader} schema requires the property '{detail}' at path '{path}', with a default, and the {writer} schema does not have it"
    OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL Compatible
        "the {reader} schema adds the optional property '{detail}' at path '{path}', which the {writer} schema does not have"
    PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL Compatible
        "the {reader} schema accepts anything for the property '{detail}' at path '{path}' that the {writer} schema describes"
    PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL Compatible
        "the {reader} schema does not have the property '{detail}' at path '{path}', which the {writer} schema forbids anyway"
    PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL IncompatibleIfStrict
        "the {reader} schema does not permit the property '{detail}' at path '{path}' that the {writer} schema has"
    PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL Compatible
        "the property '{detail}' at path '{path}' of the {writer} schema is covered by what the {reader} schema says of other properties"
    PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL IncompatibleIfStrict
        "the property '{detail}' at path '{path}' of the {writer} schema is not covered by what the {reader} schema says of other properties"
    PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL Compatible
        "the property '{detail}' at path '{path}' of the {reader} schema covers what the {writer} schema says of other properties"
    PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL IncompatibleIfStrict
        "the property '{detail}' at path '{path}' of the {reader} schema does not cover what the {writer} schema says of other properties"

    // These two belong to the check of reserved fields (`validateFields`), which is not part of the walk.
    RESERVED_PROPERTY_REMOVED Incompatible
        "the {reader} schema no longer reserves the property '{detail}' that the {writer} schema reserves"
    RESERVED_PROPERTY_CONFLICTS_WITH_PROPERTY Incompatible
        "the {reader} schema has the property '{detail}' at path '{path}', which is reserved"
    UNEVALUATED_PROPERTIES_ADDED Compatible
        "the {reader} schema permits the unevaluated properties at path '{path}' that the {writer} schema forbids"
    UNEVALUATED_PROPERTIES_REMOVED IncompatibleIfStrict
        "the {reader} schema forbids the unevaluated properties at path '{path}' that the {writer} schema permits"
    UNEVALUATED_PROPERTIES_EXTENDED Compatible
        "the {reader} schema says less of unevaluated properties at path '{path}' than the {writer} schema"
    UNEVALUATED_PROPERTIES_NARROWED IncompatibleIfStrict
        "the {reader} schema says more of unevaluated properties at path '{path}' than the {writer} schema"

    // Arrays.
    MAX_ITEMS_ADDED Incompatible
        "the {reader} schema adds the greatest number of items {detail} at path '{path}', which the {writer} schema does not have"
    MAX_ITEMS_REMOVED Compatible
        "the {reader} schema no longer has the greatest number of items {detail} of the {writer} schema at path '{path}'"
    MAX_ITEMS_INCREASED Compatible
        "the {reader} schema raises the greatest number of items at path '{path}' from {detail}"
    MAX_ITEMS_DECREASED Incompatible
        "the {reader} schema lowers the greatest number of items at path '{path}' from {detail}"
    MIN_ITEMS_ADDED Incompatible
        "the {reader} schema adds the smallest number of items {detail} at path '{path}', which the {writer} schema does not have"
    MIN_ITEMS_REMOVED Compatible
        "the {reader} schema no longer has the smallest number of items {detail} of the {writer} schema at path '{path}'"
    MIN_ITEMS_INCREASED Incompatible
        "the {reader} schema raises the smallest number of items at path '{path}' from {detail}"
    MIN_ITEMS_DECREASED Compatible
        "the {reader} schema lowers the smallest number of items at path '{path}' from {detail}"
    MAX_CONTAINS_ADDED Incompatible
        "the {reader} schema adds the greatest number of items of a kind {detail} at path '{path}', which the {writer} schema does not have"
    MAX_CONTAINS_REMOVED Compatible
        "the {reader} schema no longer has the greatest number of items of a kind {detail} of the {writer} schema at path '{path}'"
    MAX_CONTAINS_INCREASED Compatible
        "the {reader} schema raises the greatest number of items of a kind at path '{path}' from {detail}"
    MAX_CONTAINS_DECREASED Incompatible
        "the {reader} schema lowers the greatest number of items of a kind at path '{path}' from {detail}"
    MIN_CONTAINS_ADDED Incompatible
        "the {reader} schema adds the smallest number of items of a kind {detail} at path '{path}', which the {writer} schema does not have"
    MIN_CONTAINS_REMOVED Compatible
        "the {reader} schema no longer has the smallest number of items of a kind {detail} of the {writer} schema at path '{path}'"
    MIN_CONTAINS_INCREASED Incompatible
        "the {reader} schema raises the smallest number of items of a kind at path '{path}' from {detail}"
    MIN_CONTAINS_DECREASED Compatible
        "the {reader} schema lowers the smallest number of items of a kind at path '{path}' from {detail}"
    UNIQUE_ITEMS_ADDED Incompatible
        "the {reader} schema wants unique items at path '{path}', the {writer} schema does not"
    UNIQUE_ITEMS_REMOVED Compatible
        "the {reader} schema does not want unique items at path '{path}', the {writer} schema does"
    ADDITIONAL_ITEMS_ADDED Compatible
        "the {reader} schema permits the additional items at path '{path}' that the {writer} schema forbids"
    ADDITIONAL_ITEMS_REMOVED Incompatible
        "the {reader} schema forbids the additional items at path '{path}' that the {writer} schema permits"
    ADDITIONAL_ITEMS_EXTENDED Compatible
        "the {reader} schema permits any additional items at path '{path}', the {writer} schema only those of one schema"
    ADDITIONAL_ITEMS_NARROWED Incompatible
        "the {reader} schema permits only additional items of one schema at path '{path}', the {writer} schema any"
    UNEVALUATED_ITEMS_ADDED Compatible
        "the {reader} schema permits the unevaluated items at path '{path}' that the {writer} schema forbids"
    UNEVALUATED_ITEMS_REMOVED Incompatible
        "the {reader} schema forbids the unevaluated items at path '{path}' that the {writer} schema permits"
    UNEVALUATED_ITEMS_EXTENDED Compatible
        "the {reader} schema says less of unevaluated items at path '{path}' than the {writer} schema"
    UNEVALUATED_ITEMS_NARROWED Incompatible
        "the {reader} schema says more of unevaluated items at path '{path}' than the {writer} schema"
    ITEM_ADDED_TO_OPEN_CONTENT_MODEL Incompatible
        "the {reader} schema describes item {detail} at path '{path}', for which the {writer} schema accepts anything"
    ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL Compatible
        "the {reader} schema adds item {detail} at path '{path}' and accepts anything there, as the {writer} schema does"
    ITEM_ADDED_TO_CLOSED_CONTENT_MODEL Compatible
        "the {reader} schema adds item {detail} at path '{path}', which the {writer} schema does not permit"
    ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL Compatible
        "the {reader} schema accepts anything for item {detail} at path '{path}' that the {writer} schema describes"
    ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL Compatible
        "the {reader} schema does not have item {detail} at path '{path}', which the {writer} schema forbids anyway"
    ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL Incompatible
        "the {reader} schema does not permit item {detail} at path '{path}' that the {writer} schema has"
    ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL Compatible
        "item {detail} at path '{path}' of the {writer} schema is covered by what the {reader} schema says of other items"
    ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL Incompatible
        "item {detail} at path '{path}' of the {writer} schema is not covered by what the {reader} schema says of other items"
    ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL Compatible
        "item {detail} at path '{path}' of the {reader} schema covers what the {writer} schema says of other items"
    ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL Incompatible
        "item {detail} at path '{path}' of the {reader} schema does not cover what the {writer} schema says of other items"

    // Values.
    ENUM_ARRAY_EXTENDED Compatible
        "the {reader} schema permits more values at path '{path}' than the {writer} schema"
    ENUM_ARRAY_NARROWED Incompatible
        "the {reader} schema permits fewer values at path '{path}' than the {writer} schema"
    ENUM_ARRAY_CHANGED Incompatible
        "the {reader} schema permits different values at path '{path}' than the {writer} schema"

    // Combinations.
    COMBINED_TYPE_EXTENDED Compatible
        "the {reader} schema combines its members at path '{path}' more loosely than the {writer} schema: {detail}"
    COMBINED_TYPE_CHANGED Incompatible
        "the {reader} schema combines its members at path '{path}' differently from the {writer} schema: {detail}"
    PRODUCT_TYPE_EXTENDED Incompatible
        "the {reader} schema wants more schemas to hold together at path '{path}' than the {writer} schema"
    PRODUCT_TYPE_NARROWED Compatible
        "the {reader} schema wants fewer schemas to hold together at path '{path}' than the {writer} schema"
    SUM_TYPE_EXTENDED Compatible
        "the {reader} schema offers more alternatives at path '{path}' than the {writer} schema"
    SUM_TYPE_NARROWED Incompatible
        "the {reader} schema offers fewer alternatives at path '{path}' than the {writer} schema"
    COMBINED_TYPE_SUBSCHEMAS_CHANGED Incompatible
        "the member {detail} of the {writer} schema at path '{path}' has no compatible partner of its own in the {reader} schema"
    NOT_TYPE_EXTENDED Incompatible
        "the {reader} schema excludes more at path '{path}' than the {writer} schema"
    NOT_TYPE_NARROWED Compatible
        "the {reader} schema excludes no more at path '{path}' than the {writer} schema"
}
