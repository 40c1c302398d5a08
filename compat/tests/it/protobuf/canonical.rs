//! What is printed: exactly this text, nothing lost by it, and the same again from what was printed.

use std::fmt::Write as _;

use base64::Engine as _;
use prost_reflect::{DynamicMessage, ReflectMessage as _, Value};
use protox::{
    Compiler,
    file::{ChainFileResolver, File, FileResolver, GoogleFileResolver},
};

use dovetail_compat::Format;

use super::{changes, proto, proto_with, refusal};

/// Texts with everything the language has.
pub(super) const TEXTS: &[&str] = &[
    "",
    "message A { optional int32 x = 1; }",
    "syntax = \"proto3\"; // comment\npackage io.x; import \"google/protobuf/timestamp.proto\";\n\
     /* block */ message Person { string name = 1; google.protobuf.Timestamp at = 2; }",
    "syntax = 'proto3'; package a; option java_package = \"b\"; option optimize_for = SPEED;\n\
     enum E { option allow_alias = true; Z = 0; A = 1; B = 1 [deprecated = true]; reserved 5, 7 to 9, 100 to max; reserved \"Q\"; }\n\
     message M { E e = 1; oneof o { string s = 3; M m = 2; } optional bool b = 4; map<string, E> es = 5; map<int64, M> ms = 6;\n\
     message N { M m = 1; enum F { X = 0; } F f = 2; } N n = 7; .a.M.N nn = 8; repeated int32 r = 9 [packed = false, deprecated = true, json_name = \"rr\"];\n\
     reserved 20, 22 to 25; reserved 'gone', \"lost\"; option deprecated = true; }",
    "syntax = \"proto2\"; package p.q;\n\
     message M { required int32 a = 1 [default = 0x1F]; optional string s = 2 [default = \"a'b\\\"c\\n\\tü\"]; optional bytes b = 3 [default = \"\\377\\001a\"];\n\
     optional float f = 4 [default = -1.5e3]; optional double d = 5 [default = inf]; optional E e = 6 [default = TWO]; optional double n = 14 [default = nan];\n\
     enum E { ONE = 1; TWO = 2; MINUS = -1; }\n\
     optional group G = 7 { optional int32 x = 1; optional group H = 2 { } message In {} optional In in = 3; }\n\
     repeated group R = 8 [deprecated = true] { required M m = 1; }\n\
     oneof o { int32 i = 9; group J = 10 { optional int32 y = 1; } }\n\
     extensions 100 to 199, 300; extensions 1000 to max; extend M { optional int32 inner = 100; } optional bool t = 11 [default = true]; }\n\
     extend M { optional string outer = 101; repeated group Ext = 102 { optional int32 z = 1; } }\n\
     extend M { optional M again = 103; }",
    "syntax = \"proto3\";\nmessage Q {} message P {}\n\
     service S { option deprecated = true; rpc A(Q) returns (P); rpc B(stream Q) returns (stream .P) { option deprecated = true; option idempotency_level = IDEMPOTENT; } rpc C(Q) returns (P) {} }\n\
     service Empty {}",
    "syntax = \"proto3\"; package o; import \"google/protobuf/descriptor.proto\";\n\
     message Opt { string name = 1; repeated int32 nums = 2; Opt sub = 3; repeated Opt subs = 4; map<string, int32> m = 5; double d = 6; E e = 7; bytes raw = 8; bool on = 9; }\n\
     enum E { E0 = 0; E1 = 1; }\n\
     extend google.protobuf.FileOptions { Opt file_opt = 50001; }\n\
     extend google.protobuf.MessageOptions { Opt msg_opt = 50001; repeated string tags = 50002; E e_opt = 50003; }\n\
     extend google.protobuf.FieldOptions { Opt fld_opt = 50001; int32 num = 50002; }\n\
     extend google.protobuf.EnumOptions { bool en = 50001; } extend google.protobuf.EnumValueOptions { string val = 50001; }\n\
     extend google.protobuf.OneofOptions { string one = 50001; } extend google.protobuf.ServiceOptions { float sv = 50001; }\n\
     extend google.protobuf.MethodOptions { Opt md = 50001; }\n\
     option (file_opt) = { name: 'x' \"y\" nums: [1, 2, 0x3] nums: 4 sub < name: \"in\" > subs { name: \"1\" } subs: { name: \"2\"; }, m { key: \"k\" value: 1 } d: -1.5f e: E1 raw: \"\\xff\\0\" on: true # note\n };\n\
     message M { option (msg_opt).name = \"n\"; option (o.msg_opt).sub.name = \"deep\"; option (tags) = \"b\"; option (tags) = \"a\"; option (e_opt) = E1;\n\
     string f = 1 [(fld_opt) = { name: \"v\" }, (num) = 7, deprecated = true]; string g = 2 [(.o.num) = -7];\n\
     oneof x { option (one) = \"o\"; int32 i = 3 [(num) = 1]; } enum En { option (en) = true; A = 0 [(val) = \"zero\"]; } }\n\
     service S { option (sv) = 1.5; rpc R(M) returns (M) { option (md) = { sub { sub { name: \"d\" } } }; } }",
    "syntax = \"proto3\"; package a.b; import public \"google/protobuf/any.proto\"; import \"google/type/money.proto\"; import \"confluent/meta.proto\"; import \"confluent/type/decimal.proto\";\n\
     message M { option (confluent.message_meta).doc = \"d\"; option (confluent.message_meta).tags = \"t\"; google.type.Money m = 2 [(confluent.field_meta) = { doc: \"x\", params: [{ key: \"k\", value: \"v\" }, { key: \"j\", value: \"w\" }] }];\n\
     .confluent.type.Decimal d = 1; google.protobuf.Any any = 3; }",
    "syntax = \"proto3\"; message message { string string = 1; optional optional group = 2; message optional {} repeated repeated reserved = 3; message repeated {} oneof oneof { int32 option = 4; } map<string, stream> map = 5; }\n\
     message stream { message x {} } service service { rpc rpc(.stream) returns (stream stream); rpc r(.stream.x) returns (stream.stream.x); }\n\
     enum enum { syntax = 0; rpc = 1; }",
    "message A { message A { message A { optional A a = 1; } optional A a = 1; } optional A a = 1; optional .A b = 2; optional A.A c = 3; }",
    "message W { option message_set_wire_format = true; extensions 4 to max; }",
];

