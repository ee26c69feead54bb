settings AS (FROM policy_settings)
