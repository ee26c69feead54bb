-- When a registry was asked for an image last, so that only what is new or due is asked for; kept up, not added to.
-- `outcome` as in signature_looks; `first_at` is when it was asked for first.
CREATE TABLE IF NOT EXISTS registry_looks (
  source VARCHAR, name VARCHAR, digest VARCHAR, outcome VARCHAR, first_at TIMESTAMP, looked_at TIMESTAMP
);
