//! connector-sandbox
