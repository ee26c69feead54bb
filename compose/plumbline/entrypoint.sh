#!/bin/sh
# With arguments: that command. With a configuration named: the systems it names. With neither: the demo platform.
set -eu
if [ $# -eq 0 ]; then
  if [ -n "${PLUMBLINE_CONFIG:-}" ]; then set -- serve --config "$PLUMBLINE_CONFIG"; else set -- start --demo; fi
fi
exec node /app/dist/exporters/cli.js "$@"
