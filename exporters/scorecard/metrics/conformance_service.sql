SELECT moment AS ts, team, service, (passed / nullif(passed + failed, 0))::DOUBLE AS value FROM levelled
