events AS (SELECT * REPLACE ('' AS reason) FROM finding_events_known WHERE event = 'reopened')
