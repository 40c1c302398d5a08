//! Texts made to break a parser or a check. Each is answered within two seconds, in a debug build, on a thread with a
//! stack of 2 MiB, without a panic; most are refused in words.

use std::{
    fmt::Write as _,
    sync::{LazyLock, mpsc},
    thread,
    time::{Duration, Instant},
};

use super::{changes, proto_with, refusal, try_proto};

const STACK: usize = 2 * 1024 * 1024;
const PATIENCE: Duration = Duration::from_secs(2);

/// Runs `work` on a small stack and returns what it returns, if it does so in time.
fn bounded<T: Send + 'static>(what: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = mpsc::channel();
    let timed = move || {
        let started = spent();
        let answer = work();
        sender.send((answer, spent().saturating_sub(started)))
    };
    thread::Builder::new()
        .stack_size(STACK)
        .spawn(timed)
        .expect("a thread can be started");
    let (answer, took) = receiver
        .recv_timeout(PATIENCE * 15)
        .unwrap_or_else(|error| panic!("{what}: no answer: {error}"));
    println!("{what}: {took:?}");
    assert!(took < PATIENCE, "{what} took {took:?}");
    answer
}

/// The time this thread has spent computing, so that a busy machine does not look like a slow answer; where the system
/// does not say, the time of the clock.
fn spent() -> Duration {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    let computing = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = computing.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanoseconds.map_or_else(|| START.elapsed(), Duration::from_nanos)
}

/// The refusal of a text, or what it is if accepted.
fn answer(what: &str, text: String) -> String {
    bounded(what, move || match try_proto(&text, &[]) {
        Ok(schema) => {
            // Everything that a registry does with it must be as cheap.
            let length = schema.canonical().len() + schema.normalized().len();
            assert_eq!(changes(&schema, &schema), [] as [&str; 0]);
            format!("accepted, prints {length} bytes")
        }
        Err(error) => error.to_string(),
    })
}

fn assert_refused(what: &str, text: String, because: &str) {
    let answer = answer(what, text);
    assert!(answer.contains(because), "{what}: {answer}");
}

const OPTIONS: &str = "syntax = \"proto2\";\nimport \"google/protobuf/descriptor.proto\";\n\
    message O { optional O o = 1; repeated O l = 2; }\n\
    extend google.protobuf.FileOptions { optional O o = 50000; }\n";

#[test]
fn option_values_nested_too_deep_are_refused() {
    for depth in [100, 1_000, 20_000] {
        let nested = format!(
            "{OPTIONS}option (o) = {{ {} {} }};\n",
            "o: {".repeat(depth),
            "}".repeat(depth)
        );
        assert_refused(
            &format!("option value nested {depth}"),
            nested,
            "nested more than 64 deep",
        );
        let angles = format!(
            "{OPTIONS}option (o) = {{ {} {} }};\n",
            "o <".repeat(depth),
            ">".repeat(depth)
        );
        assert_refused(
            &format!("angle brackets nested {depth}"),
            angles,
            "nested more than 64 deep",
        );
        let lists = format!(
            "{OPTIONS}option (o) = {{ {} {} }};\n",
            "l: [{".repeat(depth),
            "}]".repeat(depth)
        );
        assert_refused(
            &format!("alternating brackets {depth}"),
            lists,
            "nested more than 64 deep",
        );
        let open = format!("{OPTIONS}option (o) = {{ {}", "l: [{".repeat(depth));
        assert_refused(
            &format!("open brackets {depth}"),
            open,
            "nested more than 64 deep",
        );
    }
}

#[test]
fn option_values_nested_as_deep_as_allowed_are_accepted() {
    let text = format!(
        "{OPTIONS}option (o) = {{ {} {} }};\n",
        "o: {".repeat(60),
        "}".repeat(60)
    );
    assert!(answer("option value nested 60", text).starts_with("accepted"));
}

