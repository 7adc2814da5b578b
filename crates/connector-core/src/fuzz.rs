//! Values and plans from anywhere: nothing panics, and what is read settles.

use std::collections::BTreeMap;
use std::mem::discriminant;

use serde::Deserialize;

use crate::canon::{canonical, same};
use crate::lens::Lens;
use crate::plan::Plan;
use crate::schema::{Field, FieldKind};
use crate::stage::Vocabulary;
use crate::unit::{Unit, UnitKind};
use crate::value::Value;

#[derive(Deserialize)]
struct Case {
    unit: UnitKind,
    field: FieldKind,
    value: Value,
    other: Value,
}

#[test]
fn values_have_one_canonical_form_and_settle_in_a_lens() {
    test_fuzz::fuzz("values", |input, shape| {
        let Ok(Case { mut unit, field, value, other }) = serde_json::from_slice(input) else {
            return shape.reach("no case");
        };
        if matches!(unit, UnitKind::Stage(_)) {
            unit = UnitKind::Stage(Vocabulary::new(["prospect", "gagné"]).with_fallback("prospect"));
        }
        let once = canonical(&unit, &value).into_owned();
        assert_eq!(*canonical(&unit, &once), once, "twice is once");
        assert_eq!(same(&unit, &value, &value), !value.is_unknown());
        assert_eq!(same(&unit, &value, &once), !value.is_unknown());
        assert_eq!(same(&unit, &value, &other), same(&unit, &other, &value));

        let kind = discriminant(&field);
        let field = Field {
            id: "fld".into(),
            name: "F".to_owned(),
            kind: field.clone(),
            writable: true,
            primary: false,
        };
        let lens = Lens::new(&Unit::new("unit", unit.clone(), "Unit"), &field, &BTreeMap::new(), true);
        let read = lens.decode(&value).value;
        let written = lens.encode(&read);
        shape.reach((discriminant(&unit), kind, discriminant(&value), discriminant(&read), written.is_ok()));
        if let Ok(cell) = written {
            let settled = lens.decode(&cell).value;
            assert!(lens.agrees(&read, &settled), "{read:?} became {settled:?} by way of {cell:?}");
        }
        let _ = (lens.agrees(&value, &other), lens.encode(&other), value.to_string(), lens.fidelity());
    });
}

#[test]
fn a_plan_is_read_as_it_was_written_or_not_at_all() {
    test_fuzz::fuzz("plans", |input, shape| {
        let plan: Plan = match serde_json::from_slice(input) {
            Ok(plan) => plan,
            Err(error) => return shape.reach(discriminant(&error.classify())),
        };
        let written = serde_json::to_vec(&plan).unwrap();
        assert_eq!(serde_json::from_slice::<Plan>(&written).unwrap(), plan);
        for op in &plan.ops {
            shape.reach((op.action, op.reason, op.changes.len().min(3), op.conflicts.len().min(2)));
            for change in &op.changes {
                shape.reach((change.rule, discriminant(&change.before), discriminant(&change.after)));
            }
            let _ = op.to_string();
        }
    });
}
