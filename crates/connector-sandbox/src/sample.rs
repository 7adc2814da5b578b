//! Sample deals: a French founder's prospects, seeded, the same for every provider.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use crate::id::Random;

/// The stages, in their order.
pub(crate) const STAGES: [&str; 6] =
    ["Prospect", "Qualifié", "Négociation", "Gagné", "Gagné - en cours", "Perdu"];

/// The sectors.
pub(crate) const SECTORS: [&str; 10] = [
    "SaaS",
    "B2B",
    "Fintech",
    "Santé",
    "Industrie",
    "Retail",
    "Énergie",
    "Logistique",
    "Éducation",
    "Tourisme",
];

/// The salespeople.
pub(crate) const SALESPEOPLE: [(&str, &str); 5] = [
    ("Camille Durand", "camille@atelier-nord.example"),
    ("Hugo Lefèvre", "hugo@atelier-nord.example"),
    ("Inès Benali", "ines@atelier-nord.example"),
    ("Maël Le Goff", "mael@atelier-nord.example"),
    ("Zoé Martin", "zoe@atelier-nord.example"),
];

/// Cities for companies.
pub(crate) const CITIES: [&str; 8] =
    ["Paris", "Lyon", "Nantes", "Lille", "Bordeaux", "Saint-Étienne", "Besançon", "Aix-en-Provence"];

const FIRST: [&str; 24] = [
    "Boulangerie",
    "Atelier",
    "Groupe",
    "Clinique",
    "Cabinet",
    "Maison",
    "Comptoir",
    "Domaine",
    "Imprimerie",
    "Librairie",
    "Menuiserie",
    "Studio",
    "Transports",
    "Verrerie",
    "Brasserie",
    "Fonderie",
    "Garage",
    "Hôtel",
    "Laboratoire",
    "Manufacture",
    "Papeterie",
    "Savonnerie",
    "Tissages",
    "Vergers",
];
const SECOND: [&str; 24] = [
    "Lumière",
    "du Marais",
    "Océane",
    "Saint-Clair",
    "Delacroix",
    "des Alpes",
    "Nord",
    "Rivoli",
    "Beauséjour",
    "Mercier",
    "de l'Étoile",
    "Garonne",
    "Fontaine",
    "Moreau",
    "du Port",
    "Belle-Île",
    "Vauban",
    "Champollion",
    "Aubépine",
    "Montclair",
    "du Lac",
    "Cévennes",
    "Hugo & Fils",
    "Bréhat",
];
const SUFFIX: [&str; 8] = ["", "", "", " SAS", " SARL", " & Cie", " Conseil", " Digital"];
const NOTES: [&str; 12] = [
    "Premier échange très positif, à relancer après les congés.",
    "Demande une démonstration pour l'équipe commerciale.",
    "Budget validé par la direction, reste le juridique.",
    "Le concurrent propose 15 % de moins.",
    "Attend l'accord du siège.",
    "Contact rencontré au salon de Lyon.",
    "Souhaite démarrer par un pilote de trois mois.",
    "Renouvellement possible en fin d'année.",
    "Rappeler mardi matin ; préfère le téléphone.",
    "Intégration avec leur ERP à chiffrer.",
    "Signature prévue avant la clôture.",
    "Projet repoussé au trimestre suivant.",
];

/// A deal before it takes a provider's form. Empty members are empty cells.
#[derive(Clone, Debug)]
pub(crate) struct SampleDeal {
    pub(crate) client: String,
    pub(crate) stage: Option<&'static str>,
    /// In euros.
    pub(crate) amount: Option<f64>,
    pub(crate) sectors: Vec<&'static str>,
    pub(crate) due: Option<NaiveDate>,
    pub(crate) assignee: Option<&'static str>,
    pub(crate) notes: Option<String>,
    pub(crate) created: DateTime<Utc>,
}

/// The client of a company by its number; the same number gives the same name.
fn client(random: &mut Random) -> String {
    let part = |random: &mut Random, of: &[&'static str]| random.pick(of).copied().unwrap_or_default();
    let (first, second, suffix) = (part(random, &FIRST), part(random, &SECOND), part(random, &SUFFIX));
    format!("{first} {second}{suffix}")
}

/// The deal of this position. The first ones are awkward on purpose: quotes, accents in both normal forms,
/// emoji, long notes, empty cells and two deals of one client.
pub(crate) fn deal(position: u32, random: &mut Random) -> SampleDeal {
    let mut deal = SampleDeal {
        client: client(random),
        stage: random.pick(&STAGES).copied(),
        amount: Some(f64::from(random.below(950) + 5) * 100.0 + f64::from(random.below(4)) * 25.0),
        sectors: sectors(random),
        due: random.chance(85).then(|| day(random)).flatten(),
        assignee: if random.chance(90) { random.pick(&SALESPEOPLE).map(|(name, _)| *name) } else { None },
        notes: if random.chance(70) { random.pick(&NOTES).map(|note| (*note).to_owned()) } else { None },
        created: created(position),
    };
    match position {
        0 => "Société Générale d'Énergie".clone_into(&mut deal.client),
        1 => "O'Brien & \"Sons\" 100 %".clone_into(&mut deal.client),
        2 => "Pâtisserie 🥐 Lumière 👩‍🍳".clone_into(&mut deal.client),
        // Decomposed accents: equal to the eye, not byte by byte.
        3 => "Cafe\u{301} Zoe\u{308} & Fre\u{300}res".clone_into(&mut deal.client),
        4 | 5 => "Atelier du Marais SAS".clone_into(&mut deal.client),
        6 => deal.notes = Some(long_note()),
        7 => {
            "Sans détails".clone_into(&mut deal.client);
            deal = SampleDeal {
                stage: None,
                amount: None,
                sectors: Vec::new(),
                due: None,
                assignee: None,
                notes: None,
                ..deal
            };
        }
        8 => deal.amount = Some(8500.1),
        9 => deal.notes = Some("Ligne 1\nLigne 2\n\n\t« guillemets », back\\slash, {accolades}".to_owned()),
        _ => {}
    }
    deal
}

fn sectors(random: &mut Random) -> Vec<&'static str> {
    let mut found = Vec::new();
    for _ in 0..=random.below(3) {
        if let Some(sector) = random.pick(&SECTORS).filter(|sector| !found.contains(*sector)) {
            found.push(*sector);
        }
    }
    found
}

fn day(random: &mut Random) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2026, 1, 5)?.checked_add_days(Days::new(u64::from(random.below(540))))
}

/// One deal each 37 minutes since the firm began.
fn created(position: u32) -> DateTime<Utc> {
    let began = DateTime::from_timestamp(1_736_755_200, 0).unwrap_or_default();
    began + TimeDelta::minutes(i64::from(position) * 37 % 500_000)
}

fn long_note() -> String {
    let sentences: Vec<&str> = NOTES.iter().copied().cycle().take(240).collect();
    sentences.join("\n")
}
