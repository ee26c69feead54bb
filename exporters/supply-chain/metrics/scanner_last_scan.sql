SELECT ts, scanner, epoch(max(scanned_at)) AS value FROM scans_at GROUP BY ALL
