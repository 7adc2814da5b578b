-- Requests that carry an idempotency key, with their answers: sent again, they start nothing more.
CREATE TABLE sync_requests (
    key         TEXT NOT NULL PRIMARY KEY,
    -- What makes a request the same: its method, its path, what it says.
    fingerprint TEXT NOT NULL,
    -- Absent while it is under way.
    answer      TEXT,
    made_at     TEXT NOT NULL
) STRICT;
CREATE INDEX sync_requests_made ON sync_requests (made_at);
