# For ~/.config/fish/config.fish: the command `team`, and what Tab offers for it. `team completion fish` prints this with
# the line that sets _team_runtime, the folder of team-runtime.

function team
    node $_team_runtime/engine/prepare.mjs; and node $_team_runtime/dist/cli/main.js $argv
end

function __team_offers
    set -l words (commandline -opc) (commandline -ct)
    set -l offers (node $_team_runtime/dist/cli/main.js complete -- $words[2..-1] 2>/dev/null)
    if test (count $offers) -gt 0
        printf '%s\n' $offers
    else
        __fish_complete_path (commandline -ct)
    end
end

complete --command team --no-files --arguments '(__team_offers)'
