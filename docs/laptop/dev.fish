# For ~/.config/fish/config.fish: `dev` lists the servers that `team ssh-config` wrote down and logs in to the chosen one;
# `dev wes` does without the list where only one fits. Needs fzf.

function dev
    set -l server (
        cat ~/.ssh/config ~/.ssh/team-runtime.conf 2>/dev/null |
        awk '$1 == "Host" && $2 ~ /^dev-/ { print $2 }' | sort -u |
        fzf --select-1 --exit-0 --query="$argv[1]" --prompt='server> ' --height=40% --preview-window=down:3 \
            --preview='ssh -G -- {} 2>/dev/null | grep -E "^(hostname|user|remotecommand) "'
    )
    or return
    ssh -- $server
end
