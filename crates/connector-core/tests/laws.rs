//! The laws of lenses, for every pair of a unit and a field, on generated values.
//!
//! A failing case is printed with its seed and kept by proptest.

#![expect(clippy::unwrap_used, reason = "a value that cannot be generated is a failure")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate};
use connector_core::canon;
use connector_core::lens::{Carries, Fidelity, Lens, Refusal};
use connector_core::schema::{Field, FieldKind, FieldOption};
use connector_core::stage::Vocabulary;
use connector_core::unit::{Unit, UnitKind};
use connector_core::value::{Choice, Linked, Person, Value};
use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;
use rust_decimal::Decimal;

const STAGES: [&str; 3] = ["prospect", "qualifié", "gagné"];
const WORDS: [&str; 5] = ["Prospect", "Qualified", "Gagné", "SaaS", "Food, drinks"];

/// A unit of every kind, with its name in the table.
fn units() -> Vec<(&'static str, Unit)> {
    let stages = Vocabulary::new(STAGES).with_variants("qualifié", &["qualified"]).with_fallback("prospect");
    [
        ("text", UnitKind::Text { max: None }),
        ("number", UnitKind::Number { scale: 2 }),
        ("money", UnitKind::Money { scale: 2 }),
        ("flag", UnitKind::Flag),
        ("date", UnitKind::Date),
        ("instant", UnitKind::Instant),
        ("stage", UnitKind::Stage(stages)),
        ("tags", UnitKind::Tags),
    ]
    .map(|(name, kind)| (name, Unit::new(name, kind, name)))
    .into()
}

/// A writable field of every kind.
fn fields() -> Vec<Field> {
    let option = |name: &&str| FieldOption { id: format!("opt{name}").into(), name: (*name).to_owned() };
    let stages: Vec<FieldOption> = WORDS.iter().take(3).map(option).collect();
    let words: Vec<FieldOption> = WORDS.iter().map(option).collect();
    [
        FieldKind::Text { max: Some(100_000) },
        FieldKind::RichText,
        FieldKind::Email,
        FieldKind::Url,
        FieldKind::Phone,
        FieldKind::Number { scale: None },
        FieldKind::Currency { scale: Some(2), symbol: Some("€".to_owned()) },
        FieldKind::Percent { scale: Some(0) },
        FieldKind::Duration,
        FieldKind::Rating { max: 5 },
        FieldKind::Checkbox,
        FieldKind::Date,
        FieldKind::DateTime,
        FieldKind::Select { options: stages, extensible: true },
        FieldKind::MultiSelect { options: words, extensible: true },
        FieldKind::People { many: true },
        FieldKind::Links { container: "tbl".into() },
        FieldKind::Files,
        FieldKind::Body,
        FieldKind::Other { name: "button".to_owned() },
    ]
    .map(|kind| {
        let name = kind.name().to_owned();
        Field { id: format!("fld{name}").into(), name, kind, writable: true, primary: false }
    })
    .into()
}

/// Every pair, as a lens with the kind of its field.
fn lenses(create_options: bool) -> Vec<(String, Lens, FieldKind)> {
    let mut lenses = Vec::new();
    for (name, unit) in units() {
        for field in fields() {
            let lens = Lens::new(&unit, &field, &BTreeMap::new(), create_options);
            lenses.push((format!("{name} × {}", field.name), lens, field.kind));
        }
    }
    lenses
}

/// Text with what breaks programs: decomposed letters, emoji of several code points, line ends, blanks, controls.
fn text() -> impl Strategy<Value = String> {
    let awkward = [
        "Cafe\u{301}",
        "a\r\nb\r",
        " a ",
        "\u{202f}",
        "👩‍👩‍👧‍👦",
        "x\0y",
        "\u{feff}é",
        "O'Brien & \"Sons\", 100 %",
        "İstanbul",
        "a|b",
        "2026-12-31",
        "12,5 %",
        "ana@example.org",
        "oui",
        "1:30:00",
        "-12 500,00 €",
    ];
    prop_oneof![
        any::<String>(),
        prop::sample::select(awkward.to_vec()).prop_map(str::to_owned),
        Just(String::new())
    ]
}

fn number() -> impl Strategy<Value = Decimal> {
    let any_number = (any::<i64>(), 0_u32..=28).prop_map(|(digits, scale)| Decimal::new(digits, scale));
    let amount = (any::<i32>(), 0_u32..=4).prop_map(|(digits, scale)| Decimal::new(digits.into(), scale));
    prop_oneof![any_number, amount, prop::sample::select(vec![Decimal::MAX, Decimal::MIN, Decimal::ZERO])]
}

