//! A script of faults: which requests go wrong, and how.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::remote::Remote;

/// A fault that waits for its requests.
///
/// ```
/// use connector_sandbox::Fault;
///
/// // The second create is applied, but its answer never arrives.
/// let lost = Fault::drop_answer().on("POST", "/v0/{base}/{table}").skip(1).once();
/// // Every list is slow.
/// let slow = Fault::delay(std::time::Duration::from_millis(300)).on("GET", "/v0/{base}/{table}");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Only this provider's requests; absent: every provider's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remote: Option<Remote>,
    /// Only this HTTP method; absent: every method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Only this route template, such as `/v0/{base}/{table}`; absent: every route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// How many matching requests pass before the first that fails.
    #[serde(default)]
    pub skip: u32,
    /// How many requests fail; absent: all that follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
    /// Milliseconds added before anything else happens.
    #[serde(default)]
    pub delay_ms: u64,
    /// What happens; absent: only the delay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
}

/// What a fault does to a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// Answers with an error.
    Answer(FaultAnswer),
    /// Closes the connection without an answer.
    Cut {
        /// Whether the request takes effect first: applied, but no answer.
        applied: bool,
    },
    /// Applies the request, then closes the connection in the middle of the answer's body.
    CutBody,
    /// Never answers: the connection stays open for as long as the client waits.
    Hold {
        /// Whether the request takes effect first.
        applied: bool,
    },
}

/// The error that a fault answers with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultAnswer {
    /// The HTTP status.
    pub status: u16,
    /// What the body looks like.
    #[serde(default)]
    pub shape: Shape,
    /// The provider's error type; absent: the one that belongs to the status.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The message; absent: the one that belongs to the status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// A `Retry-After` header, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
    /// Whether the request takes effect first.
    #[serde(default)]
    pub applied: bool,
}

/// What an error body looks like. `List` and `Bare` are forms that Airtable's bodies have been seen in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// The provider's normal error object.
    #[default]
    Object,
    /// `{"errors":[{"error":TYPE,"message":..}]}`.
    List,
    /// `{"error":TYPE}`.
    Bare,
    /// A gateway's HTML page.
    Html,
    /// Nothing.
    Empty,
}

impl Fault {
    /// Answers with this status and the words that belong to it.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::with(Some(Effect::Answer(FaultAnswer {
            status,
            shape: Shape::Object,
            kind: None,
            message: None,
            retry_after: None,
            applied: false,
        })))
    }

    /// Closes the connection before the request takes effect.
    #[must_use]
    pub fn drop_request() -> Self {
        Self::with(Some(Effect::Cut { applied: false }))
    }

    /// Lets the request take effect, then closes the connection without an answer.
    #[must_use]
    pub fn drop_answer() -> Self {
        Self::with(Some(Effect::Cut { applied: true }))
    }

    /// Lets the request take effect, then closes the connection in the middle of the answer.
    #[must_use]
    pub fn cut_body() -> Self {
        Self::with(Some(Effect::CutBody))
    }

    /// Leaves the request without an answer, for as long as the client waits, and without effect.
    #[must_use]
    pub fn hold_request() -> Self {
        Self::with(Some(Effect::Hold { applied: false }))
    }

    /// Lets the request take effect, and leaves it without an answer for as long as the client waits.
    #[must_use]
    pub fn hold_answer() -> Self {
        Self::with(Some(Effect::Hold { applied: true }))
    }

    /// Makes requests slow, and nothing else.
    #[must_use]
    pub fn delay(delay: Duration) -> Self {
        Self::with(None).after(delay)
    }

    fn with(effect: Option<Effect>) -> Self {
        Self { remote: None, method: None, route: None, skip: 0, times: None, delay_ms: 0, effect }
    }

    /// Only requests of this method and route template.
    #[must_use]
    pub fn on(mut self, method: &str, route: &str) -> Self {
        self.method = Some(method.to_owned());
        self.route = Some(route.to_owned());
        self
    }

    /// Only this provider's requests.
    #[must_use]
    pub fn of(mut self, remote: Remote) -> Self {
        self.remote = Some(remote);
        self
    }

    /// Lets the first matching requests pass.
    #[must_use]
    pub fn skip(mut self, requests: u32) -> Self {
        self.skip = requests;
        self
    }

    /// Ends after this many requests.
    #[must_use]
    pub fn times(mut self, requests: u32) -> Self {
        self.times = Some(requests);
        self
    }

    /// Ends after one request.
    #[must_use]
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// Waits first.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
        self
    }

    /// Sends `Retry-After` with the answer.
    #[must_use]
    pub fn retry_after(self, seconds: u32) -> Self {
        self.answer(|answer| answer.retry_after = Some(seconds))
    }

    /// Gives the answer's body another form.
    #[must_use]
    pub fn shape(self, shape: Shape) -> Self {
        self.answer(|answer| answer.shape = shape)
    }

    /// Gives the answer another error type and message.
    #[must_use]
    pub fn saying(self, kind: &str, message: &str) -> Self {
        self.answer(|answer| {
            answer.kind = Some(kind.to_owned());
            answer.message = Some(message.to_owned());
        })
    }

    /// Lets the request take effect before the error is answered.
    #[must_use]
    pub fn applied(self) -> Self {
        self.answer(|answer| answer.applied = true)
    }

    fn answer(mut self, change: impl FnOnce(&mut FaultAnswer)) -> Self {
        if let Some(Effect::Answer(answer)) = &mut self.effect {
            change(answer);
        }
        self
    }

    fn concerns(&self, remote: Remote, method: &str, route: &str) -> bool {
        self.remote.is_none_or(|wanted| wanted == remote)
            && self.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && self.route.as_deref().is_none_or(|wanted| wanted == route)
    }
}

