settings AS (FROM supply_chain_settings)
