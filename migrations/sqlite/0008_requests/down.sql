DROP TABLE sync_requests;
