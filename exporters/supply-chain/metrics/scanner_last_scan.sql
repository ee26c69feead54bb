SELECT ts, scanner, epoch(max(scanned_at)) AS value FROM told_scans_at GROUP BY ALL
