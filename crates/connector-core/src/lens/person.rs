//! People and linked records, as text: their names when read, an e-mail address when written.

use super::note::{Decoded, Note};
use super::refusal::{Refusal, shown};
use crate::value::{Linked, Person, Value};

/// What these people are called.
pub(super) fn names_of_people(people: &[Person]) -> Vec<String> {
    people.iter().map(|person| person.label().to_owned()).collect()
}

/// What these records are called; `None` if that of one is not known, since a shorter list would be a lie.
pub(super) fn names_of_links(links: &[Linked]) -> Option<Vec<String>> {
    links.iter().map(|link| link.name.clone()).collect()
}

/// People as one text.
pub(super) fn people_as_text(people: &[Person]) -> Decoded {
    let names = names_of_people(people);
    let text = Value::text(names.join(", "));
    if names.len() > 1 { Decoded::noted(text, Note::PeopleAsNames { names }) } else { Decoded::of(text) }
}

/// Linked records as one text.
pub(super) fn links_as_text(links: &[Linked]) -> Decoded {
    names_of_links(links).map_or_else(unresolved, |names| Decoded::of(Value::text(names.join(", "))))
}

/// The reading of links whose names are not known.
pub(super) fn unresolved() -> Decoded {
    Decoded::unknown("the name of a linked record is not known")
}

/// The person with this e-mail address. Without a directory nothing else tells who is meant; the person's id stays
/// empty, and the connector finds it or lets the remote do so.
pub(super) fn person_from_email(text: &str) -> Result<Person, Refusal> {
    let address = text.trim();
    if !is_email(address) {
        return Err(Refusal::NotAPerson { value: shown(text) });
    }
    Ok(Person { id: String::new(), email: Some(address.to_owned()), name: None })
}

fn is_email(address: &str) -> bool {
    let Some((local, domain)) = address.split_once('@') else { return false };
    let labels_are_there = domain.contains('.') && domain.split('.').all(|label| !label.is_empty());
    !local.is_empty()
        && labels_are_there
        && !address.contains(|c: char| c.is_whitespace() || ",;<>".contains(c))
        && !domain.contains('@')
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn person(name: &str) -> Person {
        Person { id: format!("usr{name}"), email: None, name: Some(name.to_owned()) }
    }

    #[test]
    fn several_people_become_their_names_with_a_note() {
        assert_eq!(people_as_text(&[person("Ana")]), Decoded::of(Value::text("Ana")));
        let both = people_as_text(&[person("Ana"), person("Bo")]);
        assert_eq!(both.value, Value::text("Ana, Bo"));
        assert_eq!(both.note, Some(Note::PeopleAsNames { names: vec!["Ana".into(), "Bo".into()] }));
    }

    #[test]
    fn a_link_without_name_makes_the_whole_cell_unknown() {
        let named = Linked { id: "rec1".into(), name: Some("Acme".into()) };
        let unnamed = Linked { id: "rec2".into(), name: None };
        assert_eq!(links_as_text(std::slice::from_ref(&named)).value, Value::text("Acme"));
        assert!(links_as_text(&[named, unnamed]).value.is_unknown());
    }

    #[rstest]
    #[case("ana@example.org", true)]
    #[case(" ana@example.org ", true)]
    #[case("Ana", false)]
    #[case("ana@example", false)]
    #[case("ana@example.org, bo@example.org", false)]
    #[case("@example.org", false)]
    fn only_an_address_tells_who_is_meant(#[case] text: &str, #[case] is_one: bool) {
        assert_eq!(person_from_email(text).is_ok(), is_one);
    }
}