#[test]
fn everything_stands_in_its_place() {
    let text = "syntax = \"proto3\";\npackage io.x;\nimport \"google/protobuf/timestamp.proto\";\n\
        message Person {\n  oneof o { int32 b = 3; }\n  string name = 1; // the name\n\n  reserved 9;\n  message In {}\n  enum E { A = 0; }\n  option deprecated = true;\n}\nenum Top { T = 0; }\nmessage Empty { }\n";
    let printed = "syntax = \"proto3\";\npackage io.x;\n\nimport \"google/protobuf/timestamp.proto\";\n\n\
        message Person {\n  reserved 9;\n\n  option deprecated = true;\n\n  string name = 1;\n\n  oneof o {\n    int32 b = 3;\n  }\n\n  message In {}\n  enum E {\n    A = 0;\n  }\n}\n\
        message Empty {}\nenum Top {\n  T = 0;\n}\n";
    assert_eq!(proto(text).canonical(), printed);
    let text = "syntax = \"proto3\";\npackage io.x;\n\nimport \"google/protobuf/timestamp.proto\";\n\nmessage Person {\n  string name = 1;\n}\n";
    assert_eq!(proto(text).canonical(), text);
}

#[test]
fn options_are_printed_one_to_a_line_if_there_are_several() {
    let printed = proto(TEXTS[6]).canonical().to_owned();
    let expected = "option (file_opt) = {\n  name: \"xy\",\n  nums: [\n    1,\n    2,\n    0x3,\n    4\n  ],\n  sub: {\n    name: \"in\"\n  },\n  subs: [\n    {\n      name: \"1\"\n    },\n    {\n      name: \"2\"\n    }\n  ],\n  m: {\n    key: \"k\",\n    value: 1\n  },\n  d: -1.5f,\n  e: E1,\n  raw: \"\\377\\000\",\n  on: true\n};\n";
    assert!(printed.contains(expected), "{printed}");
    let expected = "  string f = 1 [\n    (fld_opt) = {\n      name: \"v\"\n    },\n    (num) = 7,\n    deprecated = true\n  ];\n  string g = 2 [(.o.num) = -7];\n";
    assert!(printed.contains(expected), "{printed}");
    let expected = "  rpc R (M) returns (M) {\n    option (md) = {\n      sub: {\n        sub: {\n          name: \"d\"\n        }\n      }\n    };\n  };\n";
    assert!(printed.contains(expected), "{printed}");
}

#[test]
fn the_default_and_the_json_name_come_last() {
    let text = "message M {\n  optional int32 a = 1 [json_name = \"b\", default = 0x10, deprecated = true];\n}\n";
    let printed = "\nmessage M {\n  optional int32 a = 1 [\n    deprecated = true,\n    default = 0x10,\n    json_name = \"b\"\n  ];\n}\n";
    assert_eq!(proto(text).canonical(), printed);
}

