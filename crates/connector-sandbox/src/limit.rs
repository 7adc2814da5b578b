//! The providers' rate limits: so many requests in a sliding second with a penalty after a breach, or in a minute.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How strict the rate limits are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Limits {
    /// No limit.
    Off,
    /// The provider's limits with the rate times this factor and penalties divided by it; 1 is real.
    Times(u16),
}

impl Limits {
    /// The provider's own limits.
    pub const REAL: Self = Self::Times(1);
}

impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("off"),
            Self::Times(1) => f.write_str("real"),
            Self::Times(factor) => write!(f, "x{factor}"),
        }
    }
}

impl FromStr for Limits {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "off" => Ok(Self::Off),
            "real" => Ok(Self::REAL),
            _ => text
                .strip_prefix('x')
                .and_then(|factor| factor.parse().ok())
                .filter(|factor| *factor > 0)
                .map(Self::Times)
                .ok_or_else(|| format!("limits are `real`, `off` or `x` and a factor, not `{text}`")),
        }
    }
}

impl TryFrom<String> for Limits {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Limits> for String {
    fn from(limits: Limits) -> Self {
        limits.to_string()
    }
}

/// One limit of a provider, unscaled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    pub(crate) requests_per_second: u16,
    pub(crate) penalty: TimeDelta,
}

/// Counts requests by key (a base, a token).
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    windows: HashMap<String, Window>,
}

#[derive(Debug, Default)]
struct Window {
    admitted: VecDeque<DateTime<Utc>>,
    refused_until: Option<DateTime<Utc>>,
}

impl Limiter {
    /// Admits a request, or says how long the penalty lasts.
    pub(crate) fn admit(
        &mut self,
        key: &str,
        rule: Rule,
        limits: Limits,
        now: DateTime<Utc>,
    ) -> Result<(), TimeDelta> {
        let Limits::Times(factor) = limits else { return Ok(()) };
        let window = self.windows.entry(key.to_owned()).or_default();
        if let Some(until) = window.refused_until {
            if now < until {
                return Err(until - now);
            }
            window.refused_until = None;
            window.admitted.clear();
        }
        // A clock set backwards must not leave requests "in the future" that never leave the window.
        window.admitted.retain(|at| *at > now - TimeDelta::seconds(1) && *at <= now);
        let allowed = usize::from(rule.requests_per_second) * usize::from(factor);
        if window.admitted.len() >= allowed {
            let penalty = rule.penalty / i32::from(factor);
            window.refused_until = Some(now + penalty);
            return Err(penalty);
        }
        window.admitted.push_back(now);
        Ok(())
    }

    /// Forgets every request and penalty.
    pub(crate) fn reset(&mut self) {
        self.windows.clear();
    }
}

/// Counts requests by key in windows that begin with their first request.
#[derive(Debug, Default)]
pub(crate) struct WindowLimiter {
    windows: HashMap<String, (DateTime<Utc>, usize)>,
}

impl WindowLimiter {
    /// Admits a request, or says when the window ends. A factor makes the window shorter, not wider.
    pub(crate) fn admit(
        &mut self,
        key: &str,
        per_minute: usize,
        limits: Limits,
        now: DateTime<Utc>,
    ) -> Result<(), TimeDelta> {
        let Limits::Times(factor) = limits else { return Ok(()) };
        let length = TimeDelta::minutes(1) / i32::from(factor);
        let (began, admitted) = self.windows.entry(key.to_owned()).or_insert((now, 0));
        // A clock set backwards begins anew too.
        if now - *began >= length || now < *began {
            (*began, *admitted) = (now, 0);
        }
        if *admitted >= per_minute {
            return Err(*began + length - now);
        }
        *admitted += 1;
        Ok(())
    }

    /// Forgets every request.
    pub(crate) fn reset(&mut self) {
        self.windows.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: Rule = Rule { requests_per_second: 5, penalty: TimeDelta::seconds(30) };

    fn at(milliseconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::milliseconds(milliseconds)
    }

    #[test]
    fn the_sixth_request_of_a_sliding_second_starts_the_penalty() {
        let mut limiter = Limiter::default();
        for time in [0, 200, 400, 600, 800, 1000, 1200] {
            assert_eq!(limiter.admit("app", RULE, Limits::REAL, at(time)), Ok(()), "{time}");
        }
        assert_eq!(limiter.admit("app", RULE, Limits::REAL, at(1201)), Ok(()).and(Err(RULE.penalty)));
        assert_eq!(limiter.admit("other", RULE, Limits::REAL, at(1201)), Ok(()));
        assert!(limiter.admit("app", RULE, Limits::REAL, at(31_200)).is_err());
        assert_eq!(limiter.admit("app", RULE, Limits::REAL, at(31_201)), Ok(()));
    }

    #[test]
    fn a_factor_raises_the_rate_and_shortens_the_penalty() {
        let mut limiter = Limiter::default();
        let limits = "x20".parse().unwrap();
        assert!((0..100).all(|_| limiter.admit("app", RULE, limits, at(0)).is_ok()));
        assert_eq!(limiter.admit("app", RULE, limits, at(0)), Err(TimeDelta::milliseconds(1500)));
        assert!((0..1000).all(|_| limiter.admit("base", RULE, Limits::Off, at(0)).is_ok()));
    }

    #[test]
    fn a_window_admits_its_number_in_any_shape_and_then_begins_anew() {
        let mut limiter = WindowLimiter::default();
        let mut admit = |limits, time| limiter.admit("token", 180, limits, at(time));
        assert!((0..180).all(|_| admit(Limits::REAL, 500).is_ok()));
        assert_eq!(admit(Limits::REAL, 40_500), Err(TimeDelta::seconds(20)));
        assert_eq!(admit(Limits::REAL, 60_500), Ok(()));
        // Twenty times the rate is the same number in a twentieth of the time.
        assert!((0..180).all(|_| admit(Limits::Times(20), 70_000).is_ok()));
        assert_eq!(admit(Limits::Times(20), 70_000), Err(TimeDelta::seconds(3)));
    }

    #[test]
    fn limits_read_back_as_they_print() {
        for text in ["off", "real", "x20"] {
            assert_eq!(text.parse::<Limits>().unwrap().to_string(), text);
        }
        assert!("x0".parse::<Limits>().is_err());
        assert!("fast".parse::<Limits>().is_err());
    }
}
