#!/bin/sh
# With arguments: that command. With a configuration mounted: the systems it names. With neither: the demo platform.
set -eu
config=/etc/plumbline/plumbline.yaml
if [ $# -eq 0 ]; then
  if [ -s "$config" ]; then set -- serve --config "$config"; else set -- start --demo; fi
fi
exec node /app/dist/exporters/cli.js "$@"
