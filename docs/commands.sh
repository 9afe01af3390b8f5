#!/usr/bin/env bash
# Prints the help of every command as Markdown. Usage: commands.sh PATH_TO_ERDE
set -euo pipefail
erde=$1
printf '# Commands\n\nMade by `make docs` from the program itself.\n'
printf '\n```\n'
"$erde" --help
printf '```\n'
"$erde" --help | sed -n '/^SUBCOMMANDS:/,$p' | awk '/^  [a-z]/ { print $1 }' | while read -r command; do
    [ "$command" = "See" ] && continue
    printf '\n## erde %s\n\n```\n' "$command"
    "$erde" "$command" --help
    printf '```\n'
done
