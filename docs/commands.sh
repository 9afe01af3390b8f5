#!/usr/bin/env bash
# Prints the help of every command as Markdown. Usage: commands.sh PATH_TO_ERDE
set -euo pipefail
erde=$1

# The commands below a command, or of the program itself.
below() { "$erde" "$@" --help | sed -n '/^SUBCOMMANDS:/,$p' | awk '/^  [a-z]/ && $1 != "See" { print $1 }'; }

describe() {
    printf '\n## erde %s\n\n```\n' "$*"
    "$erde" "$@" --help
    printf '```\n'
    below "$@" | while read -r command; do describe "$@" "$command"; done
}

printf '# Commands\n\nMade by `make docs` from the program itself.\n'
printf '\n```\n'
"$erde" --help
printf '```\n'
below | while read -r command; do describe "$command"; done
