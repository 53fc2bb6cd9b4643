#!/usr/bin/env bash
# For ~/.bashrc: the command `team`, and what Tab offers for it. `team completion bash` prints this with the line that
# sets _team_runtime, the folder of team-runtime. Written for bash 3.2 too, which macOS has.
: "${_team_runtime:?}"

team() {
  node "$_team_runtime/engine/prepare.mjs" && node "$_team_runtime/dist/cli/main.js" "$@"
}

# Nothing of the words is evaluated: they go to the program as they stand.
_team() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    COMPREPLY+=("${line%%$'\t'*}")
  done < <(node "$_team_runtime/dist/cli/main.js" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}

# Where the program offers nothing, a file may stand.
complete -o default -F _team team
