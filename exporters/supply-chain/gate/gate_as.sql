running_as AS (SELECT ts, artifact, told_as, rank FROM gate_told, instants)
