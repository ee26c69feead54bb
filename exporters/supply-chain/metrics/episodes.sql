-- Licences and secrets are remedied otherwise.
episodes AS (SELECT * FROM episodes_at WHERE engine = 'vulnerability')
