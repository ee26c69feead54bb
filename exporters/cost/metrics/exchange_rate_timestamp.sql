SELECT ts, currency, reporting_currency, epoch(rate_day)::BIGINT AS value
FROM newest
