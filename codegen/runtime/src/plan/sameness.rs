//! What a whole plan tells: where both sides are written alike, and whether anything can be read at all.

use alloc::{vec, vec::Vec};

use crate::schema::{Kind, NodeId, Schema};

use super::{Action, Node};

/// Marks the nodes whose two types are written alike, all the way down, so that reading takes the straight path there.
///
/// Types are taken for alike until something differs; what uses a type that differs differs too.
pub(super) fn simplify(
    nodes: &mut [Node],
    pairs: &[(NodeId, NodeId)],
    reader: &Schema,
    writer: &Schema,
) {
    let mut users = vec![Vec::new(); nodes.len()];
    let mut differs = vec![false; nodes.len()];
    let mut waiting = Vec::new();
    for (at, node) in (0_u32..).zip(&*nodes) {
        let (reader_id, writer_id) = pairs[at as usize];
        let (reader, writer) = (reader.kind(reader_id), writer.kind(writer_id));
        let Some(parts) = parts_if_alike(node, nodes, reader, writer) else {
            differs[at as usize] = true;
            waiting.push(at);
            continue;
        };
        for part in parts {
            users[part as usize].push(at);
        }
    }
    while let Some(at) = waiting.pop() {
        for user in core::mem::take(&mut users[at as usize]) {
            if !core::mem::replace(&mut differs[user as usize], true) {
                waiting.push(user);
            }
        }
    }
    for (node, differs) in nodes.iter_mut().zip(&differs) {
        if !differs {
            *node = Node::Same;
        }
    }
    let differs = |node: u32| differs[node as usize];
    for node in nodes {
        let Node::Record(fields) = node else { continue };
        for field in fields {
            if matches!(field.action, Action::Node(node) if !differs(node)) {
                field.action = Action::Same;
            }
        }
    }
}

/// The nodes that must be alike for this one to be alike, unless it differs by itself.
fn parts_if_alike(node: &Node, nodes: &[Node], reader: &Kind, writer: &Kind) -> Option<Vec<u32>> {
    match node {
        Node::Same => Some(Vec::new()),
        Node::Array(inner) | Node::Map(inner) => Some(vec![*inner]),
        Node::Record(fields) => {
            let as_written = (0..).zip(fields).map(|(index, field)| match field.action {
                Action::Node(node) if field.target == index && !field.again => Some(node),
                _ => None,
            });
            let Kind::Record(record) = reader else {
                return None;
            };
            if record.fields.len() != fields.len() {
                return None;
            }
            as_written.collect()
        }
        Node::Enum(indexes) => {
            let (Kind::Enum(one), Kind::Enum(other)) = (reader, writer) else {
                return None;
            };
            let alike = one.symbols.len() == other.symbols.len()
                && indexes.iter().zip(0..).all(|(one, other)| *one == other);
            alike.then(Vec::new)
        }
        Node::Union(branches) => {
            let Kind::Union(own) = reader else {
                return None;
            };
            if own.len() != branches.len() {
                return None;
            }
            let inner = (0..)
                .zip(branches)
                .map(|(index, &node)| match nodes[node as usize] {
                    Node::Branch(branch, inner) if branch == index => Some(inner),
                    _ => None,
                });
            inner.collect()
        }
        Node::Promote(_) | Node::Branch(..) | Node::Fail(_) => None,
    }
}

/// Whether a node fails whatever the bytes are.
pub(super) fn is_dead(nodes: &[Node], root: u32) -> bool {
    let mut users = vec![Vec::new(); nodes.len()];
    let mut dead = vec![false; nodes.len()];
    // How many branches of a union are left that may be readable.
    let mut alive = vec![1_usize; nodes.len()];
    let mut waiting = Vec::new();
    for (at, node) in (0_u32..).zip(nodes) {
        match node {
            Node::Fail(_) => {
                dead[at as usize] = true;
                waiting.push(at);
            }
            Node::Branch(_, inner) => users[*inner as usize].push(at),
            Node::Union(branches) => {
                alive[at as usize] = branches.len();
                for &branch in branches {
                    users[branch as usize].push(at);
                }
            }
            Node::Record(fields) => {
                for field in fields {
                    if let Action::Node(inner) = field.action {
                        users[inner as usize].push(at);
                    }
                }
            }
            Node::Same | Node::Promote(_) | Node::Array(_) | Node::Map(_) | Node::Enum(_) => {}
        }
    }
    while let Some(at) = waiting.pop() {
        for user in core::mem::take(&mut users[at as usize]) {
            let left = &mut alive[user as usize];
            *left = left.saturating_sub(1);
            if *left == 0 && !core::mem::replace(&mut dead[user as usize], true) {
                waiting.push(user);
            }
        }
    }
    dead[root as usize]
}