#[test]
fn long_names_are_refused() {
    let path = |parts: usize| vec!["o"; parts].join(".");
    let option = format!("{OPTIONS}option (o).{} = 1;\n", path(5_000));
    assert_refused("option path of 5,000 parts", option, "more than 128 parts");
    let extensions = format!("{OPTIONS}option {} = 1;\n", vec!["(o)"; 5_000].join("."));
    assert_refused(
        "option path of 5,000 extensions",
        extensions,
        "more than 128 parts",
    );
    for parts in [50_000, 100_000] {
        let package = format!(
            "syntax = \"proto3\";\npackage {};\nmessage M {{}}\n",
            path(parts)
        );
        assert_refused(
            &format!("package of {parts} parts"),
            package,
            "more than 128 parts",
        );
    }
    let commented = format!(
        "syntax = \"proto3\";\npackage {};\n",
        vec!["o"; 5_000].join("/**/./**/")
    );
    assert_refused(
        "package with comments between its parts",
        commented,
        "more than 128 parts",
    );
    let type_ = format!(
        "syntax = \"proto3\";\nmessage M {{ {} x = 1; }}\n",
        path(50_000)
    );
    assert_refused("type of 50,000 parts", type_, "more than 128 parts");
    let long = format!(
        "syntax = \"proto3\";\nmessage {} {{}}\n",
        "M".repeat(1_000_000)
    );
    assert_refused("a name of 1 MB", long, "more than the limit of 1024");
}

#[test]
fn nested_messages_and_groups_are_refused() {
    for depth in [60, 300, 5_000] {
        let messages = format!(
            "syntax = \"proto3\";\n{}{}\n",
            "message M {".repeat(depth),
            "}".repeat(depth)
        );
        let said = answer(&format!("messages nested {depth}"), messages);
        assert!(
            said.contains("nest") && !said.starts_with("accepted"),
            "{said}"
        );
        let groups = format!(
            "message M {{ {}{} }}\n",
            "optional group G = 1 {".repeat(depth),
            "}".repeat(depth)
        );
        let said = answer(&format!("groups nested {depth}"), groups);
        assert!(
            said.contains("nest") && !said.starts_with("accepted"),
            "{said}"
        );
    }
}

#[test]
fn imports_that_lead_nowhere_are_refused() {
    let importing = |path: &str| format!("syntax = \"proto3\";\nimport \"{path}\";\n");
    assert_eq!(
        refusal(&importing("a.proto"), &[]),
        "\"a.proto\" is imported but no reference has that name; add a reference with the name \"a.proto\""
    );
    assert_eq!(
        refusal(&importing("a.proto"), &[("a.proto", &importing("b.proto"))]),
        "\"b.proto\" is imported by \"a.proto\" but no reference has that name; \
         add a reference with the name \"b.proto\""
    );
    assert_eq!(
        refusal(&importing("a.proto"), &[("a.proto", &importing("a.proto"))]),
        "imports form a cycle: a.proto -> a.proto"
    );
    let cycle = [
        ("a.proto", importing("b.proto")),
        ("b.proto", importing("c.proto")),
        ("c.proto", importing("b.proto")),
    ];
    let cycle: Vec<(&str, &str)> = cycle
        .iter()
        .map(|(name, text)| (*name, text.as_str()))
        .collect();
    assert_eq!(
        refusal(&importing("a.proto"), &cycle),
        "imports form a cycle: b.proto -> c.proto -> b.proto"
    );
    for path in [
        "/etc/passwd",
        "../x.proto",
        "a/../../x.proto",
        "./x.proto",
        "a//b.proto",
        "",
    ] {
        let said = refusal(&importing(path), &[(path, "syntax = \"proto3\";")]);
        assert!(
            said.contains("imports name references, never files on disk"),
            "{path}: {said}"
        );
    }
    // Its own name is nothing that a text can import.
    assert!(refusal(&importing("default"), &[]).contains("no reference has that name"));
}

#[test]
fn a_reference_may_have_the_name_that_the_text_has_inside() {
    let schema = proto_with(
        "syntax = \"proto3\";\nimport \"default\";\nmessage M { A a = 1; }",
        &[("default", "syntax = \"proto3\";\nmessage A {}")],
    );
    assert!(schema.canonical().contains("import \"default\";"));
}

