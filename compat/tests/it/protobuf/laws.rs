//! Properties that hold of every pair of the texts that the other modules print.

use super::{canonical::TEXTS, changes, compatible, proto};

#[test]
fn a_schema_differs_in_nothing_from_itself_or_its_other_forms() {
    for text in TEXTS {
        let schema = proto(text);
        let normalized = proto(&schema.normalized());
        let canonical = proto(schema.canonical());
        for other in [&schema, &canonical, &normalized] {
            assert_eq!(changes(other, &schema), [] as [&str; 0], "{text}");
            assert_eq!(changes(&schema, other), [] as [&str; 0], "{text}");
        }
    }
}

#[test]
fn a_check_of_any_two_texts_ends_and_says_the_same_of_their_normalized_forms() {
    for new in TEXTS {
        for previous in TEXTS {
            let (new, previous) = (proto(new), proto(previous));
            let normalized = compatible(&proto(&new.normalized()), &proto(&previous.normalized()));
            assert_eq!(compatible(&new, &previous), normalized);
        }
    }
}