fn date() -> impl Strategy<Value = NaiveDate> {
    prop_oneof![
        (-719_162_i32..2_932_896).prop_map(|day| NaiveDate::from_epoch_days(day).unwrap()),
        prop::sample::select(vec![NaiveDate::MIN, NaiveDate::MAX]),
    ]
}

/// A millisecond of the years 1 to 9999, which is what remotes can hold.
fn instant() -> impl Strategy<Value = Value> {
    (-62_135_596_800_000_i64..253_402_300_800_000)
        .prop_map(|at| Value::Instant(DateTime::from_timestamp_millis(at).unwrap()))
}

/// A value of the unit, or none.
fn value_of(kind: &UnitKind) -> BoxedStrategy<Value> {
    let some = match kind {
        UnitKind::Text { .. } => text().prop_map(Value::text).boxed(),
        UnitKind::Number { .. } | UnitKind::Money { .. } => number().prop_map(Value::Number).boxed(),
        UnitKind::Flag => any::<bool>().prop_map(Value::Flag).boxed(),
        UnitKind::Date => date().prop_map(Value::Date).boxed(),
        UnitKind::Instant => instant().boxed(),
        UnitKind::Stage(_) => {
            let spelled = vec!["prospect", " QUALIFIE ", "gagné", "Gagne\u{301}", "Qualified"];
            prop::sample::select(spelled).prop_map(Value::text).boxed()
        }
        UnitKind::Tags => {
            prop::collection::vec(prop_oneof![text(), word()], 0..4).prop_map(Value::tags).boxed()
        }
    };
    prop_oneof![1 => Just(Value::Empty), 9 => some].boxed()
}

fn word() -> impl Strategy<Value = String> {
    prop::sample::select(WORDS.to_vec()).prop_map(str::to_owned)
}

/// What a cell of the field can hold, as a connector gives it.
fn cell_of(kind: &FieldKind) -> BoxedStrategy<Value> {
    let choice = |option: FieldOption| Choice { id: Some(option.id), name: option.name };
    let some = match kind {
        FieldKind::Text { .. }
        | FieldKind::RichText
        | FieldKind::Email
        | FieldKind::Url
        | FieldKind::Phone
        | FieldKind::Body => text().prop_map(Value::text).boxed(),
        FieldKind::Number { .. } => number().prop_map(Value::Number).boxed(),
        FieldKind::Currency { .. } | FieldKind::Percent { .. } => {
            any::<i32>().prop_map(|cents| Value::Number(Decimal::new(cents.into(), 2))).boxed()
        }
        FieldKind::Duration => any::<i64>().prop_map(|seconds| Value::Number(seconds.into())).boxed(),
        FieldKind::Rating { max } => (1..=*max).prop_map(|stars| Value::Number(stars.into())).boxed(),
        FieldKind::Checkbox => any::<bool>().prop_map(Value::Flag).boxed(),
        FieldKind::Date => date().prop_map(Value::Date).boxed(),
        FieldKind::DateTime => instant().boxed(),
        FieldKind::Select { options, .. } => prop::sample::select(options.clone())
            .prop_map(move |option| Value::Choice(choice(option)))
            .boxed(),
        FieldKind::MultiSelect { options, .. } => {
            prop::sample::subsequence(options.clone(), 0..=options.len())
                .prop_map(move |options| Value::Choices(options.into_iter().map(choice).collect()))
                .boxed()
        }
        FieldKind::People { .. } => prop::collection::vec(text(), 0..3)
            .prop_map(|names| Value::People(names.into_iter().map(person).collect()))
            .boxed(),
        FieldKind::Links { .. } => prop::collection::vec(prop::option::of(text()), 0..3)
            .prop_map(|names| Value::Links(names.into_iter().map(linked).collect()))
            .boxed(),
        _ => prop_oneof![text().prop_map(Value::text), number().prop_map(Value::Number), Just(unknown())]
            .boxed(),
    };
    prop_oneof![1 => Just(Value::Empty), 9 => some].boxed()
}

fn person(name: String) -> Person {
    Person { id: "usr".to_owned(), email: None, name: Some(name) }
}

fn linked(name: Option<String>) -> Linked {
    Linked { id: "rec".into(), name }
}

fn unknown() -> Value {
    Value::Unknown("cut off".to_owned())
}

/// One of the pairs that `fits`, with a value of its unit and a cell of its field.
fn pair(fits: fn(&Fidelity) -> bool) -> impl Strategy<Value = (String, Lens, Value, Value)> {
    let fitting: Vec<(String, Lens, FieldKind)> =
        lenses(false).into_iter().chain(lenses(true)).filter(|(_, lens, _)| fits(&lens.fidelity())).collect();
    prop::sample::select(fitting).prop_flat_map(|(name, lens, field)| {
        let value = value_of(lens.unit_kind());
        (Just(name), Just(lens), value, cell_of(&field))
    })
}

