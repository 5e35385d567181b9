#!/usr/bin/env bash
# Installs k3s as an agent with its config.yaml, which comes by standard input; base.sh stands before it.
# Runs again without harm.  Environment: as install_k3s of base.sh.
require_programs
install_k3s
write_config
write_metadata_rule

# A wrong token or an unreachable server would let the agent try for ever: the start gives up and says so.
cat >/etc/systemd/system/k3s-agent.service <<'UNIT'
[Unit]
Description=k3s agent
Wants=network-online.target
After=network-online.target

[Service]
Type=notify
ExecStartPre=-/sbin/modprobe br_netfilter
ExecStartPre=-/sbin/modprobe overlay
ExecStart=/usr/local/bin/k3s agent
KillMode=process
Delegate=yes
LimitNOFILE=1048576
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
TimeoutStartSec=300
Restart=always
RestartSec=5s

[Install]
WantedBy=multi-user.target
UNIT
restart_if_changed k3s-agent.service
