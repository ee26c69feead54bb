SELECT ts, watch, purl, range, 1 AS value FROM supply_chain_watches, instants