/// What a cell of any field can hold.
fn any_cell() -> impl Strategy<Value = Value> {
    prop::sample::select(fields()).prop_flat_map(|field| cell_of(&field.kind))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 4_000,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        ..ProptestConfig::default()
    })]

    /// Where the way to the remote is exact, every value comes back the same.
    #[test]
    fn what_is_sent_exactly_comes_back(
        (name, lens, value, _) in pair(|fidelity| fidelity.to_remote == Carries::Exact)
    ) {
        let cell = lens.encode(&value);
        let Ok(cell) = cell else { return Err(TestCaseError::fail(format!("{name}: {value} is refused: {cell:?}"))) };
        let back = lens.decode(&cell).value;
        prop_assert!(canon::same(lens.unit_kind(), &value, &back), "{name}: {value:?} → {cell:?} → {back:?}");
    }

    /// Where the way to the CRM is exact, every cell is written back the same, so that nothing needs writing.
    #[test]
    fn what_is_read_exactly_is_written_back(
        (name, lens, _, cell) in
            pair(|fidelity| fidelity.to_crm == Carries::Exact && fidelity.to_remote.is_possible())
    ) {
        let value = lens.decode(&cell).value;
        prop_assert!(!value.is_unknown(), "{name}: {cell:?} is {value}");
        let written = lens.encode(&value);
        let Ok(written) = written else {
            return Err(TestCaseError::fail(format!("{name}: {cell:?} is read as {value} and refused: {written:?}")));
        };
        let same = canon::same(lens.unit_kind(), &cell, &written);
        prop_assert!(same, "{name}: {cell:?} → {value:?} → {written:?}");
    }

    /// One round trip settles, whatever it lost: both sides agree, and the next one changes nothing.
    #[test]
    fn one_round_trip_settles((name, lens, value, _) in pair(|fidelity| fidelity.to_remote.is_possible())) {
        let Ok(cell) = lens.encode(&value) else { return Ok(()) };
        let settled = lens.decode(&cell).value;
        prop_assert!(lens.agrees(&value, &settled), "{name}: {value:?} → {cell:?} → {settled:?}");
        let again = lens.encode(&settled);
        let Ok(again) = again else { return Err(TestCaseError::fail(format!("{name}: {settled} is refused: {again:?}"))) };
        let unsettled = lens.decode(&again).value;
        prop_assert!(canon::same(lens.unit_kind(), &settled, &unsettled), "{name}: {settled:?} → {unsettled:?}");
    }

    /// Whatever a cell holds, a unit's value comes of it: of the unit's kind, empty or unknown.
    #[test]
    fn any_cell_can_be_decoded((name, lens, _, _) in pair(|_| true), cell in any_cell()) {
        // Of any kind of field, as after a change of its type.
        let value = lens.decode(&cell).value;
        let fits = matches!(
            (lens.unit_kind(), &value),
            (_, Value::Empty | Value::Unknown(_))
            | (UnitKind::Text { .. } | UnitKind::Stage(_), Value::Text(_))
            | (UnitKind::Number { .. } | UnitKind::Money { .. }, Value::Number(_))
            | (UnitKind::Flag, Value::Flag(_))
            | (UnitKind::Date, Value::Date(_))
            | (UnitKind::Instant, Value::Instant(_))
            | (UnitKind::Tags, Value::Tags(_))
        );
        prop_assert!(fits, "{name}: {cell:?} → {value:?}");
    }

    /// A canonical value is its own canonical value.
    #[test]
    fn canonical_forms_are_final((_, lens, value, cell) in pair(|_| true)) {
        for value in [value, cell] {
            let once = canon::canonical(lens.unit_kind(), &value).into_owned();
            let twice = canon::canonical(lens.unit_kind(), &once);
            prop_assert_eq!(&once, twice.as_ref());
        }
    }
}

#[test]
fn nothing_stays_nothing_and_what_is_unknown_is_never_written() {
    for (name, lens, _) in lenses(true) {
        let fidelity = lens.fidelity();
        if fidelity.to_crm.is_possible() {
            assert_eq!(lens.decode(&Value::Empty).value, Value::Empty, "{name}");
        }
        if fidelity.to_remote.is_possible() {
            assert_eq!(lens.encode(&Value::Empty), Ok(Value::Empty), "{name}");
            assert!(matches!(lens.encode(&unknown()), Err(Refusal::Unreadable { .. })), "{name}");
        }
        assert!(lens.decode(&unknown()).value.is_unknown(), "{name}");
        assert!(!lens.agrees(&unknown(), &unknown()), "{name}");
    }
}

