//! Lenses: one unit of a deal and one field of the remote, carrying values both ways.
//!
//! Equality is [`canon::same`], which forgives noise, so these are quotient lenses. Their laws are:
//!
//! - where the way to the remote is [`Carries::Exact`], `decode(encode(v)) ~ v` for every value of the unit;
//! - where the way to the CRM is exact and both ways are possible, `encode(decode(r)) ~ r` for every cell;
//! - everywhere, one round trip settles: `w = decode(encode(v))` agrees with `v`, and `decode(encode(w)) ~ w`.
//!
//! Each family of units has a file with its formats, which decides every kind of field.

mod date;
mod fidelity;
mod flag;
mod note;
mod number;
mod option;
mod person;
mod refusal;
mod stage;
mod tags;
mod text;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

pub use fidelity::{Carries, Fidelity, Loss, Obstacle};
pub use note::{Decoded, Note};
pub use refusal::Refusal;

use self::option::Options;
use crate::canon;
use crate::id::OptionId;
use crate::schema::Field;
use crate::unit::{Unit, UnitKind};
use crate::value::Value;

/// The version of what lenses do to values; part of a mapping's fingerprint, so that a new one asks for a new plan.
pub const TRANSFORM_VERSION: u32 = 1;

/// One unit and one field, ready to carry values both ways.
#[derive(Debug, Clone)]
pub struct Lens {
    unit: Unit,
    field_name: String,
    writable: bool,
    format: Arc<dyn Format>,
    /// What the format can do, apart from who may write.
    formats: Fidelity,
}

/// How one family of units is kept in one kind of field.
trait Format: fmt::Debug + Send + Sync {
    /// What becomes of values each way.
    fn fidelity(&self) -> Fidelity;

    /// The unit's value from a cell that holds something.
    fn decode(&self, cell: &Value) -> Decoded;

    /// The cell from a unit's value that is something.
    fn encode(&self, value: &Value) -> Result<Value, Refusal>;

    /// Whether two values of the unit are equal as far as both sides can tell.
    fn same(&self, kind: &UnitKind, a: &Value, b: &Value) -> bool {
        canon::same(kind, a, b)
    }
}

impl Lens {
    /// Joins `unit` and `field`. `stages` says which stage an option means, before its name does; `create_options`
    /// whether the user allows new options to be made.
    ///
    /// It always succeeds: what cannot be done is told by [`fidelity`](Self::fidelity) and by each call.
    #[must_use]
    pub fn new(
        unit: &Unit,
        field: &Field,
        stages: &BTreeMap<OptionId, String>,
        create_options: bool,
    ) -> Self {
        let options = Options::new(&field.kind, create_options);
        let kind = field.kind.clone();
        let format: Arc<dyn Format> = match &unit.kind {
            UnitKind::Text { .. } => Arc::new(text::TextFormat::new(kind, options)),
            UnitKind::Number { scale } => Arc::new(number::NumberFormat::plain(*scale, kind)),
            UnitKind::Money { scale } => Arc::new(number::NumberFormat::money(*scale, kind)),
            UnitKind::Flag => Arc::new(flag::FlagFormat::new(kind)),
            UnitKind::Date => Arc::new(date::DateFormat::new(kind)),
            UnitKind::Instant => Arc::new(date::InstantFormat::new(kind)),
            UnitKind::Stage(vocabulary) => {
                Arc::new(stage::StageFormat::new(vocabulary.clone(), kind, options, stages))
            }
            UnitKind::Tags => Arc::new(tags::TagsFormat::new(kind, options)),
        };
        let formats = format.fidelity();
        Self { unit: unit.clone(), field_name: field.name.clone(), writable: field.writable, format, formats }
    }

    /// What the unit holds.
    #[must_use]
    pub const fn unit_kind(&self) -> &UnitKind {
        &self.unit.kind
    }

    /// What becomes of values each way, and whether they may go that way at all.
    #[must_use]
    pub fn fidelity(&self) -> Fidelity {
        let Fidelity { mut to_remote, mut to_crm } = self.formats.clone();
        if !self.writable {
            to_remote = Carries::Impossible(Obstacle::ReadOnly);
        }
        if self.unit.derived {
            to_crm = Carries::Impossible(Obstacle::Derived);
        }
        Fidelity { to_remote, to_crm }
    }

    /// The unit's value from a cell.
    ///
    /// It never fails: what cannot be read is [`Value::Unknown`], and what was replaced carries a note. A derived
    /// unit is read too, so that both sides can be compared.
    #[must_use]
    pub fn decode(&self, cell: &Value) -> Decoded {
        let decoded = match (&self.formats.to_crm, cell) {
            (Carries::Impossible(obstacle), _) => Decoded::unknown(obstacle.to_string()),
            (_, Value::Empty | Value::Unknown(_)) => Decoded::of(cell.clone()),
            _ => self.format.decode(cell),
        };
        if self.unit.sensitive { decoded.concealed() } else { decoded }
    }

    /// The cell from a unit's value, or why it cannot be written. `Empty` clears.
    pub fn encode(&self, value: &Value) -> Result<Value, Refusal> {
        if !self.writable {
            return Err(Refusal::ReadOnly { field: self.field_name.clone() });
        }
        self.encoded(value).map_err(|refusal| if self.unit.sensitive { refusal.concealed() } else { refusal })
    }

    /// Whether the two sides' values agree through the lens: what `crm` becomes in the remote is read back as
    /// `remote`.
    #[must_use]
    pub fn agrees(&self, crm: &Value, remote: &Value) -> bool {
        let kind = &self.unit.kind;
        self.format.same(kind, crm, remote)
            || self.encoded(crm).is_ok_and(|cell| self.format.same(kind, &self.decode(&cell).value, remote))
    }

    /// What the field would hold if it could be written.
    fn encoded(&self, value: &Value) -> Result<Value, Refusal> {
        if let Carries::Impossible(obstacle) = &self.formats.to_remote {
            return Err(Refusal::Impossible(obstacle.clone()));
        }
        match value {
            Value::Unknown(why) => Err(Refusal::Unreadable { why: why.clone() }),
            Value::Text(_) | Value::Tags(_) if canon::canonical(&self.unit.kind, value).is_empty() => {
                Ok(Value::Empty)
            }
            Value::Empty => Ok(Value::Empty),
            _ => self.format.encode(value),
        }
    }
}

/// The refusal of a value that is not of the unit's kind.
fn wrong_kind(value: &Value) -> Refusal {
    Refusal::WrongKind { value: value.to_string() }
}

/// The reading of a cell that is not what the unit holds.
fn unreadable(cell: &Value, wanted: &str) -> Decoded {
    Decoded::unknown(format!("{cell} is not {wanted}"))
}
