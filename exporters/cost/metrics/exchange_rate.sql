SELECT ts, currency, reporting_currency, rate AS value
FROM newest
