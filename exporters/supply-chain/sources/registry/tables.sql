-- When a registry was asked for an image last, so that only what is new or due is asked for; kept up, not added to.
-- `outcome` as in signature_looks.
CREATE TABLE IF NOT EXISTS registry_looks (
  source VARCHAR, name VARCHAR, digest VARCHAR, outcome VARCHAR, looked_at TIMESTAMP
);
