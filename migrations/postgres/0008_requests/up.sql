-- Requests that carry an idempotency key, with their answers: sent again, they start nothing more.
CREATE TABLE sync_requests (
    key         text PRIMARY KEY,
    -- What makes a request the same: its method, its path, what it says.
    fingerprint text NOT NULL,
    -- Absent while it is under way.
    answer      jsonb,
    made_at     timestamptz NOT NULL
);
CREATE INDEX sync_requests_made ON sync_requests (made_at);
