//! What a commit writes, and what it leaves alone.

use connector_core::clock::Interval;
use connector_core::id::{ConnectionId, DealId};
use connector_core::plan::{Conflict, Side, Strategy};
use connector_core::state::{Baseline, Intent, LinkStatus};
use connector_core::store::{Commit, Committed, DealWrite, Effect, IntentWrite, Store as _};
use connector_core::value::Value;
use crm_sync_server::crm;
use rstest::rstest;

use crate::support::{Desk, Kind, effect, insert, link, log, number, text, update};

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn each_value_is_written_as_the_crm_writes_it(#[case] kind: Kind) {
    let mut desk = Desk::new(kind).await;
    let values = vec![
        (crm::CLIENT.into(), text("Société Générale")),
        (crm::STATUT.into(), text("WON")),
        (crm::MONTANT_BRUT.into(), number("8500.10")),
        (crm::SECTEUR.into(), Value::tags(["SaaS", "B2B"])),
        (crm::DATE_ECHEANCE.into(), Value::Date("2026-12-31".parse().unwrap())),
        (crm::ASSIGNEE.into(), text("Zoé")),
        (crm::NOTES.into(), text("first\nsecond")),
    ];

    let committed = desk.commit(vec![effect(DealWrite::Insert { values: values.clone() })]).await;

    let [Committed::Done(Some(id))] = committed.as_slice() else { panic!("{committed:?}") };
    let columns = "client || '/' || statut || '/' || montant_brut || '/' || probabilite || '/' || \
                   valeur_ponderee || '/' || secteur || '/' || date_echeance || '/' || assignee";
    let expected = match kind {
        Kind::Postgres => "Société Générale/gagné/8500.10/1.00/8500.10/SaaS|B2B/2026-12-31/Zoé",
        Kind::Sqlite => "Société Générale/gagné/8500.1/1.0/8500.1/SaaS|B2B/2026-12-31/Zoé",
    };
    assert_eq!(desk.crm.cell(columns, "FROM deals"), expected);
    for (unit, value) in values {
        let shown = desk.value(id, unit.as_str()).await;
        let kind = &desk.store.units().get(unit.as_str()).unwrap().kind;
        assert!(connector_core::canon::same(kind, &shown, &value), "{unit}: {shown}");
    }
    assert!(desk.crm.cell("created_at", "FROM deals").starts_with("20"), "the column's default holds");

    let clear = |unit: &str, from: Value| effect(update(id, unit, from, Value::Empty));
    let committed = desk
        .commit(vec![
            clear(crm::SECTEUR, Value::tags(["B2B", "SaaS"])),
            clear(crm::DATE_ECHEANCE, Value::Date("2026-12-31".parse().unwrap())),
            clear(crm::NOTES, text("first\r\nsecond\n")),
        ])
        .await;
    assert_eq!(committed, vec![Committed::Done(Some(id.clone())); 3]);
    let cleared = "FROM deals WHERE secteur IS NULL AND date_echeance IS NULL AND notes IS NULL";
    assert_eq!(desk.crm.cell("count(*)", cleared), "1");
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn only_the_columns_given_are_touched_and_the_derived_ones_follow(#[case] kind: Kind) {
    let mut desk = Desk::new(kind).await;
    let id = desk.crm.add("Acme");
    desk.crm.execute("UPDATE deals SET statut = 'Prospect ', secteur = 'a||b'");

    desk.commit(vec![effect(update(&id, crm::MONTANT_BRUT, number("1000"), number("333.33")))]).await;
    assert_eq!(desk.crm.cell("statut || secteur", "FROM deals"), "Prospect a||b");
    assert_eq!(desk.value(&id, crm::VALEUR_PONDEREE).await, number("33.33"));

    desk.commit(vec![effect(update(&id, crm::STATUT, text("prospect"), text("négociation")))]).await;
    assert_eq!(desk.value(&id, crm::PROBABILITE).await, number("0.70"));
    assert_eq!(desk.value(&id, crm::VALEUR_PONDEREE).await, number("233.33"));

    desk.crm.execute("UPDATE deals SET statut = 'perdu', probabilite = 0.05");
    desk.commit(vec![effect(update(&id, crm::MONTANT_BRUT, number("333.33"), number("100")))]).await;
    assert_eq!(desk.value(&id, crm::PROBABILITE).await, number("0.05"), "what is not known is left alone");
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_stale_or_refused_effect_leaves_no_trace_and_the_others_stand(#[case] kind: Kind) {
    let mut desk = Desk::new(kind).await;
    let (edited, deleted) = (desk.crm.add("Acme"), desk.crm.add("Zenith"));
    desk.crm.execute(&format!("UPDATE deals SET client = 'Acme Corp' WHERE id = {edited}"));
    desk.crm.execute(&format!("DELETE FROM deals WHERE id = {deleted}"));
    let with_books = |seq: u32, deal: DealWrite| Effect {
        links: vec![link(&format!("rec{seq}"))],
        log: Some(log(seq, "deal")),
        ..effect(deal)
    };

    let committed = desk
        .commit(vec![
            with_books(1, update(&edited, crm::CLIENT, text("Acme"), text("ACME SA"))),
            with_books(2, update(&deleted, crm::CLIENT, text("Zenith"), text("ZENITH"))),
            with_books(3, insert("No amount", "0")),
            with_books(4, insert("nul\0", "1")),
            with_books(5, insert("Good", "1")),
            with_books(6, DealWrite::Restore { id: edited.clone(), values: Vec::new() }),
            with_books(7, DealWrite::Keep("seven".into())),
        ])
        .await;

    assert_eq!(committed[0], Committed::Stale);
    assert_eq!(committed[1], Committed::Stale);
    assert!(matches!(&committed[2], Committed::Refused(why) if why.contains(crm::MONTANT_BRUT)));
    assert!(matches!(&committed[3], Committed::Refused(why) if why.contains(crm::CLIENT)));
    let Committed::Done(Some(good)) = &committed[4] else { panic!("{committed:?}") };
    assert_eq!(committed[5], Committed::Stale);
    assert!(matches!(&committed[6], Committed::Refused(_)));
    assert_eq!(desk.value(&edited, crm::CLIENT).await, text("Acme Corp"));
    let state = desk.store.state(&"airtable".into()).await.unwrap();
    let links: Vec<_> = state.links.iter().map(|link| (&link.deal, link.agreement.remote.as_str())).collect();
    assert_eq!(links, [(good, "rec5")]);
    let logged = desk.store.operations(&"run-1".into()).await.unwrap();
    assert_eq!(logged.len(), 1);
    assert_eq!(logged[0].entry.deal.as_ref(), Some(good), "the new deal is filled in");
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_rule_of_the_crm_refuses_one_deal_and_not_the_commit(#[case] kind: Kind) {
    let mut desk = Desk::new(kind).await;
    desk.crm.execute("CREATE UNIQUE INDEX one_client ON deals (client)");
    desk.crm.add("Acme");

    let committed = desk
        .commit(vec![
            effect(insert("Before", "1")),
            effect(insert("Acme", "2")),
            effect(insert("After", "3")),
        ])
        .await;

    assert!(matches!(&committed[1], Committed::Refused(why) if why.contains("already")), "{committed:?}");
    let clients = desk.crm.column("client", "FROM deals ORDER BY id");
    assert_eq!(clients.into_iter().flatten().collect::<Vec<_>>(), ["Acme", "Before", "After"]);
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn a_deleted_deal_comes_back_under_its_id(#[case] kind: Kind) {
    let mut desk = Desk::new(kind).await;
    let id = desk.crm.add("Acme");
    desk.crm.add("Zenith");
    desk.crm.execute(&format!("DELETE FROM deals WHERE id = {id}"));
    let values = vec![(crm::CLIENT.into(), text("Acme")), (crm::MONTANT_BRUT.into(), number("12.50"))];

    let committed = desk.commit(vec![effect(DealWrite::Restore { id: id.clone(), values })]).await;

    assert_eq!(committed, [Committed::Done(Some(id.clone()))]);
    assert_eq!(desk.value(&id, crm::MONTANT_BRUT).await, number("12.50"));
    assert_eq!(desk.crm.add("New"), DealId::from("3"), "the next id is free");
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn what_one_effect_wrote_the_next_one_sees(#[case] kind: Kind) {
    let mut desk = Desk::new(kind).await;
    let id = desk.crm.add("Acme");
    let committed = desk
        .commit(vec![
            effect(update(&id, crm::CLIENT, text("Acme"), text("B"))),
            effect(update(&id, crm::CLIENT, text("Acme"), text("C"))),
            effect(update(&id, crm::CLIENT, text("B"), text("D"))),
        ])
        .await;
    let done = Committed::Done(Some(id.clone()));
    assert_eq!(committed, [done.clone(), Committed::Stale, done]);
    assert_eq!(desk.value(&id, crm::CLIENT).await, text("D"));
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn one_deal_has_one_link_in_force(#[case] kind: Kind) {
    let mut desk = Desk::new(kind).await;
    let (a, b) = (desk.crm.add("A"), desk.crm.add("B"));
    let of = |deal: &DealId, links: &[(&str, LinkStatus)]| Effect {
        links: links
            .iter()
            .map(|(remote, status)| {
                let mut link = link(remote);
                link.status = *status;
                link
            })
            .collect(),
        ..effect(DealWrite::Keep(deal.clone()))
    };
    let live = LinkStatus::Live;
    let committed = desk.commit(vec![of(&a, &[("rec1", live)]), of(&b, &[("rec2", live)])]).await;
    assert!(committed.iter().all(|one| matches!(one, Committed::Done(_))));

    let committed = desk.commit(vec![of(&a, &[("rec3", live)]), of(&b, &[("rec1", live)])]).await;
    assert!(committed.iter().all(|one| matches!(one, Committed::Refused(_))), "{committed:?}");

    // Replaced within one commit, where the database itself would refuse the wrong order.
    let committed = desk
        .commit(vec![
            of(&a, &[("rec3", live), ("rec1", LinkStatus::Tombstone)]),
            of(&b, &[("rec2", LinkStatus::Tombstone)]),
            of(&b, &[("rec1", live)]),
        ])
        .await;
    assert!(committed.iter().all(|one| matches!(one, Committed::Done(_))), "{committed:?}");
    let links = desk.store.state(&"airtable".into()).await.unwrap().links;
    let links: Vec<_> = links
        .iter()
        .map(|link| (link.agreement.remote.as_str(), link.deal.clone(), link.agreement.status))
        .collect();
    let expected = [("rec1", b.clone(), live), ("rec2", b, LinkStatus::Tombstone), ("rec3", a, live)];
    assert_eq!(links, expected);
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn what_was_remembered_comes_back_as_it_was(#[case] kind: Kind) {
    let desk = Desk::new(kind).await;
    let at = "2026-03-01T10:00:00.123456Z".parse().unwrap();
    let connection = ConnectionId::from("airtable");
    let mut agreed = link("rec1");
    agreed.crm[0] = Some(text("Acme \u{1F600} ' \" \\ \n"));
    agreed.crm[2] = Some(number("8500.10"));
    agreed.theirs[3] = Some(Value::Empty);
    agreed.theirs[4] = Some(Value::Date("2026-12-31".parse().unwrap()));
    agreed.seen_at = Some(at);
    let done = desk.commit(vec![Effect { links: vec![agreed.clone()], ..effect(insert("Acme", "1")) }]).await;
    let [Committed::Done(Some(id))] = done.as_slice() else { panic!("{done:?}") };
    let intent = Intent {
        deal: id.clone(),
        run: "run-1".into(),
        payload: vec![(crm::CLIENT.into(), text("Acme"))],
        sent_at: Some(at),
    };
    let unsettled = ["rec1".into()].into();
    let baseline = Baseline { fingerprint: "f".into(), seen_at: at, unsettled, fields: None };
    let lease = desk.lease().await;
    let put = Effect { intent: IntentWrite::Put(intent.clone()), ..effect(DealWrite::Keep(id.clone())) };
    let commit = Commit { effects: vec![put], baseline: Some(baseline.clone()), ..Commit::default() };
    desk.store.commit(&lease, commit).await.unwrap();

    let state = desk.store.state(&connection).await.unwrap();
    assert_eq!(state.links[0].agreement, agreed);
    assert_eq!(state.intents, [intent]);
    assert_eq!(state.baseline, Some(baseline));
    assert_eq!(desk.store.state(&"notion".into()).await.unwrap(), connector_core::state::State::default());

    let close = Effect { intent: IntentWrite::Close, ..effect(DealWrite::Keep(id.clone())) };
    desk.store.commit(&lease, Commit { effects: vec![close], ..Commit::default() }).await.unwrap();
    assert_eq!(desk.store.state(&connection).await.unwrap().intents, []);
}

#[rstest]
#[case::postgres(Kind::Postgres)]
#[case::sqlite(Kind::Sqlite)]
#[tokio::test]
async fn five_hundred_effects_fit_in_one_commit(#[case] kind: Kind) {
    let desk = Desk::new(kind).await;
    let conflict = |id: &str| Conflict {
        id: id.to_owned(),
        deal: "1".into(),
        remote: "rec1".into(),
        unit: crm::CLIENT.into(),
        base: None,
        crm: text("a"),
        theirs: text("b"),
        crm_edited: None,
        remote_edited: Some(Interval::at(chrono::DateTime::UNIX_EPOCH)),
        strategy: Strategy::NewestUnit,
        winner: Some(Side::Crm),
        tie: false,
        clock_suspect: false,
    };
    let effects: Vec<_> = (1..=500)
        .map(|seq| Effect {
            links: vec![link(&format!("rec{seq}"))],
            intent: IntentWrite::Close,
            // The same conflict again and again: one row of one statement.
            conflicts: vec![conflict("same"), conflict(&format!("own-{seq}"))],
            log: Some(log(seq, "deal")),
            ..effect(insert(&format!("Client {seq}"), "1.00"))
        })
        .collect();

    let committed = desk.commit(effects).await;

    assert!(committed.iter().all(|one| matches!(one, Committed::Done(Some(_)))));
    assert_eq!(desk.store.deals().await.unwrap().len(), 500);
    assert_eq!(desk.store.state(&"airtable".into()).await.unwrap().links.len(), 500);
    let logged = desk.store.operations(&"run-1".into()).await.unwrap();
    assert!(logged.iter().map(|line| line.entry.seq).eq(1..=500));
    assert_eq!(desk.store.deal_conflicts(&"1".into()).await.unwrap().len(), 501);
}
