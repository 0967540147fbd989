//! The playbook compiler.
use bellwether::playbook::compile;

#[test]
fn shipped() {
    let text = include_str!("../src/playbook/builtin/lead_lifecycle.toml");
    match compile(text) {
        Ok(c) => {
            for w in &c.warnings {
                println!("{w}");
            }
            assert!(c.warnings.is_empty());
        }
        Err(p) => {
            for w in &p {
                println!("{w}");
            }
            panic!();
        }
    }
}
