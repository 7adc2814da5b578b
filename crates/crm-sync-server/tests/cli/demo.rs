//! `demo`

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::office::{Said, program};

fn demo(folder: &tempfile::TempDir, arguments: &[&str]) -> Said {
    program(folder).args(["demo", "--once", "--data", "world"]).args(arguments).output().unwrap().into()
}

#[test]
fn the_demo_tells_its_story_and_run_again_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let first = demo(&folder, &[]);
    assert_eq!(first.code, 0, "{first:?}");
    let told = first.text();
    for wanted in [
        "À créer dans Airtable (17)",
        "À créer dans le CRM (5)",
        "À mettre à jour dans le CRM (3)",
        "À créer dans Notion (27)",
        "À créer dans le CRM (3)",
        "Clinique Saint-Roch — Montant",
        "→ Airtable l'emporte (modification la plus récente). L'autre valeur, 45 000,00 €, est conservée",
        "L'autre valeur, 50 000,00 €, est conservée",
        "Pourquoi 52 000,00 € partout",
        "   Le CRM : 52 000,00 €, gagné\n   Airtable : 52 000,00 €, gagné\n   Notion : 52 000,00 €, gagné\n",
        "Chocolaterie Hugo — Montant (« Amount ») = 0,00 €",
        "Statut inconnu, devenu « prospect » : « Perdu ».",
        "=> 0 écriture.",
    ] {
        assert!(told.contains(wanted), "“{wanted}” is missing:\n{told}");
    }
    let again = demo(&folder, &[]);
    assert_eq!(again.code, 0, "{again:?}");
    let told = again.text();
    assert!(told.contains("=> 0 écriture.") && !told.contains("À créer"), "{told}");
}

#[test]
fn a_fresh_demo_begins_anew_and_removes_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("world")).unwrap();
    let mine = folder.path().join("world/mine.txt");
    std::fs::write(&mine, "mine").unwrap();
    for _ in 0..2 {
        let told = demo(&folder, &["--fresh", "--lang", "en"]);
        assert_eq!(told.code, 0, "{told:?}");
        assert!(told.text().contains("To create in Airtable (17)"), "{told:?}");
        assert!(told.text().contains("The other value, €45,000.00, is kept in the log."), "{told:?}");
    }
    assert_eq!(std::fs::read_to_string(mine).unwrap(), "mine");
}

#[test]
fn a_demo_that_stays_up_says_how_to_go_on_and_ends_on_ctrl_c() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = program(&folder)
        .args(["demo", "--data", "world"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut exports = lines.by_ref().filter_map(|line| {
        let (name, value) = line.trim().strip_prefix("export ")?.split_once('=')?;
        Some((name.to_owned(), value.trim_matches('\'').to_owned()))
    });
    let variables: Vec<(String, String)> = exports.by_ref().take(5).collect();
    for (remote, wanted) in
        [("airtable", "✓ Le jeton Airtable fonctionne"), ("notion", "✓ Le jeton Notion fonctionne")]
    {
        let variables = variables.iter().map(|(name, value)| (name, value));
        let said = program(&folder).envs(variables).args(["check", remote]).output().unwrap();
        let said = Said::from(said);
        assert_eq!(said.code, 0, "{said:?}");
        assert!(said.text().contains(wanted), "{said:?}");
    }

    let interrupted = std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(interrupted.unwrap().success());
    // The pipe closes when the program ends.
    assert!(lines.any(|line| line.contains("Ctrl-C")));
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
