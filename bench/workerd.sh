#!/bin/sh
# The runtime, whose Workers log a line for each request: into nothing. A reader behind a pipe would take turns with what is measured.
exec "$WORKERD" "$@" > /dev/null