/// `length` files, each importing the next.
fn chain(length: usize) -> Vec<(String, String)> {
    (0..length)
        .map(|index| {
            let import = if index + 1 < length {
                format!("import \"{}.proto\";\n", index + 1)
            } else {
                String::new()
            };
            let text = format!("syntax = \"proto3\";\n{import}message M{index} {{}}\n");
            (format!("{index}.proto"), text)
        })
        .collect()
}

#[test]
fn import_chains_are_bounded() {
    for (length, accepted) in [(90, true), (101, false), (3_000, false)] {
        let said = bounded(&format!("import chain of {length}"), move || {
            let files = chain(length);
            let references: Vec<(&str, &str)> = files
                .iter()
                .map(|(name, text)| (name.as_str(), text.as_str()))
                .collect();
            match try_proto("syntax = \"proto3\";\nimport \"0.proto\";\n", &references) {
                Ok(_) => "accepted".to_owned(),
                Err(error) => error.to_string(),
            }
        });
        if accepted {
            assert_eq!(said, "accepted");
        } else {
            assert!(
                said.contains("imports are nested more than 100 deep"),
                "{said}"
            );
        }
    }
}

#[test]
fn diamonds_of_imports_take_linear_time() {
    let files: Vec<(String, String)> = (0..30)
        .flat_map(|layer| {
            ["a", "b"].map(|side| {
                let imports = if layer == 29 {
                    String::new()
                } else {
                    let below = layer + 1;
                    format!("import \"a{below}.proto\";\nimport \"b{below}.proto\";\n")
                };
                let text = format!("syntax = \"proto3\";\n{imports}message M{side}{layer} {{}}\n");
                (format!("{side}{layer}.proto"), text)
            })
        })
        .collect();
    bounded("diamond of 30 layers", move || {
        let references: Vec<(&str, &str)> = files
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        proto_with(
            "syntax = \"proto3\";\nimport \"a0.proto\";\nimport \"b0.proto\";\n",
            &references,
        );
    });
}

#[test]
fn large_texts_are_judged_in_time() {
    let mut ranges = String::from("syntax = \"proto3\";\nmessage M {\n");
    for number in 0..60_000 {
        let _ = writeln!(ranges, "reserved {};", 2 * number + 1);
    }
    answer("60,000 reserved ranges", ranges + "}\n");
    let list: Vec<String> = (0..60_000)
        .map(|number| (2 * number + 1).to_string())
        .collect();
    answer(
        "60,000 reserved numbers in one statement",
        format!("message M {{ reserved {}; }}", list.join(", ")),
    );
    let mut names = String::from("message M {\n");
    for number in 0..60_000 {
        let _ = writeln!(names, "reserved \"n{number}\";");
    }
    answer("60,000 reserved names", names + "}\n");
    for count in [28_000, 100_000] {
        let mut values = String::from("syntax = \"proto3\";\nenum E {\n");
        for number in 0..count {
            let _ = writeln!(values, "V{number} = {number};");
        }
        answer(&format!("{count} enum values"), values + "}\n");
    }
    for count in [18_000, 23_000, 100_000] {
        let mut fields = String::from("syntax = \"proto3\";\nmessage M {\n");
        for number in 1..=count {
            let tag = if number < 19_000 {
                number
            } else {
                number + 1_000
            };
            let _ = writeln!(fields, "string f{number} = {tag};");
        }
        answer(&format!("{count} fields"), fields + "}\n");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "it is a list of texts")]
