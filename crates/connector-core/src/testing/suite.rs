//! How a conformance suite lists its tests.

/// Lists tests once: each becomes a `#[tokio::test]` of its name that runs on what `$make` gives.
#[doc(hidden)]
#[macro_export]
macro_rules! suite_tests {
    ($suite:ident, $make:path => $($group:ident::$name:ident;)+) => {$(
        #[tokio::test]
        async fn $name() {
            let harness = $make().await;
            $crate::testing::$suite::$group::$name(&harness).await;
        }
    )+};
}

/// Asserts that `list` names each function of `groups`: one that is left out would never run.
#[cfg(test)]
pub(super) fn assert_all_are_listed(list: &str, groups: &[&str]) {
    let functions = groups.iter().flat_map(|group| group.lines()).filter_map(|line| {
        let (name, _) = line.strip_prefix("pub async fn ")?.split_once('(')?;
        Some(name)
    });
    let functions: Vec<&str> = functions.collect();
    assert!(!functions.is_empty());
    for name in functions {
        assert!(list.contains(&format!("::{name};")), "{name} is not listed");
    }
}