#[test]
fn what_is_impossible_is_refused_and_unknown() {
    let mut refused = 0;
    for (name, lens, _) in lenses(true) {
        let fidelity = lens.fidelity();
        if let Carries::Impossible(obstacle) = fidelity.to_remote {
            assert_eq!(lens.encode(&Value::Empty), Err(Refusal::Impossible(obstacle)), "{name}");
            refused += 1;
        }
        if let Carries::Impossible(obstacle) = fidelity.to_crm {
            assert_eq!(lens.decode(&Value::Empty).value, Value::Unknown(obstacle.to_string()), "{name}");
        }
    }
    assert!(refused > 0);
}

#[test]
fn a_derived_unit_is_compared_and_never_taken_and_a_computed_field_never_written() {
    let unit = Unit::new("probability", UnitKind::Number { scale: 2 }, "Probability").derived();
    let mut field = fields().swap_remove(5);
    field.writable = false;
    let lens = Lens::new(&unit, &field, &BTreeMap::new(), false);
    let tenth = Value::Number(Decimal::new(1, 1));
    assert_eq!(lens.decode(&tenth).value, tenth);
    assert!(lens.agrees(&tenth, &tenth));
    assert!(matches!(lens.encode(&tenth), Err(Refusal::ReadOnly { .. })));
    assert_eq!(
        lens.fidelity().to_string(),
        "to the remote: impossible, since the remote computes the field, so it is only read; \
         to the CRM: impossible, since the CRM computes it, so it is only sent"
    );
}

#[test]
fn a_sensitive_unit_keeps_its_contents_out_of_messages() {
    let unit = Unit::new("salary", UnitKind::Number { scale: 0 }, "Salary").sensitive();
    let lens = Lens::new(&unit, &fields()[9], &BTreeMap::new(), false);
    let refusal = lens.encode(&Value::Number(Decimal::from(4_711))).unwrap_err();
    assert!(!refusal.to_string().contains("4711"), "{refusal}");
    let unread = lens.decode(&Value::text("secret")).value;
    assert!(!unread.to_string().contains("secret"), "{unread}");
}

/// Sent and read: E exact, L with losses, · not at all.
#[test]
fn every_pair_is_decided() {
    let mark = |carries: &Carries| match carries {
        Carries::Exact => 'E',
        Carries::Lossy(_) => 'L',
        Carries::Impossible(_) => '·',
    };
    let mut table = format!("{:13}", "");
    for (name, _) in units() {
        write!(table, "{name:8}").unwrap();
    }
    for field in fields() {
        write!(table, "\n{:13}", field.name).unwrap();
        for (_, unit) in units() {
            let fidelity = Lens::new(&unit, &field, &BTreeMap::new(), false).fidelity();
            write!(table, "{} {}     ", mark(&fidelity.to_remote), mark(&fidelity.to_crm)).unwrap();
        }
    }
    let table: Vec<&str> = table.lines().map(str::trim_end).collect();
    insta::assert_snapshot!(table.join("\n"), @"
                 text    number  money   flag    date    instant stage   tags
    text         E E     E L     E L     E L     E L     E L     E L     L L
    rich_text    L L     E L     E L     E L     E L     E L     E L     L L
    email        E E     · ·     · ·     · ·     · ·     · ·     · ·     · ·
    url          E E     · ·     · ·     · ·     · ·     · ·     · ·     · ·
    phone        E E     · ·     · ·     · ·     · ·     · ·     · ·     · ·
    number       L E     E E     E E     · ·     · ·     · ·     · ·     · ·
    currency     L E     E E     E E     · ·     · ·     · ·     · ·     · ·
    percent      L E     E E     · ·     · ·     · ·     · ·     · ·     · ·
    duration     L E     L E     · ·     · ·     · ·     · ·     · ·     · ·
    rating       L E     L E     · ·     · ·     · ·     · ·     · ·     · ·
    checkbox     L E     · ·     · ·     E E     · ·     · ·     · ·     · ·
    date         L E     · ·     · ·     · ·     E E     · ·     · ·     · ·
    date_time    L E     · ·     · ·     · ·     · L     E E     · ·     · ·
    select       L E     · ·     · ·     · L     · ·     · ·     E E     L E
    multi_select L L     · ·     · ·     · ·     · ·     · ·     E L     L E
    people       L L     · ·     · ·     · ·     · ·     · ·     · ·     · L
    links        · L     · ·     · ·     · ·     · ·     · ·     · ·     · L
    files        · L     · ·     · ·     · ·     · ·     · ·     · ·     · ·
    body         L L     · ·     · ·     · ·     · ·     · ·     · ·     · ·
    button       · L     · ·     · ·     · ·     · ·     · ·     · ·     · ·
    ");
}
