#!/usr/bin/env bash
# Installs k3s as an agent with its config.yaml, which comes by standard input; base.sh stands before it.
# Runs again without harm.  Environment: as install_k3s of base.sh.
require_programs
install_k3s
write_config
write_metadata_rule
write_kernel_settings

# A wrong token or an unreachable server would let the agent try for ever: the start gives up and says so.
write_k3s_unit k3s-agent.service agent 300 </dev/null
restart_if_changed k3s-agent.service