#[test]
fn printing_loses_nothing() {
    for text in TEXTS {
        let printed = proto(text).canonical().to_owned();
        assert_eq!(facts(&printed), facts(text), "{text}\n{printed}");
        assert_eq!(
            proto(&printed).canonical(),
            printed,
            "what is printed is printed again"
        );
    }
}

#[test]
fn normalizing_is_idempotent() {
    for text in TEXTS {
        let schema = proto(text);
        let normalized = schema.normalized();
        assert_eq!(proto(&normalized).normalized(), normalized, "{text}");
        assert_eq!(proto(schema.canonical()).normalized(), normalized, "{text}");
    }
}

#[test]
fn spellings_of_one_schema_normalize_to_one_text() {
    let one = "syntax = \"proto2\"; package a; import \"google/protobuf/any.proto\"; import \"google/protobuf/duration.proto\";\n\
        message M { optional N n = 2; repeated int32 i = 1 [packed = true, deprecated = false]; map<string, N> ns = 3;\n\
        oneof y { int32 q = 9; int32 p = 8; } oneof x { int32 o = 7; }\n\
        reserved 12, 10 to 10; reserved \"b\", \"a\"; extensions 200 to 300; extensions 100; } message N {}\n\
        enum E { A = 1; C = 3; B = 2; } extend M { optional int32 f = 201; } extend a.M { optional N e = 100; }";
    let other = "package a; import \"google/protobuf/duration.proto\"; import \"google/protobuf/any.proto\";\n\
        message M { reserved \"a\"; reserved \"b\"; reserved 10, 12 to 12; extensions 100, 200 to 300;\n\
        oneof x { int32 o = 7; } oneof y { int32 p = 8; int32 q = 9; } map<string, .a.N> ns = 3;\n\
        repeated int32 i = 1 [deprecated = false, packed = true]; optional a.N n = 2; } message N {}\n\
        enum E { A = 1; B = 2; C = 3; } extend .a.M { optional .a.N e = 100; optional int32 f = 201; }";
    let normalized = "package a;\n\nimport \"google/protobuf/any.proto\";\nimport \"google/protobuf/duration.proto\";\n\n\
        message M {\n  reserved 10;\n  reserved 12;\n  reserved \"a\";\n  reserved \"b\";\n\n  \
        repeated int32 i = 1 [\n    deprecated = false,\n    packed = true\n  ];\n  optional .a.N n = 2;\n  map<string, .a.N> ns = 3;\n\n  \
        oneof x {\n    int32 o = 7;\n  }\n  oneof y {\n    int32 p = 8;\n    int32 q = 9;\n  }\n\n  extensions 100;\n  extensions 200 to 300;\n}\n\
        message N {}\nenum E {\n  A = 1;\n  B = 2;\n  C = 3;\n}\n\nextend .a.M {\n  optional .a.N e = 100;\n  optional int32 f = 201;\n}\n";
    assert_eq!(proto(one).normalized(), normalized);
    assert_eq!(proto(other).normalized(), normalized);
}

#[test]
fn spellings_of_one_option_normalize_to_one_text() {
    let head = "syntax = \"proto3\";\npackage a;\nimport \"confluent/meta.proto\";\n";
    let spelled = [
        "message M { option (confluent.message_meta).doc = \"d\"; option (confluent.message_meta).tags = \"t\"; }",
        "message M { option (.confluent.message_meta) = { tags: [\"t\"] doc: \"d\" }; }",
        "message M { option (confluent.message_meta) = { doc: 'd', tags: \"t\" params: [] }; }",
    ];
    let normalized = "syntax = \"proto3\";\npackage a;\n\nimport \"confluent/meta.proto\";\n\n\
        message M {\n  option (confluent.message_meta) = {\n    doc: \"d\",\n    tags: \"t\"\n  };\n}\n";
    for text in spelled {
        assert_eq!(proto(&format!("{head}{text}")).normalized(), normalized);
    }
}

#[test]
fn a_repeated_message_inside_an_option_keeps_all_its_values() {
    let text = "syntax = \"proto2\"; import \"google/protobuf/descriptor.proto\";\n\
        message Inner { optional int32 a = 1; optional int32 b = 2; } message Opt { repeated Inner r = 1; optional Inner one = 2; }\n\
        extend google.protobuf.MessageOptions { optional Opt o = 50001; }\n\
        message M { option (o).r = { a: 1 }; option (o).one.a = 3; option (o).r = { a: 2 }; option (o).one.b = 4; }";
    let normalized = proto(text).normalized();
    assert_eq!(proto(&normalized).normalized(), normalized);
    let options = "one: {\n      a: 3,\n      b: 4\n    },\n    r: [\n      {\n        a: 1\n      },\n      {\n        a: 2\n      }\n    ]";
    assert!(normalized.contains(options), "{normalized}");
}

