//! Address safety, row by row: what is refused when a subscription is made, and what when its name was looked up.

use std::net::{IpAddr, SocketAddr};

use dovetail_server::webhooks::{
    network::{Network, is_public},
    target::{Refusal, TargetPolicy},
};

/// As strict as it starts, but that http is fine, so that each row is refused for its own reason.
fn policy() -> TargetPolicy {
    TargetPolicy {
        allow_http: true,
        listening: Some("10.9.8.7:8081".parse().unwrap()),
        public: Some(("schemas.example.com".to_owned(), 443)),
        ..TargetPolicy::default()
    }
}

fn allowing(networks: &[&str]) -> TargetPolicy {
    TargetPolicy {
        allowed_networks: networks
            .iter()
            .map(|network| network.parse::<Network>().unwrap())
            .collect(),
        ..TargetPolicy::default()
    }
}

#[track_caller]
fn refused(url: &str) -> Refusal {
    match policy().target(url) {
        Err(refusal) => refusal,
        Ok(target) => panic!("{url} was taken as {}", target.url()),
    }
}

#[track_caller]
fn all_refused(rule: &str, urls: &[&str]) {
    for url in urls {
        let refusal = refused(url);
        assert_eq!(refusal.rule, rule, "{url}: {refusal}");
    }
}

#[test]
fn rows_1_to_10_loopback_however_it_is_spelled() {
    all_refused(
        "address",
        &[
            "http://127.0.0.1/",
            "http://127.1/",
            "http://0/",
            "http://0.0.0.0:8081/",
            "http://2130706433/",
            "http://0x7f000001/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://127.0.0.1./",
            "http://①②⑦.⓪.⓪.①/",
            "http://127。0。0。1/",
            "http://127｡0｡0｡1/",
            "http://%31%32%37.0.0.1/",
        ],
    );
}

#[test]
fn rows_11_12_and_34_names_that_are_not_of_the_internet() {
    all_refused(
        "name",
        &[
            "http://localhost/",
            "http://LOCALHOST/",
            "http://localhost./",
            "http://ⓛocalhost/",
            "http://%6cocalhost/",
            "http://ip6-localhost/",
            "http://foo.localhost/",
            "http://printer.local/",
            "http://db.internal/",
            "http://router.home.arpa/",
            "http://registry/",
            "http://metadata.google.internal/",
            "http://instance-data/",
            "http://metadata.tencentyun.com/",
        ],
    );
    // Endings are compared part by part.
    assert!(policy().target("https://notlocal.example/").is_ok());
    assert!(policy().target("https://my-internal.example.com/").is_ok());
}

#[test]
fn rows_13_to_26_ipv6() {
    all_refused(
        "address",
        &[
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
            "http://[::ffff:7f00:1]/",
            "http://[0:0:0:0:0:ffff:7f00:0001]/",
            "http://[::127.0.0.1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[64:ff9b:1::a00:1]/",
            "http://[2002:7f00:1::]/",
            "http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/",
            "http://[::ffff:0:7f00:1]/",
            "http://[::5efe:7f00:1]/",
            "http://[fe80::1]/",
            "http://[fec0::1]/",
            "http://[fc00::1]/",
            "http://[fd00:ec2::254]/",
            "http://[ff02::1]/",
            "http://[2001:db8::1]/",
            "http://[3fff::1]/",
            "http://[100::1]/",
            "http://[5f00::1]/",
        ],
    );
    all_refused("url", &["http://[fe80::1%25eth0]/", "http://[::1%lo]/"]);
    assert!(policy().target("https://[2606:4700::1111]/").is_ok());
}

#[test]
fn rows_27_to_33_ipv4() {
    all_refused(
        "address",
        &[
            "http://10.0.0.1/",
            "http://172.16.0.1/",
            "http://172.31.255.255/",
            "http://192.168.0.1/",
            "http://100.64.0.1/",
            "http://100.127.255.254/",
            "http://100.100.100.200/",
            "http://169.254.169.254/",
            "http://169.254.170.2/",
            "http://2852039166/",
            "http://192.0.0.192/",
            "http://168.63.129.16/",
            "http://198.18.0.1/",
            "http://192.0.2.1/",
            "http://198.51.100.1/",
            "http://203.0.113.1/",
            "http://192.88.99.1/",
            "http://224.0.0.1/",
            "http://240.0.0.1/",
            "http://255.255.255.255/",
        ],
    );
    for neighbour in [
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "168.63.129.15",
        "168.63.129.17",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "11.0.0.0",
    ] {
        let url = format!("https://{neighbour}/");
        assert!(policy().target(&url).is_ok(), "{neighbour}");
    }
}

