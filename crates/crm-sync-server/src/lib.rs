//! Keeps the deals of a CRM in step with Airtable and Notion.
//!
//! [`crm`] says what a deal of the CRM is made of; [`store`] keeps the state of the syncs in the CRM's own database.

pub mod crm;
pub mod store;