fn many_elements_of_every_kind_are_judged_in_time() {
    let repeat = |count: usize, head: &str, line: &dyn Fn(usize) -> String, tail: &str| {
        let mut text = head.to_owned();
        for number in 1..=count {
            text += &line(number);
            text.push('\n');
        }
        text + tail
    };
    let proto3 = "syntax = \"proto3\";\n";
    let tag = |number: usize| {
        if number < 19_000 {
            number
        } else {
            number + 1_000
        }
    };
    answer(
        "19,000 optionals",
        repeat(
            19_000,
            &format!("{proto3}message M {{"),
            &|n| format!("optional int32 f{n} = {};", tag(n)),
            "}",
        ),
    );
    answer(
        "11,000 oneofs",
        repeat(
            11_000,
            &format!("{proto3}message M {{"),
            &|n| format!("oneof o{n} {{ int32 f{n} = {}; }}", tag(n)),
            "}",
        ),
    );
    answer(
        "a oneof of 23,000",
        repeat(
            23_000,
            &format!("{proto3}message M {{ oneof o {{"),
            &|n| format!("int32 f{n} = {};", tag(n)),
            "}}",
        ),
    );
    answer(
        "29,000 messages",
        repeat(29_000, proto3, &|n| format!("message M{n} {{}}"), ""),
    );
    answer(
        "11,000 maps",
        repeat(
            11_000,
            &format!("{proto3}message M {{"),
            &|n| format!("map<int32, M> f{n} = {};", tag(n)),
            "}",
        ),
    );
    answer(
        "a chain of 13,000 messages",
        repeat(
            13_000,
            proto3,
            &|n| format!("message M{n} {{ M{} f = 1; }}", n % 13_000 + 1),
            "",
        ),
    );
    answer(
        "40,000 imports of one file",
        repeat(
            40_000,
            proto3,
            &|_| "import \"google/protobuf/any.proto\";".to_owned(),
            "",
        ),
    );
    answer(
        "8,000 services",
        repeat(
            8_000,
            &format!("{proto3}message M {{}}\n"),
            &|n| format!("service S{n} {{ rpc R(M) returns (M); }}"),
            "",
        ),
    );
    answer(
        "11,000 extensions",
        repeat(
            11_000,
            "message M { extensions 1 to max; }\n",
            &|n| format!("extend M {{ optional int32 f{n} = {}; }}", tag(n)),
            "",
        ),
    );
    answer(
        "9,000 options",
        repeat(
            9_000,
            OPTIONS,
            &|_| "option (o) = { l: {} };".to_owned(),
            "",
        ),
    );
    answer(
        "30,000 keys in a value",
        repeat(
            30_000,
            &format!("{OPTIONS}option (o) = {{"),
            &|_| "l {}".to_owned(),
            "};",
        ),
    );
    answer(
        "30,000 distinct keys",
        repeat(
            30_000,
            &format!("{OPTIONS}option (o) = {{"),
            &|n| format!("k{n}: 1"),
            "};",
        ),
    );
    answer(
        "200,000 semicolons",
        format!("{proto3}{}", ";".repeat(200_000)),
    );
    answer("2 MB of dots", ".".repeat(2_000_000));
    answer(
        "a string of 2 MB",
        format!(
            "{proto3}option java_package = \"{}\";",
            "a\\n".repeat(600_000)
        ),
    );
    answer(
        "60,000 adjacent strings",
        format!("{proto3}option java_package = {};", "\"a\" ".repeat(60_000)),
    );
}

#[test]
fn field_numbers_out_of_range_are_refused() {
    for number in [
        "0",
        "-1",
        "19000",
        "19999",
        "536870912",
        "4294967297",
        "18446744073709551616",
    ] {
        let text = format!("syntax = \"proto3\";\nmessage M {{ int32 x = {number}; }}");
        let said = refusal(&text, &[]);
        assert!(said.starts_with("line "), "{number}: {said}");
    }
    let said = refusal(
        "syntax = \"proto3\";\nmessage M { int32 x = 1; int32 y = 1; }",
        &[],
    );
    assert!(said.contains('1'), "{said}");
}