/// The faults that wait.
#[derive(Debug, Default)]
pub(crate) struct Script {
    faults: Vec<Fault>,
}

impl Script {
    pub(crate) fn add(&mut self, fault: Fault) {
        self.faults.push(fault);
    }

    pub(crate) fn clear(&mut self) {
        self.faults.clear();
    }

    /// The faults that wait, with what is left of `skip` and `times`.
    pub(crate) fn waiting(&self) -> &[Fault] {
        &self.faults
    }

    /// The fault for a request, if one is due; the first added wins. Every matching fault counts the request.
    pub(crate) fn take(&mut self, remote: Remote, method: &str, route: &str) -> Option<Fault> {
        let mut due = None;
        for fault in self.faults.iter_mut().filter(|fault| fault.concerns(remote, method, route)) {
            if fault.skip > 0 {
                fault.skip -= 1;
            } else if due.is_none() {
                due = Some(fault.clone());
                if let Some(times) = &mut fault.times {
                    *times = times.saturating_sub(1);
                }
            }
        }
        self.faults.retain(|fault| fault.times != Some(0));
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(script: &mut Script, method: &str) -> Option<Fault> {
        script.take(Remote::Airtable, method, "/v0/{base}/{table}")
    }

    #[test]
    fn a_fault_skips_then_strikes_its_number_of_times_then_is_gone() {
        let mut script = Script::default();
        script.add(Fault::status(503).on("POST", "/v0/{base}/{table}").skip(1).times(2));
        assert!(take(&mut script, "GET").is_none());
        let struck: Vec<bool> = (0..4).map(|_| take(&mut script, "POST").is_some()).collect();
        assert_eq!(struck, [false, true, true, false]);
        assert!(script.waiting().is_empty());
    }

    #[test]
    fn a_fault_without_a_number_stays() {
        let mut script = Script::default();
        script.add(Fault::drop_answer());
        assert!((0..5).all(|_| take(&mut script, "GET").is_some()));
    }

    #[test]
    fn a_fault_reads_from_its_documented_json() {
        let text = r#"{"remote":"airtable","method":"POST","times":1,
            "effect":{"answer":{"status":503,"shape":"html","retry_after":2}}}"#;
        let fault: Fault = serde_json::from_str(text).unwrap();
        let built = Fault::status(503).shape(Shape::Html).retry_after(2).of(Remote::Airtable).once();
        assert_eq!(fault, Fault { method: Some("POST".to_owned()), ..built });
    }
}
