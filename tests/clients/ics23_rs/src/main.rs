//! Reads a JSON array of {spec, proof, root, key, value} (hex; value null for absence) from standard input and writes
//! a JSON array that says of each whether the stock library accepts it.

use ics23::{
    iavl_spec, tendermint_spec, verify_membership, verify_non_membership, CommitmentProof, HostFunctionsManager,
};
use prost::Message;
use serde::Deserialize;
use std::io::Read;

#[derive(Deserialize)]
struct Case {
    spec: String,
    proof: String,
    root: String,
    key: String,
    value: Option<String>,
}

fn accepts(case: &Case) -> bool {
    let bytes = |text: &str| hex::decode(text).expect("hex");
    let spec = if case.spec == "iavl" { iavl_spec() } else { tendermint_spec() };
    let Ok(proof) = CommitmentProof::decode(bytes(&case.proof).as_slice()) else {
        return false;
    };
    let (root, key) = (bytes(&case.root), bytes(&case.key));
    match &case.value {
        Some(value) => verify_membership::<HostFunctionsManager>(&proof, &spec, &root, &key, &bytes(value)),
        None => verify_non_membership::<HostFunctionsManager>(&proof, &spec, &root, &key),
    }
}

fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).expect("standard input");
    let cases: Vec<Case> = serde_json::from_str(&text).expect("cases");
    let answers: Vec<bool> = cases.iter().map(accepts).collect();
    println!("{}", serde_json::to_string(&answers).expect("answers"));
}