#[test]
fn spellings_of_an_extension_inside_an_option_meet() {
    let text = "syntax = \"proto2\"; package p; import \"google/protobuf/descriptor.proto\";\n\
        message Inner { optional int32 a = 1; optional int32 b = 2; optional int32 c = 3; } message Opt { extensions 100 to max; }\n\
        extend Opt { optional Inner x = 100; } extend google.protobuf.MessageOptions { optional Opt o = 50001; }\n\
        message M { option (o).(x).a = 1; option (p.o).(p.x).b = 2; option (.p.o).(.p.x).c = 3; }";
    let normalized = proto(text).normalized();
    assert_eq!(proto(&normalized).normalized(), normalized);
    let option =
        "option (p.o) = {\n    [p.x]: {\n      a: 1,\n      b: 2,\n      c: 3\n    }\n  };";
    assert!(normalized.contains(option), "{normalized}");
}

#[test]
fn numbers_too_large_for_an_integer_keep_an_exponent() {
    let text = "message M { optional float f = 1 [default = 6.022140857e23]; optional double d = 2 [default = -1e300];\n\
        optional double e = 3 [default = 1e3]; optional double g = 4 [default = -9.3e18]; }";
    let normalized = proto(text).normalized();
    assert_eq!(proto(&normalized).normalized(), normalized);
    for written in ["= 6.022140857e23]", "= -1e300]", "= 1000]", "= -9.3e18]"] {
        assert!(normalized.contains(written), "{normalized}");
    }
}

#[test]
fn the_order_of_messages_and_the_first_constant_survive_normalizing() {
    let text = "syntax = \"proto3\";\n\nmessage B {}\nmessage A {}\nenum E {\n  Z = 0;\n  MINUS = -1;\n  ONE = 1;\n}\n";
    assert_eq!(proto(text).normalized(), text);
}

#[test]
fn a_base64_descriptor_becomes_the_text_it_came_from() {
    for text in TEXTS.iter().filter(|text| !text.is_empty()) {
        let bytes = compiled(text).1;
        let encoded = base64::engine::general_purpose::STANDARD.encode(bytes);
        let decoded = proto(&encoded);
        let original = proto(text);
        assert_eq!(changes(&decoded, &original), [] as [&str; 0], "{text}");
        assert_eq!(changes(&original, &decoded), [] as [&str; 0], "{text}");
        assert_eq!(
            facts(decoded.canonical()),
            facts(text),
            "{text}\n{}",
            decoded.canonical()
        );
    }
}

#[test]
fn a_descriptor_is_the_same_bytes_each_time() {
    let text = "syntax = \"proto3\"; package a; import \"confluent/meta.proto\"; message M { option (confluent.message_meta) = {\n\
        params: [{ key: \"a\", value: \"1\" }, { key: \"b\", value: \"2\" }, { key: \"c\", value: \"3\" }, { key: \"d\", value: \"4\" }] }; }";
    let descriptor = || {
        let form = proto(text).formatted(Format::Serialized);
        form.unwrap().unwrap()
    };
    let first = descriptor();
    for _ in 0..20 {
        assert_eq!(descriptor(), first);
    }
}

#[test]
fn names_that_mean_nothing_are_refused() {
    let said = refusal(
        "syntax = \"proto3\";\nmessage M {\n  Missing x = 1;\n}\n",
        &[],
    );
    assert!(
        said.starts_with("line 3, column 3: ") && said.contains("Missing"),
        "{said}"
    );
    let said = refusal(
        "syntax = \"proto3\";\nimport \"a.proto\";\nmessage M { A a = 1; }",
        &[(
            "a.proto",
            "syntax = \"proto3\";\nmessage A { Missing x = 1; }",
        )],
    );
    assert!(
        said.starts_with("in \"a.proto\": line 2, column 13: "),
        "{said}"
    );
}

#[test]
fn what_public_imports_pass_on_is_seen_through_any_number_of_them() {
    let references = [
        ("d.proto", "syntax = \"proto3\"; package x; message D {}"),
        ("c.proto", "syntax = \"proto3\"; import public \"d.proto\";"),
        ("b.proto", "syntax = \"proto3\"; import public \"c.proto\";"),
        (
            "a.proto",
            "syntax = \"proto3\"; import \"d.proto\"; import public \"b.proto\";",
        ),
    ];
    let text = "syntax = \"proto3\";\n\nimport \"a.proto\";\n\nmessage M {\n  x.D d = 1;\n}\n";
    assert_eq!(proto_with(text, &references).canonical(), text);
    let hidden = [
        references[0],
        ("c.proto", "syntax = \"proto3\"; import \"d.proto\";"),
        references[2],
        references[3],
    ];
    assert!(refusal(text, &hidden).contains("x.D"));
}