#[test]
fn rows_35_to_41_what_parsers_read_in_different_ways() {
    all_refused(
        "credentials",
        &[
            "http://user:pass@example.com/",
            "http://example.com@127.0.0.1/",
            "http://127.0.0.1@example.com/",
            "http://@example.com/",
            "http://1.1.1.1&@2.2.2.2#@3.3.3.3/",
        ],
    );
    all_refused(
        "characters",
        &[
            "http://1.1.1.1 &@2.2.2.2# @3.3.3.3/",
            "http://127.1.1.1:80\\@127.2.2.2:80/",
            "http:\\\\127.0.0.1\\",
            "http://exam\tple.com/",
            "http://example.com/\r\nx: y",
            "\u{0}http://example.com/",
            " https://example.com/",
            "https://example.com/\u{85}",
        ],
    );
    all_refused(
        "spelling",
        &["http:127.0.0.1/", "http:///127.0.0.1/", "https:example.com"],
    );
    all_refused(
        "fragment",
        &["http://example.com#@127.0.0.1/", "https://example.com/#"],
    );
    // A question mark ends the host for everybody.
    let target = policy().target("https://example.com?@127.0.0.1").unwrap();
    assert_eq!(target.name(), Some("example.com"));
    all_refused(
        "scheme",
        &[
            "file:///etc/passwd",
            "gopher://example.com/",
            "ftp://example.com/",
            "data:text/plain,x",
            "javascript:alert(1)",
            "unix:/run/x",
            "jar:http://example.com!/",
            "//example.com/",
            "example.com",
            "",
        ],
    );
}

#[test]
fn rows_42_to_46_ports_schemes_and_lengths() {
    all_refused(
        "port",
        &[
            "https://example.com:22/",
            "https://example.com:25/",
            "https://example.com:6379/",
            "https://example.com:0/",
            "https://example.com:80/",
        ],
    );
    let strict = TargetPolicy::default();
    assert_eq!(
        strict.target("http://example.com/").unwrap_err().rule,
        "scheme"
    );
    assert!(strict.target("https://example.com/").is_ok());
    assert!(strict.target("HTTPS://EXAMPLE.com:443/x?y=1").is_ok());
    let more = TargetPolicy {
        ports: vec![443, 8443],
        ..TargetPolicy::default()
    };
    assert!(more.target("https://example.com:8443/").is_ok());
    all_refused(
        "url",
        &[
            "http://256.256.256.256/",
            "http://1.2.3.4.5/",
            "http://[127.0.0.1]/",
            "http://example.com:65536/",
            "https://",
            "http://xn--/",
        ],
    );
    let long_name = format!("http://{}com/", "a.".repeat(126));
    let long_label = format!("http://{}.com/", "a".repeat(64));
    all_refused(
        "host",
        &[
            "http://./",
            "http://../",
            "http://a..b/",
            "http://under_score.example/",
            "http://-a.example/",
            &long_name,
            &long_label,
        ],
    );
    assert!(policy().target("http://o177.0.0.1/").is_err());
    let fits = format!("https://example.com/{}", "x".repeat(2048 - 20));
    assert!(policy().target(&fits).is_ok());
    assert_eq!(refused(&format!("{fits}x")).rule, "length");
}

fn addresses(texts: &[&str]) -> Vec<IpAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

#[test]
fn rows_47_to_51_one_bad_answer_refuses_the_name() {
    let policy = policy();
    let target = policy.target("https://hooks.example.com/x").unwrap();
    let vet = |texts: &[&str]| policy.vet(&target, &addresses(texts));
    let mut twenty = vec!["93.184.216.34"; 19];
    twenty.push("10.0.0.5");
    for (answers, rule) in [
        (&["10.0.0.5"][..], "address"),
        (&["93.184.216.34", "fd00::1"], "address"),
        (&["10.0.0.1", "2606:4700::1111"], "address"),
        (&twenty, "address"),
        (&["::ffff:10.0.0.1"], "address"),
        (&[], "no_address"),
    ] {
        assert_eq!(vet(answers).unwrap_err().rule, rule, "{answers:?}");
    }
    let vetted = vet(&["93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1"]).unwrap();
    let expected: Vec<SocketAddr> = ["93.184.216.34:443", "[2606:4700::1111]:443", "1.1.1.1:443"]
        .iter()
        .map(|text| text.parse().unwrap())
        .collect();
    assert_eq!(vetted, expected, "these and no others are connected to");
}

