//! crm-sync-server
