//! Public imports of public imports. protox lets a file see what one public import passes on, and not what that one's
//! public imports pass on in turn.

use std::{
    collections::{BTreeSet, HashMap},
    hash::BuildHasher,
};

use prost_reflect::prost_types::FileDescriptorProto;
use protox::file::File;

/// Files that may be passed on through two public imports or more, counted once for each file they pass through.
const MOST: usize = 10_000;

/// Public imports pass on more files than are followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TooManyPassedOn {
    /// The file at which it became too much.
    pub file: String,
}

/// Makes each file import by itself all that it passes on, so that whoever imports it sees that.
pub fn pass_on<S: BuildHasher>(
    files: &mut HashMap<String, File, S>,
) -> Result<(), TooManyPassedOn> {
    let public: HashMap<&str, Vec<&str>> = files
        .iter()
        .map(|(name, file)| (name.as_str(), imports(file.file_descriptor_proto())))
        .filter(|(_, public)| !public.is_empty())
        .collect();
    let mut names: Vec<&str> = public.keys().copied().collect();
    names.sort_unstable();
    let mut changed = Vec::new();
    let mut count = 0;
    for name in names {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut waiting = public[name].clone();
        while let Some(next) = waiting.pop() {
            if next == name || !seen.insert(next) {
                continue;
            }
            count += usize::from(!public[name].contains(&next));
            if count > MOST {
                let file = name.to_owned();
                return Err(TooManyPassedOn { file });
            }
            waiting.extend(public.get(next).into_iter().flatten());
        }
        seen.retain(|one| !public[name].contains(one));
        if !seen.is_empty() {
            changed.push(with(&files[name], &seen));
        }
    }
    for file in changed {
        files.insert(file.name().to_owned(), file);
    }
    Ok(())
}

/// What a file imports publicly.
fn imports(file: &FileDescriptorProto) -> Vec<&str> {
    let at = |index: &i32| file.dependency.get(usize::try_from(*index).ok()?);
    let public = file.public_dependency.iter().filter_map(at);
    public.map(String::as_str).collect()
}

/// The file with more public imports.
fn with(file: &File, more: &BTreeSet<&str>) -> File {
    let mut file = file.file_descriptor_proto().clone();
    for path in more {
        let known = file.dependency.iter().position(|one| one == path);
        let index = known.unwrap_or(file.dependency.len());
        if known.is_none() {
            file.dependency.push((*path).to_owned());
        }
        file.public_dependency.extend(i32::try_from(index));
    }
    File::from_file_descriptor_proto(file)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use protox::file::File;

    use super::{MOST, TooManyPassedOn, imports, pass_on};

    fn files(texts: &[(&str, String)]) -> HashMap<String, File> {
        let parsed = texts.iter().map(|(name, text)| {
            let file = File::from_source(name, text).expect("a file");
            ((*name).to_owned(), file)
        });
        parsed.collect()
    }

    fn importing(names: &[&str]) -> String {
        let imports = names
            .iter()
            .map(|name| format!("import public \"{name}\";\n"));
        format!("syntax = \"proto3\";\n{}", imports.collect::<String>())
    }

    #[test]
    fn a_file_passes_on_what_its_public_imports_do() {
        let mut files = files(&[
            ("a", importing(&["b"])),
            ("b", importing(&["c"])),
            ("c", importing(&["d", "a"])),
            ("d", importing(&[])),
        ]);
        pass_on(&mut files).expect("few files");
        let of = |name: &str| {
            let mut found = imports(files[name].file_descriptor_proto());
            found.sort_unstable();
            found.join(" ")
        };
        assert_eq!(
            [of("a"), of("b"), of("c"), of("d")],
            ["b c d", "a c d", "a b d", ""]
        );
    }

    #[test]
    fn meshes_of_public_imports_are_bounded() {
        let names: Vec<String> = (0..=MOST / 50).map(|number| number.to_string()).collect();
        let texts: Vec<(&str, String)> = names
            .iter()
            .enumerate()
            .map(|(at, name)| {
                let next: Vec<&str> = names.get(at + 1).map(String::as_str).into_iter().collect();
                (name.as_str(), importing(&next))
            })
            .collect();
        let refused = pass_on(&mut files(&texts));
        assert!(matches!(refused, Err(TooManyPassedOn { .. })));
    }
}
