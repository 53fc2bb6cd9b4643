# For ~/.zshrc: the command `team`, and what Tab offers for it. `team completion zsh` prints this with the line that
# sets _team_runtime, the folder of team-runtime.

team() {
  node "$_team_runtime/engine/prepare.mjs" && node "$_team_runtime/dist/cli/main.js" "$@"
}

_team() {
  local line
  local -a offers
  while IFS= read -r line; do
    # A colon would end the word: zsh shows `word:description`.
    offers+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  done < <(node "$_team_runtime/dist/cli/main.js" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( $#offers )); then
    _describe -V 'team' offers
  else
    _files
  fi
}

(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _team team