#[test]
fn what_is_never_closed_is_refused_and_long_comments_are_not() {
    assert_refused(
        "open comment",
        "syntax = \"proto3\";\n/* no end".to_owned(),
        "line 2, column 1: a comment is opened here",
    );
    assert_refused(
        "open string",
        "syntax = \"proto3".to_owned(),
        "line 1, column 10: a string is opened here",
    );
    assert_refused(
        "open message",
        "syntax = \"proto3\";\nmessage M {".to_owned(),
        "expected",
    );
    let comment = "x".repeat(200_000);
    let said = answer(
        "a comment of 200 KB",
        format!("// {comment}\n/* {comment} */\nsyntax = \"proto3\";\nmessage M {{}}"),
    );
    assert!(said.starts_with("accepted"), "{said}");
}

#[test]
fn editions_are_refused_by_name_and_a_mark_is_skipped() {
    let said = refusal("// c\nedition = \"2023\";\nmessage M {}", &[]);
    assert_eq!(said, "editions are not supported; use proto2 or proto3");
    let said = refusal(
        "syntax = \"proto3\";\nimport \"a.proto\";",
        &[("a.proto", "edition = \"2023\";")],
    );
    assert_eq!(
        said,
        "in \"a.proto\": editions are not supported; use proto2 or proto3"
    );
    let schema = proto_with("\u{feff}syntax = \"proto3\";\nmessage M {}", &[]);
    assert_eq!(schema.canonical(), "syntax = \"proto3\";\n\nmessage M {}\n");
}

/// Two imports whose messages all refer to each other, which differ in one field.
fn mesh(size: usize, type_: &str) -> String {
    let mut text = String::from("syntax = \"proto3\";\n");
    for message in 0..size {
        let _ = write!(text, "message M{message} {{");
        for field in 0..size {
            let _ = write!(text, " M{field} f{field} = {};", field + 1);
        }
        let _ = writeln!(text, " {type_} last = {}; }}", size + 1);
    }
    text
}

#[test]
fn checks_of_imports_that_refer_to_each_other_end() {
    bounded("a mesh of 40 imported messages", || {
        let text = "syntax = \"proto3\";\nimport \"a.proto\";\nmessage T { M0 x = 1; }";
        let (old, new) = (mesh(40, "int32"), mesh(40, "string"));
        let previous = proto_with(text, &[("a.proto", &old)]);
        let new = proto_with(text, &[("a.proto", &new)]);
        let found = changes(&new, &previous);
        for message in 0..40 {
            assert!(found.contains(&format!("FIELD_SCALAR_KIND_CHANGED #/M{message}/41")));
        }
        assert!(found.contains(&"FIELD_NAMED_TYPE_CHANGED #/T/1".to_owned()));
    });
    bounded("a chain of 5,000 imported messages", || {
        let link = |type_: &str| {
            let mut text = String::from("syntax = \"proto3\";\n");
            for number in 0..5_000 {
                let _ = writeln!(text, "message M{number} {{ M{} next = 1; }}", number + 1);
            }
            text + &format!("message M5000 {{ {type_} last = 1; }}\n")
        };
        let text = "syntax = \"proto3\";\nimport \"a.proto\";\nmessage T { M0 x = 1; }";
        let previous = proto_with(text, &[("a.proto", &link("int32"))]);
        let new = proto_with(text, &[("a.proto", &link("string"))]);
        let found = changes(&new, &previous);
        assert!(found.contains(&"FIELD_SCALAR_KIND_CHANGED #/M5000/1".to_owned()));
        assert!(found.contains(&"FIELD_NAMED_TYPE_CHANGED #/T/1".to_owned()));
    });
}

#[test]
fn base64_that_holds_no_descriptor_is_refused() {
    for text in ["abcd", "AAAA", "====", "message", "////"] {
        let said = refusal(text, &[]);
        assert!(!said.is_empty(), "{text}");
    }
    let said = refusal("message", &[]);
    assert!(
        said.contains("neither a .proto file nor a base64"),
        "{said}"
    );
}

