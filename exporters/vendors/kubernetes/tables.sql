-- What of a cluster's objects is kept between two readings, so that a restart goes on by a watch from where it was.
-- `body` is what its reader makes of an object; `is_told` is false until what changed has been told; `gone_at` is when an
-- object was seen to be gone, until its reader forgets it; `list` names the list that it was last seen in.
CREATE TABLE IF NOT EXISTS kubernetes_objects (
  source VARCHAR, path VARCHAR, namespace VARCHAR, name VARCHAR, uid VARCHAR, list VARCHAR, body VARCHAR,
  gone_at TIMESTAMP, is_told BOOLEAN
);
