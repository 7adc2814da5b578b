//! connector-airtable