#[test]
fn references_that_nothing_imports_are_not_looked_at() {
    let schema = proto_with(
        "syntax = \"proto3\";\nmessage M {}",
        &[("a.proto", "no proto at all")],
    );
    assert_eq!(schema.canonical(), "syntax = \"proto3\";\n\nmessage M {}\n");
}

/// Everything a text says, in no particular order of declarations.
fn facts(text: &str) -> String {
    let (pool, bytes) = compiled(text);
    let descriptor = pool
        .get_message_by_name("google.protobuf.FileDescriptorProto")
        .unwrap_or_else(|| prost_reflect::prost_types::FileDescriptorProto::default().descriptor());
    let mut file = DynamicMessage::decode(descriptor, bytes.as_slice()).expect("it was encoded");
    file.clear_field_by_name("source_code_info");
    // The order of imports is nobody's business, and with it go the positions of the public and weak ones.
    let imports = imports(&file);
    for name in ["dependency", "public_dependency", "weak_dependency"] {
        file.clear_field_by_name(name);
    }
    // Without a line for the syntax it is proto2.
    format!(
        "{imports:?} {}",
        fact(&Value::Message(file)).replace("syntax:\"proto2\";", "")
    )
}

fn imports(file: &DynamicMessage) -> Vec<String> {
    let list = |name: &str| -> Vec<Value> {
        let value = file.get_field_by_name(name).expect("the descriptor has it");
        value.as_list().expect("it is a list").to_vec()
    };
    let (public, weak) = (list("public_dependency"), list("weak_dependency"));
    let mut found: Vec<String> = (0..)
        .zip(list("dependency"))
        .map(|(index, path)| {
            let index = Value::I32(index);
            format!(
                "{path} {} {}",
                public.contains(&index),
                weak.contains(&index)
            )
        })
        .collect();
    found.sort();
    found
}

fn fact(value: &Value) -> String {
    match value {
        Value::Message(message) => {
            let mut parts: Vec<String> = message
                .fields()
                .map(|(field, value)| format!("{}:{};", field.name(), fact(value)))
                .chain(
                    message
                        .extensions()
                        .map(|(field, value)| format!("[{}]:{};", field.full_name(), fact(value))),
                )
                .collect();
            parts.sort();
            format!("{{{}}}", parts.concat())
        }
        Value::List(values) => {
            let mut parts: Vec<String> = values.iter().map(fact).collect();
            if values
                .iter()
                .all(|value| matches!(value, Value::Message(_)))
            {
                parts.sort();
            }
            format!("[{}]", parts.join(","))
        }
        Value::Map(map) => {
            let mut parts: Vec<String> = map
                .iter()
                .map(|(key, value)| format!("{key:?}={}", fact(value)))
                .collect();
            parts.sort();
            format!("<{}>", parts.join(","))
        }
        other => {
            let mut text = String::new();
            let _ = write!(text, "{other}");
            text
        }
    }
}

/// protox's own answer, without any of ours in between except the bundled files.
fn compiled(text: &str) -> (prost_reflect::DescriptorPool, Vec<u8>) {
    struct Texts(String);
    impl FileResolver for Texts {
        fn open_file(&self, name: &str) -> Result<File, protox::Error> {
            let bundled = format!(
                "{}/../protobuf/src/bundled/{name}",
                env!("CARGO_MANIFEST_DIR")
            );
            match (name, std::fs::read_to_string(bundled)) {
                ("root", _) => File::from_source(name, &self.0),
                (_, Ok(text)) => File::from_source(name, &text),
                _ => Err(protox::Error::file_not_found(name)),
            }
        }
    }
    let mut resolver = ChainFileResolver::new();
    resolver.add(Texts(text.to_owned()));
    resolver.add(GoogleFileResolver::new());
    let mut compiler = Compiler::with_file_resolver(resolver);
    compiler.include_imports(true);
    compiler
        .open_file("root")
        .unwrap_or_else(|error| panic!("{error:?}\n{text}"));
    let pool = compiler.descriptor_pool();
    let file = pool.get_file_by_name("root").expect("it was compiled");
    let bytes = file.encode_to_vec();
    (pool, bytes)
}
