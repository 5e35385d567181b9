"""What the tests of the emulated clouds share: machines that note what they are told, calls, and valid inputs."""

from lab.plugins.package import Call

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUo"


class Machines:
    """Notes what it is told."""

    def __init__(self):
        self.told = []

    def answers(self, _address):
        return True

    def __getattr__(self, name):
        return lambda *arguments: self.told.append((name, *arguments))


def call(package, kind, inputs=None, **more):
    """A call as the engine makes it."""
    token = f"{package}:index/{kind}:{kind[0].upper()}{kind[1:]}"
    urn = f"urn:pulumi:stage1::stagecoach::{token}::{kind}"
    return Call(urn=urn, type=token, name=kind, inputs=inputs or {}, **more)


# Every kind, in an order in which it can be made; `{kind}` stands for the id of the one made before.
SAMPLES = {
    "hcloud": {
        "sshKey": {"name": "shop", "publicKey": KEY},
        "network": {"name": "shop", "ipRange": "10.20.0.0/16"},
        "networkSubnet": {
            "networkId": "{network}",
            "ipRange": "10.20.1.0/24",
            "type": "cloud",
            "networkZone": "eu-central",
        },
        "firewall": {"name": "shop", "rules": []},
        "primaryIp": {"name": "shop", "type": "ipv4", "location": "nbg1"},
        "server": {
            "name": "shop",
            "serverType": "cx23",
            "image": "debian-12",
            "location": "nbg1",
            "firewallIds": ["{firewall}"],
            "publicNets": [{"ipv4Enabled": True, "ipv4": "{primaryIp}"}],
        },
        "serverNetwork": {"serverId": "{server}", "subnetId": "{networkSubnet}", "ip": "10.20.1.2"},
        "volume": {"name": "shop", "size": 40, "location": "nbg1"},
        "volumeAttachment": {"volumeId": "{volume}", "serverId": "{server}"},
        "firewallAttachment": {"firewallId": "{firewall}"},
    },
    "digitalocean": {
        "sshKey": {"name": "shop", "publicKey": KEY},
        "vpc": {"name": "shop", "region": "fra1", "ipRange": "10.20.1.0/24"},
        "reservedIp": {"region": "fra1"},
        "droplet": {
            "name": "shop",
            "image": "debian-12-x64",
            "region": "fra1",
            "size": "s-2vcpu-4gb",
            "resizeDisk": False,
            "tags": ["stagecoach-deployment:shop"],
            "vpcUuid": "{vpc}",
        },
        "reservedIpAssignment": {"dropletId": "{droplet}", "ipAddress": "{reservedIp}"},
        "volume": {"name": "shop", "region": "fra1", "size": 40},
        "volumeAttachment": {"dropletId": "{droplet}", "volumeId": "{volume}"},
        "firewall": {
            "name": "shop",
            "dropletIds": ["{droplet}"],
            "inboundRules": [{"protocol": "tcp", "portRange": "443", "sourceAddresses": ["0.0.0.0/0", "::/0"]}],
        },
    },
    "vultr": {
        "sSHKey": {"name": "shop", "sshKey": KEY},
        "vpc": {"region": "fra", "description": "shop", "v4Subnet": "10.20.1.0", "v4SubnetMask": 24},
        "firewallGroup": {"description": "shop"},
        "firewallRule": {
            "firewallGroupId": "{firewallGroup}",
            "ipType": "v4",
            "protocol": "tcp",
            "port": "443",
            "subnet": "0.0.0.0",
            "subnetSize": 0,
        },
        "reservedIp": {"region": "fra", "ipType": "v4", "label": "shop"},
        "instance": {
            "region": "fra",
            "plan": "vc2-2c-4gb",
            "osId": 2136,
            "label": "shop",
            "hostname": "shop",
            "tags": ["stagecoach-deployment=shop"],
            "vpcIds": ["{vpc}"],
            "firewallGroupId": "{firewallGroup}",
            "sshKeyIds": ["{sSHKey}"],
            "reservedIpId": "{reservedIp}",
        },
        "blockStorage": {"region": "fra", "sizeGb": 40, "label": "shop", "attachedToInstance": "{instance}"},
    },
}


def filled(value, ids):
    """A sample with ids in place; numbers where the clouds count."""
    if isinstance(value, dict):
        return {key: filled(one, ids) for key, one in value.items()}
    if isinstance(value, list):
        return [filled(one, ids) for one in value]
    if isinstance(value, str) and value.startswith("{"):
        found = ids[value[1:-1]]
        return int(found) if found.isdigit() else found
    return value


def build(package, *, until=None):
    """Makes the samples of a package up to a kind: ids and inputs by kind."""
    ids, inputs = {}, {}
    for kind, sample in SAMPLES[package.name].items():
        inputs[kind] = filled(sample, ids)
        checked = package.check(call(package.name, kind, inputs[kind]))
        ids[kind], _ = package.create(call(package.name, kind, checked))
        if kind == until:
            break
    return ids, inputs