/// protox finds every error there is, and the place of each from the start of the text; large texts go without places.
#[test]
fn texts_with_an_error_in_every_line_are_refused_in_time() {
    let lines = |count: usize, head: &str, line: &dyn Fn(usize) -> String, tail: &str| {
        let mut text = head.to_owned();
        for number in 1..=count {
            let _ = writeln!(text, "{}", line(number));
        }
        text + tail
    };
    let message = "syntax = \"proto3\"; message M {";
    let cases = [
        (
            "is not defined",
            lines(18_000, message, &|n| format!("X f{n} = {n};"), "}"),
        ),
        (
            "conflicts",
            lines(18_000, message, &|n| format!("int32 f = {n};"), "}"),
        ),
        (
            "already used",
            lines(18_000, message, &|n| format!("int32 f{n} = 1;"), "}"),
        ),
        (
            "defined twice",
            lines(
                29_000,
                "syntax = \"proto3\";",
                &|_| "message M {}".to_owned(),
                "",
            ),
        ),
        (
            "already been used",
            lines(28_000, "enum E { A0 = 0;", &|n| format!("A{n} = 1;"), "}"),
        ),
        (
            "reserved range",
            lines(
                18_000,
                &format!("{message} reserved 1 to 18999;"),
                &|n| format!("int32 f{n} = {n};"),
                "}",
            ),
        ),
        (
            "already been set",
            lines(
                9_000,
                OPTIONS,
                &|_| "option (o) = { l: {} };".to_owned(),
                "",
            ),
        ),
        (
            "is not defined",
            lines(9_000, OPTIONS, &|n| format!("option (x{n}) = 1;"), ""),
        ),
        (
            "is not defined",
            lines(
                8_000,
                message,
                &|n| format!("int32 f{n} = {n} [(x) = 1];"),
                "}",
            ),
        ),
        (
            "is not defined",
            lines(
                8_000,
                "syntax = \"proto3\"; service S {",
                &|n| format!("rpc r{n} (X) returns (Y);"),
                "}",
            ),
        ),
        (
            "expected an integer",
            lines(12_000, message, &|_| "int32 int32 = x;".to_owned(), "}"),
        ),
        (
            "invalid string escape",
            format!("option a = '{}';", "\\q\u{1}".repeat(300_000)),
        ),
    ];
    for (number, (because, text)) in cases.into_iter().enumerate() {
        assert_refused(&format!("error {number} in every line"), text, because);
    }
}

#[test]
fn many_options_on_many_elements_are_read_in_time() {
    let mut text = String::from("syntax = \"proto3\"; enum E { A = 0;\n");
    for number in 1..=12_000 {
        let _ = writeln!(text, "A{number} = {number} [deprecated = true];");
    }
    assert!(answer("12,000 options", text + "}").starts_with("accepted"));
}

/// Every field is held against every reserved range.
#[test]
fn many_fields_beside_many_reserved_numbers_are_judged_in_time() {
    let numbers: Vec<String> = (1..=30_000)
        .map(|number| (30_000 + number).to_string())
        .collect();
    let mut text = format!(
        "syntax = \"proto3\"; message M {{ reserved {};\n",
        numbers.join(", ")
    );
    for number in 1..=11_000 {
        let _ = writeln!(text, "int32 f{number} = {number};");
    }
    assert!(
        answer("30,000 reserved numbers and 11,000 fields", text + "}").starts_with("accepted")
    );
}

#[test]
fn short_texts_with_long_full_names_are_refused() {
    let name = "M".repeat(1_000);
    let mut text = String::from("syntax = \"proto3\";\n");
    for _ in 0..30 {
        let _ = writeln!(text, "message {name} {{");
    }
    for number in 1..=3_000 {
        let _ = writeln!(text, "int32 f{number} = {number};");
    }
    assert_refused(
        "3,000 fields of 30,000 bytes each",
        text + &"}".repeat(30),
        "full names add up to",
    );
    let package = vec!["a".repeat(1_000); 120].join(".");
    let text = format!("syntax = \"proto3\"; package {package}; message M {{}}");
    assert_refused(
        "a package of 120 KB",
        text,
        "a name has more than 2048 bytes",
    );
}
