chosen AS (FROM roadmap_events_known WHERE event = 'visited')
