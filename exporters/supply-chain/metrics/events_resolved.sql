events AS (FROM finding_events_known WHERE event = 'resolved')
