# Completion for bash: balancer(8).
# Made by a test, which also compares: see deploy/README.md.

_balancer() {
    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
    local verb='' offer=()
    COMPREPLY=()
    # What stands before a verb is no verb's affair: a verb comes first.
    ((COMP_CWORD == 1)) || verb=${COMP_WORDS[1]}
    case $previous in
        --affinity) offer=(-W "turn rendezvous") ;;
        --allow) return ;;
        --backend) return ;;
        --backend-user) offer=(-u) ;;
        --binary) return ;;
        --bind | -b) return ;;
        --config) offer=(-f) ;;
        --control) offer=(-f) ;;
        --flight-memory) return ;;
        --flight-recorder) offer=(-d) ;;
        --for) return ;;
        --http) return ;;
        --limit | -n) return ;;
        --log-format) offer=(-W "bunyan json text journal") ;;
        --log-level | -l) offer=(-W "trace debug info warn error fatal") ;;
        --loops) return ;;
        --max-remotes) return ;;
        --max-tcp) return ;;
        --max-tcp-per-client) return ;;
        --patience) return ;;
        --port | -p) return ;;
        --probe) return ;;
        --probe-every) return ;;
        --rate-limit) return ;;
        --rate-slip) return ;;
        --rebalance-budget) return ;;
        --socket-directory | -s) offer=(-d) ;;
        --standby) return ;;
        --user) offer=(-u) ;;
        --weight) return ;;
        --when-empty) offer=(-W "drop servfail refused") ;;
        *)
            case $verb in
                demo)
                    offer=(-W "--port -p --log-level -l --log-format --help -h")
                    ;;
                check)
                    offer=(-W "--schema --socket-directory -s --bind -b --port -p
                        --loops --user --writable-directory --compat --backend-user
                        --max-remotes --probe --probe-every --when-empty --rebalance-budget
                        --affinity --weight --standby --allow --rate-limit --rate-slip
                        --max-tcp --max-tcp-per-client --log-level -l --log-format
                        --control --http --http-anywhere --flight-recorder --flight-memory
                        --config --help -h")
                    ;;
                status)
                    offer=(-W "--control --help -h --json --watch -w")
                    ;;
                remotes)
                    offer=(-W "--control --help -h --backend --limit -n")
                    ;;
                stat)
                    offer=(-W "--control --help -h")
                    ;;
                explain)
                    offer=(-W "--control --help -h --json")
                    ;;
                tap)
                    offer=(-W "--control --help -h --json --limit -n")
                    ;;
                top)
                    offer=(-W "--control --help -h --for --json")
                    ;;
                whatif)
                    offer=(-W "--control --help -h")
                    [[ $current == -* ]] || offer=(-W "drain kill add")
                    ;;
                drain)
                    offer=(-W "--control --help -h")
                    ;;
                enable)
                    offer=(-W "--control --help -h")
                    ;;
                pin)
                    offer=(-W "--control --help -h --for")
                    ;;
                unpin)
                    offer=(-W "--control --help -h")
                    ;;
                move)
                    offer=(-W "--control --help -h")
                    ;;
                upgrade)
                    offer=(-W "--control --help -h --binary --patience")
                    ;;
                timers)
                    offer=(-W "--control --help -h")
                    ;;
                record)
                    offer=(-W "--control --help -h --for")
                    [[ $current == -* ]] || offer=(-f)
                    ;;
                replay)
                    offer=(-W "--as-test --help -h")
                    [[ $current == -* ]] || offer=(-f)
                    ;;
                *)
                    offer=(-W "--socket-directory -s --bind -b --port -p --loops --user
                        --writable-directory --compat --backend-user --max-remotes
                        --probe --probe-every --when-empty --rebalance-budget
                        --affinity --weight --standby --allow --rate-limit --rate-slip
                        --max-tcp --max-tcp-per-client --log-level -l --log-format
                        --control --http --http-anywhere --flight-recorder --flight-memory
                        --config --version --help -h")
                    ((COMP_CWORD > 1)) || [[ $current == -* ]] ||
                        offer=(-W "demo check status remotes stat explain tap top whatif
                        drain enable pin unpin move upgrade timers record replay")
                    ;;
            esac
            ;;
    esac
    mapfile -t COMPREPLY < <(compgen "${offer[@]}" -- "$current")
}
complete -o filenames -F _balancer balancer
