//! What the sandbox counted.

use connector_sandbox::Sandbox;

/// How many requests were of such a method and route.
pub(crate) fn requests_that(sandbox: &Sandbox, are: impl Fn(&str, &str) -> bool) -> u64 {
    let stats = sandbox.stats();
    stats.routes.iter().filter(|of| are(&of.method, &of.route)).map(|of| of.requests).sum()
}

/// How many requests wrote into a remote.
#[must_use]
pub fn writes(sandbox: &Sandbox) -> u64 {
    requests_that(sandbox, |method, route| method != "GET" && !lists(route))
}

/// Whether requests to this route list records, though they need not be a GET.
pub(crate) fn lists(route: &str) -> bool {
    route.ends_with("/listRecords") || route.ends_with("/query")
}
