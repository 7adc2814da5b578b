//! The CRM's deals, a part at a time.

use connector_core::fold::fold;
use connector_core::id::DealId;
use connector_core::value::Value;

use crate::app::App;
use crate::crm;
use crate::failure::Failure;
use crate::store::Held;

/// How many deals are looked at in one go.
const LOOK: u32 = 500;

/// Deals after one of them, by id: those whose client contains `search`, in any case and with any accents.
pub async fn search(
    app: &App,
    search: &str,
    mut after: Option<DealId>,
    limit: u32,
) -> Result<Vec<Held>, Failure> {
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let searched = fold(search);
    if searched.is_empty() {
        return Ok(app.store.deals_page(after.as_ref(), limit).await?);
    }
    let client = app.units().position(crm::CLIENT);
    let fits = |deal: &Held| match client.and_then(|client| deal.values.get(client)) {
        Some(Value::Text(name)) => fold(name).contains(&searched),
        _ => false,
    };
    let mut found = Vec::new();
    loop {
        let looked_at = app.store.deals_page(after.as_ref(), LOOK).await?;
        let Some(last) = looked_at.last() else { return Ok(found) };
        after = Some(last.id.clone());
        found.extend(looked_at.into_iter().filter(fits));
        if found.len() >= wanted {
            found.truncate(wanted);
            return Ok(found);
        }
    }
}
