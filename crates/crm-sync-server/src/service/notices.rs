//! What a plan has to tell, and the same of several deals only once.

use std::collections::HashMap;

use connector_core::id::{ConnectionId, RunId};
use connector_core::plan::{Notice, Plan, Problem};
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::failure::Failure;
use crate::store::Look;

/// How many deals of a group are called by their names.
const NAMED: usize = 3;
/// How many groups of a run are remembered.
const KEPT: usize = 50;

/// Notices that tell the same: one problem, with one value of one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The first of them.
    pub notice: Notice,
    /// How people call the first few that it is about.
    pub labels: Vec<String>,
    /// How many there are.
    pub count: usize,
}

/// What the last run of a connection had to tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The run.
    pub run: RunId,
    /// The first groups of its notices.
    pub groups: Vec<Group>,
}

/// The notices, each problem of each value once, in the order in which they are first met.
pub fn group<'n>(notices: impl IntoIterator<Item = &'n Notice>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for notice in notices {
        let place = *places.entry(essence(notice)).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => {
                group.count += 1;
                if group.labels.len() < NAMED {
                    group.labels.push(notice.label.clone());
                }
            }
            None => {
                groups.push(Group { notice: notice.clone(), labels: vec![notice.label.clone()], count: 1 });
            }
        }
    }
    groups
}

/// What is told, whoever it is about.
fn essence(notice: &Notice) -> String {
    let Notice { unit, field, value, problem, .. } = notice;
    match problem {
        Problem::SetAside { times, why, .. } => format!("{unit:?} {times} {why}"),
        problem => format!("{unit:?} {field:?} {value:?} {problem:?}"),
    }
}

/// Remembers what a run had to tell.
pub(super) async fn note(
    app: &App,
    connection: &ConnectionId,
    run: &RunId,
    plan: &Plan,
) -> Result<(), Failure> {
    let mut groups = group(&plan.notices);
    groups.truncate(KEPT);
    Ok(app.store.keep_look(connection, Look::Notices, &Told { run: run.clone(), groups }).await?)
}

/// What this run had to tell, if it is the last one of its connection.
pub async fn of_run(app: &App, connection: &ConnectionId, run: &RunId) -> Result<Vec<Group>, Failure> {
    let told = app.store.last_look::<Told>(connection, Look::Notices).await?;
    Ok(told.filter(|told| told.found.run == *run).map(|told| told.found.groups).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use connector_core::value::Value;

    use super::*;

    fn notice(label: &str, value: &str, problem: Problem) -> Notice {
        Notice {
            deal: None,
            remote: None,
            label: label.to_owned(),
            unit: Some("statut".into()),
            field: Some("Status".to_owned()),
            value: Value::Text(value.to_owned()),
            problem,
        }
    }

    #[test]
    fn the_same_problem_of_the_same_value_is_one_group_with_the_first_few_names() {
        let names = ["A", "B", "C", "D", "E"];
        let mut notices: Vec<Notice> =
            names.iter().map(|name| notice(name, "X", Problem::Suspended)).collect();
        notices.insert(2, notice("F", "Y", Problem::Suspended));
        let told: Vec<(usize, Vec<String>)> =
            group(&notices).into_iter().map(|group| (group.count, group.labels)).collect();
        assert_eq!(told, [(5, vec!["A".into(), "B".into(), "C".into()]), (1, vec!["F".into()])]);
    }

    #[test]
    fn what_is_set_aside_for_one_reason_is_one_group_whatever_was_tried() {
        let aside = |attempt: &str| Problem::SetAside {
            attempt: attempt.to_owned(),
            times: 5,
            why: "locked".to_owned(),
        };
        let notices = [notice("A", "", aside("1")), notice("B", "", aside("2"))];
        assert_eq!(group(&notices).len(), 1);
    }
}