#[test]
fn row_56_the_registry_never_calls_itself() {
    assert_eq!(refused("https://schemas.example.com/x").rule, "own_address");
    let open = TargetPolicy {
        listening: Some("127.0.0.1:8081".parse().unwrap()),
        ..allowing(&["127.0.0.0/8", "10.0.0.0/8"])
    };
    assert_eq!(
        open.target("http://127.0.0.1:8081/").unwrap_err().rule,
        "own_address"
    );
    assert!(open.target("http://127.0.0.1:8082/").is_ok());
    let everywhere = TargetPolicy {
        listening: Some("0.0.0.0:8081".parse().unwrap()),
        ..open
    };
    let refusal = everywhere.target("http://127.0.0.1:8081/").unwrap_err();
    assert_eq!(refusal.rule, "own_address");
    // Which addresses are ours shows when we are connected: both ends are the same machine.
    let socket = |text: &str| text.parse::<SocketAddr>().unwrap();
    assert!(everywhere.leads_back(socket("10.0.0.7:50000"), socket("10.0.0.7:8081")));
    assert!(!everywhere.leads_back(socket("10.0.0.7:50000"), socket("10.0.0.7:9000")));
    assert!(!everywhere.leads_back(socket("10.0.0.7:50000"), socket("10.0.0.8:8081")));
}

#[test]
fn row_61_an_allowed_network_opens_exactly_itself() {
    let policy = allowing(&["10.1.0.0/16"]);
    for fine in [
        "https://10.1.2.3/",
        "http://10.1.2.3/",
        "http://10.1.255.255:9000/x",
        "http://[::ffff:10.1.0.1]/",
    ] {
        assert!(policy.target(fine).is_ok(), "{fine}");
    }
    for (refused, rule) in [
        ("http://10.2.0.0/", "address"),
        ("http://169.254.169.254/", "address"),
        ("http://127.0.0.1/", "address"),
        ("http://93.184.216.34/", "scheme"),
        ("https://93.184.216.34:9000/", "port"),
        ("http://metadata.google.internal/", "name"),
    ] {
        assert_eq!(policy.target(refused).unwrap_err().rule, rule, "{refused}");
    }
    // A name may lead there; whether it does shows when it is looked up.
    let inside = policy.target("http://hooks:9000/").unwrap();
    assert!(inside.depends_on_addresses());
    assert!(policy.vet(&inside, &addresses(&["10.1.0.1"])).is_ok());
    for (answers, rule) in [
        (&["93.184.216.34"][..], "scheme"),
        (&["10.1.0.1", "93.184.216.34"], "scheme"),
        (&["10.1.0.1", "10.2.0.1"], "address"),
    ] {
        let refusal = policy.vet(&inside, &addresses(answers)).unwrap_err();
        assert_eq!(refusal.rule, rule, "{answers:?}");
    }
    let public = policy.target("https://hooks.example.com/").unwrap();
    assert!(!public.depends_on_addresses());
    assert!(policy.vet(&public, &addresses(&["93.184.216.34"])).is_ok());
}

#[test]
fn networks_are_read_strictly() {
    for fine in [
        "10.1.0.0/16",
        "0.0.0.0/0",
        "127.0.0.1/32",
        "fd00::/8",
        "::1/128",
        "::/0",
    ] {
        let network: Network = fine.parse().unwrap();
        assert_eq!(network.to_string(), fine);
    }
    for wrong in [
        "10.0.0.0",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.1.2.3/16",
        "::1/64",
        "fd00::/129",
        "localhost/8",
        "/8",
        "",
    ] {
        assert!(wrong.parse::<Network>().is_err(), "{wrong}");
    }
    let everything: Network = "0.0.0.0/0".parse().unwrap();
    assert!(everything.contains("255.255.255.255".parse().unwrap()));
    assert!(!everything.contains("::1".parse().unwrap()));
    assert!(everything.contains("::ffff:1.2.3.4".parse().unwrap()));
    let error = "10.1.2.3/16".parse::<Network>().unwrap_err();
    assert!(error.to_string().contains("write 10.1.0.0/16"), "{error}");
}

#[test]
fn public_is_what_the_standard_library_does_not_call_special() {
    for (address, expected) in [
        ("8.8.8.8", true),
        ("::1", false),
        ("2a00::1", true),
        ("4000::1", false),
    ] {
        assert_eq!(is_public(address.parse().unwrap()), expected, "{address}");
    }
}

#[test]
fn host_and_name_stay_as_they_were() {
    let policy = TargetPolicy {
        ports: vec![443, 8443],
        ..TargetPolicy::default()
    };
    for (url, authority) in [
        ("https://Example.com./x", "example.com"),
        ("https://example.com:8443/x", "example.com:8443"),
        ("https://example.com:443/x", "example.com"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://[2606:4700::1111]:8443/", "[2606:4700::1111]:8443"),
    ] {
        assert_eq!(policy.target(url).unwrap().authority(), authority, "{url}");
    }
}
